"""What workers do: deliver what a bell rang for, and what nobody rang for."""

import time

from celery import shared_task

from notifications.bell import ring, told_a_worker
from notifications.claims import due_messages
from notifications.delivery import deliver_due, deliver_each
from notifications.given_back import give_back_unsent
from notifications.house_mail import deliver_house_mail, due_house_mails, forget_house_mails
from notifications.retention import forget_messages

_BATCH = 50
_DRAINS = 4
"""How many workers a sweep calls to help at most."""
_DRAIN_SECONDS = 10
_DRAIN = "notifications.tasks.drain_messages"


@shared_task(ignore_result=True, acks_late=True)
def deliver_message(*message_ids: int) -> None:
    """Deliver the first of the messages that one bell rang for, and ring for each of the others.

    So the e-mail does not wait for a slow provider of SMS. Running it twice sends once.
    """
    for other in message_ids[1:]:
        ring(other)
    deliver_each(message_ids[:1])


@shared_task(ignore_result=True, acks_late=True)
def sweep_messages() -> None:
    """Look for what is due: what no bell was heard for, or waited for its time, or whose worker died."""
    for row_id in due_house_mails():
        deliver_house_mail(row_id)
    due = len(due_messages(limit=_DRAINS * _BATCH))
    for _worker in range(-(-due // _BATCH)):
        if not told_a_worker(_DRAIN):
            drain()
            return


@shared_task(name="notifications.tasks.deliver_house_mail", ignore_result=True, acks_late=True)
def deliver_one_house_mail(row_id: int) -> None:
    """Deliver one mail to somebody of the operator."""
    deliver_house_mail(row_id)


@shared_task(ignore_result=True, acks_late=True)
def drain_messages() -> None:
    """Deliver what is due; if that takes a while, the next task goes on, so that others have their turn."""
    if drain():
        told_a_worker(_DRAIN)


def drain() -> bool:
    """Deliver batch by batch, the most urgent first, for a while; whether there may be more.

    A code that comes in the meantime goes with the next batch.
    """
    until = time.monotonic() + _DRAIN_SECONDS
    while deliver_due(limit=_BATCH):
        if time.monotonic() > until:
            return True
    return False


@shared_task(ignore_result=True, acks_late=True)
def give_back_unsent_sms() -> None:
    """Count no longer what was cancelled before it left."""
    give_back_unsent()


@shared_task(ignore_result=True, acks_late=True)
def forget_old_messages() -> None:
    """Delete messages whose time is up."""
    forget_messages()
    forget_house_mails()
