"""Colours and the logo."""

from django.urls import path

from clinics.console.looks import colour_check, drop_logo, looks, send_logo

app_name = "console_looks"
urlpatterns = [
    path("", looks, name="looks"),
    path("contrast/", colour_check, name="contrast"),
    path("logo/", send_logo, name="send_logo"),
    path("logo/remove/", drop_logo, name="drop_logo"),
]
