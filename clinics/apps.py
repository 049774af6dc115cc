"""The app's registration with Django, of its system checks and of its tabs in the console."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from clinics import checks
from clinics.console.tabs import Group, Tab
from clinics.console.tabs import register as register_tabs
from clinics.roles import Role

URLS = "clinics.console.urls"
TABS = [
    Tab("clinics", _("Clinics"), Group.PORTAL, 10, f"{URLS}.clinics", Role.EDITOR),
    Tab("practitioners", _("Practitioners"), Group.PORTAL, 20, f"{URLS}.practitioners", Role.EDITOR),
    Tab("texts", _("Texts"), Group.PORTAL, 30, f"{URLS}.texts", Role.EDITOR),
    Tab("looks", _("Looks"), Group.PORTAL, 40, f"{URLS}.looks", Role.EDITOR),
    Tab("address", _("Address"), Group.PORTAL, 50, f"{URLS}.address", Role.EDITOR),
    Tab("analytics", _("Analytics"), Group.PORTAL, 60, f"{URLS}.analytics", Role.EDITOR),
    Tab("general", _("General"), Group.RULES, 10, f"{URLS}.general", Role.EDITOR),
    Tab("registration", _("Registration"), Group.RULES, 20, f"{URLS}.registration", Role.EDITOR),
    Tab("order", _("Order of the steps"), Group.RULES, 30, f"{URLS}.order", Role.EDITOR),
    Tab("changes", _("Moving and cancelling"), Group.RULES, 40, f"{URLS}.changes", Role.EDITOR),
    Tab("people", _("People"), Group.PEOPLE, 10, f"{URLS}.people", Role.OWNER),
    Tab("audit", _("Audit log"), Group.PEOPLE, 90, f"{URLS}.audit", Role.EDITOR),
    Tab("times", _("Times"), Group.RULES, 50, f"{URLS}.times", Role.EDITOR),
]


class ClinicsConfig(AppConfig):
    name = "clinics"

    def ready(self) -> None:
        register(checks.check_field_keys, Tags.security)
        register(checks.check_database_is_not_too_old, Tags.database)
        for check in (checks.check_hosts, checks.check_demo_is_off, checks.check_links_are_secure):
            register(check, Tags.security, deploy=True)
        register_tabs(*TABS)
