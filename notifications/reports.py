"""What providers report of messages they have taken: noted forwards only, in whichever order they say it."""

import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from notifications.bell import ring
from notifications.fallback import email_instead
from notifications.models import Channel, Delivery, Message, State, SuppressedAddress
from notifications.routes import provider_of
from notifications.totals import count_message
from notifications.transports.callbacks import Report

_FORWARDS = {
    # That the handset has it is proof; "not delivered" before was a guess.
    Channel.SMS: (Delivery.UNKNOWN, Delivery.ACCEPTED, Delivery.UNDELIVERED, Delivery.DELIVERED),
    # The server has taken it, and it may still bounce or be complained of.
    Channel.EMAIL: (Delivery.UNKNOWN, Delivery.ACCEPTED, Delivery.DELIVERED, Delivery.UNDELIVERED),
}
"""How far a message has come, from left to right."""


def note_report(*, route: str, organisation_id: int | None, report: Report) -> None:
    """Note what became of a message that left by this route; what is known already changes nothing.

    It may come before we have marked the message as sent, and then says that it was taken.
    """
    message = reported(route, organisation_id, report).select_related("organisation__settings").first()
    if message is None:
        return
    with transaction.atomic():
        if moved_on(message, report):
            if report.is_final_for_address and message.channel == Channel.EMAIL:
                suppress(message, report.words)
            if report.delivery == Delivery.UNDELIVERED and message.state == State.SENT:
                say_it_by_email(message)


def reported(route: str, organisation_id: int | None, report: Report) -> QuerySet[Message]:
    """The message that is meant, if it left by this account."""
    rows = Message.across.filter(route=route)
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    own = as_uuid(report.public_id)
    if own is not None:
        return rows.filter(public_id=own)
    return rows.filter(provider_reference=report.reference) if report.reference else rows.none()


def as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def moved_on(message: Message, report: Report) -> bool:
    """Whether the report says more than was known; then it is stored, and so is the provider's reference."""
    order = _FORWARDS[Channel(message.channel)]
    earlier = order[: order.index(report.delivery)]
    changes: dict[str, object] = {"delivery": report.delivery}
    if report.delivery == Delivery.DELIVERED:
        changes |= {"delivered_at": timezone.now(), "last_error": ""}
    elif report.delivery == Delivery.UNDELIVERED:
        changes["last_error"] = report.words.replace("\0", "")[:500]
    row = Message.across.filter(pk=message.pk)
    if report.reference:
        reference = report.reference.replace("\0", "")[:255]
        if row.filter(provider_reference="").update(provider_reference=reference):
            send_the_twin_after_all(message, reference)
    if row.filter(delivery__in=earlier).update(**changes) == 0:
        return False
    if report.delivery != Delivery.ACCEPTED:
        provider = provider_of(message.route)
        count_message(outcome=report.delivery.value, channel=message.channel, provider=provider)
    return True


def send_the_twin_after_all(message: Message, reference: str) -> None:
    """Another message of the same words was found by its look-up to be this one: it has not left yet.

    The provider lists what it took by number and text; the report names the message itself.
    """
    mistaken = Message.across.filter(
        organisation_id=message.organisation_id,
        route=message.route,
        provider_reference=reference,
        state=State.SENT,
        unknown_outcomes__gt=0,
        is_secret=False,
    ).exclude(pk=message.pk)
    mistaken.update(
        state=State.WAITING, provider_reference="", sent_at=None, attempts=1, next_attempt_at=timezone.now()
    )


def suppress(message: Message, words: str) -> None:
    SuppressedAddress.across.get_or_create(
        organisation_id=message.organisation_id,
        address=message.to.lower(),
        defaults={"reason": words.replace("\0", "")[:500]},
    )


def say_it_by_email(message: Message) -> None:
    email = email_instead(message)
    if email is not None:
        pk = email.pk
        transaction.on_commit(lambda: ring(pk), robust=True)
