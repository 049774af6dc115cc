"""Moving from the booking's own page: a week of times to choose from, then the new time beside the old.

The booking keeps its time until the new one, which is held meanwhile, is confirmed.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.change_rules import Change
from scheduling.changes import (
    hold_new_time,
    is_within_reach,
    move_booking,
    new_time_of,
    refusal_of,
    release_new_time,
)
from scheduling.dates import clock
from scheduling.errors import ChangeRefused, HoldExpired, TimeNotOffered, TimeTaken, TooManyHolds
from scheduling.forms import instant_of, stamp_of
from scheduling.horizon import Horizon
from scheduling.models import Booking
from scheduling.new_times import new_times, next_week_of_new_times
from scheduling.portal_state import PortalState, is_agent_silent
from scheduling.views.done import long_when
from scheduling.views.linked import home_of, keyed, reach_words, refused_page, ticket_of
from scheduling.views.portal_closed import closed_page
from scheduling.weeks import monday_of
from scheduling.words import at, day_names, soon

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class TimeButton:
    stamp: str
    text: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Column:
    """A day of the week, and its times."""

    name: str
    spoken: str
    buttons: list[TimeButton]


@dataclass(frozen=True, slots=True)
class NewTimes:
    """The times that a booking could be moved to, at its own clinic."""

    request: PatientRequest
    booking: Booking

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.booking.clinic.time_zone)

    @property
    def horizon(self) -> Horizon:
        return Horizon.of(self.request.organisation, self.zone)

    def in_week(self, monday: date) -> list[datetime]:
        starts = new_times(organisation=self.request.organisation, booking=self.booking, week=monday)
        return [start for start in starts if is_within_reach(booking=self.booking, starts_at=start)]

    def next_week(self, after: date) -> date | None:
        """The next week with a time within the treatment's reach."""
        found = next_week_of_new_times(
            organisation=self.request.organisation, booking=self.booking, after=after
        )
        return found if found and self.in_week(found) else None

    def week_asked(self) -> date:
        """The week that the address names, as far as times can be had then; else that of the booking."""
        try:
            monday = monday_of(date.fromisoformat(self.request.GET.get("week", "")))
        except (ValueError, OverflowError):
            monday = monday_of(self.booking.starts_at.astimezone(self.zone).date())
        return min(max(monday, self.horizon.first_week), self.horizon.last_week)

    def columns(self, monday: date, times: list[datetime], language: str) -> list[Column]:
        days = [monday + timedelta(days=n) for n in range(7 if self.horizon.weekends else 5)]
        return [
            Column(
                *day_names(day, language),
                [self.button(start, language) for start in times if start.date() == day],
            )
            for day in days
        ]

    def button(self, start: datetime, language: str) -> TimeButton:
        text = clock(start, self.zone, language)
        return TimeButton(stamp_of(start), text, at(day_names(start.date(), language)[1], text, language))


@allowed("GET", "POST")
@keyed
def move(request: PatientRequest, booking: Booking) -> HttpResponse:
    """The week of free times, and holding the one that is chosen."""
    shut = why_shut(request, booking)
    if shut is not None:
        return shut
    if request.method == "POST":
        return hold_chosen(request, booking)
    return week_page(request, booking)


def why_shut(request: PatientRequest, booking: Booking) -> HttpResponse | None:
    """The page that stands in the place of times, where there can be none."""
    refusal = refusal_of(organisation=request.organisation, booking=booking, change=Change.MOVE)
    if refusal:
        return refused_page(request, booking, Change.MOVE, refusal)
    if is_agent_silent(request.organisation):
        return closed_page(request, PortalState.AGENT_SILENT)
    return None


def hold_chosen(request: PatientRequest, booking: Booking) -> HttpResponse:
    starts_at = instant_of(request.POST.get("at", ""))
    if starts_at is None:
        return week_page(request, booking, status=422)
    try:
        hold_new_time(organisation=request.organisation, booking=booking, starts_at=starts_at)
    except (TimeTaken, TimeNotOffered, TooManyHolds):
        notice = _("That time has just been taken. The times below are still free.")
        return week_page(request, booking, notice=notice, status=409)
    except ChangeRefused as refused:
        return refused_page(request, booking, Change.MOVE, refused.refusal)
    return HttpResponseRedirect(f"{home_of(request)}move/confirm/")


