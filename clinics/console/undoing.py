"""Putting back what an entry of the audit log changed: by the forms and services of doing it by hand.

What can be put back is a list of steps. Each says what is stored now beside what would be again, is held
to the rules of its own page, and writes as that page would; so putting back is itself an entry.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.forms import modelform_factory
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.console.clinic_pages import ClinicForm, clinics_of
from clinics.console.editing import Difference, EditForm
from clinics.console.flexibility import FORMS, SETTING_NAMES
from clinics.console.group_pages import RenameForm, groups_of
from clinics.console.guard import ConsoleRequest
from clinics.console.practitioner_pages import PractitionerForm, practitioners_of
from clinics.console.texts import Spot, TextForm
from clinics.console.texts import clinics_of as clinics_with_texts
from clinics.console.undo_steps import (
    AddressStep,
    FormStep,
    GroupAgain,
    GroupGone,
    PlaceStep,
    Step,
    filled_in,
    fingerprint_of,
)
from clinics.models import AuditEntry, Clinic, Organisation, OrganisationSettings, PortalText
from clinics.roles import Role

Kind = AuditEntry.Kind
Words = str | Promise
BY_HAND: dict[str, set[str]] = {
    Kind.CLINIC: {"is_published", "group_id", "address", "phone", "email", "opening_hours", "position"},
    Kind.PRACTITIONER: {"is_published", "description", "position"},
    Kind.GROUP: {"name", "position"},
    Kind.ORGANISATION: {"subdomain"},
}
"""The columns that people change themselves, where others say the rest."""
FIELDS = {"group_id": "group"}
"""Columns that forms call otherwise."""
COMPANIONS = {"sms_login_decided_at"}
"""Columns that follow from others when those are saved."""
FROM_SYSTEM = gettext_lazy("This came from the practice system: change it there.")
PEOPLES = gettext_lazy("Cannot be put back here: roles are given on the page of people.")
NEVER: dict[str, Words] = {
    Kind.MEMBER: PEOPLES,
    Kind.MEMBER_CLINIC: PEOPLES,
    Kind.INVITATION: gettext_lazy("Cannot be put back: an invitation is good once. Send a new one."),
    Kind.KEY: gettext_lazy("Cannot be put back: a key is never shown twice. Have a new one made."),
    Kind.PICTURE: gettext_lazy("Cannot be put back: a picture that is gone is not kept. Send it again."),
    Kind.SMS_PROVIDER: gettext_lazy("Cannot be put back: what lets us in there is shown to nobody again."),
    Kind.VISIT: gettext_lazy("Cannot be put back: what has been seen has been seen."),
    Kind.PRIVACY: gettext_lazy("Cannot be put back: what was found, handed out or erased stays so."),
    "desk": gettext_lazy("Cannot be put back here: a booking is changed on its own page."),
}
"""Why entries of these kinds stand."""
WHOLE = {Kind.TEXT, Kind.MESSAGE_TEXT}
"""Kinds of which every entry can be put back: a text that is new, changed, or gone."""


class Gone(Exception):
    """What the entry is about is not there any more; the words say so to a person."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


@dataclass
class Undoing:
    """All of an entry's steps, and who may take them."""

    steps: list[Step]
    role: Role = Role.EDITOR
    recent: bool = False
    """Who came long ago has to show once more who they are."""
    is_changed_since: bool = False
    """What is stored now is not what the entry made."""
    problems: list[str] = field(default_factory=list)

    @property
    def stored(self) -> str:
        return fingerprint_of([step.stored for step in self.steps])

    def lines(self) -> list[Difference]:
        return [line for step in self.steps for line in step.lines()]

    def check(self) -> bool:
        self.problems = [words for step in self.steps for words in step.problems()]
        return not self.problems

    def take(self, request: ConsoleRequest) -> HttpResponse | None:
        answers = [step.take(request) for step in self.steps]
        return next((answer for answer in answers if answer is not None), None)


