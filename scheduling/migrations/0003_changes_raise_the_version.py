"""Every change of what patients choose from raises the organisation's version, by whoever it is made."""

from django.db import migrations

TABLES = [
    "clinics_clinic",
    "clinics_clinicgroup",
    "clinics_portaltext",
    "clinics_practitioner",
    "clinics_practitionerclinic",
    "scheduling_treatment",
    "scheduling_treatmentclinic",
    "scheduling_treatmentpractitioner",
]
EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}

FUNCTION = """
CREATE FUNCTION raise_organisation_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE clinics_organisation SET version = version + 1
    WHERE id IN (SELECT organisation_id FROM changed);
    RETURN NULL;
END $$
"""


def create_trigger(table: str, event: str) -> str:
    return (
        f"CREATE TRIGGER {table}_{event}_raises_version AFTER {event} ON {table}"
        f" REFERENCING {EVENTS[event]} TABLE AS changed"
        " FOR EACH STATEMENT EXECUTE FUNCTION raise_organisation_version()"
    )


def drop_trigger(table: str, event: str) -> str:
    return f"DROP TRIGGER {table}_{event}_raises_version ON {table}"


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0002_resources_follow_their_booking"), ("clinics", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION raise_organisation_version()"),
        *(
            migrations.RunSQL(create_trigger(table, event), drop_trigger(table, event))
            for table in TABLES
            for event in EVENTS
        ),
    ]
