"""Queueing messages: a row written in the caller's transaction, and a bell when it is committed."""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from clinics.inserting import rows_of
from clinics.models import Organisation
from clinics.prepared import Question, ask, together
from notifications.allowance import Asked, Counted, take_sms_allowance, take_sms_allowances
from notifications.bell import ring
from notifications.errors import SmsNotAllowed
from notifications.fallback import can_go_by_email, email_of
from notifications.message_texts import URLS, text_of
from notifications.models import ADVERTISING, PLANNED, Channel, Kind, Mailing, Message, Priority
from notifications.standard_texts import Text, filled_in


class Attachment(TypedDict):
    """A text file that goes with an e-mail; the content type may have parameters."""

    filename: str
    content_type: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be, and the values of its text's merge fields."""

    kind: Kind
    channel: Channel
    to: str
    language: str
    values: Mapping[str, str]
    about: str
    not_before: datetime | None = None
    not_after: datetime | None = None
    attachments: Sequence[Attachment] = ()
    fallback_to: str = ""
    """An e-mail address for an SMS that cannot go, where the organisation wants that."""
    priority: Priority | None = None
    """None: codes at once, the rest soon after."""
    asked_from: str = ""
    """Stands for the remote address of who asked for it, if anybody did."""
    text: Text | None = None
    """Words for this message alone; None: the organisation's or the standard ones."""
    mailing: Mailing | None = None
    """What is sent by hand, of which this is one message; its SMS were all counted together."""


FEW = 6
"""Messages that one booking may bring."""
_SECRET = {Kind.CODE, Kind.LOGIN_CODE}
_URGENT = {Kind.CODE, Kind.LOGIN_CODE}
_TYPED = ["first_name", "last_name"]
_LIKE_AN_ADDRESS = re.compile(r"//|@|[Ww]{3}\.|\w\.(?:[a-z]{2}|[A-Z]{2,}\b)")

log = logging.getLogger(__name__)


def queue_message(
    *,
    organisation: Organisation,
    kind: Kind | str,
    channel: Channel | str,
    to: str,
    language: str,
    values: Mapping[str, str],
    about: str,
    **more: Any,
) -> Message | None:
    """The message that will be sent once the caller's transaction commits, or None if it was queued before.

    Before means: of this kind, by this channel, about this thing; so two that race queue one. Raises
    ValueMissing where the text would say nothing, a code without its digits say, and SmsNotAllowed for
    an SMS past a limit (see allowance.py). ``more`` are a Draft's further fields.
    """
    draft = Draft(Kind(kind), Channel(channel), to, language, values, about, **more)
    message = written(organisation, draft)
    try:
        note_allowance(organisation, draft, message)
    except SmsNotAllowed:
        if not can_go_by_email(organisation, message):
            raise
        message = email_of(message)
    return next(iter(insert_and_ring([message])), None)


def queue_messages(*, organisation: Organisation, drafts: Iterable[Draft]) -> int:
    """The same for several at once, for which one bell rings; how many limits did not forbid.

    An SMS past a limit is left out, or goes by e-mail where that is wanted and not queued anyway.
    """
    messages = [(draft, written(organisation, draft)) for draft in drafts]
    refused = note_allowances(organisation, messages)
    permitted = [message for _draft, message in messages if message.public_id not in refused]
    instead = [
        email_of(message)
        for _draft, message in messages
        if message.public_id in refused and can_go_by_email(organisation, message)
    ]
    permitted += instead  # after the real e-mails: of two about the same the first stays
    if permitted:
        insert_and_ring_later(permitted)
    return len(permitted)


def note_allowances(organisation: Organisation, messages: Sequence[tuple[Draft, Message]]) -> set[UUID]:
    """Counts the SMS among them, where that is done; which may not go. Says in the log what forbids it."""
    counted = [(draft, message) for draft, message in messages if draft.channel == Channel.SMS]
    asked = [asked_for(draft, message.body) for draft, message in counted]
    outcomes = take_sms_allowances(organisation=organisation, asked=asked) if asked else []
    refused = set()
    for (_draft, message), outcome in zip(counted, outcomes, strict=True):
        if isinstance(outcome, Counted):
            outcome.note_on(message)
        else:
            refused.add(message.public_id)
            log.warning("organisation %s: an SMS was not queued (limit: %s)", organisation.pk, outcome.limit)
    return refused


