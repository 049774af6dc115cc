"""The audit log as one view, what there is so far as its beginning, and no way to change what it holds."""

from django.db import migrations

# Kind of entry to the table whose history it is; each has a table of events beside it.
HISTORIES = {
    "organisation": "organisation",
    "settings": "organisationsettings",
    "clinic": "clinic",
    "group": "clinicgroup",
    "practitioner": "practitioner",
    "text": "portaltext",
    "member": "membership",
    "member_clinic": "membershipclinic",
    "invitation": "invitation",
    "key": "accountkey",
}
PEOPLE = "user"

# Rows from before the log: the first change of each has something to differ from. They are not shown.
FOUND = """
DO $$
DECLARE columns text;
BEGIN
    SELECT string_agg(quote_ident(column_name), ', ') INTO columns FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = 'clinics_{table}event' AND column_name NOT LIKE 'pgh\\_%';
    EXECUTE format(
        'INSERT INTO clinics_{table}event (pgh_created_at, pgh_label, pgh_obj_id, %s)
         SELECT now(), ''found'', {key}, %s FROM clinics_{table}', columns, columns);
END $$
"""

# The organisation stands in the partition, so that PostgreSQL reads no other's rows for one's log.
HISTORY = """
    SELECT '{kind}' AS kind, pgh_id, pgh_label AS label, pgh_created_at AS at, pgh_obj_id AS object_id,
        {organisation} AS organisation_id, pgh_context ->> 'name' AS who, row_held AS held,
        lag(row_held) OVER (PARTITION BY {organisation}, pgh_obj_id ORDER BY pgh_id) AS held_before
    FROM (
        SELECT *, to_jsonb(e) - ARRAY['pgh_id', 'pgh_created_at', 'pgh_label', 'pgh_obj_id', 'pgh_context',
            'pgh_context_id', 'id', 'organisation_id', 'public_id', 'external_id'] AS row_held
        FROM clinics_{table}event e
    ) AS events
"""
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
"""

REFUSE = """
CREATE FUNCTION refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('portal.audit_retention', true) = 'on' THEN
        RETURN CASE TG_OP WHEN 'UPDATE' THEN NEW WHEN 'DELETE' THEN OLD END;
    END IF;
    RAISE EXCEPTION 'What the audit log holds stands: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""
STANDS = """
CREATE TRIGGER history_rows_stand BEFORE UPDATE OR DELETE ON clinics_{table}event
FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER history_stands BEFORE TRUNCATE ON clinics_{table}event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();
"""


def organisation_of(kind: str) -> str:
    return "pgh_obj_id" if kind == "organisation" else "organisation_id"


def index(kind: str, table: str) -> str:
    return (
        f"CREATE INDEX clinics_{table}event_log ON clinics_{table}event "
        f"({organisation_of(kind)}, pgh_obj_id, pgh_id)"
    )


def found(table: str) -> str:
    return FOUND.format(table=table, key="organisation_id" if table == "organisationsettings" else "id")


VIEW = VIEW.format(
    histories=" UNION ALL ".join(
        HISTORY.format(kind=kind, table=table, organisation=organisation_of(kind))
        for kind, table in HISTORIES.items()
    )
)


class Migration(migrations.Migration):
    dependencies = [("clinics", "0007_audit_log")]
    operations = [
        *(migrations.RunSQL(found(table), "") for table in [*HISTORIES.values(), PEOPLE]),
        *(
            migrations.RunSQL(index(kind, table), f"DROP INDEX clinics_{table}event_log")
            for kind, table in HISTORIES.items()
        ),
        migrations.RunSQL(VIEW, "DROP VIEW clinics_audit"),
        migrations.RunSQL(REFUSE, "DROP FUNCTION refuse_to_rewrite_history() CASCADE"),
        *(migrations.RunSQL(STANDS.format(table=table), "") for table in [*HISTORIES.values(), PEOPLE]),
    ]
