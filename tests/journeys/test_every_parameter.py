"""Every parameter of every address of a portal, bent: never a failure of ours, nothing typed is lost.

The table below says what each address takes. An address that is not in it fails here.
"""

import random
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.utils import timezone

from scheduling.forms import stamp_of
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.journeys.addresses import routes
from tests.journeys.gallery import EVERY_FIELD, WISHED
from tests.journeys.pages import Page
from tests.journeys.test_bad_input import assert_clear, own_address
from tests.pages.conftest import TYPED, Browser

pytestmark = pytest.mark.django_db

Values = dict[str, Any]

FORM = "application/x-www-form-urlencoded"
CHOICES: Values = {"clinic": "c1", "treatment": "t1", "practitioner": "p1", "at": stamp_of(next_monday_at(9))}
DETAILS: Values = {
    **TYPED,
    "national_id": "131052-308T",
    "booker_first_name": "Otso",
    "booker_last_name": "Mäkinen",
    "for_other": "on",
    "address_1": "Testikatu 1",
    "address_2": "A 2",
    "postcode": "00100",
    "campaign_code": "1234",
    "message": "Kaksi riviä",
}
WISH: Values = {
    **WISHED,
    "latest_on": timezone.now().date() + timedelta(days=28),
    "national_id": "131052-308T",
}


@dataclass(frozen=True)
class Takes:
    """What an address is given: in its query, and in its form with what comes back when that is refused."""

    query: Values = field(default_factory=dict)
    fields: Values = field(default_factory=dict)
    form: str | None = None
    """How the address of the form ends that comes back with what was typed."""


