"""The API's host: the sync API for clinics' agents, and a health check."""

from django.urls import URLPattern, URLResolver, path

from sync_api import answers
from sync_api.api import api
from sync_api.front import description, health, signpost

urlpatterns: list[URLPattern | URLResolver] = [
    path("", signpost),
    path("health/", health),
    path("sync/v1/", signpost),
    path("sync/v1/openapi.json", description),
    path("sync/v1/", api.urls),
]

handler400 = answers.bad_request
handler403 = answers.permission_denied
handler404 = answers.not_found
handler500 = answers.server_error
