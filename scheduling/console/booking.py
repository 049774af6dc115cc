"""A booking's own page in the console, and what can be done there on the patient's behalf."""

import uuid
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.roles import Role
from scheduling.booking_history import messages_about
from scheduling.change_rules import Change, Refusal
from scheduling.changes import Staff, refusal_of, state_stamp
from scheduling.console.lines import line_of
from scheduling.console.message_lines import booking_messages
from scheduling.console.timeline import timeline
from scheduling.dates import day_and_clock
from scheduling.desk import (
    MARKS,
    cancel_at_desk,
    end_offers_at_desk,
    mark_booking,
    note,
    send_confirmation_again,
    times_sent_again,
)
from scheduling.desk_lists import made_bookings
from scheduling.errors import ChangedMeanwhile, ChangeRefused
from scheduling.models import Booking
from scheduling.models.booking import BookingState
from scheduling.models.desk import Act
from scheduling.views.done import long_when
from scheduling.views.linked import deadline_words


def booking_of(request: ConsoleRequest, public_id: uuid.UUID) -> Booking:
    """Raises Http404 for what is another organisation's, or a clinic's that the member does not reach."""
    rows = made_bookings(request.organisation, request.clinic_ids)
    found: Booking = get_object_or_404(rows, public_id=public_id)
    return found


@allowed("GET")
@console_page(role=Role.VIEWER, for_limited=True)
def booking(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Everything about it."""
    return show_booking(request, booking_of(request, public_id))


def show_booking(
    request: ConsoleRequest, found: Booking, *, status: int = 200, problem: str = "", national_id: str = ""
) -> HttpResponse:
    language = request.LANGUAGE_CODE or "en"
    patient = getattr(found, "patient", None)
    stands = found.state == Booking.State.BOOKED
    is_future = found.starts_at > timezone.now()
    context = {
        "booking": found,
        "patient": patient,
        "line": line_of(found, language),
        "long_when": long_when(found, language),
        "has_national_id": bool(patient and patient.national_id_digest),
        "national_id": national_id,
        "moments": timeline(request.organisation, found, language),
        "messages_sent": booking_messages(request, found, messages_about(request.organisation, found)),
        "problem": problem,
        "seen": state_stamp(found),
        "sent_before": times_sent_again(organisation=request.organisation, booking=found),
        "agreed_at": agreed_at(found, language),
        "may_change": request.membership.reaches(Role.EDITOR),
        "stands": stands,
        "may_send": stands and is_future and bool(patient),
        "marks": marks_of(found),
        "deadline": deadline_note(request, found),
    }
    return show(request, "manage/booking.html", context, status=status)


def agreed_at(found: Booking, language: str) -> str:
    """When the patient agreed to offers with this booking; empty where that is not so any more."""
    patient = getattr(found, "patient", None)
    if patient is None or not patient.marketing_wording or patient.marketing_withdrawn_at:
        return ""
    return day_and_clock(patient.consented_at, ZoneInfo(found.clinic.time_zone), language)


def marks_of(found: Booking) -> list[tuple[str, str]]:
    """What can be said of whether the patient came: a state, and the button's words."""
    if found.state not in MARKS:
        return []
    words = {
        BookingState.ARRIVED: _("Patient has arrived"),
        BookingState.NO_SHOW: _("Patient did not come"),
        BookingState.BOOKED: _("Take the mark back"),
    }
    is_past = found.starts_at <= timezone.now()
    return [
        (state.value, text)
        for state, text in words.items()
        if state != found.state and (is_past or state != BookingState.NO_SHOW)
    ]


def deadline_note(request: ConsoleRequest, found: Booking) -> str:
    """That patients could not change it themselves any more; the clinic's people can."""
    refusal = refusal_of(organisation=request.organisation, booking=found, change=Change.CANCEL)
    if refusal is not Refusal.DEADLINE:
        return ""
    words = deadline_words(request.organisation.settings.change_deadline_hours)
    return f"{_('For patients:')} {words} {_('You can still do it for them.')}"


def changed_page(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """How it stands now, since it is not as it was seen."""
    problem = _("This booking has changed since you opened it. Nothing was done; look at how it stands now.")
    return show_booking(request, booking_of(request, public_id), status=409, problem=problem)


def staff_of(request: ConsoleRequest) -> Staff:
    return Staff(tells_patient=request.POST.get("tell") == "on", seen=request.POST.get("seen", ""))


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True)
def cancel(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks, and cancels on the patient's behalf."""
    found = booking_of(request, public_id)
    if request.method != "POST":
        if found.state != Booking.State.BOOKED:
            return changed_page(request, public_id)
        language = request.LANGUAGE_CODE or "en"
        context = {
            "booking": found,
            "line": line_of(found, language),
            "long_when": long_when(found, language),
            "deadline": deadline_note(request, found),
            "seen": state_stamp(found),
        }
        return show(request, "manage/booking_cancel.html", context)
    try:
        cancel_at_desk(
            organisation=request.organisation, booking=found, staff=staff_of(request), who=str(request.user)
        )
    except (ChangedMeanwhile, ChangeRefused):
        return changed_page(request, public_id)
    messages.success(request, _("The appointment is cancelled, and its time is free."))
    return redirect("console_bookings:booking", public_id)


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def mark(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Notes that the patient came or did not, or takes that back."""
    found = booking_of(request, public_id)
    state = request.POST.get("state", "")
    if state not in [value for value, _words in marks_of(found)]:
        return changed_page(request, public_id)
    try:
        mark_booking(
            organisation=request.organisation,
            booking=found,
            state=BookingState(state),
            seen=request.POST.get("seen", ""),
            who=str(request.user),
        )
    except (ChangedMeanwhile, ChangeRefused):
        return changed_page(request, public_id)
    messages.success(request, _("Noted."))
    return redirect("console_bookings:booking", public_id)


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def send_again(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Sends the confirmation once more."""
    found = booking_of(request, public_id)
    sent_before = request.POST.get("sent_before", "")
    try:
        ways = send_confirmation_again(
            organisation=request.organisation,
            booking=found,
            sent_before=int(sent_before) if sent_before in map(str, range(1000)) else -1,
            seen=request.POST.get("seen", ""),
            who=str(request.user),
        )
    except (ChangedMeanwhile, ChangeRefused):
        return changed_page(request, public_id)
    if ways:
        messages.success(request, _("The confirmation is on its way."))
    else:
        messages.error(request, _("There is no address to which it could be sent."))
    return redirect("console_bookings:booking", public_id)


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def no_offers(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Withdraws on the patient's wish what they agreed to."""
    found = booking_of(request, public_id)
    if end_offers_at_desk(organisation=request.organisation, booking=found, who=str(request.user)):
        messages.success(request, _("The patient gets no more offers."))
    return redirect("console_bookings:booking", public_id)


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True, recent=True)
def national_id(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks, and shows the number once; who looked is noted first."""
    found = booking_of(request, public_id)
    if request.method != "POST":
        line = line_of(found, request.LANGUAGE_CODE or "en")
        return show(request, "manage/booking_national_id.html", {"booking": found, "line": line})
    note(organisation=request.organisation, act=Act.ID_SHOWN, who=str(request.user), booking=found)
    patient = getattr(found, "patient", None)
    return show_booking(request, found, national_id=(patient and patient.national_id) or "–")
