"""The app's registration with Django, of its system check and of its tab in the console."""

from django.apps import AppConfig
from django.core.checks import Tags
from django.core.checks import register as register_check
from django.utils.translation import gettext_lazy as _

from clinics.console.tabs import Group, Tab, register
from scheduling.console.undecided import register as register_counter
from sync_api.checks import check_metrics


class SyncApiConfig(AppConfig):
    name = "sync_api"

    def ready(self) -> None:
        register_check(check_metrics, Tags.security, deploy=True)
        register_counter("sync_api.mismatches.count_for_people")
        register(Tab("status", _("Connection"), Group.DESK, 50, "sync_api.console.urls"))
