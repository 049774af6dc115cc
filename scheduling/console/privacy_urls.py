"""The privacy desk, retention, and the record of processing."""

from django.urls import path

from scheduling.console.privacy import ask, desk, erase, export_json, export_page
from scheduling.console.record import record
from scheduling.console.retention import retention

app_name = "console_privacy"
urlpatterns = [
    path("", desk, name="desk"),
    path("json/", export_json, name="json"),
    path("page/", export_page, name="page"),
    path("erase/", ask, name="ask"),
    path("erase/now/", erase, name="erase"),
    path("retention/", retention, name="retention"),
    path("record/", record, name="record"),
]
