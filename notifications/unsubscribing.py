"""Saying no to reminders and advertising by e-mail, by a signed link that holds no address."""

import base64
import binascii
import hmac

from django.conf import settings
from django.db import transaction

from clinics.inserting import insert_unless_conflict
from clinics.models import Organisation
from notifications.models import Channel, EmailRefusal, Message, State
from notifications.reminding import UNASKED

PATH = "no-reminders"
DIGEST_BYTES = 16
SIGNATURE_BYTES = 8


class LinkUnknown(Exception):
    """The link is none of this organisation's."""


def digest_of(organisation: Organisation, address: str, key: str | None = None) -> bytes:
    """Keyed hash of an address at one organisation: who steals the table learns nobody's."""
    about = f"email refusal:{organisation.pk}:{address.strip().lower()}"
    return hmac.digest((key or settings.SECRET_KEY).encode(), about.encode(), "sha256")[:DIGEST_BYTES]


def unsubscribe_url(organisation: Organisation, address: str) -> str:
    return f"{organisation.portal_url}{PATH}/{token_of(organisation, digest_of(organisation, address))}/"


def token_of(organisation: Organisation, digest: bytes, key: str | None = None) -> str:
    """The digest, signed for this organisation: 32 characters, so that the link fits a header's line."""
    signed = digest + _signature(organisation, digest, key or settings.SECRET_KEY)
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def digest_in(organisation: Organisation, token: str) -> bytes:
    """Whose link it is. Raises LinkUnknown."""
    try:
        signed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        raise LinkUnknown from None
    digest, signature = signed[:DIGEST_BYTES], signed[DIGEST_BYTES:]
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(signature, _signature(organisation, digest, key)):
            return digest
    raise LinkUnknown


def _signature(organisation: Organisation, digest: bytes, key: str) -> bytes:
    about = f"unsubscribe:{organisation.pk}:".encode() + digest
    return hmac.digest(key.encode(), about, "sha256")[:SIGNATURE_BYTES]


def digests_of(organisation: Organisation, address: str) -> list[bytes]:
    """With each of the keys that are good."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [digest_of(organisation, address, key) for key in keys]


def may_email(*, organisation: Organisation, address: str) -> bool:
    """Whether reminders and advertising may go to this address."""
    digests = digests_of(organisation, address)
    return not EmailRefusal.objects.filter(organisation=organisation, address_digest__in=digests).exists()


def has_refused(*, organisation: Organisation, digest: bytes) -> bool:
    return EmailRefusal.objects.filter(organisation=organisation, address_digest=digest).exists()


@transaction.atomic
def refuse_email(*, organisation: Organisation, digest: bytes) -> None:
    """No reminders and no advertising to this address any more, what waits included. Twice is once."""
    insert_unless_conflict(EmailRefusal(organisation=organisation, address_digest=digest))
    waiting = Message.objects.filter(
        organisation=organisation, channel=Channel.EMAIL, kind__in=UNASKED, state=State.WAITING
    )
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    own = [
        pk
        for pk, to in waiting.values_list("pk", "to")
        if any(digest_of(organisation, to, key) == digest for key in keys)
    ]
    Message.objects.filter(organisation=organisation, pk__in=own, state=State.WAITING).update(
        state=State.CANCELLED
    )


def allow_email(*, organisation: Organisation, digest: bytes) -> None:
    """Takes the no back; what was cancelled for it stays cancelled."""
    EmailRefusal.objects.filter(organisation=organisation, address_digest=digest).delete()
