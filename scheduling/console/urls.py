"""The console's front page."""

from django.urls import path

from scheduling.console.overview import overview

app_name = "console"
urlpatterns = [path("", overview, name="overview")]
