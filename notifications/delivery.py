"""Delivery: one worker claims a message, sends it, and marks what became of it.

A worker may die between sending and marking. Its claim runs out, the sweep finds the message again, and
before anything is sent twice the provider is asked whether it has it already, where it can be asked.
"""

import logging
import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, F, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from notifications.errors import TransportError
from notifications.models import Message, State
from notifications.transports.base import Transport
from notifications.transports.choice import transport_for

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 10
_FIRST_DELAY = 5
_LONGEST_DELAY = 1800
_MOST_UNKNOWN = 1
"""Attempts of unknown outcome after which a provider that cannot be asked is tried once more: at most
one message too many."""


def deliver(message_id: int) -> None:
    """Send one message if it is due and nobody else is sending it; running it twice sends once."""
    message = claim(message_id)
    if message is None:
        return
    if message.is_too_late:
        _finish(message, state=State.EXPIRED)
    elif message.attempts > MOST_ATTEMPTS:
        _finish(message, state=State.FAILED)
    else:
        attempt(message)


def deliver_each(message_ids: Iterable[int]) -> None:
    """The same for several, none of which waits for another that fails: the first error is raised last."""
    errors = []
    for message_id in message_ids:
        try:
            deliver(message_id)
        except Exception as error:  # noqa: BLE001 - raised below, once all have had their turn
            errors.append(error)
    if errors:
        raise errors[0]


def due_messages(*, limit: int) -> list[int]:
    """Ids of what should be sent now: by turns between organisations, each one's codes first.

    Among them are messages whose worker has died.
    """
    turn = Window(RowNumber(), partition_by="organisation_id", order_by=["priority", "next_attempt_at", "id"])
    due = Message.across.filter(_is_due(timezone.now())).annotate(turn=turn)
    return list(due.order_by("turn", "priority", "id").values_list("pk", flat=True)[:limit])


def claim(message_id: int) -> Message | None:
    """The message, which is the caller's to send from now on, or None if it is not due.

    One conditional update decides: of several that try, it touches a row for one.
    """
    now = timezone.now()
    claimed = Message.across.filter(_is_due(now), pk=message_id).update(
        state=State.SENDING,
        claimed_at=now,
        attempts=F("attempts") + 1,
        unknown_outcomes=F("unknown_outcomes") + Case(When(state=State.SENDING, then=1), default=0),
    )
    if claimed != 1:
        return None
    message: Message = Message.across.select_related("organisation__settings").get(pk=message_id)
    return message


def attempt(message: Message) -> None:
    """Send a claimed message, unless the provider has it already, and mark what became of it."""
    transport = transport_for(message.channel)
    try:
        reference = _already_taken(message, transport) or transport.send(message)
    except TransportError as error:
        _note_error(message, error)
    else:
        _finish(message, state=State.SENT, provider_reference=reference[:255], sent_at=timezone.now())


def _is_due(now: datetime) -> Q:
    lost_since = now - timedelta(seconds=settings.MESSAGE_CLAIM_SECONDS)
    return Q(state=State.WAITING, next_attempt_at__lte=now) | Q(
        state=State.SENDING, claimed_at__lte=lost_since
    )


def _already_taken(message: Message, transport: Transport) -> str | None:
    """The provider's reference if an earlier attempt got through after all.

    Raises TransportError where nobody can say and one more might be one too many.
    """
    if message.attempts == 1:
        return None
    if not transport.can_look_up:
        if message.unknown_outcomes > _MOST_UNKNOWN:
            raise TransportError("Nobody knows whether it was taken, twice.", permanent=True)
        return None
    if _twins(message).filter(state=State.SENDING).exists():
        raise TransportError("The same text to the same recipient is being sent just now.")
    found = transport.look_up(message)
    others = set(_twins(message).exclude(provider_reference="").values_list("provider_reference", flat=True))
    return next((reference for reference in found if reference not in others), None)


def _twins(message: Message) -> QuerySet[Message]:
    """Other messages to the same recipient that a provider may mistake for this one."""
    return Message.across.filter(
        organisation_id=message.organisation_id, channel=message.channel, to=message.to
    ).exclude(pk=message.pk)


def _note_error(message: Message, error: TransportError) -> None:
    unknown = message.unknown_outcomes + int(error.outcome_unknown)
    if error.permanent or message.attempts >= MOST_ATTEMPTS:
        _finish(message, state=State.FAILED, last_error=error.message[:500], unknown_outcomes=unknown)
        return
    retry_at = timezone.now() + delay_after(message.attempts)
    _release(
        message,
        state=State.WAITING,
        next_attempt_at=min(retry_at, message.not_after or retry_at),
        last_error=error.message[:500],
        unknown_outcomes=unknown,
    )


def delay_after(attempts: int) -> timedelta:
    """How long to leave a provider alone: longer each time, and not the same for all."""
    seconds = min(_FIRST_DELAY * 3 ** (attempts - 1), _LONGEST_DELAY)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load, guards nothing


def _finish(message: Message, *, state: State, **changes: object) -> None:
    """Nothing more will be done with the message; a secret is forgotten with the same update."""
    if message.is_secret:
        changes["body"] = ""
    _release(message, state=state, **changes)
    logger.info("Message %s is %s after attempt %s", message.pk, state.value, message.attempts)


def _release(message: Message, **changes: object) -> None:
    """Give the claim back with what was learnt, unless another worker has taken it over meanwhile."""
    mine = Message.across.filter(pk=message.pk, state=State.SENDING, claimed_at=message.claimed_at)
    if mine.update(**changes) != 1:
        logger.warning("Message %s was taken over by another worker meanwhile", message.pk)
