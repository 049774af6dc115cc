"""The desk's forms: what was typed, what is wrong with it, and the fields to type it into."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from agent.book import Catalogue, Place
from agent.intervals import Interval
from agent.page.markup import Content, Markup, element
from agent.words import _

T = TypeVar("T")

LONGEST = timedelta(hours=12)
LONGEST_TEXT = 200
Options = Iterable[tuple[str, str]]


@dataclass
class Form:
    """Typed values by field, and a sentence for each field that cannot be so; "" is the form itself."""

    values: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.values.get(name, "").strip()

    def place(self, catalogue: Catalogue) -> Place | None:
        """Who, where and when; None where something is wrong, which ``errors`` then says."""
        practitioner, clinic = self._practitioner(catalogue), self._clinic(catalogue)
        start = self._moment(catalogue, clinic)
        length = self._length()
        if start is None or length is None or self.errors:
            return None
        return Place(clinic, practitioner, Interval(start, start + length))

    def text(self) -> str:
        text = self.value("text")
        if len(text) > LONGEST_TEXT or not text.isprintable():
            self.errors["text"] = _("At most {most} signs, in one line.", most=LONGEST_TEXT)
        return text

    def _practitioner(self, catalogue: Catalogue) -> str:
        chosen = self.value("practitioner")
        if chosen not in {one.id for one in catalogue.practitioners}:
            self.errors["practitioner"] = _("Choose one of those in the list.")
        return chosen

    def _clinic(self, catalogue: Catalogue) -> str:
        chosen = self.value("clinic")
        if chosen not in {one.id for one in catalogue.clinics}:
            self.errors["clinic"] = _("Choose one of those in the list.")
        return chosen

    def _moment(self, catalogue: Catalogue, clinic: str) -> datetime | None:
        day = _read(date.fromisoformat, self.value("day"))
        clock = _read(time.fromisoformat, self.value("start"))
        if day is None or not 2000 <= day.year < 2200:
            self.errors["day"] = _("Choose a day.")
        if clock is None or clock.tzinfo is not None:
            self.errors["start"] = _("Type a time such as 08:30.")
        if self.errors or day is None or clock is None:
            return None
        zone = next(ZoneInfo(one.time_zone) for one in catalogue.clinics if one.id == clinic)
        moment = datetime.combine(day, clock, zone).astimezone(UTC)
        if moment.astimezone(zone).time() != clock:
            self.errors["start"] = _("The clock skips this hour on that day; choose another.")
        return moment

    def _length(self) -> timedelta | None:
        text = self.value("minutes")
        minutes = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
        length = timedelta(minutes=minutes)
        if not timedelta() < length <= LONGEST:
            self.errors["minutes"] = _(
                "Type whole minutes, 1 to {most}.", most=LONGEST // timedelta(minutes=1)
            )
            return None
        return length


def typed(place: Place, zone: ZoneInfo, **more: str) -> dict[str, str]:
    """The values of a form that shows where something stands."""
    start = place.during.start.astimezone(zone)
    minutes = (place.during.end - place.during.start) // timedelta(minutes=1)
    return {
        "practitioner": place.practitioner,
        "clinic": place.clinic,
        "day": f"{start:%Y-%m-%d}",
        "start": f"{start:%H:%M}",
        "minutes": str(minutes),
        **more,
    }


def place_fields(form: Form, catalogue: Catalogue) -> list[Markup]:
    return [
        select(
            form, "practitioner", _("Practitioner"), ((one.id, one.name) for one in catalogue.practitioners)
        ),
        select(form, "clinic", _("Clinic"), ((one.id, one.name) for one in catalogue.clinics)),
        text_field(form, "day", _("Day"), type="date"),
        text_field(form, "start", _("Begins"), type="time"),
        text_field(form, "minutes", _("Minutes"), type="number", min="1", max="720", inputmode="numeric"),
    ]


def select(form: Form, name: str, label: str, options: Options) -> Markup:
    chosen = form.value(name)
    items = [element("option", words, value=key, selected=key == chosen) for key, words in options]
    return _field(form, name, label, element("select", *items, name=name, id=name, **_told(form, name)))


def text_field(form: Form, name: str, label: str, **more: str) -> Markup:
    required = name != "text"
    attributes: dict[str, str | bool | None] = {**more, **_told(form, name)}
    control = element("input", name=name, id=name, value=form.value(name), required=required, **attributes)
    return _field(form, name, label, control)


def checkbox(form: Form, name: str, label: str) -> Markup:
    box = element("input", type="checkbox", name=name, value="yes", id=name, checked=bool(form.value(name)))
    return element("p", element("label", box, " ", label), class_="checkbox")


def error_summary(form: Form) -> Markup | None:
    if not form.errors:
        return None
    words = form.errors.get("") or _("Please look at the fields marked below; nothing has been changed.")
    return element("p", words, class_="problem", role="alert")


def form_of(address: str, token: str, *content: Content) -> Markup:
    hidden = element("input", type="hidden", name="token", value=token)
    return element("form", hidden, *content, method="post", action=address, novalidate=True)


def button(words: str, action: str, class_: str | None = None) -> Markup:
    return element("button", words, type="submit", name="action", value=action, class_=class_)


def _field(form: Form, name: str, label: str, control: Markup) -> Markup:
    error = form.errors.get(name)
    told = element("p", error, class_="field-error", id=f"{name}-error") if error else None
    return element("div", element("label", label, for_=name), control, told, class_="field")


def _told(form: Form, name: str) -> dict[str, str | bool | None]:
    if name not in form.errors:
        return {}
    return {"aria_invalid": "true", "aria_describedby": f"{name}-error"}


def _read(parse: Callable[[str], T], text: str) -> T | None:
    try:
        return parse(text)
    except ValueError:
        return None
