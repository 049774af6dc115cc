"""Moving a booking for its patient: a week of free times, then the new time beside the old, then done.

Nothing is held while the clinic's people look: whoever is first has the time. The rules about how late and
how far patients may move bind nobody here; they are said.
"""

import uuid
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import Practitioner
from clinics.roles import Role
from scheduling.changes import is_within_reach, state_stamp
from scheduling.console.booking import booking_of, changed_page, deadline_note, staff_of
from scheduling.console.lines import line_of
from scheduling.dates import clock
from scheduling.desk import move_at_desk
from scheduling.errors import ChangedMeanwhile, ChangeRefused, HoldExpired, TimeNotOffered, TimeTaken
from scheduling.forms import instant_of, stamp_of
from scheduling.models import Booking
from scheduling.new_times import new_times, next_week_of_new_times, takers
from scheduling.views.done import long_when
from scheduling.views.linked import reach_words
from scheduling.views.moving import NewTimes, ways_on, week_name
from scheduling.words import at, spoken_day_in_year


class TimesForStaff(NewTimes):
    """The same as for a patient, however far away."""

    def in_week(self, monday: date) -> list[datetime]:
        starts = new_times(organisation=self.request.organisation, booking=self.booking, week=monday)
        return [start for start in starts if start != self.booking.starts_at]

    def next_week(self, after: date) -> date | None:
        return next_week_of_new_times(
            organisation=self.request.organisation, booking=self.booking, after=after
        )

    def practitioners(self, starts_at: datetime) -> list[Practitioner]:
        """Who could take this time; the booking's own first, if it is among them."""
        return takers(organisation=self.request.organisation, booking=self.booking, starts_at=starts_at)


@allowed("GET")
@console_page(role=Role.EDITOR, for_limited=True)
def move(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """A week of times to which it could be moved."""
    found = booking_of(request, public_id)
    if found.state != Booking.State.BOOKED:
        return changed_page(request, public_id)
    return show_week(request, found)


def show_week(
    request: ConsoleRequest, found: Booking, *, problem: str = "", status: int = 200
) -> HttpResponse:
    choice = TimesForStaff(request, found)
    language = request.LANGUAGE_CODE or "en"
    monday = choice.week_asked()
    times = choice.in_week(monday)
    most = found.move_within_days
    context = {
        "booking": found,
        "line": line_of(found, language),
        "long_when": long_when(found, language),
        "problem": problem,
        "notes": [note for note in (deadline_note(request, found), reach_note(most)) if note],
        "days": choice.columns(monday, times, language),
        "has_times": bool(times),
        "week_name": week_name(monday, language),
        **ways_on(choice, monday, language, is_empty=not times),
    }
    return show(request, "manage/booking_move.html", context, status=status)


def reach_note(most: int | None) -> str:
    return f"{_('For patients:')} {reach_words(most)}" if most is not None else ""


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True)
def confirm_move(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """The old time and the new, with whom, and whether the patient is told; by POST it is moved."""
    found = booking_of(request, public_id)
    if found.state != Booking.State.BOOKED:
        return changed_page(request, public_id)
    starts_at = instant_of(request.POST.get("at", "") or request.GET.get("at", ""))
    if starts_at is None:
        return redirect("console_bookings:move", public_id)
    practitioners = TimesForStaff(request, found).practitioners(starts_at)
    if not practitioners:
        return gone(request, found)
    if request.method != "POST":
        return show_choice(request, found, starts_at, practitioners)
    chosen = [one for one in practitioners if str(one.public_id) == request.POST.get("practitioner")]
    if not chosen:
        return show_choice(request, found, starts_at, practitioners, status=422)
    return moved(request, found, starts_at, chosen[0])


def moved(
    request: ConsoleRequest, found: Booking, starts_at: datetime, practitioner: Practitioner
) -> HttpResponse:
    try:
        move_at_desk(
            organisation=request.organisation,
            booking=found,
            starts_at=starts_at,
            practitioner=practitioner,
            staff=staff_of(request),
            who=str(request.user),
        )
    except (ChangedMeanwhile, ChangeRefused):
        return changed_page(request, found.public_id)
    except (TimeTaken, TimeNotOffered, HoldExpired):
        return gone(request, found)
    messages.success(request, _("The appointment is moved."))
    return redirect("console_bookings:booking", found.public_id)


def gone(request: ConsoleRequest, found: Booking) -> HttpResponse:
    problem = _("That time is not free any more. The appointment is where it was; please choose another.")
    return show_week(request, found, problem=problem, status=409)


def show_choice(
    request: ConsoleRequest,
    found: Booking,
    starts_at: datetime,
    practitioners: list[Practitioner],
    *,
    status: int = 200,
) -> HttpResponse:
    language = request.LANGUAGE_CODE or "en"
    choice = TimesForStaff(request, found)
    local = starts_at.astimezone(choice.zone)
    most = None if is_within_reach(booking=found, starts_at=starts_at) else found.move_within_days
    context = {
        "booking": found,
        "line": line_of(found, language),
        "long_when": long_when(found, language),
        "new_when": at(
            spoken_day_in_year(local.date(), language), clock(local, choice.zone, language), language
        ),
        "at": stamp_of(starts_at),
        "practitioners": practitioners,
        "notes": [note for note in (deadline_note(request, found), reach_note(most)) if note],
        "seen": state_stamp(found),
    }
    return show(request, "manage/booking_move_confirm.html", context, status=status)
