"""Wishes for an earlier time: asked for, confirmed by a code, ended, forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinics.models import Clinic, Organisation, Practitioner
from scheduling.errors import CodeExpired, TooManyWishes, WishEnded, WrongCode
from scheduling.freed_times import ring_for_waiting
from scheduling.models import Treatment, Wish, WishClinic, WishPractitioner
from scheduling.wish_codes import same_address, send_wish_code, use_wish_code
from scheduling.wish_telling import tell_waiting

MOST_WISHES = 5
"""Wishes with one mobile number or e-mail address that may wait at the same time."""
KEEP_UNCONFIRMED = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class WishDetails:
    """What was typed, checked and in stored form; no clinics or practitioners: any."""

    treatment: Treatment
    clinics: Sequence[Clinic]
    practitioners: Sequence[Practitioner]
    weekdays: Sequence[int]
    from_time: time
    until_time: time
    latest_on: date
    first_name: str
    last_name: str
    language: str
    email: str = ""
    mobile: str = ""
    national_id: str | None = None


def make_wish(*, organisation: Organisation, details: WishDetails, asked_from: str = "") -> Wish:
    """The wish, not yet confirmed, with its code on the way. Raises TooManyCodes or CodeUnsendable.

    ``asked_from`` is the hash of the remote address.
    """
    with transaction.atomic():
        wish: Wish = Wish.objects.create(
            organisation=organisation,
            treatment=details.treatment,
            weekdays=sorted(details.weekdays),
            from_time=details.from_time,
            until_time=details.until_time,
            latest_on=details.latest_on,
            first_name=details.first_name,
            last_name=details.last_name,
            national_id=details.national_id,
            email=details.email,
            mobile=details.mobile,
            language=details.language,
            consented_at=timezone.now(),
        )
        WishClinic.objects.bulk_create(
            WishClinic(organisation=organisation, wish=wish, clinic=clinic) for clinic in details.clinics
        )
        WishPractitioner.objects.bulk_create(
            WishPractitioner(organisation=organisation, wish=wish, practitioner=practitioner)
            for practitioner in details.practitioners
        )
        send_wish_code(organisation=organisation, wish=wish, asked_from=asked_from)
    return wish


def resend_wish_code(*, organisation: Organisation, wish: Wish, asked_from: str = "") -> None:
    """Sends a new code. Raises WishEnded, TooManyCodes or CodeUnsendable."""
    with transaction.atomic():
        locked = lock(organisation, wish)
        if locked.state != Wish.State.UNCONFIRMED:
            raise WishEnded
        send_wish_code(organisation=organisation, wish=locked, asked_from=asked_from)


def confirm_wish(*, organisation: Organisation, wish: Wish, code: str) -> None:
    """Puts the wish at the end of the queue. Doing it twice does it once; a wish that has ended stays so.

    Raises WrongCode, CodeExpired, or TooManyWishes for an address that waits for a lot already.
    """
    with transaction.atomic():
        locked = lock(organisation, wish)
        if locked.state != Wish.State.UNCONFIRMED:
            return
        wrong: WrongCode | CodeExpired | None = use_wish_code(wish=locked, digits=code)
        if wrong is None:
            begin_waiting(organisation, locked)
    if wrong is not None:
        raise wrong


def begin_waiting(organisation: Organisation, wish: Wish) -> None:
    waiting = Wish.objects.filter(same_address(wish), organisation=organisation, state=Wish.State.WAITING)
    if waiting.count() >= MOST_WISHES:
        raise TooManyWishes
    wish.state = Wish.State.WAITING
    wish.confirmed_at = timezone.now()
    wish.save(update_fields=["state", "confirmed_at"])
    tell_waiting(organisation=organisation, wish=wish)
    ring_for_waiting(organisation=organisation)


def wish_with_key(*, organisation: Organisation, key: str) -> Wish:
    """The wish that a link leads to. Raises Wish.DoesNotExist."""
    found: Wish = (
        Wish.objects.select_related("treatment")
        .prefetch_related("clinics", "practitioners")
        .get(organisation=organisation, key=key)
    )
    return found


def lock(organisation: Organisation, wish: Wish) -> Wish:
    locked: Wish = Wish.objects.select_for_update().get(organisation=organisation, pk=wish.pk)
    return locked


def forget_wishes() -> int:
    """Deletes wishes that nobody confirmed, and those past their last day or ended; how many."""
    now = timezone.now()
    kept_for = timedelta(days=settings.WISH_KEEP_DAYS)
    _, deleted = Wish.across.filter(
        Q(state=Wish.State.UNCONFIRMED, created_at__lt=now - KEEP_UNCONFIRMED)
        | Q(latest_on__lt=(now - kept_for).date())
        | Q(ended_at__lt=now - kept_for)
    ).delete()
    return deleted.get("scheduling.Wish", 0)
