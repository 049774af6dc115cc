"""The bare host: what the service is and who can be booked with it."""

from django.urls import include, path

from clinics.error_pages import bad_request, page_not_found, permission_denied, server_error
from clinics.views.health import health
from clinics.views.landing import landing
from clinics.views.language import choose_language

urlpatterns = [
    path("", landing, name="landing"),
    path("demo/messages/", include("notifications.urls")),
    path("language/", choose_language, name="language"),
    path("health/", health, name="health"),
]
handler400 = bad_request
handler403 = permission_denied
handler404 = page_not_found
handler500 = server_error
