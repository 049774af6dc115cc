"""The one host that the provider of electronic identities sends every patient back to."""

from django.urls import path

from clinics.error_pages import bad_request, page_not_found, permission_denied, server_error
from clinics.views.health import health
from scheduling.views.eid_callback import callback

urlpatterns = [
    path("eid/callback/", callback, name="eid_callback"),
    path("health/", health, name="health"),
]
handler400 = bad_request
handler403 = permission_denied
handler404 = page_not_found
handler500 = server_error
