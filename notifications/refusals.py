"""Who wants nothing more: numbers that have said STOP, addresses that bounce or complain."""

from collections.abc import Iterable, Sequence

from django.db.models import Q

from clinics.models import Organisation
from clinics.prepared import ask
from notifications.lifting import plan_again
from notifications.models import Channel, Message, OptOut, Priority, State, SuppressedAddress

_OPTED_OUT = "SELECT FROM notifications_optout WHERE organisation_id = %s AND mobile = %s"
Recipient = tuple[int, str]
"""An organisation's id, and a number or an address in small letters."""


def has_opted_out(*, organisation: Organisation, mobile: str) -> bool:
    """Whether reminders and marketing may not go to this number."""
    return ask(_OPTED_OUT, [organisation.pk, mobile]).row() is not None


def lift_opt_out(*, organisation: Organisation, mobile: str) -> bool:
    """Reminders and marketing may go to this number again; False where nothing kept them.

    What was planned for it waits again at once, in the same transaction.
    """
    gone, _by_table = OptOut.objects.filter(organisation=organisation, mobile=mobile).delete()
    if gone:
        plan_again(organisation.pk, mobile)
    return gone > 0


def refused(messages: Sequence[Message]) -> dict[int, tuple[State, str]]:
    """The messages among these that must not go, with what becomes of them and why."""
    opted_out = found_in(OptOut, "mobile", filter(may_be_stopped, messages))
    suppressed = found_in(SuppressedAddress, "address", filter(is_email, messages))
    found: dict[int, tuple[State, str]] = {}
    for message in messages:
        recipient = recipient_of(message)
        if may_be_stopped(message) and recipient in opted_out:
            found[message.pk] = State.CANCELLED, "STOP"
        elif is_email(message) and recipient in suppressed:
            found[message.pk] = State.FAILED, f"Nothing more goes to this address: {suppressed[recipient]}"
    return found


def may_be_stopped(message: Message) -> bool:
    """Codes and confirmations are what their reader has just asked for."""
    return message.channel == Channel.SMS and message.priority >= Priority.REMINDER


def is_email(message: Message) -> bool:
    return message.channel == Channel.EMAIL


def recipient_of(message: Message) -> Recipient:
    return message.organisation_id, message.to.lower()


def found_in(
    model: type[OptOut | SuppressedAddress], column: str, messages: Iterable[Message]
) -> dict[Recipient, str]:
    """Which of the messages' recipients stand in the table, and its words; no query for none."""
    asked = {recipient_of(message) for message in messages}
    if not asked:
        return {}
    words = "word" if model is OptOut else "reason"
    everybody = Q(organisation__in={pk for pk, _to in asked}, **{f"{column}__in": {to for _pk, to in asked}})
    rows = model.across.filter(everybody).values_list("organisation_id", column, words)
    return {(pk, to): said for pk, to, said in rows}
