"""Delivering the house's own mails to the operator's people: by the operator's account, tried for a day."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language

from clinics.account_mails import ONCE, the_house
from notifications.bell import have_done
from notifications.delivery import delay_after
from notifications.errors import TransportError
from notifications.models import Channel, HouseMail, Message
from notifications.routes import operator_account
from notifications.sending_stop import stopped_since
from notifications.transports.choice import transport_of

GOOD_FOR = timedelta(days=1)
_TASK = "notifications.tasks.deliver_house_mail"


def queue_house_mail(email: EmailMessage, address: str) -> None:
    """In the caller's transaction, with a bell on its commit; of those with one name the first."""
    name = email.extra_headers.get(ONCE) or uuid.uuid4()
    row, is_new = HouseMail.objects.get_or_create(
        once=f"{name}:{address}"[:200],
        defaults={
            "to": address,
            "language": (get_language() or "en")[:2],
            "subject": str(email.subject)[:200],
            "body": str(email.body),
        },
    )
    if is_new:
        transaction.on_commit(lambda: have_done(_TASK, row.pk, deliver_house_mail), robust=True)


def deliver_house_mail(row_id: int) -> None:
    """Send one if it is due and nobody else does; running it twice sends once."""
    now = timezone.now()
    if stopped_since():
        return
    mine = HouseMail.objects.filter(pk=row_id, sent_at=None, next_attempt_at__lte=now)
    again_at = now + timedelta(seconds=settings.MESSAGE_CLAIM_SECONDS)
    if mine.update(attempts=F("attempts") + 1, next_attempt_at=again_at) == 0:
        return
    row = HouseMail.objects.get(pk=row_id)
    sent = HouseMail.objects.filter(pk=row_id)
    try:
        transport_of(operator_account(Channel.EMAIL)).send(as_message(row))
    except TransportError as error:
        later = now + delay_after(min(row.attempts, 10))
        sent.update(last_error=error.message[:500], next_attempt_at=max(later, again_at))
        return
    sent.update(sent_at=timezone.now(), body="", last_error="")


def as_message(row: HouseMail) -> Message:
    """As transports take it; the organisation that it comes from is the house, which no table holds."""
    return Message(
        organisation=the_house(),
        public_id=row.public_id,
        channel=Channel.EMAIL,
        kind="account",
        about=f"house:{row.pk}",
        to=row.to,
        language=row.language,
        subject=row.subject,
        body=row.body,
        created_at=row.created_at,
    )


def due_house_mails() -> list[int]:
    due = HouseMail.objects.filter(sent_at=None, next_attempt_at__lte=timezone.now())
    return list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:50])


def forget_house_mails() -> None:
    HouseMail.objects.filter(created_at__lt=timezone.now() - GOOD_FOR).delete()
