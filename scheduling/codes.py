"""The six digits that prove a patient reads the mobile or e-mail they typed."""

import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from clinics.inserting import insert_unless_conflict, rows_of
from clinics.models import Organisation
from scheduling.errors import CodeExpired, CodeUnsendable, TooManyCodes, WrongCode
from scheduling.models import Booking, ConfirmationCode
from scheduling.telling import VALID_MINUTES, tell_patient_code

BOOKING = "booking"
MOST_TRIES = 5
MOST_CODES = 5
COOL_DOWN_SECONDS = 30
_OF_BOOKING = "FROM scheduling_confirmationcode c WHERE organisation_id = %s AND booking_id = %s"
_SENT = f"SELECT created_at {_OF_BOOKING} ORDER BY created_at DESC"
_NEWEST = (
    f"SELECT {rows_of(ConfirmationCode).columns('c')} {_OF_BOOKING} AND purpose = %s"
    " ORDER BY created_at DESC LIMIT 1"
)
_USE = "UPDATE scheduling_confirmationcode SET used_at = %s WHERE id = %s"


def send_code(*, organisation: Organisation, booking: Booking, now: datetime) -> ConfirmationCode:
    """A new code, on its way to the booking's patient; codes sent before it no longer count.

    The caller has locked the booking. Raises TooManyCodes while the last one has hardly left, and
    for good after MOST_CODES of them; CodeUnsendable where no way leads to the patient.
    """
    sent = sent_before(booking)
    refuse_too_many(sent, now)
    digits = f"{secrets.randbelow(1_000_000):06}"
    salt = secrets.token_bytes(16)
    code = ConfirmationCode(
        organisation=organisation,
        booking=booking,
        purpose=BOOKING,
        salt=salt,
        digest=digest_of(digits, salt, booking),
        created_at=now,
        expires_at=now + timedelta(minutes=VALID_MINUTES),
    )
    insert_unless_conflict(code)
    if not tell_patient_code(organisation=organisation, booking=booking, digits=digits, number=len(sent) + 1):
        raise CodeUnsendable
    return code


def sent_before(booking: Booking) -> list[datetime]:
    """When the booking's codes were made, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [booking.organisation_id, booking.pk])
        return [created_at for (created_at,) in cursor.fetchall()]


def refuse_too_many(sent: list[datetime], now: datetime) -> None:
    if len(sent) >= MOST_CODES:
        raise TooManyCodes(None)
    if sent:
        left = COOL_DOWN_SECONDS - (now - sent[0]).total_seconds()
        if left > 0:
            raise TooManyCodes(int(left) + 1)


def use_code(*, booking: Booking, digits: str) -> WrongCode | CodeExpired | None:
    """Uses the booking's newest code up, or counts a try; gives what was wrong, or None.

    The caller has locked the booking. What was wrong is returned rather than raised, so that the
    counted try survives the caller's transaction.
    """
    code = newest_code(booking)
    if code is None or code.used_at or code.expires_at <= timezone.now() or code.tries >= MOST_TRIES:
        return CodeExpired()
    if hmac.compare_digest(bytes(code.digest), digest_of(digits, bytes(code.salt), booking)):
        with connection.cursor() as cursor:
            cursor.execute(_USE, [timezone.now(), code.pk])
        return None
    ConfirmationCode.objects.filter(pk=code.pk).update(tries=F("tries") + 1)
    return WrongCode(MOST_TRIES - code.tries - 1)


def newest_code(booking: Booking) -> ConfirmationCode | None:
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [booking.organisation_id, booking.pk, BOOKING])
        row = cursor.fetchone()
    return None if row is None else rows_of(ConfirmationCode).made(row)


def digest_of(digits: str, salt: bytes, booking: Booking) -> bytes:
    """Bound to the booking, the organisation and the purpose: a code fits nothing else.

    Keyed, so that the table alone tells nothing. A slow hash would add nothing to that: who has the key
    as well tries a million codes in no time, however slow each is, and in ten minutes they are worthless.
    """
    about = f"{BOOKING}:{booking.organisation_id}:{booking.public_id}:{digits}"
    key = settings.SECRET_KEY.encode() + salt
    return hmac.digest(key, about.encode(), "sha256")
