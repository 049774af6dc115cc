"""Holding a time for one visitor while they type."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, QuerySet
from django.utils import timezone

from clinics.models import Clinic, Organisation, Practitioner
from clinics.prepared import Question, ask, together
from clinics.scope import organisation_scope
from scheduling.booking_rows import give_things, one_booking
from scheduling.errors import HoldExpired, TimeNotOffered, TimeTaken, TooManyHolds
from scheduling.free_times import free_practitioners
from scheduling.free_weeks import (
    Diary,
    Period,
    ask_slots_around,
    insert_and_take_time,
    refresh_free_weeks,
    week_starts,
)
from scheduling.horizon import Horizon
from scheduling.models import Booking, BookingResource, Treatment
from scheduling.models.booking import OCCUPYING_STATES
from scheduling.offerings import Catalogue, Offering, catalogue_in, known_catalogue
from scheduling.own_time import can_be_booked, own_diary, placement_of
from scheduling.slot_times import SlotTime, as_stored, seconds
from scheduling.weeks import minutes_into_week, week_of

MOST_HOLDS = 5
"""Times that one visitor may hold at once, in all tabs together."""
MOST_HOLDS_OF_NUMBER = 5
"""Times that may be held at once with the same mobile number typed, in all browsers together."""
LONGEST_HOLD = timedelta(minutes=60)
"""However many codes are asked for, and extended or not, a hold ends this long after its time was chosen."""
_HELD = "FROM scheduling_booking WHERE organisation_id = %(organisation)s AND state = 'held'"
_STANDING = f"""
    SELECT (SELECT count(*) {_HELD} AND hold_expires_at > %(now)s AND visitor = %(visitor)s),
        (SELECT count(*) {_HELD} AND hold_expires_at > %(now)s
            AND address_hash = %(address)s AND %(address)s <> ''),
        EXISTS (SELECT {_HELD} AND hold_expires_at <= %(now)s),
        version
    FROM clinics_organisation WHERE id = %(organisation)s
"""  # noqa: S608 - put together from the text above
_OTHERS_OF_NUMBER = """
    SELECT count(*) FROM scheduling_booking b JOIN scheduling_bookingpatient p ON p.booking_id = b.id
    WHERE b.organisation_id = %s AND b.state = 'held' AND b.hold_expires_at > %s
      AND p.mobile = %s AND p.mobile <> '' AND b.id <> %s
"""


def hold_time(
    *,
    organisation: Organisation,
    treatment: Treatment,
    practitioner: Practitioner | None,
    clinic: Clinic,
    starts_at: datetime,
    visitor: str,
    address: str = "",
    moves: Booking | None = None,
) -> Booking:
    """Holds ``starts_at`` for one visitor until the organisation's hold minutes have passed.

    The database decides the race: whoever's row the exclusion constraint lets in has the time. With
    no practitioner named, the least loaded who is free gets it. Raises TimeTaken if another hold or
    booking was first, TimeNotOffered if no published slot covers the whole treatment from this
    start or the organisation's rules leave it out, TooManyHolds for a visitor who hoards, or for an
    ``address`` (the hash of one, where a browser asks) from which as many times are held as may be.
    A new time for a booking that it ``moves`` may overlap that one's own.
    """
    during = treatment.during(starts_at)
    with together():
        asked = ask_how_it_stands(organisation, visitor, address)
        around = None if practitioner is None else ask_slots_around(organisation, practitioner.pk, during)
    standing = ready_to_hold(organisation, clinic, starts_at, asked)
    if practitioner is not None:
        candidates = [practitioner]
    else:
        candidates = free_practitioners(
            organisation=organisation, clinic=clinic, treatment=treatment, starts_at=starts_at
        )
    for candidate in candidates:
        hold = new_hold(organisation, treatment, candidate, clinic, during)
        hold.visitor, hold.address_hash, hold.with_anybody = visitor, address, practitioner is None
        hold.moves = moves
        placement = placement_of(organisation, hold, standing.catalogue)
        require_offered(hold, placement, own=moves, around=around)
        if insert_hold(hold, standing.catalogue):
            return hold
    raise TimeTaken(starts_at)


def hold_time_like(
    *,
    organisation: Organisation,
    booking: Booking,
    starts_at: datetime,
    visitor: str,
    own: Booking | None,
    moves: Booking | None = None,
) -> Booking:
    """Holds as much time as the booking has, with the same practitioner, whatever its treatment says.

    The time of ``own`` counts as published. Raises as ``hold_time`` does.
    """
    asked = ask_how_it_stands(organisation, visitor, "")
    standing = ready_to_hold(organisation, booking.clinic, starts_at, asked)
    hold = new_hold_like(organisation, booking, starts_at)
    hold.visitor, hold.moves = visitor, moves
    require_offered(hold, placement_of(organisation, hold, standing.catalogue), own=own)
    if not insert_hold(hold, standing.catalogue):
        raise TimeTaken(starts_at)
    return hold


def can_hold_again(*, organisation: Organisation, booking: Booking, own: Booking | None) -> bool:
    """Whether the booking's time, which it has left, could be held for it now; ``own`` as above."""
    hold = new_hold_like(organisation, booking, booking.starts_at)
    catalogue = known_catalogue(organisation)
    try:
        require_inside_rules(organisation, booking.clinic, booking.starts_at)
        require_offered(hold, placement_of(organisation, hold, catalogue), own=own)
    except TimeNotOffered:
        return False
    return not is_occupied(organisation, hold, needed_by(hold, catalogue))


