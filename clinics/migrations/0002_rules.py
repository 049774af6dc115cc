"""What the database itself sees to for clinics, whoever changes their rows, and that the audit log stands.

A later migration that gives a function another body says all of it again: the newest is the one that holds.
"""

from django.db import migrations

# An organisation's version rises with every change of it, of its settings and of its pictures. What else
# patients choose from raises it too: see scheduling.0002_rules.
VERSIONS = """
CREATE FUNCTION raise_own_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := greatest(NEW.version, OLD.version + 1);
    RETURN NEW;
END $$;
CREATE TRIGGER clinics_organisation_update_raises_version BEFORE UPDATE ON clinics_organisation
FOR EACH ROW WHEN (NEW IS DISTINCT FROM OLD) EXECUTE FUNCTION raise_own_version();

CREATE FUNCTION raise_version_of_settings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE clinics_organisation SET version = version + 1 WHERE id = NEW.organisation_id;
    RETURN NULL;
END $$;
CREATE TRIGGER clinics_organisationsettings_update_raises_version
AFTER INSERT OR UPDATE ON clinics_organisationsettings
FOR EACH ROW EXECUTE FUNCTION raise_version_of_settings();

CREATE FUNCTION raise_version_of_pictures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE clinics_organisation SET version = version + 1
    WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.organisation_id ELSE NEW.organisation_id END;
    RETURN NULL;
END $$;
CREATE TRIGGER clinics_picture_raises_version AFTER INSERT OR UPDATE OR DELETE ON clinics_picture
FOR EACH ROW EXECUTE FUNCTION raise_version_of_pictures();
"""

# A kept address is refused to other organisations. After the row, not before it: then the query sees what
# was committed while the row waited for the unique index, so that nobody can take an address in the moment
# in which its owner leaves it.
KEPT_ADDRESSES = """
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
FOR EACH ROW EXECUTE FUNCTION refuse_kept_subdomain();
"""

# Addresses that look like another's are found by what is left of them (clinics/reserved_names.py).
LOOK_ALIKES = """
CREATE FUNCTION subdomain_skeleton(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(
        replace(replace(translate(name, '01i-', 'oll'), 'rn', 'm'), 'vv', 'w'), '([a-z])\\1+', '\\1', 'g'
    )
$$;
CREATE INDEX organisation_subdomain_skeleton ON clinics_organisation (subdomain_skeleton(subdomain));
CREATE INDEX former_subdomain_skeleton ON clinics_formersubdomain (subdomain_skeleton(name));
"""

# The rows that the landing page searches follow every change of what they are made of.
FINDABLE = """
CREATE FUNCTION plain_words(written text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT ' ' || trim(regexp_replace(lower(unaccent(written)), '[^a-z0-9]+', ' ', 'g')) || ' '
$$;

CREATE FUNCTION refresh_findable(organisations bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM clinics_findable WHERE organisation_id = ANY (organisations) AND NOT EXISTS (
        SELECT 1 FROM clinics_organisation o JOIN clinics_organisationsettings s ON s.organisation_id = o.id
        WHERE o.id = clinics_findable.organisation_id AND NOT o.is_suspended AND s.publish_on_portal
    );
    INSERT INTO clinics_findable AS found (organisation_id, name, words, on_marketplace)
    SELECT o.id, o.name, plain_words(concat_ws(' ', o.name, (
        SELECT string_agg(concat_ws(' ', c.name, c.address, g.name), ' ' ORDER BY c.id)
        FROM clinics_clinic c LEFT JOIN clinics_clinicgroup g ON g.id = c.group_id
        WHERE c.organisation_id = o.id AND c.is_published AND c.retired_at IS NULL
    ))), s.publish_on_marketplace
    FROM clinics_organisation o JOIN clinics_organisationsettings s ON s.organisation_id = o.id
    WHERE o.id = ANY (organisations) AND NOT o.is_suspended AND s.publish_on_portal
    ON CONFLICT (organisation_id) DO UPDATE
    SET name = EXCLUDED.name, words = EXCLUDED.words, on_marketplace = EXCLUDED.on_marketplace
    WHERE (found.name, found.words, found.on_marketplace)
        IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.words, EXCLUDED.on_marketplace)
$$;

CREATE FUNCTION organisation_refreshes_findable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_findable(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER clinics_organisation_refreshes_findable
AFTER UPDATE OF name, is_suspended ON clinics_organisation
FOR EACH ROW WHEN ((OLD.name, OLD.is_suspended) IS DISTINCT FROM (NEW.name, NEW.is_suspended))
EXECUTE FUNCTION organisation_refreshes_findable();

CREATE FUNCTION settings_refresh_findable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_findable(ARRAY[NEW.organisation_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER clinics_organisationsettings_refresh_findable
AFTER INSERT OR UPDATE OF publish_on_portal, publish_on_marketplace ON clinics_organisationsettings
FOR EACH ROW EXECUTE FUNCTION settings_refresh_findable();

CREATE FUNCTION places_refresh_findable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_findable(array(SELECT DISTINCT organisation_id FROM changed));
    RETURN NULL;
END $$;
"""
PLACES = ["clinics_clinic", "clinics_clinicgroup"]
CHANGES = {"insert": "NEW", "update": "NEW", "delete": "OLD"}
PLACE = """
CREATE TRIGGER {table}_{event}_refreshes_findable AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION places_refresh_findable();
"""

