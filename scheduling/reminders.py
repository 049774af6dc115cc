"""Reminders before a booking and thanks after it: which are due when, and how they follow the booking.

To be called in the transaction that makes or changes a booking, with its row locked. What a booking's
reminders are about has its revision in it, so a moved booking has others, and none goes twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from clinics.models import Organisation, OrganisationSettings
from clinics.models.settings import RemindersTo, ReminderWay
from notifications.models import REMINDERS, Channel, Kind, Message
from notifications.outbox import Draft, queue_messages
from notifications.planning import is_open, planned_messages, put_right, withdraw
from notifications.quiet_hours import moment_to_send, quiet_of
from notifications.reminding import may_remind
from notifications.unsubscribing import may_email
from scheduling.models import Booking, BookingPatient
from scheduling.telling import values_of

LEAST_APART = timedelta(hours=1)
"""Between booking, which is confirmed at once, and the first reminder."""
THANKED_WITHIN = timedelta(days=4)
"""After the moment chosen for it, so that a weekend of quiet does not cost the thanks."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A message to be, and the moment at which it is wanted, whether or not it may go then."""

    kind: Kind
    channel: Channel
    to: str
    wanted: datetime
    latest: datetime
    not_before: datetime | None = None


def new_reminders(organisation: Organisation, booking: Booking) -> list[Draft]:
    """The reminders and thanks of a booking for which none waits yet, to be queued."""
    timed = in_time(organisation, booking, list(wanted_messages(organisation, booking)), {})
    values = values_of(organisation, booking) if timed else {}
    return [draft_of(booking, planned, values) for planned in timed]


def plan_reminders(*, organisation: Organisation, booking: Booking, is_new: bool = False) -> None:
    """Has the booking's reminders and thanks wait for their time, and no others. Twice does it once.

    ``is_new``: nothing waits yet for the booking as it stands, so that nothing has to be looked for.
    """
    wanted = list(wanted_messages(organisation, booking))
    rows = [] if is_new else planned_messages(organisation=organisation, abouts=abouts_of(booking))
    current = {(row.kind, row.channel): row for row in rows if row.about == about_of(booking)}
    timed = in_time(organisation, booking, wanted, current)
    kept = {(planned.kind, planned.channel) for planned in timed}
    gone = [row for row in rows if row.about != about_of(booking) or (row.kind, row.channel) not in kept]
    withdraw(organisation=organisation, messages=gone)
    if not timed:
        return
    values = values_of(organisation, booking)
    drafts: dict[tuple[str, str], Draft] = {
        (each.kind, each.channel): draft_of(booking, each, values) for each in timed
    }
    for key, row in current.items():
        draft = drafts.pop(key, None)
        if draft is not None and is_open(row) and is_ahead(row):
            put_right(organisation=organisation, message=row, draft=draft)
    if drafts:
        queue_messages(organisation=organisation, drafts=drafts.values())


def about_of(booking: Booking, revision: int | None = None) -> str:
    return f"booking:{booking.public_id}:plan:{booking.revision if revision is None else revision}"


def abouts_of(booking: Booking) -> list[str]:
    """Of the booking as it stands and as it stood before each change."""
    return [about_of(booking, revision) for revision in range(booking.revision + 1)]


def is_ahead(row: Message) -> bool:
    """Its time has not come: what should have gone already goes as it is."""
    return (row.not_before is not None and row.not_before > timezone.now()) or row.is_withdrawn


def wanted_messages(organisation: Organisation, booking: Booking) -> Iterator[Planned]:
    """What the settings ask for a booking in its state, to whom it may go, in the order of time."""
    patient: BookingPatient | None = getattr(booking, "patient", None)
    if patient is None or booking.state not in (Booking.State.BOOKED, Booking.State.ARRIVED):
        return
    chosen = organisation.settings
    series = series_of(chosen) if booking.state == Booking.State.BOOKED else []
    if not series and not chosen.thanks_hours:
        return
    ways = {way for _kind, _hours, way in series}
    if chosen.thanks_hours:
        ways.add(ReminderWay.EITHER)
    addresses = addresses_of(organisation, patient, ways)
    for kind, hours, way in series:
        for channel in channels_of(way, addresses):
            wanted = booking.starts_at - timedelta(hours=hours)
            yield Planned(kind, channel, addresses[channel], wanted, booking.starts_at)
    if not chosen.thanks_hours:
        return
    for channel in channels_of(ReminderWay.EITHER, addresses):
        wanted = booking.ends_at + timedelta(hours=chosen.thanks_hours)
        yield Planned(Kind.THANKS, channel, addresses[channel], wanted, wanted + THANKED_WITHIN)


