"""What something that is sent by hand says to each of its recipients, and when it goes to them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from clinics.models import Clinic, Organisation
from notifications.allowance import Counted, price_of, region_of
from notifications.gsm import sms_length
from notifications.mailings import can_be_answered, way_to_stop
from notifications.message_texts import URLS, fields_of, text_of
from notifications.models import ADVERTISING, Channel, Kind, Mailing, Message, Priority
from notifications.outbox import Draft, written
from notifications.quiet_hours import moment_to_send, quiet_of
from notifications.standard_texts import Text
from scheduling.marketing import consenting, stop_url
from scheduling.models import Booking, Recipient
from scheduling.recipients import EMPTY, TOO_LATE
from scheduling.telling import values_of

GOES_WITHIN = timedelta(days=4)
"""So that a weekend of quiet does not cost a message that was sent before it."""
FEW = 20
"""Messages that are written at once and rung for, as if somebody waited for them."""
OF_A_NUMBER = ["clinic", "address", "clinic_phone", "link", *URLS]
"""What can be said to a number of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Written:
    """A recipient's message, not stored; or why there is none."""

    recipient: Recipient
    message: Message | None
    reason: str = ""

    @property
    def parts(self) -> int:
        return sms_length(self.message.body).parts if self.message else 0

    @property
    def cost(self) -> int:
        """What the SMS costs, in ten-thousandths."""
        return self.parts * price_of(region_of(self.recipient.to) or "")


def text_to_edit(organisation: Organisation, mailing: Mailing, language: str) -> Text:
    """What has been written for it, else the kind's own text."""
    words = mailing.words.get(language)
    if words:
        return Text(language, words["subject"], words["body"])
    return text_of(
        organisation=organisation,
        language=language,
        channel=Channel(mailing.channel),
        kind=Kind(mailing.kind),
    )


def fields_for(organisation: Organisation, mailing: Mailing, *, has_booking: bool) -> list[str]:
    """The merge fields that mean something in it."""
    fields = fields_of(Kind(mailing.kind)) if has_booking else OF_A_NUMBER
    may_name = organisation.settings.name_treatment_in_messages
    return [key for key in fields if may_name or key != "treatment"]


def values_for(
    organisation: Organisation, kind: str, booking: Booking | None, language: str
) -> dict[str, str]:
    """What the fields stand for. Where it is about coming again, the link leads to the free times."""
    if booking is None:
        return values_of_nobody(organisation)
    booking.patient.language = language
    values = values_of(organisation, booking)
    return {**values, "link": organisation.portal_url} if kind in ADVERTISING else values


def values_of_nobody(organisation: Organisation) -> dict[str, str]:
    """For a number of which nothing is known: the one clinic there is, or the organisation's name."""
    clinics = Clinic.objects.filter(organisation=organisation, is_published=True, retired_at=None)[:2]
    only = clinics[0] if len(clinics) == 1 else None
    return {
        "clinic": only.name if only else organisation.name,
        "address": only.address if only else "",
        "clinic_phone": only.phone if only else "",
        "link": organisation.portal_url,
    }


