"""What an organisation says of its account at an SMS provider: what is secret is never shown again."""

import json
import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.console.editing import EditForm
from clinics.models import Organisation, OrganisationSettings, Provider, ProviderAccount
from clinics.models.provider import SENDER
from notifications.transports.link.servers import SERVERS

ACCOUNT_SID = r"AC[0-9a-fA-F]{32}"
NEEDED = {
    Provider.TWILIO: ["account_sid", "auth_token"],
    Provider.LINK: ["username", "password", "platform_id", "platform_partner_id", "server"],
}
OPTIONAL = {Provider.TWILIO: [], Provider.LINK: ["gate_id"]}
SECRET_FIELDS = [*NEEDED[Provider.TWILIO], *NEEDED[Provider.LINK], *OPTIONAL[Provider.LINK]]
LONGEST = 200


class Secret(forms.CharField):
    """Typed and sent, and never in a page."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}, render_value=False)
        super().__init__(required=False, max_length=LONGEST, widget=widget, **kwargs)


class ProviderForm(EditForm):
    provider = forms.ChoiceField(
        label=_("Whose account"),
        help_text=_("With an account of your own the provider bills you, and knows you by name."),
        choices=[("", _("The service’s account")), *Provider.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    account_sid = Secret(
        label=_("Account SID"), help_text=_("Begins with AC; on the first page of Twilio’s console.")
    )
    auth_token = Secret(label=_("Auth token"))
    username = Secret(label=_("User name"))
    password = Secret(label=_("Password"))
    platform_id = Secret(label=_("Platform id"))
    platform_partner_id = Secret(label=_("Platform partner id"))
    gate_id = Secret(
        label=_("Gate id"),
        help_text=_("Of the gate that sends delivery reports to the address on this page, if any."),
    )
    server = forms.ChoiceField(
        label=_("Server"),
        help_text=_("The one that LINK Mobility has assigned to you."),
        choices=[("", "–"), *((server, server) for server in SERVERS)],
        required=False,
    )
    sender = forms.CharField(
        label=_("Sender"),
        help_text=_(
            "A number such as +358401234567, or a name of 2 to 11 letters. Empty: the clinic’s name."
        ),
        max_length=15,
        required=False,
    )
    replies_allowed = forms.BooleanField(
        label=_("Patients may reply"),
        help_text=_("Only a number can be replied to. The answers come to this console."),
        required=False,
    )
    email_fallback = forms.BooleanField(
        label=_("E-mail instead"),
        help_text=_("What cannot go by SMS goes by e-mail, once, where the patient’s address is known."),
        required=False,
    )
    notes = {
        "account_sid": "Twilio",
        "username": "LINK Mobility",
        "sender": _("How messages look"),
    }

    class Meta:
        model = ProviderAccount
        fields = ["provider", "sender", "replies_allowed"]

    field_order = ["provider", *SECRET_FIELDS, "sender", "replies_allowed", "email_fallback"]

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        wanted = OrganisationSettings.objects.get(organisation=organisation).email_fallback
        super().__init__(*args, initial={"email_fallback": wanted}, **kwargs)
        self.organisation = organisation
        self.was = str(self.instance.provider) if self.instance.pk else ""
        for name in SECRET_FIELDS:
            if self.was and name in {*NEEDED[Provider(self.was)], *OPTIONAL[Provider(self.was)]}:
                self.fields[name].help_text = _("Stored. Empty: as it is.")

    def clean_account_sid(self) -> str:
        typed = str(self.cleaned_data["account_sid"]).strip()
        if typed and not re.fullmatch(ACCOUNT_SID, typed):
            raise forms.ValidationError(_("It begins with AC and has 34 characters."))
        return typed

    def clean_sender(self) -> str:
        typed = str(self.cleaned_data["sender"]).strip()
        if typed and not re.fullmatch(SENDER, typed):
            raise forms.ValidationError(_("A number such as +358401234567, or a name of 2 to 11 letters."))
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = cleaned.get("provider")
        if chosen:
            held = self.secrets_for(Provider(chosen))
            for name in NEEDED[Provider(chosen)]:
                if not held.get(name) and name not in self.errors:
                    self.add_error(name, forms.ValidationError(_("This is needed for the chosen account.")))
        return cleaned

    def secrets_for(self, provider: Provider) -> dict[str, str]:
        """What was typed, and of the rest what is stored for the same provider."""
        known = self.instance.secrets if self.was == provider and self.instance.credentials else {}
        names = [*NEEDED[provider], *OPTIONAL[provider]]
        typed = {name: self.cleaned_data.get(name) for name in names}
        return {name: str(typed[name] or known.get(name, "")).strip() for name in names}

    def _post_clean(self) -> None:
        """Without an account of one's own there is nothing to be held to."""
        if self.cleaned_data.get("provider"):
            super()._post_clean()

    def save(self, commit: bool = True) -> ProviderAccount:
        OrganisationSettings.objects.filter(organisation=self.organisation).update(
            email_fallback=self.cleaned_data["email_fallback"]
        )
        account: ProviderAccount = self.instance
        if not self.cleaned_data["provider"]:
            if account.pk:
                account.delete()
            return account
        secrets = json.dumps(self.secrets_for(Provider(self.cleaned_data["provider"])))
        if secrets != account.credentials:
            account.credentials, account.credentials_given_at = secrets, timezone.now()
            account.tested_at, account.last_error = None, ""
        account.save()
        return account