def series_of(chosen: OrganisationSettings) -> list[tuple[Kind, int, str]]:
    """The reminders that there are, with their hours and their way, the earliest first."""
    hours_and_way = {
        Kind.REMINDER_1: (chosen.reminder_1_hours, chosen.reminder_1_by),
        Kind.REMINDER_2: (chosen.reminder_2_hours, chosen.reminder_2_by),
        Kind.REMINDER_3: (chosen.reminder_3_hours, chosen.reminder_3_by),
    }
    found = [(kind, hours, way) for kind, (hours, way) in hours_and_way.items() if hours]
    return sorted(found, key=lambda each: -each[1])


def addresses_of(organisation: Organisation, patient: BookingPatient, ways: set[str]) -> dict[Channel, str]:
    """Where reminders may go, by channel; the e-mail is looked at only where one of the ways needs it."""
    found = {}
    mobile = patient.mobile.as_e164 if hasattr(patient.mobile, "as_e164") else str(patient.mobile)
    if mobile and gets_sms(organisation, patient) and may_remind(organisation=organisation, mobile=mobile):
        found[Channel.SMS] = mobile
    needs_email = ways & {ReminderWay.EMAIL, ReminderWay.BOTH} or (ways and Channel.SMS not in found)
    is_sent = needs_email and organisation.settings.email_reminders and patient.email
    if is_sent and may_email(organisation=organisation, address=patient.email):
        found[Channel.EMAIL] = patient.email
    return found


def gets_sms(organisation: Organisation, patient: BookingPatient) -> bool:
    to = organisation.settings.reminders_to
    return to == RemindersTo.ALL or (to == RemindersTo.ASKED and patient.wants_sms_reminders)


def channels_of(way: str, addresses: dict[Channel, str]) -> list[Channel]:
    """By which of the channels that lead to the patient a reminder goes."""
    if way == ReminderWay.EITHER:
        return [channel for channel in (Channel.SMS, Channel.EMAIL) if channel in addresses][:1]
    asked = [Channel.SMS, Channel.EMAIL] if way == ReminderWay.BOTH else [Channel(way)]
    return [channel for channel in asked if channel in addresses]


def in_time(
    organisation: Organisation,
    booking: Booking,
    wanted: list[Planned],
    rows: dict[tuple[str, str], Message],
) -> list[Planned]:
    """Those for which there is a moment, each until the next reminder by its channel takes its place."""
    found = []
    for planned in wanted:
        moment = moment_for(organisation, booking, planned, rows.get((planned.kind, planned.channel)))
        if moment is not None:
            found.append(replace(planned, not_before=moment))
    ended = []
    for place, planned in enumerate(found):
        later = [
            each.not_before
            for each in found[place + 1 :]
            if each.channel == planned.channel and each.kind in REMINDERS and planned.kind in REMINDERS
        ]
        latest = min([planned.latest, *(moment for moment in later if moment)])
        if planned.not_before and planned.not_before < latest:
            ended.append(replace(planned, latest=latest))
    return ended


def moment_for(
    organisation: Organisation, booking: Booking, planned: Planned, row: Message | None
) -> datetime | None:
    """When it goes. What waits already and should have gone by a new setting keeps the time it had."""
    now = timezone.now()
    is_waiting = row is not None and not row.is_withdrawn
    wanted, earliest = planned.wanted, now if row else now + LEAST_APART
    if wanted < earliest:
        if not is_waiting or row is None or row.not_before is None:
            return None
        if row.not_before <= now:
            return row.not_before
        wanted = row.not_before
    if planned.kind == Kind.THANKS:
        earliest = max(earliest, wanted)
    return moment_to_send(
        wanted,
        quiet=quiet_of(organisation),
        zone=ZoneInfo(booking.clinic.time_zone),
        earliest=earliest,
        latest=planned.latest,
    )


def draft_of(booking: Booking, planned: Planned, values: dict[str, str]) -> Draft:
    return Draft(
        kind=planned.kind,
        channel=planned.channel,
        to=planned.to,
        language=booking.patient.language,
        values=values,
        about=about_of(booking),
        not_before=planned.not_before,
        not_after=planned.latest,
    )