def why_not(entry: AuditEntry) -> str:
    """Why nobody can put the entry back; empty where somebody can."""
    if entry.kind in NEVER:
        return str(NEVER[entry.kind])
    if entry.kind not in MAKERS:
        return _("Cannot be put back here.")
    if entry.kind in WHOLE or (entry.kind == Kind.GROUP and entry.label != "update"):
        return ""
    if entry.kind == Kind.SETTINGS:
        return "" if is_update(entry) else _("Cannot be put back: it came with the account.")
    if entry.kind == Kind.ORGANISATION:
        return "" if changes_by_hand(entry) else _("Cannot be put back here: the operator sees to this.")
    if "consent_given_at" in entry.changed and is_update(entry):
        return _("Cannot be put back: consent is the person’s own. Record it anew where it is given.")
    return "" if changes_by_hand(entry) and entry.who else str(FROM_SYSTEM)


def is_update(entry: AuditEntry) -> bool:
    return entry.label == "update" and entry.before is not None


def changes_by_hand(entry: AuditEntry) -> bool:
    return is_update(entry) and bool(BY_HAND[entry.kind] & set(entry.changed))


def undoing_of(request: ConsoleRequest, entry: AuditEntry) -> Undoing:
    """What would put the entry back. Its rows are locked until the transaction ends. Raises Gone."""
    return MAKERS[entry.kind](request, entry)


def earlier(entry: AuditEntry, names: Iterable[str] | None = None) -> dict[str, Any]:
    """What the changed columns held before, by field."""
    held = entry.before or {}
    wanted = entry.changed if names is None else [name for name in entry.changed if name in names]
    return {FIELDS.get(name, name): held[name] for name in wanted if name in held}


def is_other_now(entry: AuditEntry, row: models.Model, names: Iterable[str]) -> bool:
    """Whether one of these columns holds something else by now than the entry gave it."""
    after = entry.after or {}
    now = {each.attname: each.value_from_object(row) for each in row._meta.concrete_fields}
    said = json.loads(json.dumps(now, cls=DjangoJSONEncoder, default=str))
    return any(said.get(name) != after.get(name) for name in names if name in after)


def of_settings(request: ConsoleRequest, entry: AuditEntry) -> Undoing:
    """Each page's own settings go through that page's form; those of no page through one of their own."""
    rows = OrganisationSettings.objects.filter(organisation=request.organisation)
    row = rows.select_for_update().get()
    held = {name: value for name, value in earlier(entry).items() if name not in COMPANIONS}
    forms: dict[Any, list[str]] = {}
    for name in held:
        forms.setdefault(FORMS.get(name), []).append(name)
    pages = [form for form in forms if form is not None]
    steps: list[Step] = []
    for page, names in forms.items():
        form_class = page or plain_form(names)
        steps.append(
            FormStep(filled_in(form_class, {name: held[name] for name in names}, instance=row), names)
        )
    return Undoing(
        steps,
        role=Role.OWNER if any(page.role == Role.OWNER for page in pages) else Role.EDITOR,
        recent=any(page.recent for page in pages),
        is_changed_since=is_other_now(entry, row, entry.changed),
    )


def plain_form(names: list[str]) -> Any:
    """A form for settings that stand on no page; named as the log names them."""
    found: Any = modelform_factory(OrganisationSettings, form=EditForm, fields=names)
    for name, each in found.base_fields.items():
        each.label = SETTING_NAMES.get(name, each.label)
    return found


def of_clinic(request: ConsoleRequest, entry: AuditEntry) -> Undoing:
    row = locked(
        clinics_of(request), entry, gettext_lazy("This clinic is not in the practice system any more.")
    )
    held = earlier(entry, BY_HAND[Kind.CLINIC] - {"position"})
    if entry.before:
        held["was_own"] = {name for name in ("address", "phone", "email") if is_own_in(entry.before, name)}
    return of_place(request, entry, row, ClinicForm, held, organisation=request.organisation)