CODE = Takes(query={"sent": "1"}, fields={"code": "123456", "extend": "1"})
EMPTY = Takes()
MOVE = Takes(query={"week": "2026-11-23"}, fields={"at": CHOICES["at"]})
CONFIRM_MOVE = Takes(fields={"new_time": "00000000-0000-4000-8000-000000000000", "answer": "other"})
TAKEN: dict[str, Takes] = {
    "": Takes(query={**CHOICES, "week": "2026-11-23"}),
    "book/": Takes(
        query={
            **CHOICES,
            "change": "time",
            "fresh": "clinic",
            "week": "2026-11-23",
            "taken": CHOICES["at"],
            "held": "many",
        }
    ),
    "book/time/": Takes(fields=CHOICES),
    "book/month/": Takes(query={**CHOICES, "month": "2026-11"}),
    "book/layout/": Takes(fields={"layout": "list", "next": "/book/?week=2026-11-23"}),
    "pictures/<slug:name>/": EMPTY,
    "login/": Takes(query={"next": "/my/"}, fields={"mobile": "040 123 4567", "next": "/my/"}, form="login/"),
    "login/code/": CODE,
    "login/code/resend/": EMPTY,
    "login/eid/": Takes(fields={"next": "/my/"}),
    "login/eid/return/": Takes(
        query={"code": "c0de", "state": "5tate"}, fields={"code": "c0de", "state": "5tate"}
    ),
    "logout/": EMPTY,
    "my/": EMPTY,
    "my/appointments/": EMPTY,
    "my/appointments/ask/": EMPTY,
    "my/appointments/<uuid:reference>/": EMPTY,
    "my/appointments/<uuid:reference>/cancel/": EMPTY,
    "my/appointments/<uuid:reference>/move/": MOVE,
    "my/appointments/<uuid:reference>/move/confirm/": CONFIRM_MOVE,
    "my/<uuid:public_id>/": Takes(query={"moved": "1"}),
    "my/<uuid:public_id>/calendar.ics": EMPTY,
    "my/<uuid:public_id>/cancel/": EMPTY,
    "my/<uuid:public_id>/undo/": EMPTY,
    "my/<uuid:public_id>/move/": MOVE,
    "my/<uuid:public_id>/move/confirm/": CONFIRM_MOVE,
    "booking/<uuid:public_id>/details/": Takes(query={"for": "other"}, fields=DETAILS, form=""),
    "booking/<uuid:public_id>/code/": CODE,
    "booking/<uuid:public_id>/code/resend/": EMPTY,
    "booking/<uuid:public_id>/done/": EMPTY,
    "booking/<uuid:public_id>/release/": Takes(fields={"change": "clinic"}),
    "booking/<uuid:public_id>/calendar.ics": EMPTY,
    "b/<slug:token>/": Takes(query={"moved": "1"}),
    "b/<slug:token>/calendar.ics": EMPTY,
    "b/<slug:token>/cancel/": EMPTY,
    "b/<slug:token>/undo/": EMPTY,
    "b/<slug:token>/move/": MOVE,
    "b/<slug:token>/move/confirm/": CONFIRM_MOVE,
    "waiting/": Takes(query=CHOICES, fields=WISH, form="/waiting/"),
    "waiting/<slug:key>/": EMPTY,
    "waiting/<slug:key>/code/": CODE,
    "waiting/<slug:key>/code/resend/": EMPTY,
    "waiting/<slug:key>/end/": EMPTY,
    "offer/<slug:key>/": EMPTY,
    "offer/<slug:key>/accept/": EMPTY,
    "offer/<slug:key>/decline/": EMPTY,
    "s/<slug:reader>/": EMPTY,
    "my/no-offers/": EMPTY,
    "no-reminders/<slug:reader>/": Takes(fields={"answer": "no", "List-Unsubscribe": "One-Click"}),
    "privacy/": EMPTY,
    "language/": Takes(fields={"language": "sv", "next": "/book/"}),
    "theme.css": Takes(query={"v": "10b6b74"}),
    "measuring/": Takes(fields={"answer": "yes", "next": "/book/", "here": "1"}),
    "health/": EMPTY,
    "demo/messages/": EMPTY,
    "demo/messages/now/": EMPTY,
}
COOKIES = ("visitor", "csrf", "language", "layout", "session", "messages")
HEADERS = {
    "accept-language": "sv-FI,fi;q=0.8",
    "accept-encoding": "gzip, br",
    "referer": "http://demoklinikka.localhost:8000/book/?week=2026-11-23",
    "hx-request": "true",
    "hx-current-url": "http://demoklinikka.localhost:8000/",
    "if-modified-since": "Mon, 23 Nov 2026 08:00:00 GMT",
    "range": "bytes=0-10",
    "user-agent": "Mozilla/5.0",
    "x-forwarded-for": "192.0.2.1",
    "x-csrftoken": "a" * 64,
}
ODD = (
    *(
        "",
        " ",
        "\x00",
        "\ud800",
        "ä\u202e🦷",
        "0",
        "-1",
        "9" * 400,
        "any",
        "[]",
        "{}",
        "null",
        "NaN",
        "1e999",
    ),
    *("2026-02-30", "0000-00-00", "99999-12-31", "24:61", "٣١", "%", "%00", "../..", "//evil.example"),
    *("<script>alert(1)</script>", "' or 1=1 --", "a\r\nSet-Cookie: b=c", "on" * 3000),
)
MOST_BENT = 6


def bent(value: str, seed: str) -> list[str]:
    """The value in ways that no page of ours would send: some at random, the same in each run."""
    chance = random.Random(seed)
    place = chance.randrange(len(value) + 1)
    letter = chr(chance.choice((chance.randrange(1, 32), chance.randrange(127, 0xD800), 0x1F9B7)))
    own = [value + value, value[:place], value[:place] + letter + value[place:]]
    return [*own, *chance.sample(ODD, MOST_BENT - len(own))]


def sent(values: Values) -> str:
    """As a browser would write it, but lone surrogates and all."""
    return urlencode(values, doseq=True, errors="surrogatepass")


@pytest.fixture
def browser(practice: Practice) -> Browser:
    """A Finnish browser, for which a failure of ours is an answer with status 500."""
    browser = Browser(practice.host, language="fi")
    browser.raise_request_exception = False
    return browser


@pytest.fixture
def path(practice: Practice, browser: Browser, route: str) -> str:
    """The browser's own address of the route, at an organisation that asks for all it can."""
    found = own_address(browser, practice, "portal", route)
    practice.organisation.settings.refresh_from_db()
    for name, value in EVERY_FIELD.items():
        setattr(practice.organisation.settings, name, value)
    practice.organisation.settings.save()
    return found


