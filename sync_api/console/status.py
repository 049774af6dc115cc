"""The agent at a glance: its three lights, what it is and where it runs, and what it has left undone."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import Organisation
from clinics.roles import Role
from scheduling.book_changes import doubled_bookings
from scheduling.console.lines import Line, line_of, reason_words
from scheduling.events import count_waiting_events, link_of
from scheduling.models import AgentEvent, AgentLink
from scheduling.portal_state import PortalState, portal_state
from scheduling.sms_alarms import are_codes_paused
from sync_api.mismatches import coming_mismatches, enter_again
from sync_api.models import Agent, Mismatch

HEARD_LATELY = timedelta(minutes=5)
"""An agent asks at least twice a minute; this long without a word is a fault."""
MOST_REFUSALS = 20


@dataclass(frozen=True, slots=True)
class Light:
    """One of the three: whether it is green, what it is about, and what to do where it is not."""

    is_green: bool
    name: str
    words: str


@allowed("GET")
@console_page(role=Role.VIEWER)
def status(request: ConsoleRequest) -> HttpResponse:
    organisation = request.organisation
    agent = Agent.objects.filter(organisation=organisation, superseded_at=None).first()
    link = link_of(organisation)
    context = {
        "lights": [
            account_light(agent),
            connection_light(link),
            portal_light(organisation),
            *codes_light(organisation),
        ],
        "agent": agent,
        "link": link,
        "time_zone": organisation.time_zone,
        "waiting": count_waiting_events(organisation=organisation),
        "refusals": refusals(organisation),
        "doubled": doubled_lines(organisation, request.LANGUAGE_CODE or "en"),
        "may_change": request.clinic_ids is None and request.membership.reaches(Role.EDITOR),
        **lost_and_unknown(organisation),
    }
    return show(request, "manage/status.html", context)


@allowed("POST")
@console_page(role=Role.EDITOR)
def enter_lost_again(request: ConsoleRequest) -> HttpResponse:
    """Has the agent enter what the book has lost; where its time is taken, the book refuses it."""
    many = enter_again(organisation=request.organisation)
    if many:
        words = ngettext("%(many)s booking is entered again.", "%(many)s bookings are entered again.", many)
        messages.success(request, words % {"many": many})
    return redirect("console_status:status")


def lost_and_unknown(organisation: Organisation) -> dict[str, list[Mismatch]]:
    """Appointments that only one side has."""
    found = coming_mismatches(organisation=organisation)
    return {kind: [one for one in found if one.kind == kind] for kind in Mismatch.Kind.values}


def doubled_lines(organisation: Organisation, language: str) -> list[list[Line]]:
    """What stands at one time in the clinic's book: together, the one first that was put there later."""
    return [
        [line_of(each, language) for each in (doubled, *others)]
        for doubled, others in doubled_bookings(organisation=organisation)
    ]


def account_light(agent: Agent | None) -> Light:
    words = (
        _("An agent has been activated with this account’s key.")
        if agent
        else _("No agent yet. Install it on the clinic’s server and activate it with the account key.")
    )
    return Light(agent is not None, _("Account"), words)


def connection_light(link: AgentLink | None) -> Light:
    heard = [moment for moment in (link and link.last_seen_at, link and link.last_push_at) if moment]
    if not heard:
        return Light(False, _("Connection"), _("The agent has never been heard."))
    if max(heard) < timezone.now() - HEARD_LATELY:
        words = _("The agent is silent. See to it that its computer is running and has the internet.")
        return Light(False, _("Connection"), words)
    return Light(True, _("Connection"), _("The agent is in contact."))


def portal_light(organisation: Organisation) -> Light:
    state = portal_state(organisation)
    words = {
        PortalState.OPEN: _("Patients can book."),
        PortalState.MAINTENANCE: _("Maintenance mode is on: patients read that they should come back."),
        PortalState.UNPUBLISHED: _("The portal is not published."),
        PortalState.CLOSED: _("New bookings are switched off."),
        PortalState.AGENT_SILENT: _("No times are offered, because the agent has been silent for too long."),
    }[state]
    return Light(state is PortalState.OPEN, _("Portal"), words)


def codes_light(organisation: Organisation) -> list[Light]:
    """Only where codes by SMS pause."""
    if not are_codes_paused(organisation):
        return []
    words = _("Codes by SMS pause for a while, since hardly any of the last was used.")
    return [Light(False, _("SMS"), words)]


def refusals(organisation: Organisation) -> list[tuple[AgentEvent, str]]:
    """What the clinic's book has refused of late and why, the newest first."""
    events = (
        AgentEvent.objects.filter(organisation=organisation, outcome=AgentEvent.Outcome.REFUSED)
        .select_related("booking__clinic", "booking__practitioner", "booking__treatment")
        .order_by("-sequence")[:MOST_REFUSALS]
    )
    return [(event, reason_words(event)) for event in events]
