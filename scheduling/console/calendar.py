"""The console's calendar: a week with a column for each day, or a day with one for each practitioner.

Days and times are by the clocks of the clinics. On a phone it is a list by day, of the same elements.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import Clinic, Practitioner
from clinics.roles import Role
from scheduling.console.filters import FIRST_DAY, LAST_DAY, DayField, row_field
from scheduling.console.lines import clock_span, look_of, patient_name, state_words
from scheduling.dates import long_day
from scheduling.desk_lists import Filter, filtered_bookings, in_bulk
from scheduling.models import Booking
from scheduling.models.booking import OCCUPYING_STATES
from scheduling.views.moving import week_name
from scheduling.weeks import midnight, monday_of
from scheduling.words import day_names

ROW_MINUTES = 15
MOST_BLOCKS = 300
LONGEST_BLOCK = 32
USUAL_HOURS = (8, 16)


class CalendarForm(forms.Form):
    """Which days, and whose."""

    view = forms.ChoiceField(
        label=gettext_lazy("View"),
        choices=[("week", gettext_lazy("Week")), ("day", gettext_lazy("Day"))],
        required=False,
    )
    on = DayField(label=gettext_lazy("Go to date"))
    clinic = row_field(Clinic, label=gettext_lazy("Clinic"))
    practitioner = row_field(Practitioner, label=gettext_lazy("Practitioner"))

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
    """A booking where it stands in its column: in rows of a quarter of an hour.

    All in words already: a week has hundreds of them, and a template asks slowly.
    """

    address: str
    clock: str
    patient: str
    what: str
    state: str
    style: str


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
    found = blocks_wanted(request, form)
    rows = found[:MOST_BLOCKS]
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
        "is_cut": len(found) > MOST_BLOCKS,
        "is_empty": not rows,
        "previous": form.address(form.first - form.length),
        "following": form.address(form.first + form.length),
        "now": form.address(today),
        "other_view": form.address(form.day, view="day" if form.is_week else "week"),
    }
    return show(request, "manage/calendar.html", context)


def blocks_wanted(request: ConsoleRequest, form: CalendarForm) -> list[Booking]:
    """By time, and one more than are shown where there are more."""
    zones = time_zones(request)
    first, following = form.first, form.first + form.length
    wanted = Filter(
        clinic=form.cleaned_data.get("clinic"),
        practitioner=form.cleaned_data.get("practitioner"),
        begin=min(midnight(first, zone) for zone in zones),
        end=max(midnight(following, zone) for zone in zones),
    )
    found = filtered_bookings(
        organisation=request.organisation, clinic_ids=request.clinic_ids, wanted=wanted
    ).filter(state__in=OCCUPYING_STATES)
    if len(zones) > 1:
        found = found.filter(reduce(or_, [on_days(first, following, zone) for zone in zones]))
    return list(in_bulk(found)[: MOST_BLOCKS + 1])


def time_zones(request: ConsoleRequest) -> list[ZoneInfo]:
    """The clocks of the organisation's clinics; nearly always there is one."""
    clinics = Clinic.objects.filter(organisation=request.organisation).order_by()
    names = set(clinics.values_list("time_zone", flat=True).distinct())
    return [ZoneInfo(name) for name in sorted(names | {request.organisation.time_zone})]


def on_days(first: date, following: date, zone: ZoneInfo) -> Q:
    """What begins from the first day to before the following one, at clinics with that clock."""
    return Q(
        clinic__time_zone=zone.key,
        during__startswith__gte=midnight(first, zone),
        during__startswith__lt=midnight(following, zone),
    )


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
    zone = ZoneInfo(row.clinic.time_zone)
    local = row.starts_at.astimezone(zone)
    place = 1 + ((local.hour - first_hour) * 60 + local.minute) // ROW_MINUTES
    length = min(max(1, -(-row.minutes // ROW_MINUTES)), LONGEST_BLOCK)
    return Block(
        address=reverse("console_bookings:booking", args=[row.public_id]),
        clock=clock_span(row, zone, language),
        patient=patient_name(row),
        what=f"{row.what}, {row.practitioner.name}",
        state=state_words(row),
        style=f"at-{place} long-{length} state-{look_of(row)}",
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
