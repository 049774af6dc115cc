"""Settings of how patients book: times."""

from django.urls import path

from clinics.console.flexibility import times

app_name = "console_times"
urlpatterns = [path("", times, name="times")]
