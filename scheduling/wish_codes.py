"""The six digits that prove that a wish's address is its owner's, by the same rules as for a booking."""

import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from clinics.models import Organisation
from scheduling.codes import COOL_DOWN_SECONDS, MOST_CODES, MOST_TRIES
from scheduling.errors import CodeExpired, CodeUnsendable, TooManyCodes, WrongCode
from scheduling.models import Wish, WishCode
from scheduling.telling import VALID_MINUTES
from scheduling.wish_telling import tell_code

AN_HOUR = timedelta(hours=1)


def send_wish_code(*, organisation: Organisation, wish: Wish, asked_from: str) -> None:
    """A new code, on its way to the wish's address; codes sent before it no longer count.

    The caller has locked the wish. Raises TooManyCodes while the last one has hardly left, and after
    MOST_CODES to one address within the hour, by whichever wishes; CodeUnsendable where no way leads there.
    """
    now = timezone.now()
    refuse_too_many(organisation, wish, now)
    digits, salt = f"{secrets.randbelow(1_000_000):06}", secrets.token_bytes(16)
    code = WishCode.objects.create(
        organisation=organisation,
        wish=wish,
        salt=salt,
        digest=digest_of(digits, salt, wish),
        created_at=now,
        expires_at=now + timedelta(minutes=VALID_MINUTES),
    )
    if not tell_code(
        organisation=organisation, wish=wish, digits=digits, number=code.pk, asked_from=asked_from
    ):
        raise CodeUnsendable


def refuse_too_many(organisation: Organisation, wish: Wish, now: datetime) -> None:
    last = wish.codes.order_by("-created_at").first()
    if last is not None:
        left = COOL_DOWN_SECONDS - (now - last.created_at).total_seconds()
        if left > 0:
            raise TooManyCodes(int(left) + 1)
    lately = WishCode.objects.filter(
        same_address(wish, "wish__"), organisation=organisation, created_at__gt=now - AN_HOUR
    )
    if lately.count() >= MOST_CODES:
        raise TooManyCodes(None)


def same_address(wish: Wish, path: str = "") -> Q:
    """Wishes with the same mobile number or the same e-mail address."""
    same = Q(pk__in=[])
    if wish.mobile:
        same |= Q(**{f"{path}mobile": wish.mobile})
    if wish.email:
        same |= Q(**{f"{path}email__iexact": wish.email})
    return same


def use_wish_code(*, wish: Wish, digits: str) -> WrongCode | CodeExpired | None:
    """Uses the wish's newest code up, or counts a try; gives what was wrong, or None.

    The caller has locked the wish. What was wrong is returned rather than raised, so that the
    counted try survives the caller's transaction.
    """
    code = wish.codes.order_by("-created_at").first()
    if code is None or code.used_at or code.expires_at <= timezone.now() or code.tries >= MOST_TRIES:
        return CodeExpired()
    if hmac.compare_digest(bytes(code.digest), digest_of(digits, bytes(code.salt), wish)):
        WishCode.objects.filter(pk=code.pk).update(used_at=timezone.now())
        return None
    WishCode.objects.filter(pk=code.pk).update(tries=F("tries") + 1)
    return WrongCode(MOST_TRIES - code.tries - 1)


def digest_of(digits: str, salt: bytes, wish: Wish) -> bytes:
    """Bound to the wish, the organisation and the purpose: a code fits nothing else."""
    about = f"wish:{wish.organisation_id}:{wish.key}:{digits}"
    return hmac.digest(settings.SECRET_KEY.encode() + salt, about.encode(), "sha256")
