"""Calendars on a CalDAV server (RFC 4791): asked for a stretch of time, written to under conditions."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.etree import ElementTree

import httpx

from agent.book import BookUnavailable
from agent.books.calendars.shelf import ChangedMeanwhile, Item
from agent.intervals import Interval
from agent.words import _

SECONDS = 20.0
XML = "application/xml; charset=utf-8"
NAMES = {"d": "DAV:", "c": "urn:ietf:params:xml:ns:caldav", "s": "http://calendarserver.org/ns/"}

MARKS = """<d:propfind xmlns:d="DAV:" xmlns:s="http://calendarserver.org/ns/">
<d:prop><s:getctag/><d:sync-token/><d:resourcetype/></d:prop></d:propfind>"""
TAGS = '<d:propfind xmlns:d="DAV:"><d:prop><d:getetag/></d:prop></d:propfind>'
EVENTS = """<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
<d:prop><d:getetag/><c:calendar-data/></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">
<c:time-range start="{:%Y%m%dT%H%M%SZ}" end="{:%Y%m%dT%H%M%SZ}"/>
</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"""


class CalDav:
    """The calendars below ``address``; a calendar's name is the rest of its address."""

    def __init__(self, address: str, *, user: str = "", password: str = "") -> None:
        self._address = address.rstrip("/") + "/"
        login = httpx.BasicAuth(user, password) if user else None
        self._client = httpx.Client(auth=login, timeout=SECONDS)

    def close(self) -> None:
        self._client.close()

    def check(self, calendar: str) -> None:
        found = self._described(calendar, MARKS, depth=0)
        if not any(one.find(".//d:resourcetype/c:calendar", NAMES) is not None for one in found):
            raise BookUnavailable(
                _("There is no calendar at {address}; mend its name.", address=self._shown(calendar))
            )

    def version(self, calendar: str) -> str:
        """The server's own mark of the whole calendar, or else the marks of all that is in it."""
        for found in self._described(calendar, MARKS, depth=0):
            for name in ("s:getctag", "d:sync-token"):
                mark = found.findtext(f".//{name}", namespaces=NAMES)
                if mark:
                    return mark
        tags = (_tag(found) for found in self._described(calendar, TAGS, depth=1))
        return " ".join(sorted(tags))

    def items(self, calendar: str, during: Interval) -> Sequence[Item]:
        query = EVENTS.format(*(moment.astimezone(UTC) for moment in during))
        headers = {"Depth": "1", "Content-Type": XML}
        answer = self._asked("REPORT", calendar, content=query, headers=headers, expected={207})
        return [
            Item(_name(found), found.findtext(".//c:calendar-data", "", NAMES), _tag(found))
            for found in _responses(answer)
            if found.find(".//c:calendar-data", NAMES) is not None
        ]

    def find(self, calendar: str, name: str) -> Item | None:
        answer = self._asked("GET", calendar, name, expected={200, 404})
        if answer.status_code == 404:
            return None
        return Item(name, answer.text, answer.headers.get("ETag", ""))

    def put(self, calendar: str, name: str, text: str, *, instead_of: Item | None) -> None:
        condition = {"If-None-Match": "*"} if instead_of is None else {"If-Match": instead_of.tag}
        headers = {"Content-Type": "text/calendar; charset=utf-8", **condition}
        content = text.encode()
        self._changed("PUT", calendar, name, content=content, headers=headers, expected={200, 201, 204})

    def remove(self, calendar: str, item: Item) -> None:
        headers = {"If-Match": item.tag}
        self._changed("DELETE", calendar, item.name, headers=headers, expected={200, 204, 404})

    def _described(self, calendar: str, question: str, *, depth: int) -> list[ElementTree.Element]:
        headers = {"Depth": str(depth), "Content-Type": XML}
        answer = self._asked("PROPFIND", calendar, content=question, headers=headers, expected={207, 404})
        return [] if answer.status_code == 404 else list(_responses(answer))

    def _changed(
        self,
        method: str,
        calendar: str,
        name: str,
        *,
        headers: Mapping[str, str],
        expected: set[int],
        content: bytes | None = None,
    ) -> None:
        conflicts = {409, 412}
        answer = self._asked(
            method, calendar, name, content=content, headers=headers, expected=expected | conflicts
        )
        if answer.status_code in conflicts:
            raise ChangedMeanwhile(name)

    def _asked(
        self,
        method: str,
        calendar: str,
        name: str = "",
        *,
        expected: set[int],
        content: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        url = urljoin(self._address, calendar.strip("/") + "/") + quote(name)
        try:
            answer = self._client.request(method, url, content=content, headers=headers)
        except httpx.HTTPError as trouble:
            raise BookUnavailable(
                _(
                    "The calendar server cannot be reached ({trouble}); look whether it runs.",
                    trouble=type(trouble).__name__,
                )
            ) from None
        if answer.status_code in (401, 403):
            raise BookUnavailable(
                _("The calendar server does not let the agent into {address}.", address=self._shown(calendar))
            )
        if answer.status_code not in expected:
            raise BookUnavailable(
                _(
                    "The calendar server answers {method} with {status}.",
                    method=method,
                    status=answer.status_code,
                )
            )
        return answer

    def _shown(self, calendar: str) -> str:
        """The calendar's address without what may be a secret."""
        parts = urlsplit(urljoin(self._address, calendar))
        return f"{parts.hostname}{parts.path}"


def _responses(answer: httpx.Response) -> Iterator[ElementTree.Element]:
    try:
        document = ElementTree.fromstring(answer.content)  # noqa: S314 - of the clinic's own server
    except ElementTree.ParseError:
        raise BookUnavailable(_("The calendar server's answer is no XML.")) from None
    yield from document.iterfind("d:response", NAMES)


def _name(found: ElementTree.Element) -> str:
    return unquote(found.findtext("d:href", "", NAMES)).rstrip("/").rpartition("/")[2]


def _tag(found: ElementTree.Element) -> str:
    return found.findtext(".//d:getetag", "", NAMES)
