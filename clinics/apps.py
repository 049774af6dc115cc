"""The app's registration with Django."""

from django.apps import AppConfig


class ClinicsConfig(AppConfig):
    name = "clinics"
