"""What providers call; the addresses are made by transports/addresses.py."""

from django.urls import path

from notifications import hooks

app_name = "hooks"
urlpatterns = [
    path("hooks/<slug:transport>/<slug:token>/report/", hooks.report, name="reports"),
    path("hooks/<slug:transport>/<slug:token>/report/<uuid:public_id>/", hooks.report, name="report"),
    path("hooks/<slug:transport>/<slug:token>/incoming/", hooks.incoming, name="incoming"),
]
