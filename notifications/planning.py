"""Messages that wait for a time that follows from something else, and follow it when that changes.

Each change is a conditional update: what a worker has claimed in the same moment is left alone.
"""

from collections.abc import Iterable, Sequence

from clinics.models import Organisation
from notifications.errors import SmsNotAllowed
from notifications.models import PLANNED, Channel, Message, State
from notifications.outbox import Draft, note_allowance, written

_FOLLOWING = ["to", "language", "subject", "body", "not_before", "not_after"]


def planned_messages(*, organisation: Organisation, abouts: Sequence[str]) -> list[Message]:
    """All reminders and thanks about these things, whatever became of them."""
    return list(
        Message.objects.filter(
            organisation=organisation, channel__in=Channel.values, kind__in=PLANNED, about__in=abouts
        )
    )


def is_open(message: Message) -> bool:
    """Whether the plan still has a say in it: it waits untried, or the plan itself took it back."""
    waits = message.state == State.WAITING and message.attempts == 0
    return waits or (message.state == State.CANCELLED and message.is_withdrawn)


def put_right(*, organisation: Organisation, message: Message, draft: Draft) -> bool:
    """Lets an open message say what the draft says, when it says it; whether anything changed.

    An SMS that was given back is counted again, if there is room for it.
    """
    fresh = written(organisation, draft)
    changes = {
        name: getattr(fresh, name) for name in _FOLLOWING if getattr(fresh, name) != getattr(message, name)
    }
    if message.state == State.WAITING and not changes:
        return False
    if message.channel == Channel.SMS and message.sms_day is None:
        try:
            note_allowance(organisation, draft, fresh)
        except SmsNotAllowed:
            return False
        changes |= {"sms_day": fresh.sms_day, "sms_cost": fresh.sms_cost}
    changes |= {
        "next_attempt_at": fresh.next_attempt_at,
        "state": State.WAITING,
        "is_withdrawn": False,
        "last_error": "",
    }
    rows = Message.objects.filter(
        organisation=organisation,
        pk=message.pk,
        state=message.state,
        is_withdrawn=message.is_withdrawn,
        attempts=message.attempts,
        sms_day=message.sms_day,
    )
    return bool(rows.update(**changes))


def withdraw(*, organisation: Organisation, messages: Iterable[Message]) -> int:
    """Takes back what still waits; the plan may want it again. How many messages."""
    ids = [message.pk for message in messages if message.state == State.WAITING]
    if not ids:
        return 0
    waiting = Message.objects.filter(organisation=organisation, pk__in=ids, state=State.WAITING)
    withdrawn: int = waiting.update(state=State.CANCELLED, is_withdrawn=True)
    return withdrawn
