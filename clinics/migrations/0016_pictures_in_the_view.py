"""The audit log shows pictures too, and what it holds of them stands like the rest."""

from django.db import migrations

FOUND = """
INSERT INTO clinics_pictureevent (pgh_created_at, pgh_label, pgh_obj_id, id, organisation_id, practitioner_id,
    name, content_type, width, height, ground, created_at)
SELECT now(), 'found', id, id, organisation_id, practitioner_id, name, content_type, width, height, ground, created_at
FROM clinics_picture
"""
INDEX = "CREATE INDEX clinics_pictureevent_log ON clinics_pictureevent (organisation_id, pgh_obj_id, pgh_id)"
# Joins whatever histories the view shows by now.
SHOWN = """
DO $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW clinics_audit AS '
        || rtrim(pg_get_viewdef('clinics_audit'::regclass), '; ')
        || $pictures$
            UNION ALL
            SELECT 'picture:' || pgh_id, 'picture', label, at, object_id, organisation_id, who, before, after,
                coalesce((
                    SELECT jsonb_agg(name ORDER BY name)
                    FROM jsonb_object_keys(coalesce(after, before)) AS name
                    WHERE (after -> name) IS DISTINCT FROM (before -> name)
                ), '[]'::jsonb)
            FROM (
                SELECT *,
                    CASE WHEN label = 'delete' THEN held WHEN label = 'update' THEN held_before END AS before,
                    CASE WHEN label <> 'delete' THEN held END AS after
                FROM (
                    SELECT pgh_id, pgh_label AS label, pgh_created_at AS at, pgh_obj_id AS object_id,
                        organisation_id, pgh_context ->> 'name' AS who, row_held AS held,
                        lag(row_held) OVER (PARTITION BY organisation_id, pgh_obj_id ORDER BY pgh_id) AS held_before
                    FROM (
                        SELECT *, to_jsonb(e) - ARRAY['pgh_id', 'pgh_created_at', 'pgh_label', 'pgh_obj_id',
                            'pgh_context', 'pgh_context_id', 'id', 'organisation_id', 'created_at'] AS row_held
                        FROM clinics_pictureevent e
                    ) AS events
                ) AS history
                WHERE label <> 'found'
            ) AS shown
        $pictures$;
END $$
"""
STANDS = """
CREATE TRIGGER history_rows_stand BEFORE UPDATE OR DELETE ON clinics_pictureevent
FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER history_stands BEFORE TRUNCATE ON clinics_pictureevent
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();
"""


class Migration(migrations.Migration):
    dependencies = [("clinics", "0015_pictures_in_the_audit_log")]
    operations = [
        migrations.RunSQL(FOUND, ""),
        migrations.RunSQL(INDEX, "DROP INDEX clinics_pictureevent_log"),
        migrations.RunSQL(SHOWN, ""),
        migrations.RunSQL(STANDS, ""),
    ]
