"""The tab of what is sent by hand: to whom, in which words, whether really, and how far it has come."""

from django.urls import path

from scheduling.console.by_hand import home, to_booking, to_bookings, to_number, to_recall, to_today
from scheduling.console.by_hand_progress import confirm, mailing, progress, stop
from scheduling.console.by_hand_words import preview_words, words

app_name = "console_send"
urlpatterns = [
    path("", home, name="home"),
    path("number/", to_number, name="number"),
    path("today/", to_today, name="today"),
    path("recall/", to_recall, name="recall"),
    path("bookings/", to_bookings, name="bookings"),
    path("booking/<uuid:public_id>/", to_booking, name="booking"),
    path("<uuid:public_id>/", mailing, name="mailing"),
    path("<uuid:public_id>/words/", words, name="words"),
    path("<uuid:public_id>/preview/", preview_words, name="preview"),
    path("<uuid:public_id>/confirm/", confirm, name="confirm"),
    path("<uuid:public_id>/progress/", progress, name="progress"),
    path("<uuid:public_id>/stop/", stop, name="stop"),
]