def week_page(
    request: PatientRequest, booking: Booking, *, notice: str = "", status: int = 200
) -> HttpResponse:
    language = request.LANGUAGE_CODE or "en"
    choice = NewTimes(request, booking)
    monday = choice.week_asked()
    times = choice.in_week(monday)
    most = booking.move_within_days
    context = {
        **ticket_of(request, booking),
        "notices": [notice] if notice else [],
        "reach": reach_words(most) if most is not None else "",
        "days": choice.columns(monday, times, language),
        "has_times": bool(times),
        "week_name": week_name(monday, language),
        "monday": monday.isoformat(),
        **ways_on(choice, monday, language, is_empty=not times),
    }
    return render(request, "mine/move.html", context, status=status)


def week_name(monday: date, language: str) -> str:
    first, last = (day_names(day, language)[0] for day in (monday, monday + timedelta(days=6)))
    span = f"{first} – {last}"
    return _("Week %(number)d, %(span)s") % {"number": monday.isocalendar().week, "span": span}


def ways_on(choice: NewTimes, monday: date, language: str, *, is_empty: bool) -> dict[str, str]:
    """The weeks around, and from an empty week the one that is not."""
    horizon = choice.horizon
    ways = {
        "previous_week": (monday - A_WEEK).isoformat() if monday > horizon.first_week else "",
        "next_week": (monday + A_WEEK).isoformat() if monday < horizon.last_week else "",
    }
    later = (choice.next_week(monday) or choice.next_week(horizon.first_week - A_WEEK)) if is_empty else None
    if later:
        words = soon(choice.in_week(later)[0], choice.zone, language)
        ways |= {"jump_week": later.isoformat(), "jump_words": words}
    return ways


@allowed("GET", "POST")
@keyed
def confirm_move(request: PatientRequest, booking: Booking) -> HttpResponse:
    """The old time and the new one side by side; by POST the booking is moved, or the new time let go."""
    if request.method == "POST":
        return moved(request, booking)
    new_time = new_time_of(organisation=request.organisation, booking=booking)
    if new_time is None:
        return HttpResponseRedirect(f"{home_of(request)}move/")
    return confirm_page(request, booking, new_time)


def confirm_page(request: PatientRequest, booking: Booking, new_time: Booking) -> HttpResponse:
    language = request.LANGUAGE_CODE or "en"
    zone = ZoneInfo(booking.clinic.time_zone)
    context = {
        **ticket_of(request, booking),
        "new_time": new_time,
        "new_when": long_when(new_time, language),
        "held_until": clock(new_time.hold_expires_at, zone, language) if new_time.hold_expires_at else "",
    }
    return render(request, "mine/move_confirm.html", context)


def moved(request: PatientRequest, booking: Booking) -> HttpResponse:
    organisation = request.organisation
    if request.POST.get("answer") == "other":
        release_new_time(organisation=organisation, booking=booking)
        return HttpResponseRedirect(f"{home_of(request)}move/")
    try:
        new_time = uuid.UUID(request.POST.get("new_time", ""))
        move_booking(organisation=organisation, booking=booking, new_time=new_time)
    except ChangeRefused as refused:
        return refused_page(request, booking, Change.MOVE, refused.refusal)
    except (ValueError, HoldExpired, TimeTaken):
        refusal = refusal_of(organisation=organisation, booking=booking, change=Change.MOVE)
        if refusal:
            return refused_page(request, booking, Change.MOVE, refusal)
        notice = _(
            "The new time was not held any more. Your appointment is where it was; please choose again."
        )
        return week_page(request, booking, notice=notice, status=409)
    return HttpResponseRedirect(f"{home_of(request)}?moved=1")
