"""The console's page about the agent."""

from django.urls import path

from sync_api.console.status import enter_lost_again, status

app_name = "console_status"
urlpatterns = [
    path("", status, name="status"),
    path("enter-again/", enter_lost_again, name="enter_again"),
]
