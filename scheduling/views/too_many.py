"""The page of who can hold no more times: why, and what to do."""

from django.http import HttpResponse
from django.shortcuts import render

from clinics.models import Clinic
from clinics.tenancy import PatientRequest
from scheduling.views.phones import phone_of


def too_many_page(request: PatientRequest, clinic: Clinic, times_url: str) -> HttpResponse:
    """Many times are held from the same network, though perhaps by others."""
    context = {"phone": phone_of(clinic), "times_url": times_url}
    response = render(request, "booking/too_many.html", context, status=429)
    response.headers["Retry-After"] = "600"
    response.headers["Cache-Control"] = "no-store"
    return response
