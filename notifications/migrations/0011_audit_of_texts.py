"""The audit log shows the messages' texts too; a changed text raises the organisation's version."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("clinics.migrations.0008_audit_stands")
EVENTS = "notifications_messagetextevent"
INDEX = BEFORE.index("message_text", "messagetext").replace("clinics_messagetextevent", EVENTS)
HISTORY = BEFORE.HISTORY.format(
    kind="message_text", table="messagetext", organisation="organisation_id"
).replace("clinics_messagetextevent", EVENTS)
HEAD = BEFORE.VIEW[: BEFORE.VIEW.index("    FROM (\n    SELECT 'organisation'")].partition(" AS\n")[2]
# Joins whatever histories the view shows by now.
SHOWN = f"""
DO $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW clinics_audit AS '
        || rtrim(pg_get_viewdef('clinics_audit'::regclass), '; ') || $new$
        UNION ALL {HEAD} FROM ({HISTORY}) AS every WHERE label <> 'found') AS shown $new$;
END $$
"""
RAISES = """
CREATE FUNCTION raise_version_of_message_texts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE clinics_organisation SET version = version + 1
    WHERE id = coalesce(NEW.organisation_id, OLD.organisation_id);
    RETURN NULL;
END $$;
CREATE TRIGGER notifications_messagetext_raises_version
AFTER INSERT OR UPDATE OR DELETE ON notifications_messagetext
FOR EACH ROW EXECUTE FUNCTION raise_version_of_message_texts()
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0010_message_texts"), ("clinics", "0025_message_settings")]
    operations = [
        migrations.RunSQL(INDEX, f"DROP INDEX {EVENTS}_log"),
        migrations.RunSQL(SHOWN, ""),
        migrations.RunSQL(
            BEFORE.STANDS.format(table="messagetext").replace("clinics_messagetextevent", EVENTS), ""
        ),
        migrations.RunSQL(RAISES, "DROP FUNCTION raise_version_of_message_texts() CASCADE"),
    ]
