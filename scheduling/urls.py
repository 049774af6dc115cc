"""The patient's pages, on an organisation's own host."""

from django.urls import path

from scheduling.console.preview import preview
from scheduling.views.appointments import (
    appointment_page,
    ask_again,
    cancel_page,
    clinics_list,
    confirm_move_page,
    move_page,
)
from scheduling.views.book import book, front
from scheduling.views.cancelling import cancel, undo
from scheduling.views.code import code, resend
from scheduling.views.details import details
from scheduling.views.done import calendar_file, done
from scheduling.views.eid import begin_eid, come_back
from scheduling.views.layouts import choose_layout
from scheduling.views.linked import linked, linked_calendar
from scheduling.views.login import login, login_code, logout, resend_login_code
from scheduling.views.month import month
from scheduling.views.moving import confirm_move, move
from scheduling.views.my import my_page
from scheduling.views.no_offers import no_offers, no_offers_of_mine
from scheduling.views.no_reminders import no_reminders
from scheduling.views.offer import accept, decline, offer_page
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
    path("login/", login, name="login"),
    path("login/code/", login_code, name="login_code"),
    path("login/code/resend/", resend_login_code, name="resend_login_code"),
    path("logout/", logout, name="logout"),
    path("my/", my_page, name="my"),
    path("my/no-offers/", no_offers_of_mine, name="my_no_offers"),
    path("my/<uuid:public_id>/", linked, name="my_booking"),
    path("my/<uuid:public_id>/calendar.ics", linked_calendar, name="my_calendar"),
    path("my/<uuid:public_id>/cancel/", cancel, name="my_cancel"),
    path("my/<uuid:public_id>/undo/", undo, name="my_undo"),
    path("my/<uuid:public_id>/move/", move, name="my_move"),
    path("my/<uuid:public_id>/move/confirm/", confirm_move, name="my_confirm_move"),
    path("my/appointments/", clinics_list, name="clinics_list"),
    path("my/appointments/ask/", ask_again, name="ask_clinic"),
    path("my/appointments/<uuid:reference>/", appointment_page, name="appointment"),
    path("my/appointments/<uuid:reference>/cancel/", cancel_page, name="cancel_appointment"),
    path("my/appointments/<uuid:reference>/move/", move_page, name="move_appointment"),
    path(
        "my/appointments/<uuid:reference>/move/confirm/", confirm_move_page, name="confirm_appointment_move"
    ),
    path("waiting/", ask, name="waiting"),
    path("waiting/<slug:key>/", wish_page, name="wish"),
    path("waiting/<slug:key>/code/", wish_code, name="wish_code"),
    path("waiting/<slug:key>/code/resend/", resend_code, name="resend_wish_code"),
    path("waiting/<slug:key>/end/", end, name="end_wish"),
    path("offer/<slug:key>/", offer_page, name="offer"),
    path("offer/<slug:key>/accept/", accept, name="accept_offer"),
    path("offer/<slug:key>/decline/", decline, name="decline_offer"),
    path("no-reminders/<slug:reader>/", no_reminders, name="no_reminders"),
    path("s/<slug:reader>/", no_offers, name="no_offers"),
    path("login/eid/", begin_eid, name="begin_eid"),
    path("login/eid/return/", come_back, name="eid_return"),
    path("privacy/", privacy, name="privacy"),
    path("manage/preview/<slug:page>/", preview, name="preview"),
]