def is_occupied(organisation: Organisation, hold: Booking, needed: list[int]) -> bool:
    """Whether somebody else has the practitioner then, or one of these resources."""
    standing = ~Q(state=Booking.State.HELD) | Q(hold_expires_at__gt=timezone.now())
    with_practitioner = Booking.objects.filter(
        standing,
        organisation=organisation,
        practitioner=hold.practitioner_id,
        during__overlap=hold.during,
        state__in=OCCUPYING_STATES,
    )
    in_use = BookingResource.objects.filter(
        organisation=organisation, resource__in=needed, during__overlap=hold.during
    )
    return with_practitioner.exists() or (bool(needed) and in_use.exists())


def new_hold_like(organisation: Organisation, booking: Booking, starts_at: datetime) -> Booking:
    during = DateTimeTZRange(starts_at, starts_at + (booking.ends_at - booking.starts_at))
    return new_hold(organisation, booking.treatment, booking.practitioner, booking.clinic, during)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an organisation's holds stand at the moment in which somebody asks for one more."""

    by_visitor: int
    from_address: int
    any_expired: bool
    catalogue: Catalogue

    def require_few_holds(self) -> None:
        """Counted before the hold is made: past a limit there can be as many more as ask at once."""
        if self.by_visitor >= MOST_HOLDS:
            raise TooManyHolds("visitor")
        if self.from_address >= settings.HOLDS_PER_ADDRESS:
            raise TooManyHolds("address")


def ready_to_hold(
    organisation: Organisation, clinic: Clinic, starts_at: datetime, asked: Question
) -> Standing:
    """What has to be so before anything is held, whatever it is. Raises TooManyHolds and TimeNotOffered."""
    standing = standing_in(organisation, asked)
    standing.require_few_holds()
    require_inside_rules(organisation, clinic, starts_at)
    if standing.any_expired:
        release_expired_holds(organisation=organisation)
    return standing


def ask_how_it_stands(organisation: Organisation, visitor: str, address: str) -> Question:
    """For ``ready_to_hold``."""
    values = {"organisation": organisation.pk, "visitor": visitor, "address": address}
    return ask(_STANDING, {**values, "now": timezone.now()})


def standing_in(organisation: Organisation, asked: Question) -> Standing:
    by_visitor, from_address, any_expired, version = asked.row() or (0, 0, False, 0)
    return Standing(by_visitor, from_address, any_expired, catalogue_in(organisation, version))


def ask_for_holds_of_number(organisation: Organisation, booking: Booking, mobile: str) -> Question:
    """How many other times are held with the same mobile number; with none, nothing is counted."""
    return ask(_OTHERS_OF_NUMBER, [organisation.pk, timezone.now(), mobile, booking.pk])