def test_every_address_of_the_portal_is_in_the_table() -> None:
    """The console's are tried by those who may see it: tests/console/test_roles.py, test_bad_input.py."""
    assert sorted(TAKEN) == [route for route in routes("portal") if not route.startswith("manage/")]


@pytest.mark.parametrize("route", sorted(TAKEN))
def test_address_answers_bent_parameters_clearly(browser: Browser, path: str, route: str) -> None:
    """What changes nothing comes first, since what is sent then may well be taken."""
    takes = TAKEN[route]
    bend_headers_and_cookies(browser, path, takes)
    bend_query(browser, path, takes)
    kept = bend_fields(browser, path, takes)
    bend_path(browser, path)

    assert bool(kept) == (takes.form is not None)


def bend_query(browser: Browser, path: str, takes: Takes) -> None:
    for name, value in takes.query.items():
        for number, odd in enumerate(bent(str(value), f"{path}?{name}")):
            changes: Values = ({name: odd}, {name: [odd, value]}, {odd: value})[number % 3]
            response = browser.generic("GET", path, QUERY_STRING=sent({**takes.query, **changes}))
            assert_clear(response, "portal", f"{name}={odd!r}")


def bend_path(browser: Browser, path: str) -> None:
    parts = path.split("/")
    for place in (place for place, part in enumerate(parts) if part):
        for number, odd in enumerate(bent(parts[place], f"{path}/{place}")):
            written = quote(odd, safe="", errors="surrogatepass")
            bent_path = "/".join([*parts[:place], written, *parts[place + 1 :]])
            method = ("GET", "POST")[number % 2]
            response = browser.generic(method, bent_path)
            assert_clear(response, "portal", f"{method} {bent_path!r}", language="")


def bend_fields(browser: Browser, path: str, takes: Takes) -> int:
    """How many typed values came back, of all that had to."""
    kept = 0
    for name, value in takes.fields.items():
        missing = {other: typed for other, typed in takes.fields.items() if other != name}
        changes: list[Values] = [{name: odd} for odd in bent(str(value), f"{path}#{name}")]
        changed = [{**takes.fields, **change} for change in (*changes, {name: [value, "x"]})]
        for typed in (missing, *changed):
            response = browser.post(path, sent(typed), content_type=FORM)
            assert_clear(response, "portal", f"{name}={typed.get(name)!r}")
            if takes.form is not None and response.status_code in (200, 422, 429):
                kept += assert_kept(response, takes.form, typed)
    return kept


def bend_headers_and_cookies(browser: Browser, path: str, takes: Takes) -> None:
    """All of them at once, each in another way every time."""
    query = sent(takes.query)
    own = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    for number in range(MOST_BENT):
        headers = {name: latin(bent(value, name + path)[number]) for name, value in HEADERS.items()}
        response = browser.generic("GET", path, QUERY_STRING=query, headers=headers)
        assert_clear(response, "portal", repr(headers), language="")
        cookies = [f"{name}={latin(bent('a1B2' * 8, name + path)[number])}" for name in COOKIES]
        response = browser.generic("GET", path, headers={"cookie": "; ".join([own, *cookies])})
        assert_clear(response, "portal", repr(cookies), language="")


def latin(odd: str) -> str:
    """As a server hands on what came in a header: bytes by another name, on one line."""
    return re.sub(r"[\r\n]", "", odd.encode("utf-8", "surrogatepass").decode("latin-1"))


def assert_kept(response: Any, action: str, typed: Values) -> int:
    """Each field of the form that came back holds what was typed into it; how many did."""
    page = Page(response.content.decode("utf-8", "replace"))
    fields = page.form(action).fields
    checked = 0
    for name, value in typed.items():
        shown = fields.get(name)
        if shown is None or isinstance(value, list) or name in ("password", "consent", "for_other", "next"):
            continue
        if re.fullmatch(r"[ -~äöåÄÖÅ]*", str(value)):  # what a keyboard types
            assert shown == str(value), name
            checked += 1
    return checked
