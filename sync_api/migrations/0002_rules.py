"""No patient can ever see an organisation that is for trying out agents."""

from django.db import migrations

# Whoever sets the switch, the console included: it stays off.
UNPUBLISHED = """
CREATE FUNCTION sync_api_keep_sandbox_unpublished() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM sync_api_sandbox WHERE organisation_id = NEW.organisation_id) THEN
        NEW.publish_on_portal := false;
        NEW.publish_on_marketplace := false;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sandbox_stays_unpublished
BEFORE INSERT OR UPDATE OF publish_on_portal, publish_on_marketplace, organisation_id
ON clinics_organisationsettings FOR EACH ROW
WHEN (NEW.publish_on_portal OR NEW.publish_on_marketplace)
EXECUTE FUNCTION sync_api_keep_sandbox_unpublished();

CREATE FUNCTION sync_api_unpublish_sandbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE clinics_organisationsettings SET publish_on_portal = false, publish_on_marketplace = false
    WHERE organisation_id = NEW.organisation_id;
    RETURN NULL;
END $$;
CREATE TRIGGER sandbox_is_unpublished AFTER INSERT OR UPDATE ON sync_api_sandbox
FOR EACH ROW EXECUTE FUNCTION sync_api_unpublish_sandbox();
"""


class Migration(migrations.Migration):
    replaces = [("sync_api", "0003_sandboxes")]
    dependencies = [("sync_api", "0001_tables")]
    operations = [migrations.RunSQL(UNPUBLISHED)]
