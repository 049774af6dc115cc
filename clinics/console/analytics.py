"""Web analytics: which service counts the visits, and whether visitors are asked first."""

import re
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from clinics.console.flexibility import SettingsForm, edit_settings
from clinics.console.guard import ConsoleRequest, console_page
from clinics.measuring import attributes_in
from clinics.methods import allowed
from clinics.models.settings import ANALYTICS_ADDRESS, Analytics
from clinics.roles import Role

SITES = {
    Analytics.MATOMO: (r"[0-9]{1,10}", _("Matomo’s number of the site, such as 3.")),
    Analytics.PLAUSIBLE: (
        r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)+(:[0-9]+)?",
        _("The domain as Plausible knows it, such as clinic.example."),
    ),
    Analytics.GOOGLE: (r"G-[A-Z0-9]{4,20}", _("The measurement ID, which begins with G-.")),
}
"""What identifies the site at each service."""
NEED_ADDRESS = (Analytics.MATOMO, Analytics.OWN)
ATTRIBUTE = r"(data-[a-z0-9-]{1,60}|id|integrity|crossorigin)=[^\x00-\x1f<>]{0,300}"
MOST_ATTRIBUTES = 10


class AnalyticsForm(SettingsForm):
    words = {
        "analytics_service": (
            _("Service"),
            _("Counts visits of the pages where nothing personal is typed or shown, and of no others."),
        ),
        "analytics_address": (
            _("Address"),
            _(
                "Begins with https://. Matomo: where it is installed. Plausible: only if not plausible.io. "
                "A script of your own: the script. Google: empty."
            ),
        ),
        "analytics_site": (
            _("Site"),
            _("Matomo: the site’s number. Plausible: your domain. Google: the measurement ID, G-…"),
        ),
        "analytics_cookies": (
            _("Ask visitors first"),
            _("Needed where the service sets cookies or follows people; Google Analytics always asks."),
        ),
        "analytics_attributes": (
            _("Attributes of your own script"),
            _("One on each line, such as data-site=3. Nothing but data-…, id, integrity and crossorigin."),
        ),
    }

    class Meta(SettingsForm.Meta):
        fields = [
            "analytics_service",
            "analytics_address",
            "analytics_site",
            "analytics_cookies",
            "analytics_attributes",
        ]
        widgets = {
            "analytics_service": forms.RadioSelect,
            "analytics_address": forms.TextInput({"inputmode": "url", "spellcheck": "false"}),
            "analytics_site": forms.TextInput({"spellcheck": "false"}),
            "analytics_attributes": forms.Textarea({"rows": 3, "spellcheck": "false"}),
        }

    def clean_analytics_address(self) -> str:
        typed = str(self.cleaned_data["analytics_address"]).strip()
        return re.sub(r"^https://[^/]*", lambda host: host[0].lower(), typed, flags=re.IGNORECASE)

    def clean_analytics_attributes(self) -> str:
        lines = [line.strip() for line in str(self.cleaned_data["analytics_attributes"]).splitlines()]
        lines = [line for line in lines if line]
        is_fine = len(lines) <= MOST_ATTRIBUTES and all(re.fullmatch(ATTRIBUTE, line) for line in lines)
        if not is_fine or len(attributes_in("\n".join(lines))) != len(lines):
            raise forms.ValidationError(
                _("Write name=value on at most ten lines; the names are data-…, id, integrity, crossorigin.")
            )
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        service = cleaned.get("analytics_service", Analytics.NONE)
        address = cleaned.get("analytics_address", "")
        if (address and service != Analytics.NONE) or service in NEED_ADDRESS:
            self.check_address(address)
        pattern, words = SITES.get(service, ("", ""))
        if pattern and not re.fullmatch(pattern, str(cleaned.get("analytics_site", ""))):
            self.add_error("analytics_site", str(words))
        return cleaned

    def check_address(self, address: str) -> None:
        if not re.fullmatch(ANALYTICS_ADDRESS, address):
            self.add_error(
                "analytics_address", str(_("Write the whole address, such as https://stats.clinic.example/."))
            )


@allowed("GET", "POST")
@console_page(role=Role.EDITOR)
def analytics(request: ConsoleRequest) -> HttpResponse:
    return edit_settings(
        request,
        AnalyticsForm,
        _(
            "Counts visits of the front page, the questions and the free times. Nothing runs where patients "
            "type or read anything of their own, such as details, codes and bookings."
        ),
    )
