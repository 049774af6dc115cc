"""An SMS that cannot go is sent as an e-mail instead, once, where the organisation wants that."""

from typing import Any

from clinics.models import Organisation
from notifications.models import Channel, Message


def email_instead(message: Message) -> Message | None:
    """The stored e-mail that says the same, or None where none is wanted, possible or left to say.

    Where the same has been said by e-mail already, nothing is added.
    """
    if not can_go_by_email(message.organisation, message) or message.is_too_late or not message.body:
        return None
    email, is_new = Message.across.get_or_create(
        organisation=message.organisation,
        channel=Channel.EMAIL,
        kind=message.kind,
        about=message.about,
        defaults=said_by_email(message),
    )
    return email if is_new else None


def email_of(message: Message) -> Message:
    """The same as an e-mail, not stored: for an SMS that no limit lets go."""
    return Message(
        organisation=message.organisation,
        channel=Channel.EMAIL,
        kind=message.kind,
        about=message.about,
        not_before=message.not_before,
        next_attempt_at=message.next_attempt_at,
        **said_by_email(message),
    )


def can_go_by_email(organisation: Organisation, message: Message) -> bool:
    by_sms = message.channel == Channel.SMS
    return by_sms and bool(message.fallback_to) and organisation.settings.email_fallback


def said_by_email(message: Message) -> dict[str, Any]:
    """What the e-mail has in its columns."""
    return {
        "to": message.fallback_to,
        "language": message.language,
        "subject": message.organisation.name[:200],
        "body": message.body,
        "is_secret": message.is_secret,
        "priority": message.priority,
        "not_after": message.not_after,
    }
