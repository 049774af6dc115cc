"""What is deleted by the clock: how much of it was whose, and the audit log's own end."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from clinics.history import HISTORIES
from clinics.models import Organisation, RetentionCount, RetentionJob, RetentionRun

# What an entry differs from has to stay as long as the entry: of what is too old the newest row of each
# object is kept, as a mark that the log does not show and that does not say who.
_FORGET = """
    WITH old AS (
        SELECT e.pgh_id, {organisation} AS organisation_id, e.pgh_label AS label,
            row_number() OVER (PARTITION BY e.pgh_obj_id ORDER BY e.pgh_id DESC) AS age
        FROM {table} e JOIN clinics_organisationsettings s ON s.organisation_id = {organisation}
        WHERE e.pgh_created_at < %(now)s - make_interval(days => s.audit_retention_days)
    ), marked AS (
        UPDATE {table} SET pgh_label = 'found', pgh_context = NULL
        WHERE pgh_id IN (SELECT pgh_id FROM old WHERE age = 1 AND label NOT IN ('found', 'delete'))
        RETURNING pgh_id
    ), deleted AS (
        DELETE FROM {table} WHERE pgh_id IN (SELECT pgh_id FROM old WHERE age > 1 OR label = 'delete')
        RETURNING pgh_id
    )
    SELECT organisation_id, count(*) FROM old
    WHERE label <> 'found' AND pgh_id IN (SELECT pgh_id FROM marked UNION ALL SELECT pgh_id FROM deleted)
    GROUP BY organisation_id
"""


def forget_audit(besides: Mapping[int, int] | None = None) -> int:
    """Takes out of the log what is older than its organisation keeps it; how many entries.

    ``besides``: how many of each organisation's have just gone from other apps' parts of the log.
    """
    by_organisation = dict(besides or {})
    with transaction.atomic(), connection.cursor() as cursor:
        # The only place that may: see migration 0002.
        cursor.execute("SET LOCAL portal.audit_retention = 'on'")
        for table, organisation in HISTORIES.items():
            cursor.execute(_FORGET.format(table=table, organisation=organisation), {"now": timezone.now()})
            for organisation_id, many in cursor.fetchall():
                by_organisation[organisation_id] = by_organisation.get(organisation_id, 0) + many
        cursor.execute("SET LOCAL portal.audit_retention = 'off'")
    note_run(RetentionJob.AUDIT, by_organisation)
    return sum(by_organisation.values())


@transaction.atomic
def note_run(job: RetentionJob, by_organisation: dict[int, int]) -> None:
    """Remembers that the job has run, and what it deleted of whom."""
    now = timezone.now()
    RetentionRun.objects.update_or_create(job=job, defaults={"ran_at": now})
    counts = [
        RetentionCount(organisation_id=organisation_id, job=job, ran_at=now, deleted=many)
        for organisation_id, many in sorted(by_organisation.items())
        if many
    ]
    RetentionCount.across.bulk_create(
        counts,
        update_conflicts=True,
        unique_fields=["organisation", "job"],
        update_fields=["ran_at", "deleted"],
    )


def last_runs(organisation: Organisation) -> list[tuple[str, datetime | None, int]]:
    """For each job its name, when it last ran, and how much of the organisation's it deleted then."""
    ran = dict(RetentionRun.objects.values_list("job", "ran_at"))
    counted = {
        (row.job, row.ran_at): row.deleted for row in RetentionCount.objects.filter(organisation=organisation)
    }
    return [(str(job.label), ran.get(job), counted.get((job, ran.get(job)), 0)) for job in RetentionJob]
