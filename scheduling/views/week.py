"""The time step: one week of free times, and always a way on to the next.

This is the page that is asked for most: it costs two queries beside the organisation's own, and its
buttons are put together here, since the template engine would take longer over them than all the rest.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clinics.kept_pages import kept_page
from clinics.tenancy import PatientRequest
from scheduling.forms import instant_of, stamp_of
from scheduling.free_times import WeekOfTimes
from scheduling.horizon import Horizon
from scheduling.menu import Menu
from scheduling.steps import Choices
from scheduling.views.layouts import layout_of
from scheduling.views.phones import phones_for
from scheduling.views.summary import panel_of
from scheduling.views.wishes import TimesAnywhere, Wish
from scheduling.weeks import monday_of
from scheduling.words import at, day_names, quick_clock, soon

A_WEEK = timedelta(days=7)
NEAREST = 3
LARGE = 20_000
"""Bytes of a page from which on it is compressed."""


@dataclass(frozen=True, slots=True)
class Above:
    """What stands above the question or the times."""

    notice: str = ""
    welcome: tuple[str, str] | None = None
    """Heading and text of the organisation's own."""
    is_front: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """A week to show, and what to say about it."""

    monday: date
    found: WeekOfTimes | TimesAnywhere
    is_first: bool
    """Nothing is free before it."""
    notice: str = ""

    @property
    def has_times(self) -> bool:
        return self.found.has_times

    @property
    def times(self) -> tuple[datetime, ...]:
        return self.found.times

    @property
    def published_days(self) -> frozenset[int]:
        return self.found.published_days


@dataclass(frozen=True, slots=True)
class Day:
    """A column of the week."""

    name: str
    spoken: str
    is_today: bool
    buttons: SafeString
    """Empty where nothing is free."""
    lack: str
    """Why nothing is free: past, full or closed."""


def show_week(
    request: PatientRequest, menu: Menu, choices: Choices, *, above: Above, status: int
) -> HttpResponse:
    """The page with the week that the URL names, else with the first that has a free time."""
    wish = Wish.of(request, menu, choices)
    horizon = wish.horizon
    week = find_week(wish, horizon, request.GET.get("week"))
    today = timezone.now().astimezone(wish.zone).date()
    last = horizon.latest.astimezone(wish.zone).date()
    jump = None if week.has_times else way_out(wish, horizon, week)
    made_of = (choices, above, week, today, horizon.first_week, last, jump, layout_of(request))
    response = kept_page(
        request,
        "book/time.html",
        made_of,
        lambda: week_context(request, menu, wish, horizon, week, above, jump),
        status=status,
    )
    return lightened(request, response)


def week_context(
    request: PatientRequest,
    menu: Menu,
    wish: Wish,
    horizon: Horizon,
    week: Week,
    above: Above,
    jump: "Jump | None",
) -> dict[str, Any]:
    """What the template shows; follows from the page's address and from what it is made of."""
    choices, order = wish.choices, request.organisation.settings.step_order
    return {
        "week_name": week_name(week.monday, wish.language),
        "days": days_of(wish, horizon, week),
        "has_times": week.has_times,
        "notices": [text for text in (above.notice, week.notice, refusal_notice(request)) if text],
        "welcome": above.welcome,
        "is_front": above.is_front,
        "panel": panel_of(menu, choices, order, wish.language),
        "phones": phones_for(wish.clinics),
        "chosen": choices.fields(),
        "layout": layout_of(request),
        "month_url": choices.url(page="/book/month/", month=f"{week.monday:%Y-%m}"),
        "jump": jump,
        **nearest_or_first(request, wish, week),
        **ways_on(wish, horizon, week),
    }


def lightened(request: PatientRequest, response: HttpResponse) -> HttpResponse:
    """Compressed where it is so large that a phone would notice; smaller pages are not worth the time."""
    if len(response.content) >= LARGE:
        GZipMiddleware(lambda _: response).process_response(request, response)
    return response


def find_week(wish: Wish, horizon: Horizon, asked: str | None) -> Week:
    """The week that was asked for, moved to where times can be had; unasked, the first with any."""
    if not asked:
        return first_week(wish, horizon, "")
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return first_week(
            wish, horizon, _("That is not a date we understand. Here are the first free times.")
        )
    if not date(2000, 1, 1) < day < date(9000, 1, 1):
        return first_week(
            wish, horizon, _("That is not a date we understand. Here are the first free times.")
        )
    monday = monday_of(day)
    notice = ""
    if monday < horizon.first_week:
        monday, notice = horizon.first_week, _("That week has passed. Here is the first that can be booked.")
    if monday > horizon.last_week:
        monday, notice = (
            horizon.last_week,
            _("Times that far ahead cannot be booked yet. Here is the last week."),
        )
    return Week(monday, wish.week(monday), monday == horizon.first_week, notice)


