"""Django's e-mails leave by the outbox: what the house itself writes, invitations and new passwords say."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import get_language

from clinics.account_mails import ONCE
from clinics.errors import OrganisationNotInScope
from clinics.scope import organisation_id_in_scope
from notifications.house_mail import queue_house_mail
from notifications.models import Channel, Message, Priority
from notifications.outbox import insert_and_ring

ACCOUNT = "account"
"""The kind of these messages. No text of the organisation's stands behind it, so Kind does not know it."""
GOOD_FOR = timedelta(days=1)


class OutboxBackend(BaseEmailBackend):
    """Queues each e-mail for the organisation in scope; where none is, for somebody of the operator."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for email in email_messages:
            for address in email.to:
                try:
                    queue_email(email, address)
                except OrganisationNotInScope:
                    queue_house_mail(email, address)
        return len(email_messages)


def queue_email(email: EmailMessage, address: str) -> None:
    """A row in the caller's transaction, and a bell on its commit. Its body, often a key, is forgotten.

    A mail that says by which name it is told once (see clinics/account_mails.py) is not queued again.
    """
    message = Message(
        organisation_id=organisation_id_in_scope(),
        channel=Channel.EMAIL,
        kind=ACCOUNT,
        about=f"mail:{email.extra_headers.get(ONCE) or uuid.uuid4()}",
        to=address,
        language=(get_language() or "en")[:2],
        subject=str(email.subject)[:200],
        body=str(email.body),
        is_secret=True,
        priority=Priority.SOMEBODY_WAITS,
        not_after=timezone.now() + GOOD_FOR,
    )
    insert_and_ring([message])
