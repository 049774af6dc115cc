"""Signing in and what belongs to it, below ``/manage/`` of an organisation's host and of the operator's."""

from allauth.account import views
from django.db.transaction import atomic
from django.urls import include, path, re_path

from clinics.methods import allowed
from clinics.views.sessions import end_one, sessions

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", atomic(views.password_change), name="account_change_password"),
    path("password/set/", atomic(views.password_set), name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allowed("GET", "POST")(atomic(views.password_reset_from_key)),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", sessions, name="usersessions_list"),
    path("sessions/<int:pk>/end/", end_one, name="end_session"),
]
