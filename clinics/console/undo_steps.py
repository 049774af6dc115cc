"""The parts of putting an entry of the audit log back, each by the form or service of doing it by hand."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib.postgres.forms import SimpleArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import CheckboxInput, FileField, MultiWidget
from django.http import HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clinics.clinic_groups import add_group, remove_group
from clinics.console.address import moved
from clinics.console.editing import Difference, EditForm, differences, shown_values
from clinics.console.flexibility import SETTING_NAMES
from clinics.console.group_pages import taken_words
from clinics.console.guard import ConsoleRequest
from clinics.errors import GroupNameTaken
from clinics.models import AuditEntry, Clinic, ClinicGroup, Organisation
from clinics.ordering import Ordered, stand_at
from clinics.subdomains import SubdomainRefused, change_subdomain

Words = str | Promise


class Refused(Exception):
    """A rule of doing it by hand forbids it at this moment; the words say which."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


class Step(Protocol):
    """One part of putting an entry back."""

    @property
    def stored(self) -> str:
        """Stands for what is stored now."""

    def lines(self) -> list[Difference]:
        """What would become another: what is stored now, and what would be again."""

    def problems(self) -> list[str]:
        """What forbids it by hand."""

    def take(self, request: ConsoleRequest) -> HttpResponse | None:
        """Writes it; an answer where the way goes on elsewhere. Raises Refused."""


def fingerprint_of(value: Any) -> str:
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class FormStep:
    """A page's own form, filled in with what its fields held before."""

    def __init__(self, form: EditForm, names: Collection[str]) -> None:
        self.form = form
        self.stored = form.stored
        self.found = differences(form, shown_values(form), names)

    def lines(self) -> list[Difference]:
        return self.found

    def problems(self) -> list[str]:
        return [
            words if name == "__all__" else f"{self.form.fields[name].label}: {words}"
            for name, found in self.form.errors.items()
            for words in map(str, found)
        ]

    def take(self, request: ConsoleRequest) -> None:
        self.form.save()


def filled_in(form_class: Any, held: dict[str, Any], **options: Any) -> EditForm:
    """The form as a browser would send it with the fields holding this, and the others what is stored."""
    blank: EditForm = form_class(**options)
    values = blank.values_of(held)
    sent = QueryDict(mutable=True)
    for bound in blank:
        if bound.name != "seen" and not isinstance(bound.field, FileField):
            put(sent, bound, values.get(bound.name, bound.value()))
    form: EditForm = form_class(sent, **options)
    return form


def put(sent: QueryDict, bound: Any, value: Any) -> None:
    """The value as the field's widget would send it."""
    widget = bound.field.widget
    if isinstance(widget, MultiWidget):
        for number, part in enumerate(widget.decompress(value) or []):
            sent[f"{bound.html_name}_{number}"] = str(part)
    elif isinstance(widget, CheckboxInput):
        if value:
            sent[bound.html_name] = "on"
    elif isinstance(value, list) and not isinstance(bound.field, SimpleArrayField):
        sent.setlist(bound.html_name, [str(part) for part in value])
    elif isinstance(value, list):
        sent[bound.html_name] = ",".join(str(part) for part in value)
    else:
        sent[bound.html_name] = "" if value is None else str(value)


@dataclass
class PlaceStep:
    """Back to where it stood, counted from the list's beginning; the others move on or up."""

    row: Ordered
    position: int

    @property
    def stored(self) -> str:
        return fingerprint_of([self.row.pk, self.row.position])

    def lines(self) -> list[Difference]:
        if self.row.position == self.position:
            return []
        name = str(SETTING_NAMES["position"])
        return [Difference(name, str(self.row.position + 1), str(self.position + 1))]

    def problems(self) -> list[str]:
        return []

    def take(self, request: ConsoleRequest) -> None:
        stand_at(organisation=request.organisation, row=self.row, position=self.position)


@dataclass
class GroupGone:
    """A heading that was added goes; its clinics stay."""

    group: ClinicGroup

    @property
    def stored(self) -> str:
        return fingerprint_of([self.group.pk, self.group.name])

    def lines(self) -> list[Difference]:
        return [Difference(_("Group"), self.group.name, "–")]

    def problems(self) -> list[str]:
        return []

    def take(self, request: ConsoleRequest) -> None:
        remove_group(organisation=request.organisation, group=self.group)


class GroupAgain:
    """A heading that was removed comes back, with the clinics that stood under it and have no other."""

    def __init__(self, organisation: Organisation, entry: AuditEntry) -> None:
        held = entry.before or {}
        self.name, self.position = held["name"], held["position"]
        self.clinics = clinics_left_by(organisation, entry)
        self.is_there = ClinicGroup.objects.filter(organisation=organisation, name=self.name).exists()
        self.stored = fingerprint_of([self.name, self.is_there, [clinic.pk for clinic in self.clinics]])

    def lines(self) -> list[Difference]:
        again = [Difference(_("Group"), "–", self.name)]
        return [*again, *(Difference(clinic.name, "–", self.name) for clinic in self.clinics)]

    def problems(self) -> list[str]:
        return [taken_words()] if self.is_there else []

    def take(self, request: ConsoleRequest) -> None:
        try:
            group = add_group(organisation=request.organisation, name=self.name)
        except GroupNameTaken:
            raise Refused(taken_words()) from None
        stand_at(organisation=request.organisation, row=group, position=self.position)
        own = Clinic.objects.filter(organisation=request.organisation, group=None)
        own.filter(pk__in=[clinic.pk for clinic in self.clinics]).update(group=group)


def clinics_left_by(organisation: Organisation, entry: AuditEntry) -> list[Clinic]:
    """The clinics that lost this heading with it and still have none."""
    left = AuditEntry.objects.filter(
        organisation=organisation, kind=AuditEntry.Kind.CLINIC, at=entry.at, before__group_id=entry.object_id
    )
    pks = list(left.values_list("object_id", flat=True))
    rows = Clinic.objects.filter(organisation=organisation, pk__in=pks, group=None, retired_at=None)
    return list(rows.order_by("pk").select_for_update(of=("self",)))


@dataclass
class AddressStep:
    """Back to an address that the organisation had: by the rules of moving there anew."""

    organisation: Organisation
    subdomain: str

    @property
    def stored(self) -> str:
        return fingerprint_of(self.organisation.subdomain)

    def lines(self) -> list[Difference]:
        if self.subdomain == self.organisation.subdomain:
            return []
        return [Difference(_("Address of the portal"), self.organisation.subdomain, self.subdomain)]

    def problems(self) -> list[str]:
        return []

    def take(self, request: ConsoleRequest) -> HttpResponse:
        try:
            change_subdomain(
                organisation=request.organisation, subdomain=self.subdomain, by=str(request.user)
            )
        except SubdomainRefused as refused:
            raise Refused(refused.refusal.label) from refused
        return moved(request)
