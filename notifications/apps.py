"""The app's registration with Django."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from notifications.checks import check_transports


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        register(check_transports, Tags.security, deploy=True)
