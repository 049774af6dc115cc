"""The SMS provider."""

from django.urls import path

from notifications.console.provider import provider, trial

app_name = "console_sms_provider"
urlpatterns = [path("", provider, name="provider"), path("test/", trial, name="trial")]
