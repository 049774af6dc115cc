"""Offering free times to the waiting list: in fair order, each as a short hold that can be taken or declined.

An offer is a hold like any patient's, so the exclusion constraint decides between the two. Locks are
taken in one order: the booking, its offer, its wish.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinics.models import Organisation
from notifications.quiet_hours import quiet_of
from scheduling.bookings import PatientDetails, book, is_held, lock, store_patient
from scheduling.errors import OfferGone, TimeNotOffered, TimeTaken
from scheduling.holds import (
    expire,
    insert_hold,
    new_hold,
    release_expired_holds,
    require_inside_rules,
    require_offered,
)
from scheduling.models import Booking, Offer, Wish
from scheduling.offerings import known_catalogue
from scheduling.own_time import placement_of
from scheduling.portal_state import PortalState, portal_state
from scheduling.wanted_times import WantedTime, WantedTimes
from scheduling.wish_telling import tell_offer

MOST_A_DAY = 3
"""Offers for one wish within a day and a night: who lets them lapse is not written to all day long."""
MOST_ATTEMPTS = 20
"""Times tried for one wish in one round, where others are always quicker."""

log = logging.getLogger(__name__)


def offer_free_times(*, organisation: Organisation) -> int:
    """Offers what is free to who waits, the longest waiting first; how many offers that made.

    Harmless at any time and by several workers at once.
    """
    lapse_offers(organisation=organisation)
    if portal_state(organisation) is not PortalState.OPEN or is_quiet_now(organisation):
        return 0
    wishes = waiting_wishes(organisation)
    if not wishes:
        return 0
    release_expired_holds(organisation=organisation)
    wanted = WantedTimes(organisation, wishes, not_before())
    return sum(1 for wish in wishes if offer_first(organisation, wish, wanted) is not None)


def is_quiet_now(organisation: Organisation) -> bool:
    return quiet_of(organisation).covers(timezone.now().astimezone(ZoneInfo(organisation.time_zone)))


def not_before() -> datetime:
    """The earliest start that is worth offering: there is time to answer, and to get there afterwards."""
    return timezone.now() + timedelta(minutes=settings.OFFER_MINUTES, hours=settings.OFFER_NOTICE_HOURS)


def waiting_wishes(organisation: Organisation) -> list[Wish]:
    """Wishes that may be offered something now, in the order in which they were confirmed."""
    today = timezone.now().astimezone(ZoneInfo(organisation.time_zone)).date()
    return list(
        Wish.objects.filter(
            organisation=organisation,
            state=Wish.State.WAITING,
            offered_until=None,
            latest_on__gte=today - timedelta(days=1),
        )
        .select_related("treatment")
        .prefetch_related("at_clinics", "by_practitioners", "offers")
        .order_by("confirmed_at", "pk")
    )


def offer_first(organisation: Organisation, wish: Wish, wanted: WantedTimes) -> Offer | None:
    """An offer of the first time that fits and can still be had; None where there is none."""
    a_day_ago = timezone.now() - timedelta(days=1)
    past = list(wish.offers.all())
    if sum(1 for offer in past if offer.created_at > a_day_ago) >= MOST_A_DAY:
        return None
    offered = {offer.starts_at for offer in past}
    attempts = (time for time in wanted.of(wish) if time.starts_at not in offered)
    for _, time in zip(range(MOST_ATTEMPTS), attempts, strict=False):
        try:
            return offer_time(organisation=organisation, wish=wish, time=time)
        except (TimeTaken, TimeNotOffered):
            continue
        except OfferGone:
            return None
    return None


def offer_time(*, organisation: Organisation, wish: Wish, time: WantedTime) -> Offer:
    """Holds the time for the wish and tells its owner, all or nothing.

    Raises TimeTaken and TimeNotOffered as any hold does, and OfferGone where another worker has
    offered the wish something first, it has ended, or no message can be sent.
    """
    expires_at = timezone.now() + timedelta(minutes=settings.OFFER_MINUTES)
    offer = Offer(organisation=organisation, wish=wish, starts_at=time.starts_at, expires_at=expires_at)
    with transaction.atomic():
        claim(organisation, wish, expires_at)
        offer.booking = hold_for(offer, time)
        offer.booking.hold_expires_at = expires_at
        offer.booking.save(update_fields=["hold_expires_at"])
        offer.save(force_insert=True)
        if not tell_offer(organisation=organisation, offer=offer, booking=offer.booking):
            log.warning("organisation %s: nobody could be told of an offer", organisation.pk)
            raise OfferGone
    return offer


def hold_for(offer: Offer, time: WantedTime) -> Booking:
    """The time as any visitor would get it. Raises TimeTaken or TimeNotOffered.

    Expired holds have been given back before: within a transaction that goes on, that would keep their
    practitioners' lock while it waits for somebody else's hold.
    """
    organisation, treatment = offer.organisation, offer.wish.treatment
    require_inside_rules(organisation, time.clinic, time.starts_at)
    catalogue = known_catalogue(organisation)
    during = treatment.during(time.starts_at)
    hold = new_hold(organisation, treatment, time.practitioner, time.clinic, during)
    hold.visitor = visitor_of(offer)
    require_offered(hold, placement_of(organisation, hold, catalogue), own=None)
    if not insert_hold(hold, catalogue):
        raise TimeTaken(time.starts_at)
    return hold


def claim(organisation: Organisation, wish: Wish, until: datetime) -> None:
    """Only one worker may offer the wish something: whose update finds no offer open. Raises OfferGone."""
    claimed = Wish.objects.filter(
        organisation=organisation, pk=wish.pk, state=Wish.State.WAITING, offered_until=None
    ).update(offered_until=until)
    if not claimed:
        raise OfferGone


def visitor_of(offer: Offer) -> str:
    """What the hold is bound to: the offer's link, until somebody opens it and takes the time."""
    return hashlib.sha256(f"offer:{offer.key}".encode()).hexdigest()


