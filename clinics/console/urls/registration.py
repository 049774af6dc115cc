"""Settings of how patients book: registration."""

from django.urls import path

from clinics.console.flexibility import registration

app_name = "console_registration"
urlpatterns = [path("", registration, name="registration")]
