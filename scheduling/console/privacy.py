"""The privacy desk: one patient's data found, handed out and erased. What is typed stands in no address.

Search terms come by POST only and go on in hidden fields; the session does not hold them either.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import AuditEntry, Organisation, PrivacyAction
from clinics.roles import Role
from scheduling.erasure import erase_person
from scheduling.forms import NATIONAL_ID_LABELS, MobileField, NationalIdField
from scheduling.personal_data import Criteria, PersonalData, find_person
from scheduling.personal_export import as_document, counts_of, parts_of

MOST_ACTS = 20

owners = partial(console_page, role=Role.OWNER, recent=True, private=True)
"""Owners who have just shown who they are."""


class PersonForm(forms.Form):
    """By what somebody is found. All that is given has to fit."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False, max_length=254)
    name = forms.CharField(
        label=gettext_lazy("First and last name"),
        help_text=gettext_lazy("In full. Families may share a number: the name tells them apart."),
        required=False,
        max_length=201,
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        country = organisation.country
        self.fields["mobile"] = MobileField(
            label=_("Mobile number"), country=country, countries=None, required=False
        )
        self.fields["national_id"] = NationalIdField(
            label=NATIONAL_ID_LABELS[country], country=country, required=False
        )
        self.order_fields(["mobile", "email", "national_id", "name"])
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Give at least one of these."))
        return cleaned

    @property
    def terms(self) -> list[str]:
        """By what kinds of terms, never which."""
        return [term for term in PrivacyAction.Term.values if self.cleaned_data[term]]

    @property
    def criteria(self) -> Criteria:
        return Criteria(**self.cleaned_data)


@allowed("GET", "POST")
@owners()
def desk(request: ConsoleRequest) -> HttpResponse:
    """The form, and below it what was found."""
    if request.method != "POST":
        return show_desk(request, PersonForm(organisation=request.organisation))
    form = PersonForm(request.POST, organisation=request.organisation)
    if not form.is_valid():
        return show_desk(request, form, status=422)
    found = looked_up(request, form)
    context: dict[str, Any] = {
        "found": found,
        "parts": [part for part in parts_of(request.organisation, found) if part.rows],
        "may_erase": form.criteria.is_enough_to_erase,
    }
    return show_desk(request, form, **context)


def looked_up(request: ConsoleRequest, form: PersonForm) -> PersonalData:
    """What there is of somebody; that it was looked at is in the audit log before it is shown."""
    found = find_person(organisation=request.organisation, criteria=form.criteria)
    PrivacyAction.objects.create(
        organisation=request.organisation,
        kind=PrivacyAction.Kind.SEARCHED,
        sought_by=form.terms,
        rows=len(found),
    )
    return found


def show_desk(
    request: ConsoleRequest, form: PersonForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    context["acts"] = latest_acts(request.organisation)
    context["time_zone"] = request.organisation.time_zone
    return show(request, "manage/privacy.html", {**context, "form": form}, status=status)


@dataclass(frozen=True, slots=True)
class Act:
    """What was done at this desk, and nothing of whom it was about."""

    at: datetime
    who: str
    what: str
    terms: list[str]
    rows: int


def latest_acts(organisation: Organisation) -> list[Act]:
    """Read from the audit log, which knows who it was."""
    entries = AuditEntry.objects.filter(organisation=organisation, kind=AuditEntry.Kind.PRIVACY)
    return [act_of(entry.at, entry.who or "", entry.after) for entry in entries[:MOST_ACTS] if entry.after]


def act_of(at: datetime, who: str, held: dict[str, Any]) -> Act:
    terms = [str(PrivacyAction.Term(term).label) for term in held.get("sought_by") or []]
    return Act(at, who, str(PrivacyAction.Kind(held["kind"]).label), terms, held["rows"])


def asked_for(request: ConsoleRequest) -> tuple[PersonForm, PersonalData | None]:
    """What the hidden fields name, and what there is of it; None where they have been meddled with."""
    form = PersonForm(request.POST, organisation=request.organisation)
    if not form.is_valid():
        return form, None
    return form, find_person(organisation=request.organisation, criteria=form.criteria)


@allowed("POST")
@owners()
def export_json(request: ConsoleRequest) -> HttpResponse:
    form, found = asked_for(request)
    if found is None:
        return show_desk(request, form, status=422)
    document = as_document(request.organisation, parts_of(request.organisation, found))
    content = json.dumps(document, ensure_ascii=False, indent=2)
    return handed_out(request, found, content, "application/json", "json")


@allowed("POST")
@owners()
def export_page(request: ConsoleRequest) -> HttpResponse:
    form, found = asked_for(request)
    if found is None:
        return show_desk(request, form, status=422)
    context = {"parts": parts_of(request.organisation, found), "now": timezone.now(), "request": request}
    content = render_to_string("manage/privacy_export.html", context)
    return handed_out(request, found, content, "text/html; charset=utf-8", "html")


def handed_out(
    request: ConsoleRequest, found: PersonalData, content: str, content_type: str, ending: str
) -> HttpResponse:
    """A file that nobody keeps on its way, and a line in the audit log that says nothing of what is in it."""
    PrivacyAction.objects.create(
        organisation=request.organisation, kind=PrivacyAction.Kind.EXPORTED, rows=len(found)
    )
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="personal-data.{ending}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@allowed("POST")
@owners()
def ask(request: ConsoleRequest) -> HttpResponse:
    """What will go and what stays, before anything does."""
    form = PersonForm(request.POST, organisation=request.organisation)
    if not form.is_valid() or not form.criteria.is_enough_to_erase:
        return show_desk(request, form, status=422)
    found = looked_up(request, form)
    context = {"form": form, "counts": list(counts_of(found)), "coming": found.coming, "names": found.names}
    return show(
        request, "manage/privacy_erase.html", {**context, "time_zone": request.organisation.time_zone}
    )


@allowed("POST")
@owners()
def erase(request: ConsoleRequest) -> HttpResponse:
    form, found = asked_for(request)
    if found is None or not form.criteria.is_enough_to_erase:
        return show_desk(request, form, status=422)
    done = erase_person(organisation=request.organisation, criteria=form.criteria)
    messages.success(request, _("Erased. The bookings stay, without a name."))
    if done.coming:
        words = ngettext(
            "%(many)s coming booking is left as it is: cancel it first, then erase once more.",
            "%(many)s coming bookings are left as they are: cancel them first, then erase once more.",
            done.coming,
        )
        messages.warning(request, words % {"many": done.coming})
    return redirect("console_privacy:desk")
