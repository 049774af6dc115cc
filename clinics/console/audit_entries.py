"""The audit log in words: what each entry is about, and what its fields held, as a person would say it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils import dateformat, dates, formats
from django.utils.dateparse import parse_datetime, parse_time
from django.utils.translation import gettext as _

from clinics.colours import PRESETS
from clinics.console.audit_words import (
    COUNTRIES,
    DESK,
    GROUNDS,
    HIDDEN,
    KINDS,
    LABELS,
    MODELS,
    NAMES,
    REFERENCES,
    TITLED,
    Kind,
    column_name,
)
from clinics.console.flexibility import STEP_NAMES
from clinics.console.texts import PLACES, language_name
from clinics.console.undoing import why_not
from clinics.models import AuditEntry, Membership, Organisation, PrivacyAction, User
from clinics.roles import Role


@dataclass(frozen=True)
class Change:
    """One field of an entry, before and after."""

    name: str
    before: str
    after: str
    url: str = ""
    """Where to look at what is meant."""


@dataclass(frozen=True)
class Entry:
    """A line of the log, in words."""

    key: str
    at: datetime
    who: str
    what: str
    title: str
    changes: list[Change]
    why_not: str = ""
    """Why it cannot be put back; empty where it can."""


class Wording:
    """Puts rows of one organisation's log into words; names are looked up for all of them at once."""

    def __init__(self, organisation: Organisation, rows: Iterable[AuditEntry]) -> None:
        self.organisation = organisation
        self.rows = list(rows)
        self.zone = ZoneInfo(organisation.time_zone)

    def entries(self) -> list[Entry]:
        return [self.entry(row) for row in self.rows]

    def entry(self, row: AuditEntry) -> Entry:
        return Entry(
            key=row.key,
            at=row.at,
            who=row.who or _("The clinic’s system or the portal"),
            what=f"{KINDS.get(row.kind, row.kind)}: {LABELS.get(row.label, row.label)}",
            title=self.title_of(row),
            changes=[self.change(row, name) for name in shown_columns(row)],
            why_not=why_not(row),
        )

    def change(self, row: AuditEntry, name: str) -> Change:
        before, after = row.before or {}, row.after or {}
        if row.kind == DESK and name == "booking":
            return self.booking(str(after.get(name)))
        if (row.kind, name) == (Kind.PICTURE, "name"):
            return Change(column_name(row.kind, name), *self.pictures(bool(before), bool(after)))
        return Change(
            column_name(row.kind, name),
            self.said(row.kind, name, before.get(name)),
            self.said(row.kind, name, after.get(name)),
        )

    def pictures(self, was: bool, became: bool) -> tuple[str, str]:
        """Pictures have no names that would say anything."""
        return _("the one before") if was else "", _("a new one") if became else ""

    def booking(self, public_id: str) -> Change:
        """Which one, its own page says to whom may see it."""
        url = reverse("console_bookings:booking", args=[public_id])
        return Change(str(NAMES["booking"]), "", _("Open the booking"), url)

    def title_of(self, row: AuditEntry) -> str:
        """What or whom the entry is about, if anything of its own."""
        held = row.after or row.before or {}
        make = TITLES.get(row.kind)
        return make(self, held) if make else ""

    def named(self, name: str, held: dict[str, Any]) -> str:
        """Whom or what a row refers to."""
        return self.name_of(REFERENCES[name], held.get(name))

    def said(self, kind: str, name: str, value: Any) -> str:
        """What a column held, as a person would say it."""
        if value is None or value == "" or value == []:
            return ""
        if isinstance(value, bool):
            return _("On") if value else _("Off")
        if isinstance(value, list):
            return ", ".join(self.said(kind, name, part) for part in value)
        if name in REFERENCES:
            return self.name_of(REFERENCES[name], value)
        saying = SAYINGS.get(f"{kind}.{name}") or SAYINGS.get(name, partial_saying(kind, name))
        return str(saying(self, value))

    def name_of(self, model: type[models.Model], pk: Any) -> str:
        return self.names.get((model, pk)) or _("One that is gone")

    @cached_property
    def names(self) -> dict[tuple[type[models.Model], int], str]:
        """What is meant by each id in these rows, also where it is gone by now."""
        wanted: dict[type[models.Model], set[int]] = {}
        for row in self.rows:
            for held in (row.before or {}, row.after or {}):
                for name, model in REFERENCES.items():
                    wanted.setdefault(model, set()).update(ids_in(held.get(name)))
        return names_of(self.organisation, wanted)

    def moment(self, value: str) -> str:
        at = parse_datetime(value)
        if at is None:
            return value
        return dateformat.format(at.astimezone(self.zone), formats.get_format("SHORT_DATETIME_FORMAT"))


def shown_columns(row: AuditEntry) -> list[str]:
    """The columns that say something: all that changed, and of a new or lost row those that held anything."""
    if row.label == "update":
        return [name for name in row.changed if name not in HIDDEN]
    held = row.after or row.before or {}
    left_out = HIDDEN | TITLED.get(row.kind, set())
    return [name for name in row.changed if name not in left_out and held.get(name) not in (None, "", [])]


def ids_in(value: Any) -> set[int]:
    return set(value) if isinstance(value, list) else set() if value is None else {value}


