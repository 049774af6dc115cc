"""Whom something that is sent by hand goes to, and who is left out and why."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from clinics.models import Organisation
from notifications.allowance import is_mobile, region_of
from notifications.models import (
    ADVERTISING,
    NEEDS_CONSENT,
    Channel,
    EmailRefusal,
    Kind,
    Message,
    OptOut,
    State,
    SuppressedAddress,
)
from notifications.unsubscribing import digests_of
from scheduling.marketing import consenting
from scheduling.models import Booking

MOST_RECIPIENTS = 5000
"""Of one mailing."""
RECALLED_LATELY = timedelta(days=60)
"""Who was recalled so shortly ago is not recalled again along with many others."""

NO_MOBILE, NO_EMAIL, COUNTRY, TWICE = "no_mobile", "no_email", "country", "twice"
STOPPED, NO_CONSENT, REFUSED, BOUNCES, RECALLED = "stop", "no_consent", "refused", "bounces", "recalled"
TOO_LATE, EMPTY, CANCELLED = "too_late", "empty", "cancelled"


class TooManyRecipients(Exception):
    """More than one mailing may go to."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might get it: an address, which may be missing or no good."""

    to: str
    language: str
    booking_id: int | None = None


@dataclass(slots=True)
class Found:
    """Who gets it, each address once, and how many do not and why."""

    going: list[Candidate] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def candidates_of(organisation: Organisation, channel: str, bookings: QuerySet[Booking]) -> list[Candidate]:
    """The patients of these bookings, in their order. Raises TooManyRecipients."""
    column = "patient__mobile" if channel == Channel.SMS else "patient__email"
    rows = list(bookings.values_list("pk", column, "patient__language")[: MOST_RECIPIENTS + 1])
    if len(rows) > MOST_RECIPIENTS:
        raise TooManyRecipients
    return [
        Candidate(address_in(value), spoken(organisation, language or ""), pk) for pk, value, language in rows
    ]


def address_in(value: object) -> str:
    """A number in E.164, an e-mail address as it is; empty for none."""
    return str(getattr(value, "as_e164", value) or "") if value else ""


def spoken(organisation: Organisation, language: str) -> str:
    """The language that is written in: the patient's, if the portal still speaks it."""
    return language if language in organisation.languages else organisation.default_language


def sort_out(
    *, organisation: Organisation, channel: str, kind: str, candidates: Iterable[Candidate], is_single: bool
) -> Found:
    """Who of the candidates gets it. One alone who was recalled lately may be recalled again."""
    found = Found()
    possible: dict[str, Candidate] = {}
    for each in candidates:
        reason = fault_of(organisation, channel, each.to)
        if not reason and each.to.lower() in possible:
            reason = TWICE
        if reason:
            found.left_out[reason] += 1
        else:
            possible[each.to.lower()] = each
    addresses = [each.to for each in possible.values()]
    unwanted = unwanted_by(organisation=organisation, channel=channel, kind=kind, addresses=addresses)
    if kind == Kind.RECALL and not is_single:
        unwanted = dict.fromkeys(recalled_lately(organisation, channel, addresses), RECALLED) | unwanted
    for each in possible.values():
        if each.to in unwanted:
            found.left_out[unwanted[each.to]] += 1
        else:
            found.going.append(each)
    return found


def fault_of(organisation: Organisation, channel: str, to: str) -> str:
    """Why nothing can go to the address at all; empty where it can."""
    if not to:
        return NO_MOBILE if channel == Channel.SMS else NO_EMAIL
    if channel == Channel.SMS:
        country = region_of(to)
        if country is None or country not in organisation.settings.sms_countries or not is_mobile(to):
            return COUNTRY
    return ""


def unwanted_by(
    *, organisation: Organisation, channel: str, kind: str, addresses: Collection[str]
) -> dict[str, str]:
    """Which of the addresses must not get this kind, and why."""
    said_no = who_said_no(organisation, channel, kind, addresses)
    if kind not in NEEDS_CONSENT:
        return said_no
    agreed = consenting(organisation, channel, addresses)
    return {to: NO_CONSENT for to in addresses if to not in agreed} | said_no


def who_said_no(
    organisation: Organisation, channel: str, kind: str, addresses: Collection[str]
) -> dict[str, str]:
    if channel == Channel.SMS:
        stopped = OptOut.objects.filter(organisation=organisation, mobile__in=addresses)
        return dict.fromkeys(stopped.values_list("mobile", flat=True), STOPPED)
    small = {to.lower() for to in addresses}
    rows = SuppressedAddress.objects.filter(organisation=organisation, address__in=small)
    bouncing = set(rows.values_list("address", flat=True))
    found = {to: BOUNCES for to in addresses if to.lower() in bouncing}
    if kind in ADVERTISING:
        found |= dict.fromkeys(who_refused(organisation, addresses), REFUSED)
    return found


def who_refused(organisation: Organisation, addresses: Collection[str]) -> set[str]:
    """Who has said no to reminders and offers by e-mail."""
    owners = {digest: to for to in addresses for digest in digests_of(organisation, to)}
    rows = EmailRefusal.objects.filter(organisation=organisation, address_digest__in=list(owners))
    return {owners[bytes(digest)] for digest in rows.values_list("address_digest", flat=True)}


def recalled_lately(organisation: Organisation, channel: str, addresses: Collection[str]) -> set[str]:
    rows = Message.objects.filter(
        organisation=organisation,
        channel=channel,
        kind=Kind.RECALL,
        to__in=addresses,
        created_at__gt=timezone.now() - RECALLED_LATELY,
        state__in=[State.WAITING, State.SENDING, State.SENT],
    )
    return set(rows.values_list("to", flat=True))
