"""What the audit log shows, as one view: the histories of all audited tables, and what was done at the desk.

It is made here, since only here all of these tables stand; who removes one of their columns drops the view
first and makes it again.
"""

from django.db import migrations

# Kind of entry to the table whose history it is; each has a table of events beside it.
HISTORIES = {
    "organisation": "clinics_organisation",
    "settings": "clinics_organisationsettings",
    "clinic": "clinics_clinic",
    "group": "clinics_clinicgroup",
    "practitioner": "clinics_practitioner",
    "text": "clinics_portaltext",
    "member": "clinics_membership",
    "member_clinic": "clinics_membershipclinic",
    "invitation": "clinics_invitation",
    "key": "clinics_accountkey",
    "picture": "clinics_picture",
    "visit": "clinics_operatorvisit",
    "privacy": "clinics_privacyaction",
    "sms_provider": "clinics_provideraccount",
    "message_text": "notifications_messagetext",
}
# The organisation stands in the partition, so that PostgreSQL reads no other's rows for one's log.
HISTORY = """
    SELECT '{kind}' AS kind, pgh_id, pgh_label AS label, pgh_created_at AS at, pgh_obj_id AS object_id,
        {organisation} AS organisation_id, pgh_context ->> 'name' AS who, row_held AS held,
        lag(row_held) OVER (PARTITION BY {organisation}, pgh_obj_id ORDER BY pgh_id) AS held_before
    FROM (SELECT *, to_jsonb(e) - ARRAY[{unshown}] AS row_held FROM {table}event e) AS events
"""
UNSHOWN = [
    *("pgh_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pgh_context", "pgh_context_id"),
    *("id", "organisation_id", "public_id", "external_id"),
]
# A picture is made anew with each change: when that was says the entry itself.
UNSHOWN_OF = {"picture": ["created_at"]}
# Rows found when the log began are there so that the first change has something to differ from.
VIEW = """
CREATE VIEW clinics_audit AS
SELECT kind || ':' || pgh_id AS key, kind, label, at, object_id, organisation_id, who, before, after,
    coalesce((
        SELECT jsonb_agg(name ORDER BY name) FROM jsonb_object_keys(coalesce(after, before)) AS name
        WHERE (after -> name) IS DISTINCT FROM (before -> name)
    ), '[]'::jsonb) AS changed
FROM (
    SELECT *,
        CASE WHEN label = 'delete' THEN held WHEN label = 'update' THEN held_before END AS before,
        CASE WHEN label <> 'delete' THEN held END AS after
    FROM ({histories}) AS every
    WHERE label <> 'found'
) AS shown
UNION ALL
SELECT 'desk:' || id, 'desk', act::text, at, id, organisation_id, who::text, NULL::jsonb,
    jsonb_strip_nulls(jsonb_build_object(
        'booking', booking, 'patient_told', tells_patient, 'kind', nullif(kind, ''), 'many', many
    )),
    CASE WHEN kind <> '' THEN '["kind", "many"]' WHEN tells_patient IS NULL THEN '["booking"]'
        ELSE '["booking", "patient_told"]' END::jsonb
FROM scheduling_deskact
"""


def history(kind: str, table: str) -> str:
    return HISTORY.format(
        kind=kind,
        table=table,
        organisation="pgh_obj_id" if kind == "organisation" else "organisation_id",
        unshown=", ".join(f"'{name}'" for name in [*UNSHOWN, *UNSHOWN_OF.get(kind, [])]),
    )


class Migration(migrations.Migration):
    replaces = [("scheduling", "0016_desk"), ("scheduling", "0023_by_hand")]
    dependencies = [("scheduling", "0002_rules"), ("notifications", "0002_rules")]
    operations = [
        migrations.RunSQL(
            VIEW.format(histories=" UNION ALL ".join(history(*item) for item in HISTORIES.items()))
        ),
    ]
