"""Settings of how patients book: order."""

from django.urls import path

from clinics.console.flexibility import order

app_name = "console_order"
urlpatterns = [path("", order, name="order")]
