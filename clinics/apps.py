"""The app's registration with Django, and of its system checks."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from clinics import checks


class ClinicsConfig(AppConfig):
    name = "clinics"

    def ready(self) -> None:
        register(checks.check_field_keys, Tags.security)
        for check in (checks.check_hosts, checks.check_demo_is_off, checks.check_links_are_secure):
            register(check, Tags.security, deploy=True)
