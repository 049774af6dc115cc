"""What the clinic's people do with single messages: cancel one that waits, send one again, lift a STOP."""

import re

from django.db import transaction

from clinics.models import Organisation
from notifications.errors import NotSendable
from notifications.models import NEEDS_CONSENT, Kind, Message
from notifications.refusals import lift_opt_out
from notifications.resending import can_go_again, queue_again
from notifications.withdrawal import cancel_message
from scheduling.desk import note
from scheduling.message_lists import booking_key, bookings_of
from scheduling.models import Booking
from scheduling.models.booking import BookingState
from scheduling.models.desk import Act
from scheduling.recipients import unwanted_by

_REVISION = re.compile(r"booking:[0-9a-f-]+(?::plan|:hand:[0-9a-f-]+)?(?::(?P<revision>\d+))?(?::retry:\d+)?")


def is_outdated(message: Message, booking: Booking | None) -> bool:
    """What it says of its booking does not hold any more; nothing of that may leave again."""
    if booking_key(message.about) is None:
        return False
    if booking is None:
        return True
    if message.kind == Kind.REFUSAL:
        return booking.state != BookingState.REFUSED
    found = _REVISION.fullmatch(message.about)
    said = int(found["revision"] or 0) if found else 0
    return said != booking.revision


def is_unwanted(message: Message) -> bool:
    """An offer to who has said no since."""
    if message.kind not in NEEDS_CONSENT:
        return False
    unwanted = unwanted_by(
        organisation=message.organisation, channel=message.channel, kind=message.kind, addresses=[message.to]
    )
    return bool(unwanted)


def may_go_again(message: Message, booking: Booking | None) -> bool:
    return can_go_again(message) and not is_outdated(message, booking)


def withdraw(*, organisation: Organisation, message: Message, who: str) -> bool:
    """Cancels one that waits; False where it does not wait any more."""
    with transaction.atomic():
        is_done = cancel_message(organisation=organisation, message=message)
        if is_done:
            note_message(organisation, Act.WITHDRAWN, who, message, tells_patient=False)
    return is_done


def send_again(*, organisation: Organisation, message: Message, who: str) -> bool:
    """Queues what failed once more; False where that was done before. Raises NotSendable, SmsNotAllowed."""
    with transaction.atomic():
        bookings = bookings_of(organisation, [message.about])
        booking = next(iter(bookings.values()), None)
        if booking is not None:  # so that it does not change meanwhile
            booking = Booking.objects.select_for_update().get(organisation=organisation, pk=booking.pk)
        if is_outdated(message, booking) or is_unwanted(message):
            raise NotSendable
        is_done = queue_again(organisation=organisation, message=message) is not None
        if is_done:
            note_message(organisation, Act.RESENT, who, message, tells_patient=True)
    return is_done


def lift_stop(*, organisation: Organisation, mobile: str, who: str) -> bool:
    """On the patient's wish reminders and marketing go to this number again; False where they did anyhow."""
    with transaction.atomic():
        is_done = lift_opt_out(organisation=organisation, mobile=mobile)
        if is_done:
            note(organisation=organisation, act=Act.LIFTED, who=who)
    return is_done


def note_message(
    organisation: Organisation, act: Act, who: str, message: Message, *, tells_patient: bool
) -> None:
    booking = next(iter(bookings_of(organisation, [message.about]).values()), None)
    note(organisation=organisation, act=act, who=who, booking=booking, tells_patient=tells_patient)
