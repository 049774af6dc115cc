"""The audit log."""

from django.urls import path

from clinics.console.audit import audit, export, undo

app_name = "console_audit"
urlpatterns = [
    path("", audit, name="audit"),
    path("export/", export, name="export"),
    path("<str:key>/undo/", undo, name="undo"),
]