# For counting attempts to sign in: what Django's DatabaseCache asks for. None of it needs to outlive a crash.
ATTEMPTS = """
CREATE UNLOGGED TABLE clinics_attempts (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX clinics_attempts_expires ON clinics_attempts (expires);
"""

# There is no way to change what the audit log holds, but for what deletes it when its time is over.
REFUSE = """
CREATE FUNCTION refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('portal.audit_retention', true) = 'on' THEN
        RETURN CASE TG_OP WHEN 'UPDATE' THEN NEW WHEN 'DELETE' THEN OLD END;
    END IF;
    RAISE EXCEPTION 'What the audit log holds stands: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
STANDS = """
CREATE TRIGGER history_rows_stand BEFORE UPDATE OR DELETE ON clinics_{table}event
FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER history_stands BEFORE TRUNCATE ON clinics_{table}event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();
"""
INDEX = "CREATE INDEX clinics_{table}event_log ON clinics_{table}event ({organisation}, pgh_obj_id, pgh_id);"
# Tables whose histories an organisation's log shows (scheduling.0003_audit_log), and how these name it.
SHOWN = {
    "organisation": "pgh_obj_id",
    "organisationsettings": "organisation_id",
    "clinic": "organisation_id",
    "clinicgroup": "organisation_id",
    "practitioner": "organisation_id",
    "portaltext": "organisation_id",
    "membership": "organisation_id",
    "membershipclinic": "organisation_id",
    "invitation": "organisation_id",
    "accountkey": "organisation_id",
    "picture": "organisation_id",
    "operatorvisit": "organisation_id",
    "privacyaction": "organisation_id",
    "provideraccount": "organisation_id",
}
# Their histories stand as well, though no organisation's log shows them.
NOBODYS = ["user", "announcement"]


class Migration(migrations.Migration):
    replaces = [
        ("clinics", "0002_changes_raise_the_version"),
        ("clinics", "0008_audit_stands"),
        ("clinics", "0010_kept_addresses_and_new_pictures"),
        ("clinics", "0012_findable_organisations"),
        ("clinics", "0016_pictures_in_the_view"),
        ("clinics", "0019_audit_of_visits_and_privacy"),
        ("clinics", "0024_audit_of_sms_providers"),
    ]
    dependencies = [("clinics", "0001_tables")]
    operations = [
        migrations.RunSQL(VERSIONS),
        migrations.RunSQL(KEPT_ADDRESSES),
        migrations.RunSQL(LOOK_ALIKES),
        migrations.RunSQL(FINDABLE),
        *(
            migrations.RunSQL(PLACE.format(table=table, event=event, rows=rows))
            for table in PLACES
            for event, rows in CHANGES.items()
        ),
        migrations.RunSQL(ATTEMPTS),
        migrations.RunSQL(REFUSE),
        *(migrations.RunSQL(STANDS.format(table=table)) for table in [*SHOWN, *NOBODYS]),
        *(migrations.RunSQL(INDEX.format(table=table, organisation=by)) for table, by in SHOWN.items()),
    ]
