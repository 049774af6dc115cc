"""The app's registration with Django, and of its system check."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from scheduling.checks import check_eid


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        register(check_eid, Tags.security)
