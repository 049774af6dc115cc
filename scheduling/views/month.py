"""A month at a glance: which days have times, which are full, closed or past, and the way into each week."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from clinics.kept_pages import kept_page
from clinics.measuring import measured
from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.dates import written
from scheduling.horizon import Horizon
from scheduling.menu import menu_of
from scheduling.steps import TIME, choices_in
from scheduling.views.book import Way
from scheduling.views.phones import phones_for
from scheduling.views.portal_closed import while_open
from scheduling.views.summary import panel_of
from scheduling.views.wishes import Wish
from scheduling.weeks import monday_of
from scheduling.words import spoken_day

_MONTH = {"fi": "F Y", "sv": "F Y", "nb": "F Y", "en": "F Y"}
_WEEKDAY = {"fi": "D", "sv": "D", "nb": "D", "en": "D"}
_LONG_WEEKDAY = {"fi": "l", "sv": "l", "nb": "l", "en": "l"}


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A cell of the calendar; outside the month it has no number."""

    number: int | None
    spoken: str = ""
    url: str = ""
    """The week with the day's times; empty where there are none."""
    state: str = ""
    word: str = ""


@allowed("GET")
@measured
@while_open
def month(request: PatientRequest) -> HttpResponse:
    """The month that the URL names, else the one that can be booked first."""
    way = Way(request, menu_of(request.organisation))
    choices, _notice, status = way.kept(choices_in(request.GET).without([TIME]))
    if status != 200:
        return HttpResponseRedirect(choices.url())
    wish = Wish.of(request, way.menu, choices)
    horizon = wish.horizon
    first = shown_month(request.GET.get("month", ""), wish, horizon)
    known = days_known(first, wish, horizon)
    made_of = (choices, first, known, horizon.first_week)
    return kept_page(
        request, "book/month.html", made_of, lambda: month_context(way, wish, first, known, horizon)
    )


def month_context(way: Way, wish: Wish, first: date, known: "Known", horizon: Horizon) -> dict[str, Any]:
    """What the template shows; follows from the page's address and from what it is made of."""
    return {
        "month_name": written(first, _MONTH, wish.language),
        "weekdays": weekdays_of(first, horizon, wish.language),
        "weeks": weeks_of(first, wish, known, horizon),
        "panel": panel_of(way.menu, wish.choices, way.order, wish.language),
        "phones": phones_for(wish.clinics),
        "week_url": wish.choices.url(change=TIME, week=max(first, horizon.first_week).isoformat()),
        **months_around(first, wish, horizon),
    }


def shown_month(asked: str, wish: Wish, horizon: Horizon) -> date:
    """The first day of the month to show, moved to where anything can be booked."""
    earliest, latest = bookable_months(wish, horizon)
    try:
        first = date.fromisoformat(f"{asked}-01")
    except ValueError:
        return earliest
    return min(max(first, earliest), latest)


def bookable_months(wish: Wish, horizon: Horizon) -> tuple[date, date]:
    first, last = (
        moment.astimezone(wish.zone).date().replace(day=1) for moment in (horizon.earliest, horizon.latest)
    )
    return first, last


def next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def months_around(first: date, wish: Wish, horizon: Horizon) -> dict[str, str]:
    earliest, latest = bookable_months(wish, horizon)
    before, after = (first - timedelta(days=1)).replace(day=1), next_month(first)
    return {
        "previous_url": month_url(wish, before) if before >= earliest else "",
        "next_url": month_url(wish, after) if after <= latest else "",
    }


def month_url(wish: Wish, first: date) -> str:
    return wish.choices.url(page="/book/month/", month=f"{first:%Y-%m}")


def weekdays_of(first: date, horizon: Horizon, language: str) -> tuple[tuple[str, str], ...]:
    """Short and long names of the columns."""
    monday = monday_of(first)
    days = [monday + timedelta(days=number) for number in range(columns_of(horizon))]
    return tuple((written(day, _WEEKDAY, language), written(day, _LONG_WEEKDAY, language)) for day in days)


def columns_of(horizon: Horizon) -> int:
    return 7 if horizon.weekends else 5


def rows_of(first: date, horizon: Horizon) -> list[list[date]]:
    """The calendar's rows, with the days of other months that stand in them."""
    monday, end = monday_of(first), next_month(first)
    rows = []
    while monday < end:
        rows.append([monday + timedelta(days=number) for number in range(columns_of(horizon))])
        monday += timedelta(days=7)
    return rows


def days_known(first: date, wish: Wish, horizon: Horizon) -> "Known":
    """Two queries, however many practitioners there are and however far one may book."""
    end = next_month(first)
    free = wish.free_days(monday_of(first), monday_of(end - timedelta(days=1)))
    today = timezone.now().astimezone(wish.zone).date()
    last = horizon.latest.astimezone(wish.zone).date()
    open_days = [day for row in rows_of(first, horizon) for day in row if first <= day < end]
    full = wish.published_days([day for day in open_days if today <= day <= last and day not in free])
    return Known(frozenset(free), frozenset(full), today, last)


def weeks_of(first: date, wish: Wish, known: "Known", horizon: Horizon) -> list[list[MonthDay]]:
    """The calendar's rows, without those that have no day of the month."""
    rows = [
        [cell_of(day, wish, known) if day.month == first.month else MonthDay(None) for day in row]
        for row in rows_of(first, horizon)
    ]
    return [row for row in rows if any(cell.number for cell in row)]


def cell_of(day: date, wish: Wish, known: "Known") -> MonthDay:
    spoken = spoken_day(day, wish.language)
    if day in known.free:
        url = wish.choices.url(change=TIME, week=day.isoformat())
        return MonthDay(day.day, spoken, url, "free", _("Free times"))
    state, word = known.lack(day)
    return MonthDay(day.day, spoken, "", state, word)


@dataclass(frozen=True, slots=True)
class Known:
    """What the days of a month are."""

    free: frozenset[date]
    full: frozenset[date]
    today: date
    last: date

    def lack(self, day: date) -> tuple[str, str]:
        if day < self.today:
            return "past", _("Past")
        if day > self.last:
            return "later", _("Not open yet")
        return ("full", _("Full")) if day in self.full else ("closed", _("Closed"))
