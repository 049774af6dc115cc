"""The operator's host."""

from django.contrib import admin
from django.urls import include, path

from clinics.error_pages import bad_request, page_not_found, permission_denied, server_error
from clinics.views.health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("manage/", include("clinics.views.account_urls")),
    path("", admin.site.urls),
]
handler400 = bad_request
handler403 = permission_denied
handler404 = page_not_found
handler500 = server_error
