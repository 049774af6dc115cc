"""How sending goes: what left, what waits, what went wrong last, and a button that stops it."""

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import number_format, time_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import Organisation
from clinics.plots import Figure, Plot, bars
from clinics.roles import Role
from notifications.allowance import UNIT
from notifications.models import Delivery, RouteState, State
from notifications.quiet_hours import quiet_of
from notifications.sending_numbers import (
    Numbers,
    by_day,
    is_stopped,
    last_sent,
    last_trouble,
    money_of,
    numbers_of,
    pause,
    routes_of,
)
from scheduling.console.message_lines import CHANNELS
from scheduling.dates import day_and_clock, long_day, weekday_name
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
        "quiet": quiet_words(organisation, language),
        "plot": plot_of(organisation, today, zone, language),
        **(money_shown(organisation, zone, language) if request.clinic_ids is None else {}),
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


def money_shown(organisation: Organisation, zone: ZoneInfo, language: str) -> dict[str, object]:
    """What SMS cost by our estimate, against what they may: in numbers and by day."""
    today = timezone.now().date()
    days = [today - timedelta(days=number) for number in reversed(range(DAYS))]
    money = money_of(organisation=organisation, since=days[0], today=today)
    share = round(100 * money.month / money.cap) if money.cap else 100
    pause = money.codes_pause_until
    return {
        "money": [
            (_("Cost of SMS today"), in_money(money.by_day.get(today, 0)), ""),
            (
                _("Cost of SMS this month"),
                in_money(money.month),
                _("of %(cap)s, %(percent)s")
                % {"cap": in_money(money.cap), "percent": f"{share}\N{NO-BREAK SPACE}%"},
            ),
        ],
        "codes_pause_until": day_and_clock(pause, zone, language) if pause else "",
        "money_plot": bars(
            key="money",
            title=_("Cost of SMS by day"),
            series=[_("Cost")],
            figures=[
                Figure(long_day(day, language), (cents(money.by_day.get(day, 0)),), f"{day.day}.{day.month}.")
                for day in days
            ],
            words=lambda value: in_money(value * UNIT // 100),
        ),
    }


def in_money(amount: int) -> str:
    """Of ten-thousandths, with two decimals in the reader's way."""
    return number_format(cents(amount) / 100, decimal_pos=2, force_grouping=True)


def cents(amount: int) -> int:
    return round(100 * amount / UNIT)


def quiet_words(organisation: Organisation, language: str) -> str:
    """When nothing goes that nobody waits for, by the clinics' clocks."""
    quiet = quiet_of(organisation)
    days = [weekday_name(day, language) for day in sorted(quiet.weekdays)]
    if quiet.begins != quiet.ends:
        begins, ends = (time_format(each, "TIME_FORMAT") for each in (quiet.begins, quiet.ends))
        days.insert(0, f"{begins}–{ends}")
    return ", ".join(days) or _("None")


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
