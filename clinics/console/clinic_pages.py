"""The organisation's clinics: which are shown, in which order and groups, and how each is reached."""

import uuid
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.console.editing import EditForm, edit_row
from clinics.console.flexibility import SETTING_NAMES, SettingsForm
from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.ordering import move_row, publish_row
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import Clinic, ClinicGroup, Organisation, OrganisationSettings
from clinics.ordering import place_among_clinics
from clinics.own_details import DETAILS, agents_value, give_detail, is_own
from clinics.roles import Role

LIST = "console_clinics:clinics"
LABELS: dict[str, Any] = {
    "address": gettext_lazy("Address"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail address"),
}
SETTING_NAMES.update(
    {
        **LABELS,
        "name": gettext_lazy("Name"),
        "agents_address": gettext_lazy("Address in the practice system"),
        "agents_phone": gettext_lazy("Phone in the practice system"),
        "agents_email": gettext_lazy("E-mail address in the practice system"),
        "opening_hours": gettext_lazy("Opening hours"),
        "group_id": gettext_lazy("Group"),
        "position": gettext_lazy("Place in the order"),
        "is_published": gettext_lazy("Shown to patients"),
        "retired_at": gettext_lazy("No longer in the practice system since"),
    }
)


class GroupForm(forms.Form):
    """A heading that is not there yet."""

    name = forms.CharField(
        label=gettext_lazy("Name of the group"),
        max_length=200,
        help_text=gettext_lazy("A town or a part of one, say. Patients see it above its clinics."),
    )


class NewcomersForm(SettingsForm):
    words = {
        "publish_new_clinics": (
            gettext_lazy("Show new clinics at once"),
            gettext_lazy("A clinic that your practice system names for the first time is shown to patients."),
        ),
        "publish_new_practitioners": (
            gettext_lazy("Show new practitioners at once"),
            gettext_lazy("So is a practitioner. Off: each waits until somebody switches it on here."),
        ),
    }

    class Meta(SettingsForm.Meta):
        fields = ["publish_new_clinics", "publish_new_practitioners"]


def field_of(column: "models.Field[Any, Any]", **options: Any) -> forms.Field | None:
    """A column's field; a form is made where no organisation is in scope, so its choices come later."""
    if column.name == "group":
        return forms.ModelChoiceField(queryset=ClinicGroup.across.none(), required=False, **options)
    return column.formfield(**options)


class ClinicForm(EditForm):
    """How a clinic is reached. Where it has its own words, the practice system's can be taken again."""

    notes = {
        "is_published": gettext_lazy("On the portal"),
        "address": gettext_lazy("How patients reach it"),
        "opening_hours": gettext_lazy("When it is open"),
    }

    class Meta:
        model = Clinic
        fields = ["is_published", "group", "address", "phone", "email", "opening_hours"]
        formfield_callback = field_of

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.held = {name: getattr(self.instance, name) for name in DETAILS}
        self.fields["is_published"].label = _("Shown to patients")
        self.fields["is_published"].help_text = _("Off: patients find neither the clinic nor its free times.")
        self.set_group()
        for name in DETAILS:
            self.set_detail(name)
        self.set_opening_hours()

    def values_of(self, held: dict[str, Any]) -> dict[str, Any]:
        """Where ``was_own`` does not name a detail, it was the practice system's, which is taken again."""
        was_own = held.get("was_own", set(DETAILS))
        again = [f"{name}_again" for name in DETAILS if name in held and name not in was_own]
        return {**held, **{name: True for name in again if name in self.fields}}

    def set_group(self) -> None:
        group: Any = self.fields["group"]
        group.queryset = ClinicGroup.objects.filter(organisation=self.organisation)
        group.label, group.empty_label = _("Group"), _("No group")
        group.help_text = _("The heading under which patients find it.")

    def set_detail(self, name: str) -> None:
        """Says whose value it is, and lets an own one give way to the practice system's."""
        field = self.fields[name]
        field.label = LABELS[name]
        said = agents_value(self.instance, name) or "–"
        if not is_own(self.instance, name):
            field.help_text = _("From your practice system. What you type here stands in its place.")
            return
        field.help_text = _("Your own. The practice system says: %(value)s") % {"value": said}
        again = forms.BooleanField(
            label=_("Use the practice system’s again"),
            help_text=_("Your own words go: %(value)s is shown.") % {"value": said},
            required=False,
        )
        self.fields = insert_after(self.fields, name, f"{name}_again", again)

    def set_opening_hours(self) -> None:
        field = self.fields["opening_hours"]
        field.label = SETTING_NAMES["opening_hours"]
        field.help_text = _("In your own words, such as “Mon–Fri 8–16”. Patients see them as you write them.")
        field.widget.attrs["rows"] = 4

    def clean_phone(self) -> str:
        number = str(self.cleaned_data["phone"])
        if number and not is_phone_number(number, self.organisation.country):
            raise ValidationError(_("This is not a phone number."))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in DETAILS:
            if cleaned.get(f"{name}_again"):
                cleaned[name] = agents_value(self.instance, name)
                self.errors.pop(name, None)
        return cleaned

    def _post_clean(self) -> None:
        """What was typed stands before the agent's, which is remembered as it was before the form."""
        super()._post_clean()
        for name in DETAILS:
            typed = getattr(self.instance, name)
            setattr(self.instance, name, self.held[name])
            give_detail(self.instance, name, typed)


def insert_after(
    fields: dict[str, forms.Field], name: str, new_name: str, new: forms.Field
) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for each, field in fields.items():
        found[each] = field
        if each == name:
            found[new_name] = new
    return found


def is_phone_number(number: str, country: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, country))
    except phonenumbers.NumberParseException:
        return False


