"""The portal's address."""

from django.urls import path

from clinics.console.address import address, availability_piece

app_name = "console_address"
urlpatterns = [
    path("", address, name="address"),
    path("availability/", availability_piece, name="availability"),
]
