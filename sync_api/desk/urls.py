"""The addresses of the operator's desk."""

from django.urls import path

from sync_api.desk import sandboxes, sending, views
from sync_api.desk.email import email_records
from sync_api.desk.metrics import metrics

app_name = "desk"
urlpatterns = [
    path("", views.organisations, name="organisations"),
    path("open/", views.open_account, name="open"),
    path("sandbox/", sandboxes.sandbox, name="sandbox"),
    path("open/check/", views.check_subdomain, name="check"),
    path("organisations/<uuid:public_id>/", views.organisation, name="organisation"),
    path("organisations/<uuid:public_id>/suspend/", views.suspend_account, name="suspend"),
    path("organisations/<uuid:public_id>/resume/", views.resume_account, name="resume"),
    path("organisations/<uuid:public_id>/key/", views.reissue, name="key"),
    path("organisations/<uuid:public_id>/lock-out/", views.lock_out_agent, name="lock_out"),
    path("organisations/<uuid:public_id>/visit/", views.visit, name="visit"),
    path("messages/", sending.sending, name="sending"),
    path("messages/stop/", sending.stop, name="stop"),
    path("messages/resume/", sending.resume, name="resume_sending"),
    path("metrics/", metrics, name="metrics"),
    path("email/", email_records, name="email"),
    path("announcements/", views.announcements, name="announcements"),
    path("announcements/<uuid:public_id>/withdraw/", views.withdraw_announcement, name="withdraw"),
]