class Writer:
    """Writes one mailing's messages."""

    def __init__(self, organisation: Organisation, mailing: Mailing, now: datetime) -> None:
        self.organisation, self.mailing, self.now = organisation, mailing, now
        self.ends = mailing.needs_consent and mailing.channel == Channel.SMS
        self.by_word = self.ends and can_be_answered(organisation)
        self.quiet = quiet_of(organisation)
        self.moments: dict[str, datetime | None] = {}
        self.texts = {
            language: Text(language, words["subject"], words["body"])
            for language, words in mailing.words.items()
        }

    def write(self, recipients: Sequence[Recipient]) -> Iterator[Written]:
        """What each of them is to get, in their order."""
        bookings = bookings_of(self.organisation, recipients)
        agreed = self.agreed(recipients)
        for recipient in recipients:
            booking = bookings.get(recipient.booking_id or 0)
            yield self.write_one(recipient, booking, agreed.get(recipient.to))

    def agreed(self, recipients: Sequence[Recipient]) -> dict[str, int]:
        if not self.ends or self.by_word:
            return {}
        return consenting(self.organisation, self.mailing.channel, [row.to for row in recipients])

    def write_one(self, recipient: Recipient, booking: Booking | None, agreed: int | None) -> Written:
        if recipient.booking_id is not None and booking is None:  # erased meanwhile
            return Written(recipient, None, EMPTY)
        latest = self.latest(booking)
        moment = self.moment(booking, latest)
        if moment is None:
            return Written(recipient, None, TOO_LATE)
        message = written(self.organisation, self.draft(recipient, booking, moment, latest))
        if not message.body.strip():
            return Written(recipient, None, EMPTY)
        message.body += self.ending(recipient, agreed)
        done = Written(recipient, message)
        if message.channel == Channel.SMS:
            Counted(self.counted_on, done.cost).note_on(message)
        return done

    @cached_property
    def counted_on(self) -> date:
        """The day against whose limit all of it is counted: the first on which any of it can leave."""
        first = None if self.mailing.ignores_quiet else self.first_moment(self.organisation.time_zone)
        return (first or self.now).date()

    def ending(self, recipient: Recipient, agreed: int | None) -> str:
        """How to get no more offers; e-mails have that of themselves."""
        if not self.ends:
            return ""
        link = "" if self.by_word else stop_url(self.organisation, agreed or 0)
        return f"\n{way_to_stop(recipient.language, link)}"

    def latest(self, booking: Booking | None) -> datetime:
        """What is said of an appointment is said before it."""
        latest = self.now + GOES_WITHIN
        if booking is not None and self.mailing.kind == Kind.GENERAL and booking.starts_at > self.now:
            return min(latest, booking.starts_at)
        return latest

    def moment(self, booking: Booking | None, latest: datetime) -> datetime | None:
        """The first that is not quiet by the clinic's clock; None where that is too late."""
        if self.mailing.ignores_quiet:
            return self.now
        first = self.first_moment(booking.clinic.time_zone if booking else self.organisation.time_zone)
        return first if first is not None and first < latest else None

    def first_moment(self, zone: str) -> datetime | None:
        """Looked for once for each zone: many have the same."""
        if zone not in self.moments:
            self.moments[zone] = moment_to_send(
                self.now,
                quiet=self.quiet,
                zone=ZoneInfo(zone),
                earliest=self.now,
                latest=self.now + GOES_WITHIN,
            )
        return self.moments[zone]

    def draft(
        self, recipient: Recipient, booking: Booking | None, moment: datetime, latest: datetime
    ) -> Draft:
        goes_now = moment <= self.now and self.mailing.many <= FEW
        return Draft(
            kind=Kind(self.mailing.kind),
            channel=Channel(self.mailing.channel),
            to=recipient.to,
            language=recipient.language,
            values=values_for(self.organisation, self.mailing.kind, booking, recipient.language),
            about=about_of(self.mailing, booking),
            not_before=None if goes_now else moment,
            not_after=latest,
            priority=self.priority,
            text=self.texts[recipient.language],
            mailing=self.mailing,
        )

    @property
    def priority(self) -> Priority:
        """After codes and confirmations; what advertises after reminders too."""
        if self.mailing.kind in ADVERTISING:
            return Priority.BULK
        return Priority.SOON if self.mailing.many <= 1 else Priority.REMINDER


def about_of(mailing: Mailing, booking: Booking | None) -> str:
    """Of a booking it is said once by each mailing."""
    if booking is None:
        return f"hand:{mailing.public_id}"
    return f"booking:{booking.public_id}:hand:{mailing.public_id}:{booking.revision}"


def bookings_of(organisation: Organisation, recipients: Iterable[Recipient]) -> dict[int, Booking]:
    """By id, those of which it is known whose they are."""
    ids = [row.booking_id for row in recipients if row.booking_id]
    rows = Booking.objects.filter(organisation=organisation, pk__in=ids, patient__isnull=False)
    related = rows.select_related("clinic", "practitioner", "treatment", "patient")
    return {booking.pk: booking for booking in related}