def first_week(wish: Wish, horizon: Horizon, notice: str) -> Week:
    monday = horizon.first_week
    found = wish.week(monday)
    if not found.has_times and (later := wish.next_week(monday)):
        monday = later
        found = wish.week(monday)
    return Week(monday, found, True, notice)


def week_name(monday: date, language: str) -> str:
    """``Week 48, 23 Nov – 29 Nov`` with the year where it is not this one."""
    sunday = monday + timedelta(days=6)
    span = f"{day_and_month(monday, language)} – {day_and_month(sunday, language)}"
    if sunday.year != timezone.now().year:
        span = f"{span} {sunday.year}"
    return _("Week %(number)d, %(span)s") % {"number": monday.isocalendar().week, "span": span}


def day_and_month(day: date, language: str) -> str:
    return day_names(day, language)[0].partition(" ")[2]


def days_of(wish: Wish, horizon: Horizon, week: Week) -> list[Day]:
    """Monday to Friday, and the weekend where it can be booked."""
    today = timezone.now().astimezone(wish.zone).date()
    by_day: dict[date, list[datetime]] = {}
    for time in week.times:
        by_day.setdefault(time.date(), []).append(time)
    who = f", {wish.practitioner.name}" if wish.practitioner else ""
    days = []
    for number in range(7 if horizon.weekends else 5):
        day = week.monday + timedelta(days=number)
        name, spoken = day_names(day, wish.language)
        buttons = buttons_of(by_day.get(day, []), spoken, who, wish.language)
        lack = "" if buttons else lack_of(day, today, is_published=number in week.published_days)
        days.append(Day(name, spoken, day == today, buttons, lack))
    return days


def lack_of(day: date, today: date, *, is_published: bool) -> str:
    """Why a day has no times, in a word."""
    if day < today:
        return _("Past")
    return _("Full") if is_published else _("Closed")


def buttons_of(times: list[datetime], day: str, who: str, language: str) -> SafeString:
    """A button for each time of a day, whose accessible name says the day, the time and who."""
    day, who = escape(day), escape(who)
    buttons = []
    for time in times:
        clock = quick_clock(time, language)
        buttons.append(
            f'<li><button name="at" value="{stamp_of(time)}" aria-label="{at(day, clock, language)}{who}">'
            f"{clock}</button></li>"
        )
    return mark_safe("".join(buttons))  # noqa: S308 - made of digits and of words escaped above


def nearest_or_first(request: PatientRequest, wish: Wish, week: Week) -> dict[str, Hashable]:
    """Times worth pointing at: those nearest to one that was just lost, else the first free one."""
    lost = instant_of(request.GET.get("taken", ""))
    if lost:
        nearest = sorted(week.times, key=lambda time: abs(time - lost))[:NEAREST]
        return {"nearest": tuple(pointed(wish, time) for time in sorted(nearest))}
    if week.is_first and week.times:
        return {"first_free": pointed(wish, week.times[0])}
    return {}


def pointed(wish: Wish, time: datetime) -> tuple[str, str]:
    """A time as a button has it: its stamp and its words."""
    return stamp_of(time), soon(time, wish.zone, wish.language)


def refusal_notice(request: PatientRequest) -> str:
    """Why the time that was chosen a moment ago could not be held."""
    if request.GET.get("held") == "many":
        return _("You already hold several times. Book one of them, or wait until they are free again.")
    if instant_of(request.GET.get("taken", "")):
        return _("That time has just been taken. The times below are still free.")
    return ""


def ways_on(wish: Wish, horizon: Horizon, week: Week) -> dict[str, Hashable]:
    """Links to the weeks around, and from an empty week to one that is not."""
    before, after = week.monday - A_WEEK, week.monday + A_WEEK
    ways: dict[str, Hashable] = {
        "previous_url": wish.week_url(before) if before >= horizon.first_week else "",
        "next_url": wish.week_url(after) if after <= horizon.last_week else "",
        "monday": week.monday.isoformat(),
        "first_day": horizon.first_week.isoformat(),
        "last_day": horizon.latest.astimezone(wish.zone).date().isoformat(),
    }
    return ways


@dataclass(frozen=True, slots=True)
class Jump:
    """The way from an empty week to a free time."""

    url: str
    words: str
    is_later: bool


def way_out(wish: Wish, horizon: Horizon, week: Week) -> Jump | None:
    """To the nearest week with times after this one, else to the first; None: nothing is free at all."""
    later = wish.next_week(week.monday)
    found = later or (None if week.is_first else wish.next_week(horizon.first_week - A_WEEK))
    if found is None:
        return None
    there = wish.week(found)
    if not there.has_times:
        return None
    return Jump(wish.week_url(found), soon(there.times[0], wish.zone, wish.language), later is not None)
