"""The app's registration with Django, of its system check and of its tabs in the console."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from clinics.console.tabs import Group, Tab
from clinics.console.tabs import register as register_tabs
from clinics.roles import Role
from notifications.checks import check_transports

TABS = [
    Tab(
        "sms-provider",
        _("SMS provider"),
        Group.MESSAGES,
        80,
        "notifications.console.provider_urls",
        Role.OWNER,
    ),
]


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        register(check_transports, Tags.security, deploy=True)
        register_tabs(*TABS)
