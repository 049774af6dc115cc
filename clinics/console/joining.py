"""Accepting an invitation: with the account one has, or with a new one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import password_validation
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.errors import InvitationInvalid
from clinics.invitations import accept, invitation_of
from clinics.methods import allowed
from clinics.models import Invitation, User
from clinics.tenancy import PatientRequest


class JoinForm(forms.Form):
    """What a new account needs besides the address that was invited."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy("At least 12 characters. Three or four words together are easy to remember."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        name = self.cleaned_data.get("name", "")
        password_validation.validate_password(password, User(email=self.email, name=name))
        return password


@allowed("GET", "POST")
def join(request: PatientRequest, key: str) -> HttpResponse:
    """The page that an invitation's link leads to; only its form accepts."""
    try:
        invitation = invitation_of(organisation=request.organisation, key=key)
    except InvitationInvalid:
        return too_late(request)
    account = User.objects.filter(email__iexact=invitation.email).first()
    if account is None:
        return join_anew(request, key, invitation)
    if request.user != account:
        messages.info(request, _("Log in as %(email)s to accept.") % {"email": invitation.email})
        return redirect_to_login(request.path)
    if request.method != "POST":
        return render(request, "manage/join.html", {"invitation": invitation})
    return accepted(request, key, account)


def join_anew(request: PatientRequest, key: str, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None, email=invitation.email)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "manage/join.html", {"invitation": invitation, "form": form}, status=status)
    try:
        with transaction.atomic():
            account = User.objects.create_user(
                invitation.email, form.cleaned_data["password"], name=form.cleaned_data["name"]
            )
            accept(organisation=request.organisation, key=key, user=account)
    except (IntegrityError, InvitationInvalid):
        return too_late(request)
    messages.success(request, _("Your account is ready. Log in with it."))
    return redirect("account_login")


def accepted(request: PatientRequest, key: str, account: User) -> HttpResponse:
    try:
        accept(organisation=request.organisation, key=key, user=account)
    except InvitationInvalid:
        return too_late(request)
    return redirect("console:overview")


def too_late(request: PatientRequest) -> HttpResponse:
    return render(request, "manage/join_too_late.html", status=410)