@dataclass(frozen=True)
class Section:
    """A heading and the clinics under it; the ungrouped ones have none."""

    group: ClinicGroup | None
    clinics: list[Clinic]
    is_last_group: bool = False


@allowed("GET")
@console_page(role=Role.EDITOR, for_limited=True)
def clinics(request: ConsoleRequest) -> HttpResponse:
    return show_clinics(request, GroupForm(label_suffix=""))


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def publish_clinic(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    rows = clinics_of(request)
    return publish_row(request, rows, get_object_or_404(rows, public_id=public_id), back=LIST)


@allowed("POST")
@console_page(role=Role.EDITOR)
def move_clinic(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    rows = clinics_of(request)
    return move_row(request, get_object_or_404(rows, public_id=public_id), rows=rows, back=LIST)


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True)
def clinic(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(clinics_of(request), public_id=public_id)
    return edit_row(
        request,
        rows=clinics_of(request).filter(pk=found.pk),
        form_class=ClinicForm,
        template="manage/clinic.html",
        context={"clinic": found},
        to=reverse(LIST),
        organisation=request.organisation,
    )


@allowed("GET", "POST")
@console_page(role=Role.EDITOR)
def newcomers(request: ConsoleRequest) -> HttpResponse:
    return edit_row(
        request,
        rows=OrganisationSettings.objects.filter(organisation=request.organisation),
        form_class=NewcomersForm,
        template="manage/newcomers.html",
        to=reverse(LIST),
    )


def clinics_of(request: ConsoleRequest) -> QuerySet[Clinic]:
    """The clinics that the agent knows and the member may edit."""
    rows = Clinic.objects.filter(organisation=request.organisation, retired_at=None)
    return rows if request.clinic_ids is None else rows.filter(pk__in=request.clinic_ids)


def show_clinics(request: ConsoleRequest, form: GroupForm, *, status: int = 200) -> HttpResponse:
    found = list(clinics_of(request).select_related("group"))
    groups = list(ClinicGroup.objects.filter(organisation=request.organisation))
    can_order = request.clinic_ids is None
    shown = [section for section in sections(found, groups) if section.clinics or can_order]
    context = {"sections": shown, "form": form, "can_order": can_order, "has_groups": bool(groups)}
    return show(request, "manage/clinics.html", context, status=status)


def sections(found: list[Clinic], groups: list[ClinicGroup]) -> list[Section]:
    """Every group in its order, also one without clinics, and the ungrouped at the end."""
    ordered = sorted(found, key=place_among_clinics)
    under = {pk: list(rows) for pk, rows in groupby(ordered, key=lambda clinic: clinic.group_id)}
    named = [Section(group, under.get(group.pk, []), group is groups[-1]) for group in groups]
    return [*named, Section(None, under[None])] if None in under else named
