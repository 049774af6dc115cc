"""The sample book's desk in a browser: enter, move and cancel appointments and preblocks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from agent.book import BookError, Catalogue, NotInBook, Place
from agent.books.sample.book import DeskEntry, SampleBook
from agent.books.sample.preblocks import (
    change_preblock,
    laid_preblock,
    lay_preblock,
    preblock_kinds,
    remove_preblock,
)
from agent.desk import DESK_USER
from agent.intervals import Interval
from agent.page import calendar
from agent.page.answers import Answered, Asked, NotThere, redirect
from agent.page.forms import Form, button, error_summary, form_of, place_fields, select, text_field, typed
from agent.page.frame import link
from agent.page.markup import Content, Markup, element, joined
from agent.page.week import Week, week_of

DONE: Mapping[str, str] = {
    "entered": "The appointment is in the book.",
    "moved": "The appointment has been moved.",
    "cancelled": "The appointment has been cancelled.",
    "laid": "The preblock is in the book.",
    "changed": "The preblock has been changed.",
    "removed": "The preblock has been removed.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A page's title and content, which the site puts a frame around."""

    title: str
    content: Sequence[Content]
    status: int = 200


class Desk:
    """Every change pokes the agent, so that the portal follows within the second."""

    def __init__(self, book: SampleBook, token: str, poke: Callable[[], object]) -> None:
        self._book = book
        self._token = token
        self._poke = poke

    def week(self, asked: Asked, strip: Markup, portal_url: str) -> Shown:
        catalogue = self._book.catalogue()
        people = [(one.id, one.name) for one in catalogue.practitioners]
        if not people:
            return Shown(
                "Desk", [element("h1", "Desk"), element("p", "Nobody in this book publishes times.")]
            )
        practitioner = asked.query.get("practitioner", people[0][0])
        if practitioner not in dict(people):
            raise NotThere
        now = datetime.now(UTC)
        week = week_of(self._book, catalogue, practitioner, _monday(asked.query.get("week")), now)
        kinds = {kind.id: (number, kind) for number, kind in enumerate(preblock_kinds(self._book), start=1)}
        content = [
            element("h1", "The desk"),
            element("div", strip, id="strip", data_live=True),
            _done(asked),
            calendar.practitioner_links(people, week),
            element(
                "div",
                element("h2", calendar.title_of(week), id="shown"),
                calendar.week_links(week),
                class_="week-head",
            ),
            self._doing(week, portal_url),
            element(
                "div",
                calendar.calendar(week, kinds, now.astimezone(week.zone).date()),
                id="week",
                data_live=True,
            ),
            _legend(),
        ]
        return Shown("The desk", content)

    def enter(self, asked: Asked) -> Answered | Shown:
        catalogue = self._book.catalogue()
        form = Form(asked.form if asked.is_post else asked.query)
        if asked.is_post:
            place, text = form.place(catalogue), form.text()
            if place and not form.errors and self._try(form, lambda: self._enter(place, text)):
                return self._back(catalogue, place, "entered")
        fields = joined(
            *place_fields(form, catalogue), text_field(form, "text", "What or who", maxlength="200")
        )
        return self._form_page("Enter an appointment", "/desk/enter", form, fields, button("Enter", "enter"))

    def appointment(self, asked: Asked) -> Answered | Shown:
        catalogue = self._book.catalogue()
        entry = self._entry(asked)
        place = Place(entry.clinic, entry.practitioner, Interval(entry.start_at, entry.end_at))
        if asked.is_post and asked.form.get("action") == "cancel":
            form = Form(typed(place, _zone(catalogue, place.clinic)))
            if self._try(form, lambda: self._book.cancel_at_desk(entry.id)):
                return self._back(catalogue, place, "cancelled")
        elif asked.is_post:
            form = Form(asked.form)
            to = form.place(catalogue)
            if to and self._try(form, lambda: self._book.move_at_desk(entry.id, to)):
                return self._back(catalogue, to, "moved")
        else:
            form = Form(typed(place, _zone(catalogue, place.clinic)))
        who = ", ".join(filter(None, [entry.patient, entry.text])) or "No name"
        about = element("p", who, f". Entered by {entry.entered_by}, {entry.state}.")
        if entry.state != "booked":
            return Shown("Appointment", [element("h1", "Appointment"), about, _to_week()])
        buttons = joined(
            button("Move", "move"), button("Cancel the appointment", "cancel", "quiet-button danger")
        )
        address = f"/desk/appointment?id={entry.id}"
        fields = joined(*place_fields(form, catalogue))
        return self._form_page("Appointment", address, form, fields, buttons, about)

    def lay(self, asked: Asked) -> Answered | Shown:
        catalogue = self._book.catalogue()
        form = Form(asked.form if asked.is_post else asked.query)
        if asked.is_post:
            place, kind = form.place(catalogue), form.value("kind")
            if place and self._try(form, lambda: lay_preblock(self._book, kind, place)):
                return self._back(catalogue, place, "laid")
        fields = self._preblock_fields(form, catalogue)
        return self._form_page("Lay a preblock", "/desk/lay", form, fields, button("Lay", "lay"))

    def preblock(self, asked: Asked) -> Answered | Shown:
        catalogue = self._book.catalogue()
        identifier = asked.query.get("id", "")
        try:
            laid = laid_preblock(self._book, identifier)
        except NotInBook:
            raise NotThere from None
        zone = _zone(catalogue, laid.place.clinic)
        form = Form(asked.form if asked.is_post else typed(laid.place, zone, kind=laid.kind))
        if asked.is_post and asked.form.get("action") == "remove":
            if self._try(form, lambda: remove_preblock(self._book, identifier)):
                return self._back(catalogue, laid.place, "removed")
        elif asked.is_post:
            place, kind = form.place(catalogue), form.value("kind")
            if place and self._try(form, lambda: change_preblock(self._book, identifier, kind, place)):
                return self._back(catalogue, place, "changed")
        buttons = joined(
            button("Save", "save"), button("Remove the preblock", "remove", "quiet-button danger")
        )
        fields = self._preblock_fields(form, catalogue)
        return self._form_page("Preblock", f"/desk/preblock?id={laid.id}", form, fields, buttons)

    def kinds_css(self) -> str:
        """The kinds' own colours, which the book knows and a style sheet must not be given unlooked at."""
        rules = [
            f".kind-{number} {{ --kind: {kind.colour}; --on-kind: {_ink(kind.colour)}; }}"
            for number, kind in enumerate(preblock_kinds(self._book), start=1)
            if _is_colour(kind.colour)
        ]
        return "\n".join(rules)

    def _enter(self, place: Place, text: str) -> str:
        return self._book.enter_at_desk(place, text=text, entered_by=DESK_USER)

    def _try(self, form: Form, change: Callable[[], object]) -> bool:
        """Whether the book has been changed; else the form says why not."""
        try:
            change()
        except BookError as refusal:
            form.errors[""] = str(refusal)
            return False
        self._poke()
        return True

    def _entry(self, asked: Asked) -> DeskEntry:
        entry = self._book.entry(asked.query.get("id", ""))
        if entry is None:
            raise NotThere
        return entry

    def _back(self, catalogue: Catalogue, place: Place, done: str) -> Answered:
        day = place.during.start.astimezone(_zone(catalogue, place.clinic)).date()
        return redirect(calendar.week_address(place.practitioner, _monday(day.isoformat()), done=done))

    def _preblock_fields(self, form: Form, catalogue: Catalogue) -> Markup:
        kinds = ((kind.id, kind.name) for kind in preblock_kinds(self._book))
        return joined(select(form, "kind", "Kind", kinds), *place_fields(form, catalogue))

    def _form_page(
        self,
        title: str,
        address: str,
        form: Form,
        fields: Markup,
        buttons: Markup,
        about: Content = None,
    ) -> Shown:
        buttons = element("div", buttons, class_="buttons")
        content = [
            element("h1", title),
            about,
            error_summary(form),
            element("div", form_of(address, self._token, fields, buttons), class_="panel narrow"),
            _to_week(form),
        ]
        return Shown(title, content, status=422 if form.errors else 200)

    def _doing(self, week: Week, portal_url: str) -> Markup:
        person = week.practitioner
        where = {"practitioner": person.id, "clinic": person.clinics[0], "day": week.monday.isoformat()}
        enter, lay = urlencode({**where, "minutes": "30"}), urlencode({**where, "minutes": "120"})
        return element(
            "p",
            link(f"/desk/enter?{enter}", "Enter an appointment", class_="button"),
            link(f"/desk/lay?{lay}", "Lay a preblock", class_="quiet-button"),
            link(portal_url, "See the portal", class_="quiet-button") if portal_url else None,
            class_="buttons",
        )


