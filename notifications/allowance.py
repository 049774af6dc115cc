"""How many SMS may leave: each costs money, and a stranger can ask for codes. These limits fail closed.

Counted when a message is queued, in the caller's transaction: what is rolled back is not counted.
"""

from datetime import datetime, timedelta
from typing import Any

import phonenumbers
from django.db import connection
from django.utils import timezone

from clinics.models import Organisation
from notifications.errors import SmsNotAllowed
from notifications.models import Channel

MOST_TO_ONE_NUMBER = 20
"""SMS to one number from one organisation within a day and a night."""
_TAKE_ONE = """
    WITH lately AS (
        SELECT count(*) < %(most)s AS are_few FROM notifications_message
        WHERE organisation_id = %(organisation)s AND "to" = %(to)s AND channel = %(sms)s
          AND created_at > %(since)s AND not_before IS NULL
    ), taken AS (
        INSERT INTO notifications_smsday AS counted (organisation_id, day, queued)
        SELECT %(organisation)s, %(day)s, 1 FROM lately WHERE are_few AND %(limit)s > 0
        ON CONFLICT (organisation_id, day) DO UPDATE SET queued = counted.queued + 1
        WHERE counted.queued < %(limit)s
        RETURNING queued
    )
    SELECT are_few, EXISTS (SELECT FROM taken) FROM lately
"""


def take_sms_allowance(*, organisation: Organisation, to: str, at: datetime | None = None) -> None:
    """Counts one SMS to the E.164 number ``to``. Raises SmsNotAllowed and counts nothing past a limit.

    One that is to leave later, ``at``, counts on that day, and not against how many a number gets now.

    The organisation's count for the day is one row that is locked until the caller commits, so that
    however many ask at once, no more leave than may.
    """
    if region_of(to) not in organisation.settings.sms_countries:
        raise SmsNotAllowed("country")
    are_few, is_taken = took_one(organisation, to, at)
    if not are_few:
        raise SmsNotAllowed("number")
    if not is_taken:
        raise SmsNotAllowed("day")


def region_of(number: str) -> str | None:
    """The country that a number belongs to, as two letters; None for no valid number."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None


def took_one(organisation: Organisation, to: str, at: datetime | None = None) -> tuple[bool, bool]:
    """Whether few enough went to this number lately, and whether one of the day's was left, now taken."""
    now = timezone.now()
    values: dict[str, Any] = {
        "organisation": organisation.pk,
        "to": to,
        "sms": Channel.SMS,
        "since": now - timedelta(days=1),
        "most": MOST_TO_ONE_NUMBER,
        "day": (at or now).date(),
        "limit": organisation.settings.sms_daily_limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_ONE, values)
        are_few, is_taken = cursor.fetchone()
    return are_few, is_taken
