"""Logging in, staying so for a while, and logging out: one row for each browser, which a cookie opens."""

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from clinics.models import Organisation
from clinics.models.settings import LoginSees
from scheduling.models import Login

IDLE = timedelta(minutes=30)
"""A login ends when nothing has been asked with it for so long."""
LONGEST = timedelta(hours=4)
"""And after this in any case."""
TOUCH_AFTER = timedelta(minutes=1)
"""Use is written down once a minute at most."""


def start_login(
    *,
    organisation: Organisation,
    method: Login.Method,
    mobile: str = "",
    national_id: str | None = None,
    first_name: str = "",
    last_name: str = "",
) -> tuple[Login, str]:
    """A new login and the key for the browser's cookie; the key is nowhere else.

    What is given has been proven: the mobile (E.164) by a code, or the national id, in stored form, by eID.
    """
    key, now = secrets.token_urlsafe(32), timezone.now()
    login = Login(
        organisation=organisation,
        key_digest=digest_of(key),
        method=method,
        mobile=mobile,
        national_id=national_id,
        first_name=first_name,
        last_name=last_name,
        created_at=now,
        expires_at=now + IDLE,
    )
    login.save(force_insert=True)
    return login, key


def login_with(*, organisation: Organisation, key: str) -> Login | None:
    """Whose cookie this is, if the login still lasts; each use lets it last longer, up to LONGEST."""
    now = timezone.now()
    login: Login | None = Login.objects.filter(
        organisation=organisation, key_digest=digest_of(key), expires_at__gt=now
    ).first()
    if login is not None:
        prolong(login)
    return login


def prolong(login: Login) -> None:
    wanted = min(timezone.now() + IDLE, login.created_at + LONGEST)
    if wanted - login.expires_at >= TOUCH_AFTER:
        login.expires_at = wanted
        login.save(update_fields=["expires_at"])


def end_login(*, organisation: Organisation, login: Login) -> None:
    """Logs out: the row goes, and with it whatever the clinic answered for it."""
    Login.objects.filter(organisation=organisation, pk=login.pk).delete()


def forget_logins() -> int:
    """Deletes every organisation's logins that have ended by themselves; how many."""
    deleted, _ = Login.across.filter(expires_at__lte=timezone.now()).delete()
    return deleted


def sees_whole_list(*, organisation: Organisation, login: Login) -> bool:
    """Whether this way of logging in shows the appointments that the clinic made as well."""
    chosen = organisation.settings
    sees = chosen.sms_login_sees if login.method == Login.Method.SMS else chosen.eid_login_sees
    return bool(sees == LoginSees.WHOLE_LIST)


def has_proven(login: Login, mobile: str) -> bool:
    """Whether a code has reached this very number (E.164)."""
    return login.method == Login.Method.SMS and bool(mobile) and login.mobile.as_e164 == mobile


def is_of(login: Login, mobile: str, national_id: str | None) -> bool:
    """Whether what was typed names nobody but who is logged in, so that the clinic's card may be changed.

    The clinic finds a card by the national id, else by mobile and name. A phone proves no national id: with
    one that was only typed, the card could be anybody's.
    """
    if login.method == Login.Method.EID:
        return bool(national_id) and national_id == login.national_id
    return has_proven(login, mobile) and not national_id


def digest_of(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
