"""The one host that providers of SMS and e-mail call, for every organisation."""

from django.urls import include, path

from clinics.error_pages import bad_request, page_not_found, permission_denied, server_error
from clinics.views.health import health

urlpatterns = [
    path("", include("notifications.hook_urls")),
    path("health/", health, name="health"),
]
handler400 = bad_request
handler403 = permission_denied
handler404 = page_not_found
handler500 = server_error
