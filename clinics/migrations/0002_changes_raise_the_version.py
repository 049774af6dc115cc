"""An organisation's version rises with every change of it or of its settings, by whoever it is made."""

from django.db import migrations

ORGANISATION = """
CREATE FUNCTION raise_own_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := greatest(NEW.version, OLD.version + 1);
    RETURN NEW;
END $$;
CREATE TRIGGER clinics_organisation_update_raises_version BEFORE UPDATE ON clinics_organisation
FOR EACH ROW WHEN (NEW IS DISTINCT FROM OLD) EXECUTE FUNCTION raise_own_version()
"""
SETTINGS = """
CREATE FUNCTION raise_version_of_settings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE clinics_organisation SET version = version + 1 WHERE id = NEW.organisation_id;
    RETURN NULL;
END $$;
CREATE TRIGGER clinics_organisationsettings_update_raises_version
AFTER INSERT OR UPDATE ON clinics_organisationsettings
FOR EACH ROW EXECUTE FUNCTION raise_version_of_settings()
"""


class Migration(migrations.Migration):
    dependencies = [("clinics", "0001_initial")]
    operations = [
        migrations.RunSQL(ORGANISATION, "DROP FUNCTION raise_own_version() CASCADE"),
        migrations.RunSQL(SETTINGS, "DROP FUNCTION raise_version_of_settings() CASCADE"),
    ]
