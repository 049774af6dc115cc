"""The clinic's own words, by place and language."""

from django.urls import path

from clinics.console.texts import clinic_text, text, texts

app_name = "console_texts"
urlpatterns = [
    path("", texts, name="texts"),
    path("clinic/<slug:language>/<uuid:public_id>/", clinic_text, name="clinic_text"),
    path("<slug:place>/<slug:language>/", text, name="text"),
]
