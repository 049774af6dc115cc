"""The tab of what goes by sms: settings, and the texts by kind and language."""

from django.urls import path

from notifications.models import Channel
from scheduling.console.message_settings import sms
from scheduling.console.message_texts import preview_text, show_text, try_text

CHANNEL = {"channel": Channel.SMS}
app_name = "console_sms"
urlpatterns = [
    path("", sms, name="sms"),
    path("<slug:kind>/<slug:language>/", show_text, CHANNEL, name="text"),
    path("<slug:kind>/<slug:language>/preview/", preview_text, CHANNEL, name="preview"),
    path("<slug:kind>/<slug:language>/try/", try_text, CHANNEL, name="try"),
]
