"""Trying a text out: a message to whoever writes it, a few times an hour."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from clinics.models import Organisation, OrganisationSettings
from notifications.allowance import Asked, take_sms_allowance
from notifications.models import Channel, Kind, Message
from notifications.outbox import insert_and_ring
from notifications.standard_texts import Text

MOST_AN_HOUR = 5
"""By one person."""
MOST_A_DAY = 30
"""By all of an organisation's."""


class TooManyTrials(Exception):
    """Enough has been tried out for now."""


@transaction.atomic
def send_trial(
    *, organisation: Organisation, by: int, kind: Kind, channel: Channel, to: str, text: Text
) -> Message:
    """Queues a filled-in text to an address of its writer's. Raises TooManyTrials and SmsNotAllowed."""
    OrganisationSettings.objects.select_for_update().get(organisation=organisation)  # one counts at a time
    now = timezone.now()
    lately = Message.objects.filter(organisation=organisation, about__startswith="trial:")
    own = lately.filter(about__startswith=f"trial:{by}:", created_at__gt=now - timedelta(hours=1))
    if (
        own.count() >= MOST_AN_HOUR
        or lately.filter(created_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY
    ):
        raise TooManyTrials
    if channel == Channel.SMS:
        take_sms_allowance(organisation=organisation, asked=Asked(to, text.body))
    message = Message(
        organisation=organisation,
        kind=kind,
        channel=channel,
        about=f"trial:{by}:{uuid.uuid4()}",
        to=to,
        language=text.language,
        subject=text.subject,
        body=text.body,
        not_after=now + timedelta(hours=1),
        next_attempt_at=now,
    )
    insert_and_ring([message])
    return message
