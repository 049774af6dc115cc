"""The console's bookings."""

from django.urls import path

from scheduling.console.booking import booking, cancel, mark, national_id, no_offers, send_again
from scheduling.console.bookings import bookings, export, handled, search
from scheduling.console.calendar import calendar
from scheduling.console.moving import confirm_move, move

app_name = "console_bookings"
urlpatterns = [
    path("", bookings, name="bookings"),
    path("search/", search, name="search"),
    path("export/", export, name="export"),
    path("calendar/", calendar, name="calendar"),
    path("refusals/<int:sequence>/handled/", handled, name="handled"),
    path("<uuid:public_id>/", booking, name="booking"),
    path("<uuid:public_id>/cancel/", cancel, name="cancel"),
    path("<uuid:public_id>/move/", move, name="move"),
    path("<uuid:public_id>/move/confirm/", confirm_move, name="confirm_move"),
    path("<uuid:public_id>/mark/", mark, name="mark"),
    path("<uuid:public_id>/confirmation/", send_again, name="send_again"),
    path("<uuid:public_id>/no-offers/", no_offers, name="no_offers"),
    path("<uuid:public_id>/national-id/", national_id, name="national_id"),
]