def names_of(
    organisation: Organisation, wanted: dict[type[models.Model], set[int]]
) -> dict[tuple[type[models.Model], int], str]:
    """Members are called what their users are called, so those are asked for last."""
    found: dict[tuple[type[models.Model], int], str] = {}
    users = member_users(organisation, wanted.pop(Membership, set()))
    wanted.setdefault(User, set()).update(users.values())
    for model, pks in wanted.items():
        found.update({(model, pk): name for pk, name in names_in(organisation, model, pks).items()})
    found.update({(Membership, pk): found[User, user] for pk, user in users.items() if (User, user) in found})
    return found


def member_users(organisation: Organisation, pks: set[int]) -> dict[int, int]:
    """Whose each membership is or was."""
    if not pks:
        return {}
    found = dict(
        Membership.objects.filter(organisation=organisation, pk__in=pks).values_list("pk", "user_id")
    )
    return {**past(Membership, pks - found.keys(), "user_id", organisation_id=organisation.pk), **found}


def names_in(organisation: Organisation, model: type[models.Model], pks: set[int]) -> dict[int, str]:
    """By id, what rows of the model are called, and what those that are gone were called last."""
    if not pks:
        return {}
    if model is User:
        users = User.objects.in_bulk(pks)
        gone = past(User, pks - users.keys(), "email")
        return {**gone, **{pk: str(user) for pk, user in users.items()}}
    owned: Any = model
    found = dict(owned.objects.filter(organisation=organisation, pk__in=pks).values_list("pk", "name"))
    return {**past(model, pks - found.keys(), "name", organisation_id=organisation.pk), **found}


def past(model: type[models.Model], pks: set[int], column: str, **owned: Any) -> dict[int, Any]:
    """The column's last value of rows that are gone, from their history."""
    if not pks:
        return {}
    history: Any = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    rows = history.objects.filter(pgh_obj_id__in=pks, **owned).order_by("pgh_obj_id", "-pgh_id")
    return dict(rows.distinct("pgh_obj_id").values_list("pgh_obj_id", column))


def text_title(wording: Wording, held: dict[str, Any]) -> str:
    place = PLACES.get(held.get("place", ""), ("",))[0]
    parts = [wording.named("clinic_id", held) if held.get("clinic_id") else str(place)]
    return ", ".join([*parts, language_name(held["language"])])


def picture_title(wording: Wording, held: dict[str, Any]) -> str:
    if held.get("practitioner_id") is None:
        return _("Logo")
    return _("Photo of %(name)s") % {"name": wording.named("practitioner_id", held)}


def own_name(_wording: Wording, held: dict[str, Any]) -> str:
    return str(held.get("name", ""))


TITLES: dict[str, Callable[[Wording, dict[str, Any]], str]] = {
    Kind.CLINIC: own_name,
    Kind.GROUP: own_name,
    Kind.PRACTITIONER: own_name,
    Kind.VISIT: own_name,
    Kind.TEXT: text_title,
    Kind.PICTURE: picture_title,
    Kind.MEMBER: lambda wording, held: wording.named("user_id", held),
    Kind.MEMBER_CLINIC: lambda wording, held: (
        f"{wording.named('membership_id', held)}: {wording.named('clinic_id', held)}"
    ),
    Kind.INVITATION: lambda _wording, held: str(held.get("email", "")),
}
Saying = Callable[[Wording, Any], Any]


def weekday(_wording: Wording, value: int) -> str:
    """Monday is 0."""
    return str(dates.WEEKDAYS[value % 7])


def hour(_wording: Wording, value: str) -> str:
    at = parse_time(value)
    return formats.time_format(at, "TIME_FORMAT") if at else value


def colour(_wording: Wording, value: str) -> str:
    return f"{PRESETS[value]} ({value})" if value in PRESETS else value


# By column, or by kind and column where they differ.
SAYINGS: dict[str, Saying] = {
    "position": lambda _wording, value: value + 1,
    "time_zone": lambda _wording, value: value.rpartition("/")[2].replace("_", " "),
    "language": lambda _wording, value: language_name(value),
    "default_language": lambda _wording, value: language_name(value),
    "languages": lambda _wording, value: language_name(value),
    "country": lambda _wording, value: COUNTRIES.get(value, value),
    "sms_countries": lambda _wording, value: COUNTRIES.get(value, value),
    "step_order": lambda _wording, value: STEP_NAMES.get(value, value),
    "quiet_weekdays": weekday,
    "quiet_from": hour,
    "quiet_until": hour,
    "accent_colour": colour,
    "place": lambda _wording, value: PLACES.get(value, (value,))[0],
    "ground": lambda _wording, value: GROUNDS.get(value, value),
    "sought_by": lambda _wording, value: dict(PrivacyAction.Term.choices).get(value, value),
    "role": lambda _wording, value: dict(Role.choices).get(value, value),
}


def partial_saying(kind: str, name: str) -> Saying:
    """What the column's own field makes of a value: the name of a choice, a moment, or the value."""
    field = next((each for each in fields_of(kind) if each.attname == name), None)
    if isinstance(field, models.DateTimeField):
        return Wording.moment
    choices = dict(getattr(field, "flatchoices", None) or [])
    return lambda _wording, value: choices.get(value, value)


def fields_of(kind: str) -> list[Any]:
    return list(MODELS[kind]._meta.concrete_fields) if kind in MODELS else []
