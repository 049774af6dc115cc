"""The app's registration with Django."""

from django.apps import AppConfig


class SyncApiConfig(AppConfig):
    name = "sync_api"
