"""Stopping all messages of everybody, codes included, and letting them go again: the operator's."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from notifications.models import SendingPause

_HISTORY = """
SELECT e.pgh_label = 'insert', e.pgh_created_at, c.metadata ->> 'name'
FROM notifications_sendingpauseevent e LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id
ORDER BY e.pgh_id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did; nobody is named where it was done from the command line."""

    is_stop: bool
    at: datetime
    who: str


def stopped_since() -> datetime | None:
    since: datetime | None = SendingPause.objects.values_list("since", flat=True).first()
    return since


def stop_sending() -> bool:
    """False where it was stopped already."""
    _pause, is_new = SendingPause.objects.get_or_create(pk=True)
    return is_new


def resume_sending() -> bool:
    """False where nothing was stopped. What has waited goes by itself."""
    many, _by_model = SendingPause.objects.all().delete()
    return many > 0


def latest_deeds(*, most: int) -> list[Deed]:
    """The newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, [most])
        return [Deed(is_stop, at, who or "") for is_stop, at, who in cursor.fetchall()]
