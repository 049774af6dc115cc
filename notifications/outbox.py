"""Queueing messages: a row written in the caller's transaction, and a bell when it is committed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypedDict

from django.db import transaction
from django.utils import timezone

from clinics.inserting import insert_unless_conflict
from clinics.models import Organisation
from notifications.allowance import take_sms_allowance
from notifications.bell import ring
from notifications.models import Channel, Kind, Message, Priority
from notifications.standard_texts import filled_in, standard_text


class Attachment(TypedDict):
    """A text file that goes with an e-mail; the content type may have parameters."""

    filename: str
    content_type: str
    text: str


_SECRET = {Kind.CODE, Kind.LOGIN_CODE}
_URGENT = {Kind.CODE, Kind.LOGIN_CODE}


def queue_message(
    *,
    organisation: Organisation,
    kind: Kind | str,
    channel: Channel | str,
    to: str,
    language: str,
    values: Mapping[str, str],
    about: str,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    attachments: Sequence[Attachment] = (),
) -> Message | None:
    """The message that will be sent once the caller's transaction commits, or None if it was queued before.

    Before means: of this kind, by this channel, about this thing; so two that race queue one. Raises
    ValueMissing where the text would say nothing, a code without its digits say, and SmsNotAllowed for
    an SMS past a limit (see allowance.py).
    """
    kind, channel = Kind(kind), Channel(channel)
    if channel == Channel.SMS:
        take_sms_allowance(organisation=organisation, to=to)
    text = filled_in(
        standard_text(language=language, channel=channel, kind=kind),
        channel=channel,
        kind=kind,
        values=values,
    )
    message = Message(
        organisation=organisation,
        kind=kind,
        channel=channel,
        about=about,
        to=to,
        language=text.language,
        subject=text.subject,
        body=text.body,
        attachments=list(attachments),
        is_secret=kind in _SECRET,
        priority=Priority.SOMEBODY_WAITS if kind in _URGENT else Priority.SOON,
        not_before=not_before,
        not_after=not_after,
        next_attempt_at=not_before or timezone.now(),
    )
    return _insert_and_ring(message)


def _insert_and_ring(message: Message) -> Message | None:
    if not insert_unless_conflict(message):
        return None
    if message.not_before is None:
        transaction.on_commit(partial(ring, message.pk), robust=True)
    return message
