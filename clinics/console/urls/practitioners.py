"""Practitioners, their consent and their photos."""

from django.urls import path

from clinics.console.practitioner_pages import (
    end_consent,
    end_photo,
    give_consent,
    move_practitioner,
    photo,
    practitioner,
    practitioners,
    publish_practitioner,
    send_photo,
)

app_name = "console_practitioners"
urlpatterns = [
    path("", practitioners, name="practitioners"),
    path("<uuid:public_id>/", practitioner, name="practitioner"),
    path("<uuid:public_id>/move/", move_practitioner, name="move"),
    path("<uuid:public_id>/publish/", publish_practitioner, name="publish"),
    path("<uuid:public_id>/consent/", give_consent, name="consent"),
    path("<uuid:public_id>/consent/withdraw/", end_consent, name="withdraw"),
    path("<uuid:public_id>/photo/", photo, name="photo"),
    path("<uuid:public_id>/photo/send/", send_photo, name="send_photo"),
    path("<uuid:public_id>/photo/remove/", end_photo, name="remove_photo"),
]