def require_few_holds_of_number(others: Question) -> None:
    """Raises TooManyHolds where other holds have been given the same mobile number too often."""
    row = others.row()
    if row is not None and row[0] >= MOST_HOLDS_OF_NUMBER:
        raise TooManyHolds("number")


def held_now(organisation: Organisation) -> QuerySet[Booking]:
    return Booking.objects.filter(
        organisation=organisation, state=Booking.State.HELD, hold_expires_at__gt=timezone.now()
    )


def require_inside_rules(organisation: Organisation, clinic: Clinic, starts_at: datetime) -> None:
    """Not too soon, not too far ahead, and no weekend unless weekends are open."""
    zone = ZoneInfo(clinic.time_zone)
    horizon = Horizon.of(organisation, zone)
    is_weekend = starts_at.astimezone(zone).weekday() >= 5
    if not horizon.earliest <= starts_at <= horizon.latest or (is_weekend and not horizon.weekends):
        raise TimeNotOffered(starts_at)


def require_offered(
    hold: Booking, placement: Offering | None, *, own: Booking | None, around: Question | None = None
) -> None:
    """Asks the slots themselves, not what was worked out from them. Raises TimeNotOffered.

    Whether somebody has the time is for the exclusion constraint to say. The time of a booking of the
    patient's ``own`` counts as published. ``around``: the slots, where they have been asked for already.
    """
    clinic, starts_at = hold.clinic, hold.starts_at
    if placement is None or not can_be_booked(hold.practitioner, clinic):
        raise TimeNotOffered(starts_at)
    zone = ZoneInfo(clinic.time_zone)
    week = week_of(starts_at, zone)
    minute = minutes_into_week(starts_at, week, zone)
    diary = Diary({clinic.pk: published_around(hold, own, around)}, [])
    offered = week_starts(diary, clinic.pk, zone, week, [placement])
    if starts_at.second or not any(starts.between(minute, minute) for _, starts in offered):
        raise TimeNotOffered(starts_at)


def published_around(hold: Booking, own: Booking | None, around: Question | None) -> list[SlotTime]:
    """The slots that reach into the hold's time."""
    organisation, practitioner, clinic = hold.organisation, hold.practitioner, hold.clinic
    if own is not None:
        week = week_of(hold.starts_at, ZoneInfo(clinic.time_zone))
        return own_diary(organisation, own, practitioner, {week}).slots[clinic.pk]
    asked = around or ask_slots_around(organisation, practitioner.pk, hold.during)
    return [as_stored(*slot) for where, *slot in asked.rows() if where == clinic.pk]


def new_hold(
    organisation: Organisation,
    treatment: Treatment | None,
    practitioner: Practitioner,
    clinic: Clinic,
    during: DateTimeTZRange,
) -> Booking:
    return Booking(
        organisation=organisation,
        clinic=clinic,
        practitioner=practitioner,
        treatment=treatment,
        during=during,
        state=Booking.State.HELD,
        hold_expires_at=timezone.now() + timedelta(minutes=organisation.settings.hold_minutes),
    )


def insert_hold(hold: Booking, catalogue: Catalogue) -> bool:
    """Whether the time could be had; False where the practitioner or a resource is somebody else's then."""
    needed = needed_by(hold, catalogue)
    if not needed:
        return insert_and_take_time(hold)
    with transaction.atomic():
        if not insert_and_take_time(hold):
            return False
        if not occupy(hold, needed):
            transaction.set_rollback(True)
            return False
    return True


def take_resources(booking: Booking) -> bool:
    """Occupies what the treatment needs at the booking's clinic; False if somebody has any of it."""
    needed = needed_by(booking, known_catalogue(booking.organisation))
    return not needed or occupy(booking, needed)


def needed_by(booking: Booking, catalogue: Catalogue) -> list[int]:
    """The ids of the resources that its treatment needs at its clinic."""
    if booking.treatment_id is None:
        return []
    return catalogue.resources.get((booking.treatment_id, booking.clinic_id), [])


