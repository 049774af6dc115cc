"""The tab of what goes by e-mail: settings, and the texts by kind and language."""

from django.urls import path

from notifications.models import Channel
from scheduling.console import message_log
from scheduling.console.message_settings import email
from scheduling.console.message_texts import preview_text, show_text, try_text

CHANNEL = {"channel": Channel.EMAIL}
message_log.register()

app_name = "console_email"
urlpatterns = [
    path("", email, name="email"),
    path("<slug:kind>/<slug:language>/", show_text, CHANNEL, name="text"),
    path("<slug:kind>/<slug:language>/preview/", preview_text, CHANNEL, name="preview"),
    path("<slug:kind>/<slug:language>/try/", try_text, CHANNEL, name="try"),
]