def _monday(text: str | None) -> date:
    """Of the week that holds the day; of this one where there is none."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return calendar.this_monday(datetime.now(UTC).astimezone().date())
    if not 2000 <= day.year < 2200:
        raise NotThere
    return day - timedelta(days=day.weekday())


def _zone(catalogue: Catalogue, clinic: str) -> ZoneInfo:
    for one in catalogue.clinics:
        if one.id == clinic:
            return ZoneInfo(one.time_zone)
    raise NotThere


def _done(asked: Asked) -> Markup | None:
    words = DONE.get(asked.query.get("done", ""))
    return element("p", words, class_="notice", role="status") if words else None


def _to_week(form: Form | None = None) -> Markup:
    address = "/desk/"
    practitioner = form.value("practitioner") if form else ""
    if form and practitioner:
        address = "/desk/?" + urlencode({"practitioner": practitioner, "week": form.value("day")})
    return element("p", link(address, "Back to the week"))


def _legend() -> Markup:
    keys = (
        ("is-offered", "free, and offered on the portal"),
        ("is-kept", "free, and not on the portal"),
        ("appointment", "taken by the desk"),
        ("from-portal", "booked on the portal"),
        ("preblock", "preblock"),
    )
    items = [
        element("li", element("span", class_=f"key {name}", aria_hidden="true"), words)
        for name, words in keys
    ]
    return element("ul", *items, class_="legend")


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(sign in "0123456789abcdefABCDEF" for sign in text[1:])


def _ink(colour: str) -> str:
    """Black or white, whichever is read better on it (WCAG 2.2, relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#000" if luminance > 0.179 else "#fff"
