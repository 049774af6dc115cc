"""What workers do: deliver one message, and ring for those that nobody rang for."""

from celery import shared_task

from notifications.bell import ring
from notifications.delivery import deliver_each, due_messages
from notifications.retention import forget_messages

_BATCH = 100


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
    """Ring for a batch of what is due: bells nobody heard, passing errors, workers that died."""
    for message_id in due_messages(limit=_BATCH):
        ring(message_id)


@shared_task(ignore_result=True, acks_late=True)
def forget_old_messages() -> None:
    """Delete messages whose time is up."""
    forget_messages()
