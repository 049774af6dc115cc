"""The operator's host: the desk, and beneath it Django's admin."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from clinics.error_pages import bad_request, page_not_found, permission_denied, server_error
from clinics.views.health import health
from clinics.views.language import choose_language

urlpatterns = [
    path("health/", health, name="health"),
    path("manage/", RedirectView.as_view(pattern_name="desk:organisations")),
    path("manage/", include("clinics.views.account_urls")),
    path("language/", choose_language, name="language"),
    path("records/", admin.site.urls),
    path("", include("sync_api.desk.urls")),
]
handler400 = bad_request
handler403 = permission_denied
handler404 = page_not_found
handler500 = server_error
