"""How sending goes: what left, what waits, what went wrong last, and a button that stops it."""

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import Organisation
from clinics.plots import Figure, Plot, bars
from clinics.roles import Role
from notifications.models import Delivery, RouteState, State
from notifications.sending_numbers import (
    Numbers,
    by_day,
    is_stopped,
    last_sent,
    last_trouble,
    numbers_of,
    pause,
    routes_of,
)
from scheduling.console.message_lines import CHANNELS
from scheduling.dates import day_and_clock, long_day
from scheduling.weeks import midnight

DAYS = 30


@allowed("GET")
@console_page(role=Role.VIEWER, for_limited=True)
def sending_status(request: ConsoleRequest) -> HttpResponse:
    organisation, language = request.organisation, request.LANGUAGE_CODE or "en"
    zone = ZoneInfo(organisation.time_zone)
    today = timezone.now().astimezone(zone).date()
    numbers = numbers_of(
        organisation=organisation, today=midnight(today, zone), month=midnight(today.replace(day=1), zone)
    )
    sent = last_sent(organisation)
    trouble = last_trouble(organisation) if request.clinic_ids is None else None
    context = {
        "numbers": figures(numbers),
        "last_sent": day_and_clock(sent, zone, language) if sent else _("Never"),
        "trouble": trouble,
        "trouble_at": day_and_clock(trouble.at, zone, language) if trouble else "",
        "trouble_channel": CHANNELS[trouble.channel] if trouble else "",
        "routes": [
            (CHANNELS[channel], *route_words(state, zone, language))
            for channel, state in routes_of(organisation)
        ],
        "is_stopped": is_stopped(),
        "is_paused": organisation.settings.messages_paused,
        "plot": plot_of(organisation, today, zone, language),
        "may_change": request.membership.reaches(Role.EDITOR) and request.clinic_ids is None,
    }
    return show(request, "manage/sending_status.html", context)


def figures(numbers: Numbers) -> list[tuple[str, object, str]]:
    """A name, a number, and what more there is to say of it."""
    age = _("the oldest for %(time)s") % {"time": timesince(numbers.oldest)} if numbers.oldest else ""
    return [
        (_("Sent today"), numbers.today, ""),
        (_("Sent this month"), numbers.month, ""),
        (_("Waiting to leave now"), numbers.queued, age),
        (_("Planned for later"), numbers.planned, ""),
    ]


def route_words(state: RouteState | None, zone: ZoneInfo, language: str) -> tuple[bool, str]:
    """Whether messages go by it, and that in a sentence. Not what was said of others' messages."""
    if state is None:
        return True, _("Nothing has been sent this way yet.")
    if state.closed_until is not None:
        until = day_and_clock(state.closed_until, zone, language)
        return False, _("The provider does not answer. Messages wait; it is tried again from %(when)s.") % {
            "when": until
        }
    if state.failures:
        return True, _("The provider has failed of late; messages are tried again.")
    return True, _("The provider takes messages.")


def plot_of(organisation: Organisation, today: date, zone: ZoneInfo, language: str) -> Plot:
    """Messages by the day on which they were written, and what became of them."""
    first = today - timedelta(days=DAYS - 1)
    counted = by_day(organisation=organisation, since=midnight(first, zone), zone=zone)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return bars(
        key="messages",
        title=_("Messages by the day they were written"),
        series=[_("Sent"), _("Waiting"), _("Not delivered or failed"), _("Cancelled or too late")],
        figures=[
            Figure(long_day(day, language), shares(counted.get(day, Counter())), f"{day.day}.{day.month}.")
            for day in days
        ],
    )


def shares(counted: Counter[tuple[str, str]]) -> tuple[int, ...]:
    """Sent, waiting, failed, cancelled: each message is one of them."""
    found = [0, 0, 0, 0]
    for (state, delivery), many in counted.items():
        if state == State.FAILED or delivery == Delivery.UNDELIVERED:
            place = 2
        elif state in (State.CANCELLED, State.EXPIRED):
            place = 3
        else:
            place = 0 if state == State.SENT else 1
        found[place] += many
    return tuple(found)


@allowed("POST")
@console_page(role=Role.EDITOR)
def pause_or_resume(request: ConsoleRequest) -> HttpResponse:
    """Says which of the two it wants, so that two who press at once mean the same."""
    wanted = request.POST.get("paused", "")
    if wanted in ("yes", "no"):
        pause(organisation=request.organisation, is_paused=wanted == "yes")
        told = _("Messages wait now. Codes still go.") if wanted == "yes" else _("Messages go again.")
        notices.success(request, told)
    return redirect("console_messages:status")
