"""Clinics and their groups."""

from django.urls import path

from clinics.console.clinic_pages import clinic, clinics, move_clinic, newcomers, publish_clinic
from clinics.console.group_pages import group, move_group, new_group, remove

app_name = "console_clinics"
urlpatterns = [
    path("", clinics, name="clinics"),
    path("new/", newcomers, name="newcomers"),
    path("groups/", new_group, name="new_group"),
    path("groups/<uuid:public_id>/", group, name="group"),
    path("groups/<uuid:public_id>/move/", move_group, name="move_group"),
    path("groups/<uuid:public_id>/remove/", remove, name="remove_group"),
    path("<uuid:public_id>/", clinic, name="clinic"),
    path("<uuid:public_id>/move/", move_clinic, name="move"),
    path("<uuid:public_id>/publish/", publish_clinic, name="publish"),
]
