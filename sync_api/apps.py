"""The app's registration with Django, and of its tab in the console."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from clinics.console.tabs import Group, Tab, register


class SyncApiConfig(AppConfig):
    name = "sync_api"

    def ready(self) -> None:
        register(Tab("status", _("Connection"), Group.DESK, 50, "sync_api.console.urls"))
