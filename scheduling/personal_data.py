"""Everything that the portal holds about one patient, found by what the patient can be named by."""

from dataclasses import dataclass, field
from functools import partial, reduce
from operator import and_, or_
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat, Lower, Upper
from django.utils import timezone

from clinics.models import Organisation
from notifications.models import IncomingMessage, Message, OptOut, SuppressedAddress
from scheduling.models import (
    AppointmentChange,
    Booking,
    BookingPatient,
    Login,
    LoginCode,
    Lookup,
    Recipient,
    Wish,
)
from scheduling.national_ids import digests_of

TO_STAFF = ("agent:", "mail:")
"""What messages to the clinic's own people are about."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What was typed, checked and in stored form. What is given has to fit all together."""

    mobile: str = ""
    email: str = ""
    national_id: str = ""
    name: str = ""

    @property
    def is_enough_to_erase(self) -> bool:
        """A name alone may be several people's."""
        return bool(self.mobile or self.email or self.national_id)


@dataclass
class PersonalData:
    """The rows, each in the order in which they were made."""

    patients: list[BookingPatient] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    replies: list[IncomingMessage] = field(default_factory=list)
    refusals: list[OptOut | SuppressedAddress] = field(default_factory=list)
    """That nothing more may go to one of their numbers or addresses."""
    logins: list[Login] = field(default_factory=list)
    codes: list[LoginCode] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)
    changes: list[AppointmentChange] = field(default_factory=list)
    recipients: list[Recipient] = field(default_factory=list)
    """To be written to by hand; gone within a day."""

    def __len__(self) -> int:
        known = len(self.patients) + len(self.wishes) + len(self.messages) + len(self.changes)
        known += len(self.replies) + len(self.refusals) + len(self.recipients)
        return known + len(self.logins) + len(self.codes) + len(self.lookups)

    @property
    def coming(self) -> list[BookingPatient]:
        """Those of bookings that stand or are being made, and are not over."""
        return [patient for patient in self.patients if is_coming(patient.booking)]

    @property
    def names(self) -> list[str]:
        """The different people that these rows name."""
        named: list[Any] = [*self.patients, *self.wishes]
        return sorted({f"{row.first_name} {row.last_name}".strip() for row in named})


def is_coming(booking: Booking) -> bool:
    stands = booking.state in (Booking.State.HELD, Booking.State.BOOKED, Booking.State.ARRIVED)
    return stands and booking.ends_at > timezone.now()


def find_person(*, organisation: Organisation, criteria: Criteria) -> PersonalData:
    """What there is about whoever answers to all of the criteria; nothing where none are given."""
    if criteria == Criteria():
        return PersonalData()
    found = PersonalData(
        patients=patients_of(organisation, criteria), wishes=wishes_of(organisation, criteria)
    )
    mobiles, emails = own_addresses(organisation, criteria, found)
    found.logins = logins_of(organisation, criteria, mobiles)
    found.codes = list(LoginCode.objects.filter(organisation=organisation, mobile__in=mobiles).order_by("pk"))
    asked = Q(login__in=found.logins) | Q(code__in=found.codes)
    found.lookups = list(Lookup.objects.filter(asked, organisation=organisation))
    found.recipients = list(recipients_of(organisation, found, mobiles | emails))
    found.changes = changes_of(organisation, mobiles | emails)
    found.messages = messages_of(organisation, found, mobiles | emails)
    replies = IncomingMessage.objects.filter(organisation=organisation, sender__in=mobiles)
    found.replies = list(replies.order_by("received_at", "pk"))
    found.refusals = [
        *OptOut.objects.filter(organisation=organisation, mobile__in=mobiles),
        *SuppressedAddress.objects.filter(organisation=organisation, address__in=emails),
    ]
    return found


def patients_of(organisation: Organisation, criteria: Criteria) -> list[BookingPatient]:
    rows = named(BookingPatient.objects.filter(organisation=organisation), criteria, has_booker=True)
    if criteria.mobile:
        rows = rows.filter(mobile=criteria.mobile)
    if criteria.email:
        rows = rows.filter(email__iexact=criteria.email).exclude(email="")
    if criteria.national_id:
        rows = rows.filter(national_id_digest__in=digests_of(organisation.pk, criteria.national_id))
    related = ("booking__clinic", "booking__practitioner", "booking__treatment")
    return list(rows.select_related(*related).order_by("pk"))


