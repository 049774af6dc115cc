"""How many SMS may leave: each costs money, and a stranger can ask for codes. These limits fail closed.

Counted when a message is queued, in the caller's transaction: what is rolled back is not counted.
"""

from datetime import timedelta

import phonenumbers
from django.db import connection
from django.utils import timezone

from clinics.models import Organisation
from notifications.errors import SmsNotAllowed
from notifications.models import Channel

MOST_TO_ONE_NUMBER = 20
"""SMS to one number from one organisation within a day and a night."""
_SENT_LATELY = """
    SELECT count(*) FROM notifications_message
    WHERE organisation_id = %s AND "to" = %s AND channel = %s AND created_at > %s
"""
_TAKE_ONE = """
    INSERT INTO notifications_smsday AS counted (organisation_id, day, queued)
    SELECT %(organisation)s, %(day)s, 1 WHERE %(limit)s > 0
    ON CONFLICT (organisation_id, day) DO UPDATE SET queued = counted.queued + 1
    WHERE counted.queued < %(limit)s
    RETURNING queued
"""


def take_sms_allowance(*, organisation: Organisation, to: str) -> None:
    """Counts one SMS to the E.164 number ``to``. Raises SmsNotAllowed and counts nothing past a limit.

    The organisation's count for the day is one row that is locked until the caller commits, so that
    however many ask at once, no more leave than may.
    """
    if region_of(to) not in organisation.settings.sms_countries:
        raise SmsNotAllowed("country")
    if sent_lately(organisation, to) >= MOST_TO_ONE_NUMBER:
        raise SmsNotAllowed("number")
    if not took_one_of_today(organisation):
        raise SmsNotAllowed("day")


def region_of(number: str) -> str | None:
    """The country that a number belongs to, as two letters; None for no valid number."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None


def sent_lately(organisation: Organisation, to: str) -> int:
    since = timezone.now() - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(_SENT_LATELY, [organisation.pk, to, Channel.SMS, since])
        (count,) = cursor.fetchone()
    return int(count)


def took_one_of_today(organisation: Organisation) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_ONE,
            {
                "organisation": organisation.pk,
                "day": timezone.now().date(),
                "limit": organisation.settings.sms_daily_limit,
            },
        )
        return cursor.fetchone() is not None
