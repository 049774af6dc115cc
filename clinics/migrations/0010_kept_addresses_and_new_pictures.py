"""A kept address is refused to others by the database itself, and a new picture raises the version."""

from django.db import migrations

# After the row, not before it: then the query sees what was committed while the row waited for the
# unique index, so that nobody can take an address in the moment in which its owner leaves it.
KEPT = """
CREATE FUNCTION refuse_kept_subdomain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM clinics_formersubdomain
        WHERE name = NEW.subdomain AND organisation_id <> NEW.id AND kept_until > now()
    ) THEN
        RAISE unique_violation USING
            MESSAGE = 'The address is kept for another organisation', CONSTRAINT = 'organisation_subdomain_kept';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER clinics_organisation_subdomain_kept
AFTER INSERT OR UPDATE OF subdomain ON clinics_organisation
FOR EACH ROW EXECUTE FUNCTION refuse_kept_subdomain()
"""
PICTURES = """
CREATE FUNCTION raise_version_of_pictures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE clinics_organisation SET version = version + 1
    WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.organisation_id ELSE NEW.organisation_id END;
    RETURN NULL;
END $$;
CREATE TRIGGER clinics_picture_raises_version AFTER INSERT OR UPDATE OR DELETE ON clinics_picture
FOR EACH ROW EXECUTE FUNCTION raise_version_of_pictures()
"""
LOOK_ALIKES = """
CREATE FUNCTION subdomain_skeleton(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(
        replace(replace(translate(name, '01i-', 'oll'), 'rn', 'm'), 'vv', 'w'), '([a-z])\\1+', '\\1', 'g'
    )
$$;
CREATE INDEX organisation_subdomain_skeleton ON clinics_organisation (subdomain_skeleton(subdomain));
CREATE INDEX former_subdomain_skeleton ON clinics_formersubdomain (subdomain_skeleton(name))
"""


class Migration(migrations.Migration):
    dependencies = [("clinics", "0009_pictures_and_former_addresses")]
    operations = [
        migrations.RunSQL(KEPT, "DROP FUNCTION refuse_kept_subdomain() CASCADE"),
        migrations.RunSQL(PICTURES, "DROP FUNCTION raise_version_of_pictures() CASCADE"),
        migrations.RunSQL(LOOK_ALIKES, "DROP FUNCTION subdomain_skeleton(text) CASCADE"),
    ]
