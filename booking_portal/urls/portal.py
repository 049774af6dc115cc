"""An organisation's own host: the patient's pages and the console."""

from django.urls import include, path

from clinics.console.tabs import tab_urls
from clinics.error_pages import bad_request, page_not_found, permission_denied, server_error
from clinics.views.consent import answer_measuring
from clinics.views.health import health
from clinics.views.language import choose_language
from clinics.views.pictures import picture
from clinics.views.theme import theme

urlpatterns = [
    path("", include("scheduling.urls")),
    path("demo/messages/", include("notifications.urls")),
    path("language/", choose_language, name="language"),
    path("measuring/", answer_measuring, name="measuring"),
    path("theme.css", theme, name="theme"),
    path("pictures/<slug:name>/", picture, name="picture"),
    path("health/", health, name="health"),
    path("manage/announcements/", include("clinics.console.urls.announcements")),
    path("manage/", include(tab_urls())),
    path("manage/", include("clinics.views.account_urls")),
]
handler400 = bad_request
handler403 = permission_denied
handler404 = page_not_found
handler500 = server_error
