"""Settings of how patients book: general."""

from django.urls import path

from clinics.console.flexibility import general

app_name = "console_general"
urlpatterns = [path("", general, name="general")]
