"""Delivery: one worker claims messages, sends them, and marks what became of them.

A worker may die between sending and marking. Its claim runs out, the sweep finds the message again, and
before anything is sent twice the provider is asked whether it has it already, where it can be asked.

Messages of which nobody has tried anything go several at once over kept connections, and what is known of
them is written together. The others go one by one, each looked up first.
"""

import logging
import random
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from queue import Empty, SimpleQueue

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from notifications.breaker import may_try, note_failure, note_success, troubled_routes
from notifications.claims import claim_each, due_messages
from notifications.errors import TransportError
from notifications.fallback import email_instead
from notifications.marking import Mark, mark_sent
from notifications.models import Message, State
from notifications.refusals import refused
from notifications.routes import accounts_for
from notifications.sender import may_be_replied_to, sms_sender
from notifications.totals import count_message
from notifications.transports.base import Account, Transport
from notifications.transports.choice import transport_of

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 10
CONNECTIONS = 8
"""Messages that one process sends at once."""
_GATHERED_FOR = 0.02
"""Seconds that a result waits for others to be written with it."""
_FIRST_DELAY = 5
_LONGEST_DELAY = 1800
_MOST_UNKNOWN = 1
"""Attempts of unknown outcome after which a provider that cannot be asked is tried once more: at most
one message too many."""


def deliver(message_id: int) -> None:
    """Send one message if it is due and nobody else is sending it; running it twice sends once."""
    deliver_each([message_id])


def deliver_each(message_ids: Sequence[int]) -> None:
    """The same for several, none of which waits for another that fails: the first error is raised last."""
    send_claimed(claim_each(message_ids))


def deliver_due(*, limit: int) -> int:
    """Send a batch of what is due, the most urgent first; of how many messages more is known now.

    What another worker takes in the same moment is stepped over. None where all had to be given back, since
    one worker is just trying whether their provider works again.
    """
    return send_claimed(claim_each(due_messages(limit=2 * limit), limit=limit))


@dataclass
class Try:
    """A claimed message, how it would go, and what came of it."""

    message: Message
    account: Account
    transport: Transport
    reference: str = ""
    error: Exception | None = None
    is_late: bool = False
    """The claim was too old by the time its turn came: nothing was sent."""


