"""The console's numbers."""

from django.urls import path

from scheduling.console.statistics import statistics_page

app_name = "console_statistics"
urlpatterns = [path("", statistics_page, name="statistics")]
