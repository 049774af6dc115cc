"""The desk's first page: a practitioner's week, and beside it what the portal has of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from agent.books.sample.preblocks import preblock_kinds
from agent.page.answers import Asked, NotThere, Shown
from agent.page.calendar import calendar, practitioner_links, title_of, week_links
from agent.page.desk import Desk, monday_of
from agent.page.frame import link
from agent.page.markup import Markup, element
from agent.page.week import Week, week_of
from agent.words import _

DONE: Mapping[str, str] = {
    "entered": _("The appointment is in the book."),
    "move": _("The appointment has been moved."),
    "cancel": _("The appointment has been cancelled."),
    "arrived": _("Noted: the patient has come."),
    "no_show": _("Noted: the patient did not come."),
    "booked": _("Noted: the patient is still to come."),
    "laid": _("The preblock is in the book."),
    "changed": _("The preblock has been changed."),
    "removed": _("The preblock has been removed."),
}


def week_page(desk: Desk, asked: Asked, *, strip: Markup, portal_url: str) -> Shown:
    catalogue = desk.book.catalogue()
    people = [(one.id, one.name) for one in catalogue.practitioners]
    if not people:
        nobody = element("p", _("Nobody in this book publishes times."))
        return Shown(_("The desk"), [element("h1", _("The desk")), nobody])
    practitioner = asked.query.get("practitioner", people[0][0])
    if practitioner not in dict(people):
        raise NotThere
    now = datetime.now(UTC)
    week = week_of(desk.book, catalogue, practitioner, monday_of(asked.query.get("week")), now)
    kinds = {kind.id: (number, kind) for number, kind in enumerate(preblock_kinds(desk.book), start=1)}
    drawn = calendar(week, kinds, now.astimezone(week.zone).date())
    content = [
        element("h1", _("The desk")),
        element("div", strip, id="strip", data_live=True),
        _done(asked),
        practitioner_links(people, week),
        element("div", element("h2", title_of(week), id="shown"), week_links(week), class_="week-head"),
        _doing(week, portal_url),
        element("div", drawn, id="week", data_live=True),
        _legend(),
    ]
    return Shown(_("The desk"), content)


def _doing(week: Week, portal_url: str) -> Markup:
    person = week.practitioner
    where = {"practitioner": person.id, "clinic": person.clinics[0], "day": week.monday.isoformat()}
    enter, lay = urlencode({**where, "minutes": "30"}), urlencode({**where, "minutes": "120"})
    return element(
        "p",
        link(f"/desk/enter?{enter}", _("Enter an appointment"), class_="button"),
        link(f"/desk/lay?{lay}", _("Lay a preblock"), class_="quiet-button"),
        link(portal_url, _("See the portal"), class_="quiet-button") if portal_url else None,
        class_="buttons",
    )


def _done(asked: Asked) -> Markup | None:
    words = DONE.get(asked.query.get("done", ""))
    return element("p", words, class_="notice", role="status") if words else None


def _legend() -> Markup:
    keys = (
        ("is-offered", _("free, and offered on the portal")),
        ("is-kept", _("free, and not on the portal")),
        ("appointment", _("taken by the desk")),
        ("from-portal", _("booked on the portal")),
        ("preblock", _("preblock")),
    )
    items = [
        element("li", element("span", class_=f"key {name}", aria_hidden="true"), words)
        for name, words in keys
    ]
    return element("ul", *items, class_="legend")
