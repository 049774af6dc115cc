"""Logging in by a code to a mobile number, without telling anybody whether the clinic knows the number.

Asking writes one row, the same for every number. A worker looks whether the number is known and only then
makes the digits and queues the SMS: nobody waits for that in front of a page, so no answer, time or count
of statements depends on it, and an unknown number costs nothing. Where a login shows what the clinic itself
has booked, the clinic's agent is asked about a number that has no booking here.
"""

import hmac
import logging
import secrets
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from clinics.models import Organisation
from clinics.models.settings import LoginSees
from clinics.scope import organisation_scope
from notifications.bell import have_done
from notifications.errors import SmsNotAllowed
from notifications.models import Channel, Kind
from notifications.outbox import queue_message
from scheduling.codes import COOL_DOWN_SECONDS, MOST_CODES, MOST_TRIES
from scheduling.errors import CodeExpired, TooManyCodes, WrongCode
from scheduling.events import is_agent_away, tell_agent
from scheduling.logins import start_login
from scheduling.models import AgentEvent, Login, LoginCode, Lookup
from scheduling.my_bookings import bookings_with_number
from scheduling.telling import VALID_MINUTES

AN_HOUR = timedelta(hours=1)
"""What the limits count; older codes are deleted."""
TASK = "scheduling.tasks.answer_login_code"
MOST_QUESTIONS = 20
"""Numbers of an organisation that its agent is asked about at once; a stranger cannot keep it busy."""
NEVER = bytes(32)
"""Stands for the digest of a code that was never made; no digits have it."""

log = logging.getLogger(__name__)


def ask_code(*, organisation: Organisation, mobile: str, visitor: str, address: str, language: str) -> None:
    """Has a code sent to the number (E.164), if the clinic knows it; the same is done if it does not.

    ``visitor`` and ``address`` are hashes. Raises TooManyCodes for a browser or a number that has just
    asked, and for browsers, numbers and remote addresses that ask too often.
    """
    now = timezone.now()
    with transaction.atomic():
        lock_asking(organisation)
        refuse_too_many(organisation, mobile, visitor, address, now)
        code = LoginCode.objects.create(
            organisation=organisation,
            visitor=visitor,
            address_hash=address,
            mobile=mobile,
            language=language,
            salt=secrets.token_bytes(16),
            created_at=now,
            expires_at=now + timedelta(minutes=VALID_MINUTES),
        )
        transaction.on_commit(partial(have_done, TASK, code.pk, answer_code), robust=True)


