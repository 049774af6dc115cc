"""The console's numbers and plots: what was booked when, for what, with whom, and where patients leave."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.plots import Figure, Lanes, Plot, bars, lanes
from clinics.roles import Role
from scheduling.dates import long_day
from scheduling.statistics import Period, Shares, Statistics, statistics
from scheduling.weeks import monday_of

USUAL_DAYS = 30
MOST_DAYS = 366
EARLIEST = date(2020, 1, 1)
PRESETS = (7, 30, 90, 365)
MOST_BARS = 100
"""More days than so many are shown by week: nobody can tell their bars apart."""


class PeriodForm(forms.Form):
    """Which days the numbers are about; without an answer the last thirty."""

    first = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    last = forms.DateField(
        label=gettext_lazy("To"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), required=False
    )

    def period(self, today: date) -> Period:
        """What was asked for, brought into order and to a year at most; what was not asked for is usual."""
        asked = self.cleaned_data if self.is_valid() else {}
        last = self.known(asked.get("last") or today, today)
        first = self.known(asked.get("first") or last - timedelta(days=USUAL_DAYS - 1), today)
        first, last = min(first, last), max(first, last)
        return Period(max(first, last - timedelta(days=MOST_DAYS - 1)), last)

    @staticmethod
    def known(day: date, today: date) -> date:
        """A day of which there may be numbers: not before there were any, and not after today."""
        return min(max(day, EARLIEST), today)


@allowed("GET")
@console_page(role=Role.VIEWER)
def statistics_page(request: ConsoleRequest) -> HttpResponse:
    """The numbers of a stretch of days, as plots and as tables."""
    organisation = request.organisation
    today = timezone.now().astimezone(ZoneInfo(organisation.time_zone)).date()
    period = PeriodForm(request.GET).period(today)
    found = statistics(organisation=organisation, period=period)
    language = request.LANGUAGE_CODE or "en"
    context = {
        "form": PeriodForm(label_suffix="", initial={"first": period.first, "last": period.last}),
        "presets": presets(today, period),
        "period_words": f"{long_day(period.first, language)} – {long_day(period.last, language)}",
        "shares": shares_of(found.shares),
        "plots": plots_of(found, language),
        "lanes": lanes_of(found),
        "way": way_of(found),
    }
    return show(request, "manage/statistics.html", context)


def presets(today: date, period: Period) -> list[tuple[int, str, bool]]:
    """Days, the query that asks for them, and whether these are they."""
    found = []
    for days in PRESETS:
        first = today - timedelta(days=days - 1)
        found.append((days, f"?first={first}&last={today}", period == Period(first, today)))
    return found


def shares_of(shares: Shares) -> list[tuple[str, int, str]]:
    """A name, a number, and its share of all where it has one."""
    parts = [
        (_("Moved"), shares.moved),
        (_("Cancelled"), shares.cancelled),
        (_("Refused by the clinic"), shares.refused),
        (_("Did not arrive"), shares.no_show),
    ]
    return [
        (_("Booked"), shares.booked, ""),
        *((name, number, f"{shares.percent(number)} %") for name, number in parts),
    ]


def plots_of(found: Statistics, language: str) -> list[Plot]:
    by_week = len(found.by_day) > MOST_BARS
    days = [
        Figure(long_day(day, language), (standing, cancelled), f"{day.day}.{day.month}.")
        for day, standing, cancelled in (weeks_of(found.by_day) if by_week else found.by_day)
    ]
    hours = [Figure(f"{hour}–{hour + 1}", (many,), str(hour)) for hour, many in found.by_hour]
    leads = [Figure(name, (many,)) for name, many in zip(lead_names(), found.by_lead, strict=True)]
    booked = _("Bookings")
    title = _("Booked in each week, by its first day") if by_week else _("Booked on each day")
    return [
        bars(key="days", title=title, series=[_("Stand"), _("Cancelled")], figures=days),
        bars(key="hours", title=_("Hours at which appointments begin"), series=[booked], figures=hours),
        bars(key="lead", title=_("Days from booking to appointment"), series=[booked], figures=leads),
    ]


def weeks_of(days: list[tuple[date, int, int]]) -> list[tuple[date, int, int]]:
    """The same numbers by week, each by the first of its days that was asked for."""
    weeks: dict[date, tuple[date, int, int]] = {}
    for day, standing, cancelled in days:
        first, stood, gone = weeks.get(monday_of(day), (day, 0, 0))
        weeks[monday_of(day)] = first, stood + standing, gone + cancelled
    return list(weeks.values())


def lead_names() -> list[str]:
    return [_("Same day"), "1–2", "3–7", "8–14", "15–30", _("Over 30")]


def lanes_of(found: Statistics) -> list[Lanes]:
    return [
        lanes(
            key="treatments",
            title=_("Treatments"),
            unit=_("Bookings"),
            figures=[Figure(name, (many,)) for name, many in found.by_treatment],
        ),
        lanes(
            key="practitioners",
            title=_("Practitioners"),
            unit=_("Bookings"),
            figures=[Figure(name, (many,)) for name, many in found.by_practitioner],
        ),
    ]


def way_of(found: Statistics) -> Lanes:
    """How far patients come, from the pages they see to what they book."""
    names = {
        "clinic": _("Saw the clinics"),
        "treatment": _("Saw the treatments"),
        "practitioner": _("Saw the practitioners"),
        "time": _("Saw the times"),
        "held": _("Chose a time"),
        "details": _("Gave their details"),
        "booked": _("Booked"),
    }
    figures = [Figure(names[step], (many,)) for step, many in found.way]
    return lanes(key="way", title=_("How far patients come"), unit=_("Times"), figures=figures)
