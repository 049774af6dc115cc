"""The audit log shows visits and what was done with patients' data, and their histories stand too."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("clinics.migrations.0008_audit_stands")
NEW = {"visit": "operatorvisit", "privacy": "privacyaction"}
# Their histories stand as well, though no organisation's log shows them.
STANDING = [*NEW.values(), "announcement"]
# Nobody's doing, so no history of it; what writes that is installed only after all migrations, besides.
KEPT_AS_LONG = """
ALTER TABLE clinics_organisationsettings DISABLE TRIGGER USER;
UPDATE clinics_organisationsettings SET message_retention_days = retention_days
WHERE message_retention_days <> retention_days;
ALTER TABLE clinics_organisationsettings ENABLE TRIGGER USER
"""
MORE = " UNION ALL ".join(
    BEFORE.HISTORY.format(kind=kind, table=table, organisation=BEFORE.organisation_of(kind))
    for kind, table in NEW.items()
)
HEAD = BEFORE.VIEW[: BEFORE.VIEW.index("    FROM (\n    SELECT 'organisation'")].partition(" AS\n")[2]
# Joins whatever histories the view shows by now. Removing an event table's column takes the view with it.
SHOWN = f"""
DO $$
BEGIN
    IF to_regclass('clinics_audit') IS NULL THEN
        EXECUTE $before${BEFORE.VIEW}$before$;
    END IF;
    EXECUTE 'CREATE OR REPLACE VIEW clinics_audit AS '
        || rtrim(pg_get_viewdef('clinics_audit'::regclass), '; ') || $new$
        UNION ALL {HEAD} FROM ({MORE}) AS every WHERE label <> 'found') AS shown $new$;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("clinics", "0018_privacy_visits_and_announcements")]
    operations = [
        migrations.RunSQL(KEPT_AS_LONG, ""),
        *(migrations.RunSQL(BEFORE.index(kind, table), "") for kind, table in NEW.items()),
        migrations.RunSQL(SHOWN, ""),
        *(migrations.RunSQL(BEFORE.STANDS.format(table=table), "") for table in STANDING),
    ]
