"""Below ``/manage/announcements/``: no tab, since announcements stand on every page."""

from django.urls import path

from clinics.console.announcements import put_away

app_name = "console_announcements"
urlpatterns = [path("<uuid:public_id>/put-away/", put_away, name="put_away")]
