"""Members and invitations, and the page an invitation leads to."""

from django.urls import path

from clinics.console.joining import join
from clinics.console.people import member, people, remove, revoke_invitation, send_invitation, sign_out

app_name = "console_people"
urlpatterns = [
    path("", people, name="people"),
    path("invite/", send_invitation, name="invite"),
    path("invitations/<uuid:public_id>/revoke/", revoke_invitation, name="revoke"),
    path("join/<str:key>/", join, name="join"),
    path("<uuid:public_id>/", member, name="member"),
    path("<uuid:public_id>/sign-out/", sign_out, name="sign_out"),
    path("<uuid:public_id>/remove/", remove, name="remove"),
]
