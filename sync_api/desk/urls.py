"""The addresses of the operator's desk."""

from django.urls import path

from sync_api.desk import views
from sync_api.desk.email import email_records

app_name = "desk"
urlpatterns = [
    path("", views.organisations, name="organisations"),
    path("open/", views.open_account, name="open"),
    path("open/check/", views.check_subdomain, name="check"),
    path("organisations/<uuid:public_id>/", views.organisation, name="organisation"),
    path("organisations/<uuid:public_id>/suspend/", views.suspend_account, name="suspend"),
    path("organisations/<uuid:public_id>/resume/", views.resume_account, name="resume"),
    path("organisations/<uuid:public_id>/key/", views.reissue, name="key"),
    path("organisations/<uuid:public_id>/lock-out/", views.lock_out_agent, name="lock_out"),
    path("organisations/<uuid:public_id>/visit/", views.visit, name="visit"),
    path("email/", email_records, name="email"),
    path("announcements/", views.announcements, name="announcements"),
    path("announcements/<uuid:public_id>/withdraw/", views.withdraw_announcement, name="withdraw"),
]
