"""Messages as the clinic's people look for them: what was sent, what came back, about which booking.

Every list is of one organisation and, for an editor limited to some clinics, of what is known to be about
these clinics' bookings.
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast, Substr
from django.db.models.lookups import In

from clinics.models import Organisation
from notifications.mail_backend import ACCOUNT
from notifications.models import Delivery, IncomingMessage, Message, OptOut, State
from scheduling.desk_lists import ClinicIds, number_meant, patients_meant
from scheduling.models import Booking, BookingPatient

PER_PAGE = 50
MOST_PATIENTS = 200
_ABOUT = re.compile(r"booking:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?::.*)?", re.DOTALL)
_KEY_AT, _KEY_LENGTH = len("booking:") + 1, 36
STATES: dict[str, Q] = {
    "waiting": Q(state__in=[State.WAITING, State.SENDING]),
    "sent": Q(state=State.SENT),
    "answered": Q(state=State.SENT, answered_at__isnull=False),
    "undelivered": Q(state=State.SENT, delivery=Delivery.UNDELIVERED),
    "failed": Q(state=State.FAILED),
    "cancelled": Q(state=State.CANCELLED),
    "expired": Q(state=State.EXPIRED),
}
Bookings = dict[uuid.UUID, Booking]
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which messages are asked for; what is empty is not asked about."""

    state: str = ""
    kind: str = ""
    channel: str = ""
    begin: datetime | None = None
    end: datetime | None = None
    """Written from ``begin`` to before ``end``."""

    @property
    def condition(self) -> Q:
        wanted: dict[str, Any] = {
            "kind": self.kind,
            "channel": self.channel,
            "created_at__gte": self.begin,
            "created_at__lt": self.end,
        }
        return STATES.get(self.state, Q()) & Q(**{name: value for name, value in wanted.items() if value})


def messages_seen(organisation: Organisation, clinic_ids: ClinicIds) -> QuerySet[Message]:
    """All but the house's own mails to its members."""
    rows = Message.objects.filter(organisation=organisation).exclude(kind=ACCOUNT).defer("attachments")
    if clinic_ids is None:
        return rows
    return rows.filter(about__startswith="booking:").filter(about_clinics("about", organisation, clinic_ids))


def replies_seen(organisation: Organisation, clinic_ids: ClinicIds) -> QuerySet[IncomingMessage]:
    rows = IncomingMessage.objects.filter(organisation=organisation).select_related("answers")
    if clinic_ids is None:
        return rows
    return rows.filter(about_clinics("answers__about", organisation, clinic_ids))


def about_clinics(column: str, organisation: Organisation, clinic_ids: ClinicIds) -> Q:
    """That the booking which the column names is at one of these clinics."""
    bookings = Booking.objects.filter(organisation=organisation, clinic__in=clinic_ids or ())
    keys = bookings.annotate(key=Cast("public_id", TextField())).values("key")
    return Q(In(Substr(column, _KEY_AT, _KEY_LENGTH), keys))


def page_of(
    rows: QuerySet[Row], *, by: str, after: uuid.UUID | None = None
) -> tuple[list[Row], uuid.UUID | None]:
    """A page of rows, the newest first, and after which of them the next begins, if there is one."""
    last: Any = rows.filter(public_id=after).first() if after else None
    if last is not None:
        at = getattr(last, by)
        rows = rows.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at}, pk__lt=last.pk), **{f"{by}__lte": at})
    found: list[Any] = list(rows.order_by(f"-{by}", "-pk")[: PER_PAGE + 1])
    more = len(found) > PER_PAGE
    return found[:PER_PAGE], found[PER_PAGE - 1].public_id if more else None


def recipients_meant(organisation: Organisation, clinic_ids: ClinicIds, words: str) -> Q | None:
    """Whom the words mean: a number, an e-mail address or its beginning, or a patient's name.

    A name finds what was sent about that patient's bookings: a number may be a whole family's.
    """
    number = number_meant(words, organisation.country)
    if number:
        return Q(to=number)
    if "@" in words:
        return Q(to__istartswith=words)
    patients = patients_named(organisation, clinic_ids, words)
    addresses = {address for patient in patients for address in addresses_of(patient)}
    about = [f"booking:{patient.booking.public_id}" for patient in patients]
    if not about:
        return None
    named = Q()
    for subject in about:
        named |= Q(about=subject) | Q(about__startswith=f"{subject}:")
    return Q(to__in=addresses) & named


def patients_named(organisation: Organisation, clinic_ids: ClinicIds, words: str) -> list[BookingPatient]:
    meant = patients_meant(words, organisation.country)
    if meant is None:
        return []
    rows = BookingPatient.objects.filter(meant, organisation=organisation).select_related("booking")
    if clinic_ids is not None:
        rows = rows.filter(booking__clinic__in=clinic_ids)
    return list(rows.order_by("-pk")[:MOST_PATIENTS])


def addresses_of(patient: BookingPatient) -> list[str]:
    mobile = patient.mobile.as_e164 if patient.mobile else ""
    return [address for address in (mobile, patient.email) if address]


def found_messages(*, organisation: Organisation, clinic_ids: ClinicIds, words: str) -> list[Message]:
    """The newest first, at most one page."""
    meant = recipients_meant(organisation, clinic_ids, words.strip())
    if meant is None:
        return []
    rows = messages_seen(organisation, clinic_ids).filter(meant)
    return list(rows.order_by("-created_at", "-pk")[:PER_PAGE])


def found_replies(*, organisation: Organisation, clinic_ids: ClinicIds, words: str) -> list[IncomingMessage]:
    """By whom it is from or, for anything but a number, by the name of the patient whose number it is."""
    number = number_meant(words.strip(), organisation.country)
    senders = {number} if number else set()
    if not number:
        for patient in patients_named(organisation, clinic_ids, words.strip()):
            senders.update(addresses_of(patient))
    rows = replies_seen(organisation, clinic_ids).filter(sender__in=senders)
    return list(rows.order_by("-received_at", "-pk")[:PER_PAGE])


def booking_key(about: str) -> uuid.UUID | None:
    """The public id of the booking that it is about."""
    found = _ABOUT.fullmatch(about)
    return uuid.UUID(found[1]) if found else None


def bookings_of(organisation: Organisation, abouts: Iterable[str]) -> Bookings:
    """The bookings that these are about, by their public ids; no query where there are none."""
    keys = {key for about in abouts if (key := booking_key(about))}
    if not keys:
        return {}
    rows = Booking.objects.filter(organisation=organisation, public_id__in=keys)
    related = rows.select_related("clinic", "practitioner", "treatment", "patient")
    return {booking.public_id: booking for booking in related}


def stops_of(organisation: Organisation, mobiles: Iterable[str]) -> dict[str, OptOut]:
    """Who of these has said STOP."""
    rows = OptOut.objects.filter(organisation=organisation, mobile__in=set(mobiles))
    return {row.mobile: row for row in rows}
