"""The audit log shows which SMS provider was chosen, and what it holds of that stands like the rest."""

from importlib import import_module

from django.db import migrations

STANDS = import_module("clinics.migrations.0008_audit_stands")
VISITS = import_module("clinics.migrations.0019_audit_of_visits_and_privacy")
KIND, TABLE = "sms_provider", "provideraccount"
HISTORY = STANDS.HISTORY.format(kind=KIND, table=TABLE, organisation="organisation_id")
# Joins whatever histories the view shows by now.
SHOWN = f"""
DO $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW clinics_audit AS '
        || rtrim(pg_get_viewdef('clinics_audit'::regclass), '; ') || $new$
        UNION ALL {VISITS.HEAD} FROM ({HISTORY}) AS every WHERE label <> 'found') AS shown $new$;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("clinics", "0023_sms_providers_and_pauses")]
    operations = [
        migrations.RunSQL(STANDS.index(KIND, TABLE), ""),
        migrations.RunSQL(SHOWN, ""),
        migrations.RunSQL(STANDS.STANDS.format(table=TABLE), ""),
    ]
