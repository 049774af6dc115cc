"""The console's page about the agent."""

from django.urls import path

from sync_api.console.status import status

app_name = "console_status"
urlpatterns = [path("", status, name="status")]
