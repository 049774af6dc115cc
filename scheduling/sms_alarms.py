"""Telling people, once, that a month's money for SMS runs out and that codes pause since few are used.

The money is counted and the limits hold in notifications/allowance.py; here somebody gets to know.
"""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from clinics.models import Organisation
from clinics.scope import organisation_scope
from notifications.allowance import UNIT
from notifications.models import CodePause, Kind
from scheduling.alarm_mails import everybody_concerned, mail_alarm, operators_people

PAUSE = timedelta(minutes=15)
WINDOW = timedelta(hours=1)
LEAST_CODES = 20
"""Fewer within the window prove nothing."""
MOST_UNUSED = 70
"""Per cent of the codes; more make a pause."""

log = logging.getLogger(__name__)

# At the cap: there is no room for one more dearest part. A raised cap takes back what was told.
_SPENT = """
    WITH levels AS (
        SELECT m.id, m.organisation_id, m.told, CASE
            WHEN m.spent > 0 AND m.spent + %(part)s > c.sms_monthly_cap * %(unit)s::bigint THEN 100
            WHEN m.spent * 100 >= c.sms_monthly_cap * %(unit)s::bigint * 80 AND m.spent > 0 THEN 80
            ELSE 0 END AS level
        FROM notifications_smsmonth m
        JOIN clinics_organisationsettings c ON c.organisation_id = m.organisation_id
        WHERE m.month = %(month)s
    )
    UPDATE notifications_smsmonth m SET told = l.level FROM levels l
    WHERE m.id = l.id AND m.told = l.told AND m.told <> l.level
    RETURNING m.organisation_id, l.level, l.level > l.told
"""
# Codes that went to a mobile, old enough to be used by now and made since the last pause.
_PAUSE = """
    WITH codes AS (
        SELECT c.organisation_id, c.created_at, c.used_at FROM scheduling_confirmationcode c
        JOIN scheduling_bookingpatient p ON p.booking_id = c.booking_id AND p.mobile <> ''
        JOIN clinics_organisationsettings s ON s.organisation_id = c.organisation_id AND s.code_by_sms
        WHERE c.created_at > %(since)s AND c.created_at < %(ripe)s
        UNION ALL
        SELECT organisation_id, created_at, used_at FROM scheduling_logincode
        WHERE digest IS NOT NULL AND created_at > %(since)s AND created_at < %(ripe)s
        UNION ALL
        SELECT c.organisation_id, c.created_at, c.used_at FROM scheduling_wishcode c
        JOIN scheduling_wish w ON w.id = c.wish_id AND w.mobile <> ''
        JOIN clinics_organisationsettings s ON s.organisation_id = c.organisation_id
            AND (s.code_by_sms OR NOT s.code_by_email)
        WHERE c.created_at > %(since)s AND c.created_at < %(ripe)s
    ), suspect AS (
        SELECT c.organisation_id FROM codes c
        LEFT JOIN notifications_codepause p ON p.organisation_id = c.organisation_id
        WHERE p.until IS NULL OR c.created_at > p.until
        GROUP BY c.organisation_id
        HAVING count(*) >= %(least)s AND count(*) FILTER (WHERE c.used_at IS NULL) * 100 > count(*) * %(most)s
    )
    INSERT INTO notifications_codepause AS p (organisation_id, until)
    SELECT organisation_id, %(until)s FROM suspect
    ON CONFLICT (organisation_id) DO UPDATE SET until = excluded.until WHERE p.until <= %(now)s
    RETURNING p.organisation_id
"""


def watch_spending() -> int:
    """Tells of every organisation that has come to 80 % of its cap, or to the cap; how many it told of.

    Marked and told in one transaction, so that two watchers at once tell once.
    """
    values = {
        "part": max(settings.SMS_PRICES.values(), default=UNIT),
        "unit": UNIT,
        "month": timezone.now().date().replace(day=1),
    }
    with transaction.atomic():
        reached = [(pk, level) for pk, level, is_more in rows_of(_SPENT, values) if is_more]
        for organisation_id, level in reached:
            kind = Kind.SMS_STOPPED if level == 100 else Kind.SMS_DEAR
            tell(organisation_id, kind, "manage/sms/")
    return len(reached)


def watch_codes() -> int:
    """Pauses codes by SMS where hardly any is used, and tells the operator; in how many organisations."""
    now = timezone.now()
    values = {
        "since": now - WINDOW,
        "ripe": now - timedelta(minutes=10),
        "now": now,
        "until": now + PAUSE,
        "least": LEAST_CODES,
        "most": MOST_UNUSED,
    }
    with transaction.atomic():
        paused = [pk for (pk,) in rows_of(_PAUSE, values)]
        for organisation_id in paused:
            tell(organisation_id, Kind.CODES_PAUSED, "manage/")
    return len(paused)


def are_codes_paused(organisation: Organisation) -> bool:
    return CodePause.objects.filter(organisation=organisation, until__gt=timezone.now()).exists()


def rows_of(sql: str, values: dict[str, Any]) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def tell(organisation_id: int, kind: Kind, page: str) -> None:
    """By e-mail, to each in a mail of their own; of codes to the operator alone."""
    organisation = Organisation.objects.select_related("settings").get(pk=organisation_id)
    log.warning("organisation %s: %s", organisation_id, kind)
    with organisation_scope(organisation_id):
        is_operators = kind == Kind.CODES_PAUSED
        people = operators_people() if is_operators else everybody_concerned(organisation)
        mail_alarm(organisation=organisation, kind=kind, people=people, page=page)
