"""The six digits that prove a patient reads the mobile or e-mail they typed."""

import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from clinics.inserting import ask_to_insert, rows_of
from clinics.models import Organisation
from clinics.prepared import Question, ask
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


def send_code(
    *, organisation: Organisation, booking: Booking, sent: list[datetime], now: datetime
) -> ConfirmationCode:
    """A new code, on its way to the booking's patient; codes sent before it no longer count.

    The caller has locked the booking, and asked since when codes were ``sent`` before. Raises TooManyCodes
    while the last one has hardly left, and for good after MOST_CODES of them; CodeUnsendable where no way
    leads to the patient.
    """
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
    ask_to_insert(code)
    if not tell_patient_code(organisation=organisation, booking=booking, digits=digits, number=len(sent) + 1):
        raise CodeUnsendable
    return code


def ask_sent_before(booking: Booking) -> Question:
    """When the booking's codes were made, the newest first."""
    return ask(_SENT, [booking.organisation_id, booking.pk])


def refuse_too_many(sent: list[datetime], now: datetime) -> None:
    if len(sent) >= MOST_CODES:
        raise TooManyCodes(None)
    if sent:
        left = COOL_DOWN_SECONDS - (now - sent[0]).total_seconds()
        if left > 0:
            raise TooManyCodes(int(left) + 1)


def use_code(*, booking: Booking, newest: Question, digits: str) -> WrongCode | CodeExpired | None:
    """Uses the booking's newest code up, or counts a try; gives what was wrong, or None.

    The caller has locked the booking, and asked since for its ``newest`` code. What was wrong is returned
    rather than raised, so that the counted try survives the caller's transaction.
    """
    row = newest.row()
    code = None if row is None else rows_of(ConfirmationCode).made(row)
    if code is None or code.used_at or code.expires_at <= timezone.now() or code.tries >= MOST_TRIES:
        return CodeExpired()
    if hmac.compare_digest(bytes(code.digest), digest_of(digits, bytes(code.salt), booking)):
        ask(_USE, [timezone.now(), code.pk])
        return None
    ConfirmationCode.objects.filter(pk=code.pk).update(tries=F("tries") + 1)
    return WrongCode(MOST_TRIES - code.tries - 1)


def ask_newest_code(booking: Booking) -> Question:
    """The booking's newest code, for ``use_code``."""
    return ask(_NEWEST, [booking.organisation_id, booking.pk, BOOKING])


def digest_of(digits: str, salt: bytes, booking: Booking) -> bytes:
    """Bound to the booking, the organisation and the purpose: a code fits nothing else.

    Keyed, so that the table alone tells nothing. A slow hash would add nothing to that: who has the key
    as well tries a million codes in no time, however slow each is, and in ten minutes they are worthless.
    """
    about = f"{BOOKING}:{booking.organisation_id}:{booking.public_id}:{digits}"
    key = settings.SECRET_KEY.encode() + salt
    return hmac.digest(key, about.encode(), "sha256")
