"""The app's registration with Django, and of its tabs in the console."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from clinics.console.tabs import Group, Tab, register

TABS = [
    Tab("", _("Overview"), Group.DESK, 0, "scheduling.console.urls"),
    Tab("statistics", _("Numbers"), Group.DESK, 40, "scheduling.console.statistics_urls"),
]


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        register(*TABS)
