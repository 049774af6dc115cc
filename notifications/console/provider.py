"""The SMS provider: whose account is used, how to get in there, and one message to try it."""

from typing import Any

import phonenumbers
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.console.editing import differences, shown_values
from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import Organisation, ProviderAccount
from clinics.roles import Role
from notifications.console.provider_form import SECRET_FIELDS, ProviderForm
from notifications.errors import SmsNotAllowed
from notifications.provider_trial import Trial, try_provider
from notifications.routes import own_account
from notifications.transports.addresses import hook_address

TEMPLATE = "manage/sms_provider.html"
REFUSALS = {
    "country": gettext_lazy("SMS to this country are not allowed here."),
    "number": gettext_lazy("Too many SMS have gone to this number today."),
    "day": gettext_lazy("Today’s SMS are used up."),
}


class TrialForm(forms.Form):
    """The number that one message goes to."""

    mobile = forms.CharField(
        label=gettext_lazy("Mobile number"),
        max_length=30,
        widget=forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, *args: Any, country: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.country = country

    def clean_mobile(self) -> str:
        try:
            number = phonenumbers.parse(self.cleaned_data["mobile"], self.country)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise forms.ValidationError(_("This is no telephone number."))
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@allowed("GET", "POST")
@console_page(role=Role.OWNER, recent=True, private=True)
def provider(request: ConsoleRequest) -> HttpResponse:
    organisation = request.organisation
    if request.method != "POST":
        return show_provider(
            request, ProviderForm(instance=account_of(organisation), organisation=organisation)
        )
    with transaction.atomic():
        row = account_of(organisation, for_update=True)
        form = ProviderForm(request.POST, instance=row, organisation=organisation)
        before = shown_values(form)
        is_outdated = form.is_outdated
        if form.is_valid() and not is_outdated:
            form.save()
            messages.success(request, _("Saved."))
            return redirect("console_sms_provider:provider")
    if not is_outdated:
        return show_provider(request, form, status=422)
    form.data = again = request.POST.copy()
    again["seen"] = form.stored
    secret = {str(form.fields[name].label) for name in SECRET_FIELDS}
    found = [difference for difference in differences(form, before) if difference.label not in secret]
    return show_provider(request, form, status=409, differences=found)


@allowed("POST")
@console_page(role=Role.OWNER, recent=True, private=True)
def trial(request: ConsoleRequest) -> HttpResponse:
    """Send one SMS, and say what the provider said."""
    organisation = request.organisation
    form = TrialForm(request.POST, country=organisation.country)
    result: Trial | None = None
    if form.is_valid():
        try:
            result = try_provider(
                organisation=organisation,
                to=form.cleaned_data["mobile"],
                text=_("This is a test of the SMS of %(name)s.") % {"name": organisation.name},
            )
        except SmsNotAllowed as refused:
            form.add_error("mobile", str(REFUSALS[refused.limit]))
    shown = ProviderForm(instance=account_of(organisation), organisation=organisation)
    is_well = result is not None and result.is_taken
    return show_provider(request, shown, trial=form, result=result, status=200 if is_well else 422)


def account_of(organisation: Organisation, *, for_update: bool = False) -> ProviderAccount:
    """The organisation's own account, or one to be."""
    rows = ProviderAccount.objects.filter(organisation=organisation)
    row = (rows.select_for_update() if for_update else rows).first()
    return row or ProviderAccount(organisation=organisation, provider="", credentials="")


def show_provider(
    request: ConsoleRequest,
    form: ProviderForm,
    *,
    trial: TrialForm | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    own = ProviderAccount.objects.filter(organisation=request.organisation).first()
    shown = {
        "form": form,
        "trial": trial or TrialForm(country=request.organisation.country),
        "own": own,
        "incoming": hook_address(own_account(own), "incoming") if own else "",
        "reports": hook_address(own_account(own), "report") if own else "",
        "time_zone": request.organisation.time_zone,
        "lead": _("By whose account SMS leave, and who they come from."),
        **context,
    }
    return show(request, TEMPLATE, shown, status=status)
