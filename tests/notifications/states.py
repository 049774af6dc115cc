"""What a test asks about a message."""

from datetime import timedelta

from django.utils import timezone

from notifications.models import Message


def stored(message: Message) -> Message:
    """The message as it stands in the database now."""
    found: Message = Message.across.get(pk=message.pk)
    return found


def state_of(message: Message) -> str:
    return stored(message).state


def let_claim_run_out(message: Message) -> None:
    """As if the worker that claimed it had died long ago."""
    Message.across.filter(pk=message.pk).update(claimed_at=timezone.now() - timedelta(hours=1))


def let_back_off_pass(message: Message) -> None:
    Message.across.filter(pk=message.pk).update(next_attempt_at=timezone.now())