def is_own_in(held: dict[str, Any], name: str) -> bool:
    return held.get(f"agents_{name}") is not None


def of_practitioner(request: ConsoleRequest, entry: AuditEntry) -> Undoing:
    gone = gettext_lazy("This person is not in the practice system any more.")
    row = locked(practitioners_of(request), entry, gone)
    held = earlier(entry, BY_HAND[Kind.PRACTITIONER] - {"position"})
    return of_place(request, entry, row, PractitionerForm, held)


def of_group(request: ConsoleRequest, entry: AuditEntry) -> Undoing:
    """A new heading is removed, a removed one comes back, and a changed one is called what it was."""
    if entry.label == "delete":
        return Undoing([GroupAgain(request.organisation, entry)])
    row = locked(groups_of(request), entry, gettext_lazy("This group is gone."))
    if entry.label == "insert":
        return Undoing([GroupGone(row)], is_changed_since=is_other_now(entry, row, ["name"]))
    return of_place(request, entry, row, RenameForm, earlier(entry, {"name"}))


def of_place(
    request: ConsoleRequest,
    entry: AuditEntry,
    row: Any,
    form_class: type[EditForm],
    held: dict[str, Any],
    **options: Any,
) -> Undoing:
    """What stands in an ordered list: its page's fields, and its place."""
    steps: list[Step] = []
    if set(held) - {"was_own"}:
        steps.append(FormStep(filled_in(form_class, held, instance=row, **options), held))
    if "position" in entry.changed and entry.before:
        steps.append(PlaceStep(row, entry.before["position"]))
    names = BY_HAND[entry.kind] & set(entry.changed)
    return Undoing(steps, is_changed_since=is_other_now(entry, row, names))


def locked(rows: Any, entry: AuditEntry, gone: Words) -> Any:
    row = rows.filter(pk=entry.object_id).select_for_update(of=("self",)).first()
    if row is None:
        raise Gone(gone)
    return row


def of_text(request: ConsoleRequest, entry: AuditEntry) -> Undoing:
    """The words before; where there were none, the portal's own."""
    Organisation.objects.select_for_update().get(pk=request.organisation.pk)  # a text may have no row
    held = entry.after or entry.before or {}
    spot = Spot(
        request.organisation, PortalText.Place(held["place"]), held["language"], clinic_of(request, held)
    )
    before = entry.before or {} if entry.label != "insert" else {}
    words = {name: before.get(name, "") for name in ("heading", "body")}
    made = entry.after or {}
    row = spot.row()
    is_other = [row.heading, row.body] != [made.get("heading", ""), made.get("body", "")]
    return Undoing([FormStep(filled_in(TextForm, words, spot=spot), words)], is_changed_since=is_other)


def clinic_of(request: ConsoleRequest, held: dict[str, Any]) -> Clinic | None:
    if held.get("clinic_id") is None:
        return None
    found = clinics_with_texts(request).filter(pk=held["clinic_id"]).first()
    if found is None:
        raise Gone(gettext_lazy("This clinic is not in the practice system any more."))
    return found


def of_address(request: ConsoleRequest, entry: AuditEntry) -> Undoing:
    held = Organisation.objects.select_for_update().get(pk=request.organisation.pk)
    step = AddressStep(held, (entry.before or {})["subdomain"])
    return Undoing([step], recent=True, is_changed_since=is_other_now(entry, held, ["subdomain"]))


MAKERS: dict[str, Callable[[ConsoleRequest, AuditEntry], Undoing]] = {
    Kind.SETTINGS: of_settings,
    Kind.CLINIC: of_clinic,
    Kind.PRACTITIONER: of_practitioner,
    Kind.GROUP: of_group,
    Kind.TEXT: of_text,
    Kind.ORGANISATION: of_address,
}
"""By kind of entry. Apps that know other kinds add theirs, here or in NEVER, when they start."""