class Batch:
    """What one worker has claimed at once."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.accounts = accounts_for(messages)
        self.troubled = troubled_routes()
        self.given_back = 0
        self.well: set[str] = set()
        """Routes whose success has been noted, and no failure since."""
        self.errors: list[Exception] = []
        self.instead: list[int] = []
        """E-mails that say what an SMS could not."""

    def plan(self, message: Message) -> Try | None:
        """How the message goes, or None for one that does not go now and has been marked so."""
        account = self.accounts.get(message.route)
        if message.is_too_late:
            self.finish(message, state=State.EXPIRED)
        elif message.attempts > MOST_ATTEMPTS or account is None:
            self.fail(message, "Tried too often." if account else "The account is gone.")
        elif message.route in self.troubled and not may_try(message.route):
            self.give_back(message)
        else:
            return Try(addressed(message, account), account, transport_of(account))
        return None

    def give_back(self, message: Message) -> None:
        """Nothing was tried: it waits on, and has lost no attempt."""
        self.given_back += 1
        _release(message, state=State.WAITING, attempts=message.attempts - 1)

    def fail(self, message: Message, words: str, unknown: int = 0) -> None:
        """Failed for good; an e-mail may go instead."""
        with transaction.atomic():
            email = email_instead(message)
            self.finish(
                message,
                state=State.FAILED,
                last_error=words[:500],
                unknown_outcomes=message.unknown_outcomes + unknown,
            )
        if email is not None:
            self.instead.append(email.pk)

    @transaction.atomic
    def finish(self, message: Message, *, state: State, **changes: object) -> None:
        """Nothing more will be done with the message; a secret is forgotten with the same update."""
        if message.is_secret:
            changes["body"] = ""
        if not _release(message, state=state, **changes):
            return
        account = self.accounts.get(message.route)
        provider = account.transport if account else ""
        count_message(outcome=state.value, channel=message.channel, provider=provider)
        logger.info("Message %s is %s after attempt %s", message.pk, state.value, message.attempts)

    def note(self, tries: Sequence[Try]) -> None:
        """Write down what came of these, all that went well together."""
        sent = [one for one in tries if one.reference]
        mark_sent([Mark(one.message, one.reference, one.account.transport) for one in sent])
        for one in tries:
            if one.is_late:
                self.give_back(one.message)
            elif isinstance(one.error, TransportError):
                self.note_error(one.message, one.error)
            elif one.error is not None:
                self.errors.append(one.error)
        for route in {one.message.route for one in sent} - self.well:
            note_success(route)
            self.well.add(route)

    def note_error(self, message: Message, error: TransportError) -> None:
        if error.provider_failed:
            self.well.discard(message.route)
            note_failure(message.route, error.message)
        elif error.permanent:
            note_success(message.route, sent=False)
        unknown = int(error.outcome_unknown)
        if error.permanent or message.attempts >= MOST_ATTEMPTS:
            self.fail(message, error.message, unknown)
            return
        retry_at = timezone.now() + delay_after(message.attempts)
        _release(
            message,
            state=State.WAITING,
            next_attempt_at=min(retry_at, message.not_after or retry_at),
            last_error=error.message[:500],
            unknown_outcomes=message.unknown_outcomes + unknown,
        )


def send_claimed(messages: Sequence[Message]) -> int:
    """Send what the caller has claimed, and mark what became of each; how many were not given back.

    Raises the first error last.
    """
    if not messages:
        return 0
    batch = Batch(messages)
    unwanted = refused(messages)
    for message in messages:
        if message.pk in unwanted:
            state, words = unwanted[message.pk]
            batch.finish(message, state=state, last_error=words[:500])
    tries = [batch.plan(message) for message in messages if message.pk not in unwanted]
    going = [one for one in tries if one is not None]
    send_quickly(batch, [one for one in going if not one.message.unknown_outcomes])
    for one in going:
        if one.message.unknown_outcomes:
            batch.note([sent(one, asks_first=True)])
            leave_to_twin(one)
    deliver_each(batch.instead)
    if batch.errors:
        raise batch.errors[0]
    return len(messages) - batch.given_back


def send_quickly(batch: Batch, tries: Sequence[Try]) -> None:
    """Several at once. What has come back while something was being written is written next, together."""
    if len(tries) <= 1:
        batch.note([sent(one) for one in tries])
        return
    done: SimpleQueue[Future[Try]] = SimpleQueue()
    for one in tries:
        senders().submit(sent, one).add_done_callback(done.put)
    left = len(tries)
    while left:
        back = come_back(done, most=min(left, CONNECTIONS))
        left -= len(back)
        batch.note(back)


def come_back(done: "SimpleQueue[Future[Try]]", *, most: int) -> list[Try]:
    """The next that are done, once there are so many, or a moment after the first."""
    back = [done.get().result()]
    until = time.monotonic() + _GATHERED_FOR
    with suppress(Empty):
        while len(back) < most:
            back.append(done.get(timeout=max(until - time.monotonic(), 0.0001)).result())
    return back


@cache
def senders() -> ThreadPoolExecutor:
    """Threads that only talk to providers, each over its own connections; the database is not theirs."""
    return ThreadPoolExecutor(max_workers=CONNECTIONS, thread_name_prefix="send")


def sent(one: Try, *, asks_first: bool = False) -> Try:
    """The try with what came of it. Never raises: what is wrong is written down beside it."""
    if is_stale(one.message) or one.message.is_too_late:
        one.is_late = True
        return one
    try:
        taken = already_taken(one.message, one.transport) if asks_first else None
        one.reference = taken or one.transport.send(one.message)
    except Exception as error:  # noqa: BLE001 - noted by its kind, raised once all have had their turn
        one.error = error
    return one


def attempt(message: Message) -> None:
    """Send a claimed message, unless the provider has it already, and mark what became of it."""
    send_claimed([message])


def is_stale(message: Message) -> bool:
    """Whether so much of the claim has passed that a slow provider might outlast it.

    Nor does anybody wait long for a batch: what it does not get to is given back, for its turn to come anew.
    """
    patience = min(5.0, settings.MESSAGE_CLAIM_SECONDS / 6)
    claimed_at = message.claimed_at
    return claimed_at is not None and timezone.now() - claimed_at > timedelta(seconds=patience)


def addressed(message: Message, account: Account) -> Message:
    """The message with the sender that its reader will see."""
    if message.channel == "sms":
        message.sent_from = sms_sender(message.organisation, account)
        message.replies_allowed = may_be_replied_to(message.organisation, account, message.sent_from)
    return message


def already_taken(message: Message, transport: Transport) -> str | None:
    """The provider's reference if an earlier attempt got through after all.

    A report of it may have told us. Raises TransportError where nobody can say and one more might be one
    too many.
    """
    if message.provider_reference:
        return message.provider_reference
    if not transport.can_look_up:
        if message.unknown_outcomes > _MOST_UNKNOWN:
            raise TransportError("Nobody knows whether it was taken, twice.", permanent=True)
        return None
    if twins(message).filter(state=State.SENDING, body__endswith=message.body).exists():
        raise TransportError(
            "The same text to the same recipient is being sent just now.", provider_failed=False
        )
    found = transport.look_up(message)
    others = set(twins(message).exclude(provider_reference="").values_list("provider_reference", flat=True))
    return next((reference for reference in found if reference not in others), None)


def leave_to_twin(one: Try) -> None:
    """A report may have said, just now, that what was found is another message of the same words."""
    mine = Message.across.filter(pk=one.message.pk, state=State.SENT, is_secret=False)
    if one.reference and twins(one.message).filter(provider_reference=one.reference).exists():
        mine.filter(provider_reference=one.reference).update(
            state=State.WAITING, provider_reference="", sent_at=None, attempts=1
        )


def twins(message: Message) -> QuerySet[Message]:
    """Other messages to the same recipient that a provider may mistake for this one."""
    return Message.across.filter(
        organisation_id=message.organisation_id, channel=message.channel, to=message.to
    ).exclude(pk=message.pk)


def delay_after(attempts: int) -> timedelta:
    """How long to leave a provider alone: longer each time, and not the same for all."""
    seconds = min(_FIRST_DELAY * 3 ** (attempts - 1), _LONGEST_DELAY)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load, guards nothing


def _release(message: Message, **changes: object) -> bool:
    """Give the claim back with what was learnt; False where another worker has taken it over meanwhile."""
    mine = Message.across.filter(pk=message.pk, state=State.SENDING, claimed_at=message.claimed_at)
    if mine.update(**changes) == 1:
        return True
    logger.warning("Message %s was taken over by another worker meanwhile", message.pk)
    return False