def offer_with_key(*, organisation: Organisation, key: str) -> Offer:
    """The offer that a link leads to. Raises Offer.DoesNotExist."""
    found: Offer = Offer.objects.select_related(
        "wish", "booking__clinic", "booking__practitioner", "booking__treatment"
    ).get(organisation=organisation, key=key)
    return found


def accept_offer(*, organisation: Organisation, offer: Offer, visitor: str) -> None:
    """Books the time for the wish's owner, whose browser ``visitor`` is, and ends the wish.

    Raises OfferGone where it is answered already or the time to answer is up.
    """
    with transaction.atomic():
        booking = lock(organisation, offer.booking)
        if not is_held(booking) or not settle(organisation, offer, Offer.State.ACCEPTED):
            raise OfferGone
        wish = Wish.objects.select_for_update().get(organisation=organisation, pk=offer.wish_id)
        if wish.state != Wish.State.WAITING:
            raise OfferGone
        booking.visitor = visitor
        booking.save(update_fields=["visitor"])
        store_patient(organisation, booking, details_of(wish))
        book(organisation, lock(organisation, booking), Booking.Confirmation.LINK)
        finish(wish, Wish.State.BOOKED)


def details_of(wish: Wish) -> PatientDetails:
    return PatientDetails(
        first_name=wish.first_name,
        last_name=wish.last_name,
        language=wish.language,
        email=wish.email,
        mobile=wish.mobile.as_e164 if wish.mobile else "",
        national_id=wish.national_id,
    )


def decline_offer(*, organisation: Organisation, offer: Offer) -> None:
    """Lets the time go to the next; the wish waits on. Nothing happens to an offer that is answered."""
    with transaction.atomic():
        booking = lock(organisation, offer.booking)
        if settle(organisation, offer, Offer.State.DECLINED):
            Wish.objects.filter(organisation=organisation, pk=offer.wish_id).update(offered_until=None)
            expire(organisation, Q(pk=booking.pk))


def lapse_offers(*, organisation: Organisation) -> int:
    """Closes the offers that nobody answered in time; how many there were."""
    overdue = list(
        Offer.objects.filter(
            organisation=organisation, state=Offer.State.OPEN, expires_at__lte=timezone.now()
        ).select_related("booking")
    )
    for offer in overdue:
        with transaction.atomic():
            booking = lock(organisation, offer.booking)
            if settle(organisation, offer, Offer.State.LAPSED):
                Wish.objects.filter(organisation=organisation, pk=offer.wish_id).update(offered_until=None)
                expire(organisation, Q(pk=booking.pk))
    return len(overdue)


def settle(organisation: Organisation, offer: Offer, state: Offer.State) -> bool:
    """Whether this answer was the first to the offer."""
    answered = Offer.objects.filter(organisation=organisation, pk=offer.pk, state=Offer.State.OPEN).update(
        state=state, answered_at=timezone.now()
    )
    return answered == 1


def end_wish(*, organisation: Organisation, wish: Wish) -> None:
    """Nothing more is offered; a time that is held for the wish goes to the next. Twice is harmless."""
    with transaction.atomic():
        locked = Wish.objects.select_for_update().get(organisation=organisation, pk=wish.pk)
        if locked.state in (Wish.State.UNCONFIRMED, Wish.State.WAITING):
            finish(locked, Wish.State.ENDED)
    # Only now: who was just making an offer has committed, and nobody makes another.
    opened = Offer.objects.filter(organisation=organisation, wish=wish, state=Offer.State.OPEN)
    for offer in opened.select_related("booking"):
        decline_offer(organisation=organisation, offer=offer)


def finish(wish: Wish, state: Wish.State) -> None:
    wish.state = state
    wish.ended_at = timezone.now()
    wish.offered_until = None
    wish.save(update_fields=["state", "ended_at", "offered_until"])