def wishes_of(organisation: Organisation, criteria: Criteria) -> list[Wish]:
    rows = named(Wish.objects.filter(organisation=organisation), criteria)
    if criteria.mobile:
        rows = rows.filter(mobile=criteria.mobile)
    if criteria.email:
        rows = rows.filter(email__iexact=criteria.email)
    if criteria.national_id:
        rows = rows.exclude(national_id=None)
    fits = partial(has_national_id, criteria.national_id)
    return list(filter(fits, rows.select_related("treatment").prefetch_related("offers").order_by("pk")))


def has_national_id(national_id: str, row: Any) -> bool:
    """Encrypted numbers cannot be searched for: the few rows that have one are read."""
    return not national_id or row.national_id == national_id


def named(rows: QuerySet[Any], criteria: Criteria, *, has_booker: bool = False) -> QuerySet[Any]:
    """Those of this very name, in either order and in any case; the name of who booked counts too."""
    if not criteria.name:
        return rows
    pairs = [("first_name", "last_name"), ("last_name", "first_name")]
    if has_booker:
        pairs.append(("booker_first_name", "booker_last_name"))
    names = {
        f"called_{number}": Lower(Concat(F(first), Value(" "), F(last)))
        for number, (first, last) in enumerate(pairs)
    }
    wanted = " ".join(criteria.name.split()).lower()
    found: QuerySet[Any] = rows.alias(**names).filter(reduce(or_, (Q(**{name: wanted}) for name in names)))
    return found


def own_addresses(
    organisation: Organisation, criteria: Criteria, found: PersonalData
) -> tuple[set[str], set[str]]:
    """Mobile numbers and e-mail addresses that are nobody else's here: a family may share one."""
    rows: list[Any] = [*found.patients, *found.wishes]
    mobiles = {row.mobile.as_e164 for row in rows if row.mobile} | {criteria.mobile}
    emails = {row.email.lower() for row in rows} | {criteria.email.lower()}
    for model, own in ((BookingPatient, found.patients), (Wish, found.wishes)):
        others = model.objects.filter(organisation=organisation).exclude(pk__in=[row.pk for row in own])
        shared = others.filter(mobile__in=mobiles - {""}).values_list("mobile", flat=True)
        mobiles -= {mobile.as_e164 for mobile in shared}
        same = others.exclude(email="").alias(upper=Upper("email"))
        same = same.filter(upper__in=[Upper(Value(email)) for email in sorted(emails)])
        emails -= set(same.values_list(Lower("email"), flat=True))
    return {str(mobile) for mobile in mobiles} - {""}, emails - {""}


def logins_of(organisation: Organisation, criteria: Criteria, mobiles: set[str]) -> list[Login]:
    rows = Login.objects.filter(organisation=organisation).order_by("pk")
    by_mobile = list(rows.filter(mobile__in=mobiles))
    if not criteria.national_id:
        return by_mobile
    return [
        *by_mobile,
        *(row for row in rows.exclude(national_id=None) if row.national_id == criteria.national_id),
    ]


def changes_of(organisation: Organisation, addresses: set[str]) -> list[AppointmentChange]:
    """Changes of clinic-made appointments that still know whom to tell; they are few, and encrypted."""
    waiting = AppointmentChange.objects.filter(organisation=organisation).exclude(contact=None)
    return [change for change in waiting if any(address in (change.contact or "") for address in addresses)]


def recipients_of(
    organisation: Organisation, found: PersonalData, addresses: set[str]
) -> QuerySet[Recipient]:
    own = Q(booking__in=[patient.booking_id for patient in found.patients])
    rows = Recipient.objects.filter(organisation=organisation).alias(lower_to=Lower("to"))
    found_rows: QuerySet[Recipient] = rows.filter(own | Q(lower_to__in=addresses)).order_by("pk")
    return found_rows


def messages_of(organisation: Organisation, found: PersonalData, addresses: set[str]) -> list[Message]:
    """What was written to the person, and about what is theirs to whomever."""
    subjects = [
        *(f"booking:{patient.booking.public_id}" for patient in found.patients),
        *(f"wish:{wish.pk}" for wish in found.wishes),
        *(f"offer:{offer.pk}" for wish in found.wishes for offer in wish.offers.all()),
        *(f"login:{code.pk}" for code in found.codes),
    ]
    lower = {address.lower() for address in addresses}
    to_person = Q(lower_to__in=lower) | Q(lower_fallback__in=lower)
    to_person &= reduce(and_, (~Q(about__startswith=staff) for staff in TO_STAFF))
    about = [Q(about=subject) | Q(about__startswith=f"{subject}:") for subject in subjects]
    rows = Message.objects.filter(organisation=organisation).alias(
        lower_to=Lower("to"), lower_fallback=Lower("fallback_to")
    )
    return list(rows.filter(reduce(or_, about, to_person)).order_by("created_at", "pk"))
