"""The console's first page: what wants a hand, who comes today and tomorrow, and how the week goes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import Organisation
from clinics.roles import Role
from notifications.models import Message
from notifications.models import State as MessageState
from scheduling.console.lines import Line, line_of, matters_of
from scheduling.console.undecided import count_undecided
from scheduling.dates import day_and_clock, long_day
from scheduling.desk_lists import ClinicIds, Filter, filtered_bookings, made_bookings, urgent_events
from scheduling.events import link_of
from scheduling.models import AgentLink, Booking
from scheduling.models.booking import OCCUPYING_STATES
from scheduling.weeks import midnight, monday_of

MOST_LISTED = 50
MOST_REFUSED = 5
HEARD_LATELY = timedelta(minutes=5)
FAILED_LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Day:
    """A day's appointments that stand."""

    title: str
    day: str
    lines: list[Line]
    more: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A number of this week so far, and of the last one by the same hour."""

    name: str
    now: int
    before: int


@allowed("GET")
@console_page(role=Role.VIEWER, for_limited=True)
def overview(request: ConsoleRequest) -> HttpResponse:
    """Whether anything needs somebody, then the appointments of two days, then numbers."""
    organisation = request.organisation
    language = request.LANGUAGE_CODE or "en"
    urgent = urgent_events(organisation=organisation, clinic_ids=request.clinic_ids)
    is_whole = request.clinic_ids is None
    is_heard, agent_words = agent_line(organisation, link_of(organisation), language)
    context = {
        "is_heard": is_heard,
        "agent_words": agent_words,
        "urgent": urgent,
        "refused": matters_of(request, urgent.refused[:MOST_REFUSED]),
        "failed_messages": failed_messages(organisation) if is_whole else 0,
        "undecided": count_undecided(organisation) if is_whole else 0,
        "days": two_days(request, language),
        "numbers": weeks_compared(organisation, request.clinic_ids),
        "is_whole": is_whole,
        "may_change": request.membership.reaches(Role.EDITOR),
    }
    return show(request, "manage/overview.html", context)


def agent_line(organisation: Organisation, link: AgentLink | None, language: str) -> tuple[bool, str]:
    """Whether the agent is in contact, and that in a sentence."""
    heard = max((at for at in (link and link.last_seen_at, link and link.last_push_at) if at), default=None)
    if heard is None:
        return False, _("The agent has never been heard.")
    if heard > timezone.now() - HEARD_LATELY:
        return True, _("The agent is in contact.")
    when = day_and_clock(heard, ZoneInfo(organisation.time_zone), language)
    return False, _("The agent has been silent since %(when)s.") % {"when": when}


def failed_messages(organisation: Organisation) -> int:
    """How many could not be sent in the last days."""
    return Message.objects.filter(
        organisation=organisation,
        state=MessageState.FAILED,
        created_at__gt=timezone.now() - FAILED_LATELY,
    ).count()


def two_days(request: ConsoleRequest, language: str) -> list[Day]:
    """Today and tomorrow by the organisation's clock."""
    zone = ZoneInfo(request.organisation.time_zone)
    today = timezone.now().astimezone(zone).date()
    titles = {today: _("Today"), today + timedelta(days=1): _("Tomorrow")}
    return [day_of(request, title, day, zone, language) for day, title in titles.items()]


def day_of(request: ConsoleRequest, title: str, day: date, zone: ZoneInfo, language: str) -> Day:
    wanted = Filter(begin=midnight(day, zone), end=midnight(day + timedelta(days=1), zone))
    rows = filtered_bookings(
        organisation=request.organisation, clinic_ids=request.clinic_ids, wanted=wanted
    ).filter(state__in=OCCUPYING_STATES)
    many = rows.count()
    lines = [line_of(row, language) for row in rows[:MOST_LISTED]]
    return Day(title, long_day(day, language), lines, many - len(lines))


def weeks_compared(organisation: Organisation, clinic_ids: ClinicIds) -> list[Compared]:
    """What was booked this week until now, and last week until the same moment of it."""
    zone = ZoneInfo(organisation.time_zone)
    now = timezone.now()
    this_monday = monday_of(now.astimezone(zone).date())
    begin, earlier = midnight(this_monday, zone), midnight(this_monday - timedelta(days=7), zone)
    this, last = (
        numbers_between(organisation, clinic_ids, since, until)
        for since, until in ((begin, now), (earlier, earlier + (now - begin)))
    )
    names = {
        "booked": _("Booked online"),
        "cancelled": _("Of these cancelled"),
        "refused": _("Of these refused by the clinic"),
    }
    return [Compared(name, this[key], last[key]) for key, name in names.items()]


def numbers_between(
    organisation: Organisation, clinic_ids: ClinicIds, since: datetime, until: datetime
) -> dict[str, int]:
    made = made_bookings(organisation, clinic_ids).filter(booked_at__gte=since, booked_at__lt=until)
    counted: dict[str, int] = made.order_by().aggregate(
        booked=Count("pk"),
        cancelled=Count("pk", filter=Q(state=Booking.State.CANCELLED)),
        refused=Count("pk", filter=Q(state=Booking.State.REFUSED)),
    )
    return counted
