"""Whom reminders and advertising may be sent to."""

from clinics.models import Organisation
from notifications.allowance import is_mobile, region_of
from notifications.models import ADVERTISING, PLANNED, Channel, Message, State
from notifications.refusals import has_opted_out

UNASKED = [*PLANNED, *ADVERTISING]
"""Kinds that nobody has asked for at this moment, so that who says no gets none of them."""


def may_remind(*, organisation: Organisation, mobile: str) -> bool:
    """Whether an SMS that nobody waits for may go to this E.164 number.

    It has to be a mobile number of a country that the organisation sends to, from which nobody has sent STOP.
    """
    if region_of(mobile) not in organisation.settings.sms_countries:
        return False
    return is_mobile(mobile) and not has_opted_out(organisation=organisation, mobile=mobile)


def withdraw_unasked(*, organisation: Organisation, channel: Channel, to: str) -> int:
    """Cancels what waits for who wants no more of it; how many messages."""
    waiting = Message.objects.filter(
        organisation=organisation, channel=channel, to=to, kind__in=UNASKED, state=State.WAITING
    )
    cancelled: int = waiting.update(state=State.CANCELLED)
    return cancelled
