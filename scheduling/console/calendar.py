"""The console's calendar: a week with a column for each day, or a day with one for each practitioner.

Days and times are by the clocks of the clinics. On a phone it is a list by day, of the same elements.
"""

from collections.abc import Iterable
from dataclasses import dataclass
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
from clinics.models import Clinic, Practitioner
from clinics.roles import Role
from scheduling.console.bookings import FIRST_DAY, LAST_DAY, DayField
from scheduling.console.lines import Line, line_of
from scheduling.dates import long_day
from scheduling.desk_lists import Filter, filtered_bookings
from scheduling.models import Booking
from scheduling.models.booking import OCCUPYING_STATES
from scheduling.views.moving import week_name
from scheduling.weeks import midnight, monday_of
from scheduling.words import day_names

ROW_MINUTES = 15
MOST_BLOCKS = 300
USUAL_HOURS = (8, 16)
SLACK = timedelta(hours=14)
"""No clinic's clock is further from its organisation's, within Europe by far."""


class CalendarForm(forms.Form):
    """Which days, and whose."""

    view = forms.ChoiceField(
        label=gettext_lazy("View"),
        choices=[("week", gettext_lazy("Week")), ("day", gettext_lazy("Day"))],
        required=False,
    )
    on = DayField(label=gettext_lazy("Go to date"))
    clinic = forms.ModelChoiceField(
        label=gettext_lazy("Clinic"),
        queryset=Clinic.across.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("All"),
    )
    practitioner = forms.ModelChoiceField(
        label=gettext_lazy("Practitioner"),
        queryset=Practitioner.across.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("All"),
    )

    def __init__(self, request: ConsoleRequest, today: date) -> None:
        asked = request.GET.copy()
        asked.setdefault("view", "week")
        asked.setdefault("on", today.isoformat())
        super().__init__(asked, label_suffix="")
        self.asked = asked
        clinics = Clinic.objects.filter(organisation=request.organisation, retired_at=None)
        if request.clinic_ids is not None:
            clinics = clinics.filter(pk__in=request.clinic_ids)
        self.fields["clinic"].queryset = clinics.order_by("name", "pk")  # type: ignore[attr-defined]
        practitioners = Practitioner.objects.filter(organisation=request.organisation, retired_at=None)
        self.fields["practitioner"].queryset = practitioners.order_by("name", "pk")  # type: ignore[attr-defined]
        self.is_valid()
        self.is_week = self.cleaned_data.get("view") != "day"
        self.day: date = self.cleaned_data.get("on") or today

    @property
    def first(self) -> date:
        return max(monday_of(self.day), FIRST_DAY) if self.is_week else self.day

    @property
    def length(self) -> timedelta:
        return timedelta(days=7 if self.is_week else 1)

    def address(self, day: date, *, view: str = "") -> str:
        """The query that shows another day in the same way."""
        asked = self.asked.copy()
        asked["on"] = min(max(day, FIRST_DAY), LAST_DAY).isoformat()
        if view:
            asked["view"] = view
        for name in [name for name in asked if name not in self.cleaned_data and name != "on"]:
            del asked[name]
        return f"?{asked.urlencode()}"


@dataclass(frozen=True, slots=True)
class Block:
    """A booking where it stands in its column: in rows of a quarter of an hour."""

    line: Line
    row: int
    rows: int


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    spoken: str
    is_today: bool
    blocks: list[Block]


@allowed("GET")
@console_page(role=Role.VIEWER, for_limited=True)
def calendar(request: ConsoleRequest) -> HttpResponse:
    """The bookings of a week or a day that take up time."""
    zone = ZoneInfo(request.organisation.time_zone)
    today = timezone.now().astimezone(zone).date()
    form = CalendarForm(request, today)
    rows = blocks_wanted(request, form, zone)
    language = request.LANGUAGE_CODE or "en"
    first_hour, last_hour = hours_of(rows)
    columns = (
        by_day(rows, form.first, today, language, first_hour)
        if form.is_week
        else by_practitioner(rows, language, first_hour)
    )
    context = {
        "form": form,
        "title": week_name(form.first, language) if form.is_week else long_day(form.day, language),
        "columns": columns,
        "hours": [
            (hour, 1 + (hour - first_hour) * 60 // ROW_MINUTES) for hour in range(first_hour, last_hour)
        ],
        "is_cut": len(rows) == MOST_BLOCKS,
        "is_empty": not rows,
        "previous": form.address(form.first - form.length),
        "following": form.address(form.first + form.length),
        "now": form.address(today),
        "other_view": form.address(form.day, view="day" if form.is_week else "week"),
    }
    return show(request, "manage/calendar.html", context)


def blocks_wanted(request: ConsoleRequest, form: CalendarForm, zone: ZoneInfo) -> list[Booking]:
    """By time. A clinic's day may begin earlier or end later than the organisation's."""
    wanted = Filter(
        clinic=form.cleaned_data.get("clinic"),
        practitioner=form.cleaned_data.get("practitioner"),
        begin=midnight(form.first, zone) - SLACK,
        end=midnight(form.first + form.length, zone) + SLACK,
    )
    found = filtered_bookings(
        organisation=request.organisation, clinic_ids=request.clinic_ids, wanted=wanted
    ).filter(state__in=OCCUPYING_STATES)
    days = {form.first + timedelta(days=n) for n in range(form.length.days)}
    return [row for row in found[:MOST_BLOCKS] if day_of(row) in days]


def day_of(row: Booking) -> date:
    return row.starts_at.astimezone(ZoneInfo(row.clinic.time_zone)).date()


def hours_of(rows: Iterable[Booking]) -> tuple[int, int]:
    """The hours that the calendar shows, from the first to before the last."""
    first, last = USUAL_HOURS
    for row in rows:
        zone = ZoneInfo(row.clinic.time_zone)
        begins, ends = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
        first = min(first, begins.hour)
        last = 24 if ends.date() > begins.date() else max(last, ends.hour + (ends.minute > 0))
    return first, last


def block_of(row: Booking, language: str, first_hour: int) -> Block:
    local = row.starts_at.astimezone(ZoneInfo(row.clinic.time_zone))
    place = (local.hour - first_hour) * 60 + local.minute
    return Block(
        line=line_of(row, language),
        row=1 + place // ROW_MINUTES,
        rows=min(max(1, -(-row.minutes // ROW_MINUTES)), 32),
    )


def by_day(rows: list[Booking], monday: date, today: date, language: str, first_hour: int) -> list[Column]:
    """Weekends only where anything is booked on them."""
    found: dict[date, list[Booking]] = {monday + timedelta(days=n): [] for n in range(5)}
    for row in rows:
        found.setdefault(day_of(row), []).append(row)
    return [
        Column(
            *day_names(day, language),
            day == today,
            [block_of(row, language, first_hour) for row in found[day]],
        )
        for day in sorted(found)
    ]


def by_practitioner(rows: list[Booking], language: str, first_hour: int) -> list[Column]:
    found: dict[tuple[str, int], list[Booking]] = {}
    for row in rows:
        found.setdefault((row.practitioner.name, row.practitioner_id), []).append(row)
    if not found:
        return [Column(_("Nobody"), _("Nobody"), False, [])]
    return [
        Column(name, name, False, [block_of(row, language, first_hour) for row in found[name, pk]])
        for name, pk in sorted(found)
    ]
