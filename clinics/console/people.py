"""Who works with the portal: members, their roles, and invitations."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.errors import AlreadyMember, LastOwner
from clinics.invitations import invite, pending, revoke
from clinics.memberships import change_member, remove_member
from clinics.methods import allowed
from clinics.models import Clinic, Invitation, Membership, OperatorVisit, Organisation
from clinics.roles import Role
from clinics.sessions import sign_out_member

MOST_VISITS = 20


class MemberForm(forms.Form):
    """A role, and for an editor the clinics that it is limited to."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=Role.choices,
        initial=Role.EDITOR,
        help_text=gettext_lazy(
            "Owners do everything. Editors change everything but people and keys. Viewers only look."
        ),
    )
    is_limited = forms.BooleanField(
        label=gettext_lazy("Only some clinics"),
        help_text=gettext_lazy("An editor who may change nothing but what belongs to the clinics below."),
        required=False,
    )
    clinics: "forms.ModelMultipleChoiceField[Clinic]" = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Clinics"),
        queryset=Clinic.across.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["clinics"].queryset = Clinic.objects.filter(  # type: ignore[attr-defined]
            organisation=organisation, retired_at=None
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_limited") and cleaned.get("role") != Role.EDITOR:
            self.add_error("is_limited", _("Only editors can be limited to clinics."))
        if cleaned.get("is_limited") and not cleaned.get("clinics"):
            self.add_error("clinics", _("Choose at least one clinic."))
        return cleaned

    @property
    def role_and_clinics(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "role": Role(cleaned["role"]),
            "clinics": list(cleaned["clinics"]) if cleaned["is_limited"] else None,
        }


class InvitationForm(MemberForm):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("The invitation goes there; its link is good for seven days and once."),
    )
    field_order = ["email", "role", "is_limited", "clinics"]


@allowed("GET")
@console_page(role=Role.OWNER, recent=True)
def people(request: ConsoleRequest) -> HttpResponse:
    return show_people(request, InvitationForm(organisation=request.organisation))


@allowed("POST")
@console_page(role=Role.OWNER, recent=True)
def send_invitation(request: ConsoleRequest) -> HttpResponse:
    form = InvitationForm(request.POST, organisation=request.organisation)
    if not form.is_valid():
        return show_people(request, form, status=422)
    try:
        invite(
            organisation=request.organisation,
            email=form.cleaned_data["email"],
            invited_by=request.user,
            **form.role_and_clinics,
        )
    except AlreadyMember:
        form.add_error("email", _("This person works with your portal already."))
        return show_people(request, form, status=422)
    messages.success(request, _("The invitation is on its way."))
    return redirect("console_people:people")


@allowed("POST")
@console_page(role=Role.OWNER, recent=True)
def revoke_invitation(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    waiting = pending(request.organisation)
    revoke(organisation=request.organisation, invitation=get_object_or_404(waiting, public_id=public_id))
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("console_people:people")


@allowed("GET", "POST")
@console_page(role=Role.OWNER, recent=True)
def member(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """The page of one member: role and limits, and the way out."""
    found = get_object_or_404(members_of(request.organisation), public_id=public_id)
    if request.method != "POST":
        return show_member(request, found, MemberForm(initial=held(found), organisation=request.organisation))
    form = MemberForm(request.POST, organisation=request.organisation)
    if not form.is_valid():
        return show_member(request, found, form, status=422)
    try:
        change_member(organisation=request.organisation, member=found, **form.role_and_clinics)
    except LastOwner:
        form.add_error("role", last_owner_words())
        return show_member(request, found, form, status=422)
    messages.success(request, _("Saved."))
    return redirect("console_people:people")


@allowed("POST")
@console_page(role=Role.OWNER, recent=True)
def remove(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(members_of(request.organisation), public_id=public_id)
    try:
        remove_member(organisation=request.organisation, member=found)
    except LastOwner:
        messages.error(request, last_owner_words())
    else:
        messages.success(request, _("%(name)s is removed.") % {"name": found.user})
    return redirect("console_people:people")


@allowed("POST")
@console_page(role=Role.OWNER, recent=True)
def sign_out(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ends all of a colleague's sessions; one's own end on the page of one's sessions."""
    found = get_object_or_404(members_of(request.organisation), public_id=public_id)
    if found.user_id == request.user.pk:
        return redirect("usersessions_list")
    sign_out_member(organisation=request.organisation, member=found)
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": found.user})
    return redirect("console_people:member", found.public_id)


def last_owner_words() -> str:
    return _("This is the only owner. Make somebody else an owner first.")


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(organisation=organisation)
        .select_related("user")
        .prefetch_related("clinics")
        .order_by("user__name", "user__email")
    )


def held(member: Membership) -> dict[str, Any]:
    return {
        "role": member.role,
        "is_limited": member.is_limited,
        "clinics": [clinic.pk for clinic in member.clinics.all()],
    }


def show_people(request: ConsoleRequest, form: InvitationForm, *, status: int = 200) -> HttpResponse:
    waiting: QuerySet[Invitation] = pending(request.organisation).filter(expires_at__gt=timezone.now())
    context = {
        "members": members_of(request.organisation),
        "invitations": waiting,
        "form": form,
        "visits": OperatorVisit.objects.filter(organisation=request.organisation)[:MOST_VISITS],
        "time_zone": request.organisation.time_zone,
    }
    return show(request, "manage/people.html", context, status=status)


def show_member(
    request: ConsoleRequest, found: Membership, form: MemberForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "member": found,
        "form": form,
        "is_self": found.user_id == request.user.pk,
        "time_zone": request.organisation.time_zone,
    }
    return show(request, "manage/member.html", context, status=status)