def note_allowance(organisation: Organisation, draft: Draft, message: Message) -> None:
    """Counts the message where that is done. Raises SmsNotAllowed."""
    counted = require_allowance(organisation, draft, message.body)
    if counted is not None:
        counted.note_on(message)


def require_allowance(organisation: Organisation, draft: Draft, text: str) -> Counted | None:
    """Raises SmsNotAllowed. Only once the text is written: others may wait for the count until commit."""
    if draft.channel != Channel.SMS:
        return None
    return take_sms_allowance(organisation=organisation, asked=asked_for(draft, text))


def asked_for(draft: Draft, text: str) -> Asked:
    return Asked(draft.to, text, draft.kind, draft.asked_from, draft.not_before)


def written(organisation: Organisation, draft: Draft) -> Message:
    """The message with its text, not stored yet. Raises ValueMissing."""
    text = filled_in(
        draft.text or text_of_kind(organisation, draft),
        channel=draft.channel,
        kind=draft.kind,
        values=harmless(organisation, draft.values),
    )
    return Message(
        organisation=organisation,
        kind=draft.kind,
        channel=draft.channel,
        about=draft.about,
        to=draft.to,
        language=text.language,
        subject=text.subject,
        body=text.body,
        attachments=list(draft.attachments),
        is_secret=draft.kind in _SECRET,
        priority=priority_of(draft),
        fallback_to=draft.fallback_to,
        not_before=draft.not_before,
        not_after=draft.not_after,
        next_attempt_at=draft.not_before or timezone.now(),
        mailing=draft.mailing,
    )


def text_of_kind(organisation: Organisation, draft: Draft) -> Text:
    return text_of(organisation=organisation, language=draft.language, channel=draft.channel, kind=draft.kind)


def priority_of(draft: Draft) -> Priority:
    if draft.priority is not None:
        return draft.priority
    if draft.kind in _URGENT:
        return Priority.SOMEBODY_WAITS
    if draft.kind in PLANNED:
        return Priority.REMINDER
    return Priority.BULK if draft.kind in ADVERTISING else Priority.SOON


def harmless(organisation: Organisation, values: Mapping[str, str]) -> dict[str, str]:
    """With the organisation's own addresses, and without names that are one.

    A stranger types the name and whom it is sent to: no message carries an advertisement like that.
    """
    own = {name: getattr(organisation.settings, name) for name in URLS}
    safe = {name: "" for name in _TYPED if _LIKE_AN_ADDRESS.search(values.get(name, ""))}
    return {**own, **values, **safe}


def insert_and_ring(messages: Sequence[Message]) -> list[Message]:
    """Those that had not been queued before, with their ids; one bell rings for all of them on commit."""
    asked = ask_to_insert_all(messages)
    inserted = inserted_of(messages, asked)
    transaction.on_commit(partial(ring_for, inserted), robust=True)
    return inserted


def insert_and_ring_later(messages: Sequence[Message]) -> None:
    """The same where nobody has to know yet which of them had been queued before."""
    asked = ask_to_insert_all(messages)
    transaction.on_commit(lambda: ring_for(inserted_of(messages, asked)), robust=True)


def ask_to_insert_all(messages: Sequence[Message]) -> list[Question]:
    """A few by the same statement each, which is planned already; many by one."""
    rows = rows_of(Message)
    size = 1 if len(messages) <= FEW else len(messages)
    asked = []
    with together():
        for place in range(0, len(messages), size):
            some = messages[place : place + size]
            places = ", ".join([rows.placeholders] * len(some))
            statement = f"{rows.insertion}{places} ON CONFLICT DO NOTHING RETURNING public_id, id"
            asked.append(ask(statement, [value for message in some for value in rows.values(message)]))
    return asked


def inserted_of(messages: Sequence[Message], asked: Sequence[Question]) -> list[Message]:
    ids = dict(row for question in asked for row in question.rows())
    inserted = [message for message in messages if message.public_id in ids]
    for message in inserted:
        message.pk = ids[message.public_id]
    return inserted


def ring_for(messages: Sequence[Message]) -> None:
    """Rings for what is to go at once."""
    at_once = [message.pk for message in messages if message.not_before is None]
    if at_once:
        ring(*at_once)
