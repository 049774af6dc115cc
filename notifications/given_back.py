"""Giving back to the limits what was counted for SMS that were cancelled, or too late, and never left.

Not where they are cancelled: who cancels a booking holds other counts already, and two who do would wait for
each other in a circle. So it comes a moment later, a day of an organisation at a time.
"""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from notifications.models import UNSENT_STATES, Message

UNSENT = Q(state__in=UNSENT_STATES, unknown_outcomes=0, provider_reference="", sms_day__isnull=False)
_LOCK = """
SELECT FROM notifications_smsmonth
WHERE organisation_id = %(organisation)s AND month = date_trunc('month', %(day)s::timestamp)::date FOR UPDATE
"""
_GIVE_BACK = """
WITH given AS (
    UPDATE notifications_message SET sms_day = NULL
    WHERE organisation_id = %(organisation)s AND sms_day = %(day)s
      AND state IN ('cancelled', 'expired') AND unknown_outcomes = 0 AND provider_reference = ''
    RETURNING sms_cost
), totals AS (
    SELECT count(*) AS many, coalesce(sum(sms_cost), 0) AS cost FROM given
), the_month AS (
    UPDATE notifications_smsmonth SET spent = greatest(spent - totals.cost, 0) FROM totals
    WHERE organisation_id = %(organisation)s AND month = date_trunc('month', %(day)s::timestamp)::date
), the_day AS (
    UPDATE notifications_smsday SET
        queued = greatest(queued - totals.many, 0), spent = greatest(spent - totals.cost, 0)
    FROM totals WHERE organisation_id = %(organisation)s AND day = %(day)s
)
SELECT many FROM totals
"""

_LESS = """
WITH the_month AS (
    UPDATE notifications_smsmonth SET spent = greatest(spent - %(cost)s, 0)
    WHERE organisation_id = %(organisation)s AND month = date_trunc('month', %(day)s::timestamp)::date
)
UPDATE notifications_smsday SET queued = greatest(queued - %(many)s, 0), spent = greatest(spent - %(cost)s, 0)
WHERE organisation_id = %(organisation)s AND day = %(day)s
"""


def give_back_unsent() -> int:
    """Of how many SMS there is room for others again; twice gives back once."""
    concerned = Message.across.filter(UNSENT).order_by("organisation_id", "sms_day")
    pairs = concerned.values_list("organisation_id", "sms_day").distinct()
    return sum([give_back(organisation_id, day) for organisation_id, day in pairs if day])


@transaction.atomic
def give_back(organisation_id: int, day: date) -> int:
    """The month is locked first, as by who counts (take_sms)."""
    values: dict[str, Any] = {"organisation": organisation_id, "day": day}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, values)
        cursor.execute(_GIVE_BACK, values)
        return int(cursor.fetchone()[0])


@transaction.atomic
def give_back_unwritten(*, organisation_id: int, day: date, many: int, cost: int) -> None:
    """Room again for SMS of a mailing that was stopped before they were written."""
    values: dict[str, Any] = {"organisation": organisation_id, "day": day, "many": many, "cost": cost}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, values)
        cursor.execute(_LESS, values)
