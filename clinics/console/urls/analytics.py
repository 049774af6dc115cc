"""Web analytics."""

from django.urls import path

from clinics.console.analytics import analytics

app_name = "console_analytics"
urlpatterns = [path("", analytics, name="analytics")]
