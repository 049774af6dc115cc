"""The rows that the landing page searches follow every change of what they are made of."""

from django.db import migrations

PLAIN_WORDS = """
CREATE FUNCTION plain_words(written text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT ' ' || trim(regexp_replace(lower(unaccent(written)), '[^a-z0-9]+', ' ', 'g')) || ' '
$$
"""
REFRESH = """
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
$$
"""
ORGANISATION = """
CREATE FUNCTION organisation_refreshes_findable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_findable(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER clinics_organisation_refreshes_findable
AFTER UPDATE OF name, is_suspended ON clinics_organisation
FOR EACH ROW WHEN ((OLD.name, OLD.is_suspended) IS DISTINCT FROM (NEW.name, NEW.is_suspended))
EXECUTE FUNCTION organisation_refreshes_findable()
"""
SETTINGS = """
CREATE FUNCTION settings_refresh_findable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_findable(ARRAY[NEW.organisation_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER clinics_organisationsettings_refresh_findable
AFTER INSERT OR UPDATE OF publish_on_portal, publish_on_marketplace ON clinics_organisationsettings
FOR EACH ROW EXECUTE FUNCTION settings_refresh_findable()
"""
PLACES = """
CREATE FUNCTION places_refresh_findable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_findable(array(SELECT DISTINCT organisation_id FROM changed));
    RETURN NULL;
END $$
"""
EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}
TABLES = ["clinics_clinic", "clinics_clinicgroup"]


def create_trigger(table: str, event: str) -> str:
    return (
        f"CREATE TRIGGER {table}_{event}_refreshes_findable AFTER {event} ON {table}"
        f" REFERENCING {EVENTS[event]} TABLE AS changed"
        " FOR EACH STATEMENT EXECUTE FUNCTION places_refresh_findable()"
    )


class Migration(migrations.Migration):
    dependencies = [("clinics", "0011_what_patients_find_us_by")]
    operations = [
        migrations.RunSQL(PLAIN_WORDS, "DROP FUNCTION plain_words(text)"),
        migrations.RunSQL(REFRESH, "DROP FUNCTION refresh_findable(bigint[])"),
        migrations.RunSQL(ORGANISATION, "DROP FUNCTION organisation_refreshes_findable() CASCADE"),
        migrations.RunSQL(SETTINGS, "DROP FUNCTION settings_refresh_findable() CASCADE"),
        migrations.RunSQL(PLACES, "DROP FUNCTION places_refresh_findable() CASCADE"),
        *(
            migrations.RunSQL(create_trigger(table, event), migrations.RunSQL.noop)
            for table in TABLES
            for event in EVENTS
        ),
        migrations.RunSQL(
            "SELECT refresh_findable(array(SELECT id FROM clinics_organisation))", migrations.RunSQL.noop
        ),
    ]
