"""Where somebody is signed in: a person's sessions, with the device and when each was last used."""

import time
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from clinics.models import Membership, Organisation, User

SEEN = "seen_at"
SEEN_EVERY = 300
"""Seconds between two notes that a session is in use."""
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
"""What stands in a browser's name for itself; Chrome also says that it is Safari, so the order matters."""
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One place where somebody is signed in."""

    pk: int
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_current: bool


def device_of(user_agent: str) -> str:
    """Browser and device in words, as far as the browser says."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    return ", ".join(filter(None, [browser, system])) or _("Unknown device")


def sessions_of(*, user: User, current_key: str | None) -> list[SignedIn]:
    """Where the user is signed in at this moment: the place of asking first, then those used last."""
    found = [
        SignedIn(
            pk=row.pk,
            device=device_of(row.user_agent),
            address=row.ip,
            began_at=row.created_at,
            seen_at=row.last_seen_at,
            is_current=row.session_key == current_key,
        )
        for row in living(user)
    ]
    return sorted(found, key=lambda each: (each.is_current, each.seen_at), reverse=True)


def living(user: User) -> list[UserSession]:
    """The rows whose sessions are neither over nor signed out by a new password; two queries."""
    rows = list(UserSession.objects.filter(user=user))
    keys = [row.session_key for row in rows]
    stored = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    hashes = {session.session_key: session.get_decoded().get(HASH_SESSION_KEY, "") for session in stored}
    good = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return [
        row
        for row in rows
        if any(constant_time_compare(hashes.get(row.session_key, ""), each) for each in good)
    ]


def end_session(*, user: User, pk: int) -> bool:
    """Signs the user out there; whether there was such a session of theirs."""
    return end_rows(list(UserSession.objects.filter(user=user, pk=pk))) == 1


def end_sessions(*, user: User, but: str | None = None) -> int:
    """Signs the user out everywhere, except where the session has this key; how many ended."""
    return end_rows(list(UserSession.objects.filter(user=user).exclude(session_key=but or "")))


@transaction.atomic
def end_rows(rows: list[UserSession]) -> int:
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@transaction.atomic
def sign_out_member(*, organisation: Organisation, member: Membership) -> None:
    """Ends every session of the member's; the audit log keeps who asked for it."""
    Membership.objects.filter(organisation=organisation, pk=member.pk).update(signed_out_at=timezone.now())
    end_sessions(user=member.user)


def begin_noting(request: HttpRequest) -> None:
    """From this login on the session says when it was last used."""
    request.session[SEEN] = time.time()


def note_seen(request: HttpRequest) -> None:
    """Remembers every few minutes that the session is in use; in between it costs nothing."""
    noted = request.session.get(SEEN)
    if noted is None or time.time() - noted < SEEN_EVERY:
        return
    request.session[SEEN] = time.time()
    used = UserSession.objects.filter(session_key=request.session.session_key)
    used.update(last_seen_at=timezone.now())
