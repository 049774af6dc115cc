"""Taking back messages that have not left yet."""

from django.db.models import Case, F, Q, TextField, Value, When

from clinics.models import Organisation
from notifications.models import Message, State


def cancel_waiting_messages(*, organisation: Organisation, about: str) -> int:
    """Cancels what waits to be said about this thing, in the caller's transaction; how many messages.

    What a worker is sending at this moment is not stopped.
    """
    waiting = Message.objects.filter(
        Q(about=about) | Q(about__startswith=f"{about}:"), organisation=organisation, state=State.WAITING
    )
    body = Case(When(is_secret=True, then=Value("")), default=F("body"), output_field=TextField())
    cancelled: int = waiting.update(state=State.CANCELLED, body=body)
    return cancelled


def cancel_message(*, organisation: Organisation, message: Message) -> bool:
    """Cancels one that waits, in the caller's transaction; False where it does not wait any more."""
    waiting = Message.objects.filter(organisation=organisation, pk=message.pk, state=State.WAITING)
    return bool(waiting.update(state=State.CANCELLED, body="" if message.is_secret else F("body")))