def occupy(booking: Booking, needed: list[int]) -> bool:
    """Whether all of these resources could be had for the booking."""
    rows = [
        BookingResource(
            organisation_id=booking.organisation_id,
            booking=booking,
            resource_id=pk,
            during=booking.during,
            moves_id=booking.moves_id,
        )
        for pk in needed
    ]
    BookingResource.objects.bulk_create(rows, ignore_conflicts=True)
    return booking.resources.count() == len(needed)


def held_booking(*, organisation: Organisation, public_id: uuid.UUID, visitor: str) -> Booking:
    """The visitor's own booking, held or past that. Raises Booking.DoesNotExist for anybody else's."""
    booking = one_booking(organisation, "b.public_id = %s AND b.visitor = %s", [public_id, visitor])
    give_things(organisation, booking)
    return booking


def can_extend(booking: Booking) -> bool:
    """Whether the patient may still ask for more time."""
    expires_at = booking.hold_expires_at
    return (
        booking.state == Booking.State.HELD
        and booking.extended_at is None
        and expires_at is not None
        and expires_at < booking.created_at + LONGEST_HOLD
    )


def extend_hold(*, organisation: Organisation, booking: Booking, visitor: str) -> bool:
    """Holds the time for the organisation's hold minutes more, once and never beyond LONGEST_HOLD.

    False where it has been extended already. Raises HoldExpired where it is held no longer.
    """
    with transaction.atomic():
        held = held_now(organisation).filter(pk=booking.pk, visitor=visitor).select_for_update().first()
        if held is None or held.hold_expires_at is None:
            raise HoldExpired
        if not can_extend(held):
            return False
        more = held.hold_expires_at + timedelta(minutes=organisation.settings.hold_minutes)
        held.hold_expires_at = min(more, held.created_at + LONGEST_HOLD)
        held.extended_at = timezone.now()
        held.save(update_fields=["hold_expires_at", "extended_at"])
    booking.hold_expires_at, booking.extended_at = held.hold_expires_at, held.extended_at
    return True


def release_hold(*, organisation: Organisation, booking: Booking, visitor: str) -> None:
    """Gives a held time back at once; nothing happens to a booking that is past being held."""
    expire(organisation, Q(pk=booking.pk, visitor=visitor))


def release_expired_holds(*, organisation: Organisation) -> int:
    """Gives back the times whose holds have run out; how many there were."""
    return expire(organisation, Q(hold_expires_at__lte=timezone.now()))


def release_all_expired_holds() -> int:
    """The same for every organisation, each in a transaction of its own."""
    overdue = (
        Booking.across.filter(state=Booking.State.HELD, hold_expires_at__lte=timezone.now())
        .values_list("organisation_id", flat=True)
        .distinct()
    )
    released = 0
    for organisation in Organisation.objects.select_related("settings").filter(pk__in=set(overdue)):
        with organisation_scope(organisation.pk):
            released += release_expired_holds(organisation=organisation)
    return released


def expire(organisation: Organisation, which: Q) -> int:
    holds = Booking.objects.filter(which, organisation=organisation, state=Booking.State.HELD)
    if not holds.exists():
        return 0
    with transaction.atomic():
        expired = list(holds.order_by("pk").select_for_update(skip_locked=True))
        Booking.objects.filter(pk__in=[hold.pk for hold in expired]).update(
            state=Booking.State.EXPIRED, address_hash=""
        )
        BookingResource.objects.filter(organisation=organisation, booking__in=expired).delete()
        refresh_after(organisation, expired)
    return len(expired)


def refresh_after(organisation: Organisation, bookings: Iterable[Booking]) -> None:
    """Rewrites the weeks of bookings that have just stopped occupying their time."""
    changed: dict[int, list[Period]] = {}
    for booking in bookings:
        period = seconds(booking.starts_at), seconds(booking.ends_at)
        changed.setdefault(booking.practitioner_id, []).append(period)
    if changed:
        refresh_free_weeks(organisation=organisation, changed=changed)
