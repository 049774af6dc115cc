"""The console's first page of sending by hand: to whom, and which kind of message."""

import uuid
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages as notices
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.roles import Role
from notifications.models import BY_HAND, Kind, Mailing
from scheduling.console.booking import booking_of
from scheduling.console.bookings import FilterForm
from scheduling.console.by_hand_forms import NumberForm, RecallForm, WayForm
from scheduling.console.lines import line_of
from scheduling.console.message_kinds import NAMES
from scheduling.console.message_lines import CHANNELS
from scheduling.dates import day_and_clock
from scheduling.desk_lists import filtered_bookings, made_bookings
from scheduling.mailings import begin_mailing
from scheduling.models import Booking
from scheduling.recalling import bookings_to_recall, todays_bookings
from scheduling.recipients import MOST_RECIPIENTS, Candidate, TooManyRecipients, candidates_of

MOST_SHOWN = 30
MOST_TICKED = 200
FIRST: dict[Kind, list[Kind]] = {
    kind: [kind, *(each for each in BY_HAND if each != kind)] for kind in BY_HAND
}
Candidates = Callable[[str], list[Candidate]]


def mailings_seen(request: ConsoleRequest) -> QuerySet[Mailing]:
    """All that was sent, and own drafts; of who is limited to some clinics only what was their own."""
    rows = Mailing.objects.filter(organisation=request.organisation)
    if request.clinic_ids is not None:
        return rows.filter(member=request.user)
    return rows.filter(~Q(state=Mailing.State.DRAFT) | Q(member=request.user))


@allowed("GET")
@console_page(role=Role.EDITOR, for_limited=True)
def home(request: ConsoleRequest) -> HttpResponse:
    """The ways to begin, and what was sent last."""
    rows = mailings_seen(request).exclude(state=Mailing.State.DRAFT).order_by("-sent_at", "-pk")
    zone, language = ZoneInfo(request.organisation.time_zone), request.LANGUAGE_CODE or "en"
    context = {
        "is_limited": request.clinic_ids is not None,
        "lines": [
            (
                row,
                NAMES[Kind(row.kind)][0],
                CHANNELS[row.channel],
                day_and_clock(row.sent_at, zone, language) if row.sent_at else "",
            )
            for row in rows[:MOST_SHOWN]
        ],
    }
    return show(request, "manage/by_hand.html", context)


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True)
def to_number(request: ConsoleRequest) -> HttpResponse:
    """One number or address that is typed. Not for who is limited to some clinics' patients."""
    if request.clinic_ids is not None:
        raise Http404
    kinds = [kind for kind in FIRST[Kind.MESSAGE] if kind != Kind.GENERAL]
    form = NumberForm(request, kinds=kinds, data=request.POST or None)
    return choose(request, form, _("To a number or an address"), lambda _channel: [form.candidate()])


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True)
def to_today(request: ConsoleRequest) -> HttpResponse:
    """Everybody who has an appointment today."""
    rows = todays_bookings(organisation=request.organisation, clinic_ids=request.clinic_ids)
    form = WayForm(request, kinds=FIRST[Kind.GENERAL], data=request.POST or None)
    return choose(
        request, form, _("To all of today’s patients"), patients_of(request, rows), many=rows.count()
    )


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True)
def to_recall(request: ConsoleRequest) -> HttpResponse:
    """Who has not been here for long, and has nothing coming."""
    kinds = [Kind.RECALL, Kind.MARKETING, Kind.SALES]
    form = RecallForm(request, kinds=kinds, data=request.POST or None)

    def candidates(channel: str) -> list[Candidate]:
        rows = bookings_to_recall(
            organisation=request.organisation,
            clinic_ids=request.clinic_ids,
            months=form.cleaned_data["months"],
            treatment=form.cleaned_data["treatment"],
        )
        return candidates_of(request.organisation, channel, rows)

    kept = request.organisation.settings.retention_days
    return choose(request, form, _("To those who have not been here for a while"), candidates, kept_days=kept)


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True)
def to_bookings(request: ConsoleRequest) -> HttpResponse:
    """The bookings that the list's filter lets through, or those of them that were ticked."""
    listed = FilterForm(request)
    rows = filtered_bookings(
        organisation=request.organisation, clinic_ids=request.clinic_ids, wanted=listed.wanted()
    )
    ticked = ids_in(request.POST.getlist("booking")) if "ticked" in request.POST else None
    if ticked is not None:
        rows = made_bookings(request.organisation, request.clinic_ids).filter(public_id__in=ticked)
        rows = rows.order_by("during__startswith", "pk")
    if ticked == []:
        notices.error(request, _("Tick the bookings whose patients you want to write to."))
        return redirect(f"/manage/bookings/?{listed.in_address()}")
    data = request.POST if "kind" in request.POST or "channel" in request.POST else None
    form = WayForm(request, kinds=FIRST[Kind.GENERAL], data=data)
    return choose(
        request,
        form,
        _("To the patients of these bookings"),
        patients_of(request, rows),
        many=rows.count(),
        ticked=ticked,
        action=f"?{listed.in_address()}",
    )


def ids_in(typed: list[str]) -> list[uuid.UUID]:
    found = []
    for each in typed[:MOST_TICKED]:
        try:
            found.append(uuid.UUID(each))
        except ValueError:
            continue
    return found


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True)
def to_booking(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """One booking's patient."""
    found = booking_of(request, public_id)
    rows = made_bookings(request.organisation, request.clinic_ids).filter(pk=found.pk)
    form = WayForm(request, kinds=FIRST[Kind.GENERAL], data=request.POST or None)
    line = line_of(found, request.LANGUAGE_CODE or "en")
    return choose(request, form, _("To one patient"), patients_of(request, rows), line=line)


def patients_of(request: ConsoleRequest, rows: QuerySet[Booking]) -> Candidates:
    return lambda channel: candidates_of(request.organisation, channel, rows)


def choose(
    request: ConsoleRequest, form: WayForm, title: str, candidates: Candidates, **more: Any
) -> HttpResponse:
    """Asks which kind and by which way, and goes on to the words."""
    context = {"form": form, "title": title, "most": MOST_RECIPIENTS, **more}
    if not form.is_bound:
        return show(request, "manage/by_hand_to.html", context)
    if not form.is_valid():
        return show(request, "manage/by_hand_to.html", context, status=422)
    try:
        found = candidates(form.cleaned_data["channel"])
    except TooManyRecipients:
        return show(request, "manage/by_hand_to.html", {**context, "is_too_many": True}, status=422)
    mailing = begin_mailing(
        organisation=request.organisation,
        kind=form.cleaned_data["kind"],
        channel=form.cleaned_data["channel"],
        candidates=found,
        member=request.user,
    )
    return redirect("console_send:words" if mailing.many else "console_send:confirm", mailing.public_id)