def lock_asking(organisation: Organisation) -> None:
    """One at a time in an organisation, until the commit: however many ask at once, the limits hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"login codes {organisation.pk}"]
        )


def refuse_too_many(
    organisation: Organisation, mobile: str, visitor: str, address: str, now: datetime
) -> None:
    """Counts rows, which are there for known and unknown numbers alike."""
    by_number, by_visitor, from_address = Q(mobile=mobile), Q(visitor=visitor), Q(address_hash=address)
    lately = LoginCode.objects.filter(organisation=organisation, created_at__gt=now - AN_HOUR)
    found = lately.aggregate(
        of_number=Count("pk", by_number),
        of_visitor=Count("pk", by_visitor),
        of_address=Count("pk", from_address),
        last=Max("created_at", filter=by_number | by_visitor),
    )
    if found["last"] is not None:
        left = COOL_DOWN_SECONDS - (now - found["last"]).total_seconds()
        if left > 0:
            raise TooManyCodes(int(left) + 1)
    if max(found["of_number"], found["of_visitor"]) >= MOST_CODES:
        raise TooManyCodes(None)
    if found["of_address"] >= settings.LOGIN_CODES_PER_ADDRESS:
        raise TooManyCodes(None)


def answer_code(code_id: int) -> None:
    """Makes the code and queues its SMS where the clinic knows the number; twice does it once."""
    code = LoginCode.across.select_related("organisation__settings").filter(pk=code_id).first()
    if code is None:
        return
    with organisation_scope(code.organisation_id), transaction.atomic():
        locked = LoginCode.objects.select_for_update().get(organisation=code.organisation_id, pk=code_id)
        if locked.answered_at or locked.expires_at <= timezone.now():
            return
        if is_known(code.organisation, locked.mobile.as_e164):
            send_code(code.organisation, locked)
        elif may_ask_clinic(code.organisation):
            ask_clinic_about(code.organisation, locked)
        locked.answered_at = timezone.now()
        locked.save(update_fields=["answered_at", "digest"])


def is_known(organisation: Organisation, mobile: str) -> bool:
    return bookings_with_number(organisation, mobile).exists()


def may_ask_clinic(organisation: Organisation) -> bool:
    """Whether the agent is there, knows whom the portal does not, and has not been asked too much."""
    if organisation.settings.sms_login_sees != LoginSees.WHOLE_LIST or is_agent_away(
        organisation=organisation
    ):
        return False
    open_questions = Lookup.objects.filter(
        organisation=organisation, login=None, answered_at=None, expires_at__gt=timezone.now()
    )
    return open_questions.count() < MOST_QUESTIONS


def ask_clinic_about(organisation: Organisation, code: LoginCode) -> None:
    """Asks the agent whether it knows the number; its yes sends the code (scheduling/lookups.py)."""
    lookup = Lookup(
        organisation=organisation, code=code, created_at=timezone.now(), expires_at=code.expires_at
    )
    lookup.save(force_insert=True)
    tell_agent(organisation=organisation, event_type=AgentEvent.Type.PATIENT_LOOKUP, lookup=lookup)


def send_code_late(*, organisation: Organisation, code: LoginCode) -> None:
    """Sends the code to a number that the clinic has just said it knows: once, and as long as it is good."""
    with transaction.atomic():
        locked = LoginCode.objects.select_for_update().get(organisation=organisation, pk=code.pk)
        if locked.digest is not None or locked.used_at or locked.expires_at <= timezone.now():
            return
        send_code(organisation, locked)
        locked.save(update_fields=["digest"])


def send_code(organisation: Organisation, code: LoginCode) -> None:
    """Only here are there digits; what is stored of them is a hash. Past a limit nothing is sent."""
    digits = f"{secrets.randbelow(1_000_000):06}"
    try:
        with transaction.atomic():
            queue_message(
                organisation=organisation,
                kind=Kind.LOGIN_CODE,
                channel=Channel.SMS,
                to=code.mobile.as_e164,
                language=code.language,
                values={"code": digits, "minutes": str(VALID_MINUTES), "clinic": organisation.name},
                about=f"login:{code.pk}",
                not_after=code.expires_at,
                asked_from=code.address_hash,
            )
    except SmsNotAllowed as refused:
        log.warning("organisation %s: a login code was not sent (limit: %s)", organisation.pk, refused.limit)
        return
    code.digest = digest_of(digits, code)


def unanswered_codes(*, limit: int) -> list[int]:
    """Codes of every organisation that no worker has looked at yet, though somebody waits."""
    waiting = LoginCode.across.filter(answered_at=None, expires_at__gt=timezone.now())
    return list(waiting.order_by("created_at").values_list("pk", flat=True)[:limit])


def code_asked(*, organisation: Organisation, visitor: str) -> LoginCode | None:
    """The code that the browser waits for: the newest, as long as it could be typed or replaced."""
    code: LoginCode | None = (
        LoginCode.objects.filter(organisation=organisation, visitor=visitor)
        .order_by("-created_at", "-pk")
        .first()
    )
    if code is None or code.used_at or code.created_at < timezone.now() - AN_HOUR:
        return None
    return code


def log_in_with_code(*, organisation: Organisation, visitor: str, digits: str) -> tuple[Login, str]:
    """A login for who typed the code that was sent, and the key for its cookie.

    Raises WrongCode and CodeExpired; for a number that the clinic does not know, every code is wrong.
    """
    with transaction.atomic():
        code = newest_code(organisation, visitor)
        wrong = use_code(code, digits)
        if code is not None and wrong is None:
            return start_login(organisation=organisation, method=Login.Method.SMS, mobile=code.mobile.as_e164)
    raise wrong or CodeExpired


def newest_code(organisation: Organisation, visitor: str) -> LoginCode | None:
    """Locked, so that of several tries at once each is counted."""
    found: LoginCode | None = (
        LoginCode.objects.select_for_update()
        .filter(organisation=organisation, visitor=visitor)
        .order_by("-created_at", "-pk")
        .first()
    )
    return found


def use_code(code: LoginCode | None, digits: str) -> WrongCode | CodeExpired | None:
    """Uses the code up, or counts a try; gives what was wrong, so that the count survives the refusal."""
    if code is None or code.used_at or code.expires_at <= timezone.now() or code.tries >= MOST_TRIES:
        return CodeExpired()
    made = bytes(code.digest) if code.digest is not None else NEVER
    if hmac.compare_digest(made, digest_of(digits, code)):
        code.used_at = timezone.now()
        code.save(update_fields=["used_at"])
        return None
    code.tries += 1
    code.save(update_fields=["tries"])
    return WrongCode(MOST_TRIES - code.tries)


def digest_of(digits: str, code: LoginCode) -> bytes:
    """Bound to the organisation, the purpose, the number, the browser and this very code."""
    about = f"login:{code.organisation_id}:{code.mobile.as_e164}:{code.visitor}:{code.pk}:{digits}"
    return hmac.digest(settings.SECRET_KEY.encode() + bytes(code.salt), about.encode(), "sha256")


def forget_login_codes() -> int:
    """Deletes every organisation's codes that no limit counts any more; how many."""
    deleted, _ = LoginCode.across.filter(created_at__lt=timezone.now() - AN_HOUR).delete()
    return deleted
