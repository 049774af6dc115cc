"""Settings of how patients book: changes."""

from django.urls import path

from clinics.console.flexibility import changes

app_name = "console_changes"
urlpatterns = [path("", changes, name="changes")]
