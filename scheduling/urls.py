"""The patient's pages, on an organisation's own host."""

from django.urls import path

from scheduling.views.book import book, front
from scheduling.views.cancelling import cancel, undo
from scheduling.views.code import code, resend
from scheduling.views.details import details
from scheduling.views.done import calendar_file, done
from scheduling.views.layouts import choose_layout
from scheduling.views.linked import linked, linked_calendar
from scheduling.views.month import month
from scheduling.views.moving import confirm_move, move
from scheduling.views.offer import accept, decline, offer_page
from scheduling.views.photos import photo
from scheduling.views.privacy import privacy
from scheduling.views.times import choose_time, release
from scheduling.views.waiting import ask, end, resend_code, wish_code, wish_page

app_name = "scheduling"
urlpatterns = [
    path("", front, name="front"),
    path("book/", book, name="book"),
    path("book/time/", choose_time, name="choose_time"),
    path("book/month/", month, name="month"),
    path("book/layout/", choose_layout, name="choose_layout"),
    path("photos/<slug:practitioner>/", photo, name="photo"),
    path("booking/<uuid:public_id>/details/", details, name="details"),
    path("booking/<uuid:public_id>/code/", code, name="code"),
    path("booking/<uuid:public_id>/code/resend/", resend, name="resend"),
    path("booking/<uuid:public_id>/done/", done, name="done"),
    path("booking/<uuid:public_id>/release/", release, name="release"),
    path("booking/<uuid:public_id>/calendar.ics", calendar_file, name="calendar_file"),
    path("b/<slug:token>/", linked, name="linked"),
    path("b/<slug:token>/calendar.ics", linked_calendar, name="linked_calendar"),
    path("b/<slug:token>/cancel/", cancel, name="cancel"),
    path("b/<slug:token>/undo/", undo, name="undo"),
    path("b/<slug:token>/move/", move, name="move"),
    path("b/<slug:token>/move/confirm/", confirm_move, name="confirm_move"),
    path("waiting/", ask, name="waiting"),
    path("waiting/<slug:key>/", wish_page, name="wish"),
    path("waiting/<slug:key>/code/", wish_code, name="wish_code"),
    path("waiting/<slug:key>/code/resend/", resend_code, name="resend_wish_code"),
    path("waiting/<slug:key>/end/", end, name="end_wish"),
    path("offer/<slug:key>/", offer_page, name="offer"),
    path("offer/<slug:key>/accept/", accept, name="accept_offer"),
    path("offer/<slug:key>/decline/", decline, name="decline_offer"),
    path("privacy/", privacy, name="privacy"),
]
