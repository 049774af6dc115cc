"""Organisations for trying out agents, which no patient can ever see."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

FAULTS = [
    ("lost-answer", "Lost Answer"),
    ("lost-acknowledgement", "Lost Acknowledgement"),
    ("duplicate-event", "Duplicate Event"),
    ("token-refused", "Expiry"),
    ("clock-skew", "Clock Skew"),
    ("superseded", "Superseded"),
    ("rate-limited", "Rate Limited"),
    ("slow", "Slow"),
]
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
DROP = """
DROP TRIGGER sandbox_stays_unpublished ON clinics_organisationsettings;
DROP TRIGGER sandbox_is_unpublished ON sync_api_sandbox;
DROP FUNCTION sync_api_keep_sandbox_unpublished();
DROP FUNCTION sync_api_unpublish_sandbox();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0027_sms_spend"),
        ("sync_api", "0020_agents_locked_out"),
    ]

    operations = [
        migrations.CreateModel(
            name="Sandbox",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="sandbox",
                        serialize=False,
                        to="clinics.organisation",
                    ),
                ),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="SandboxTrial",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fault", models.CharField(choices=FAULTS, max_length=20)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("is_handled", models.BooleanField(blank=True, null=True)),
                ("found", models.TextField(blank=True)),
                ("memory", models.JSONField(default=dict)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clinics.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "abstract": False,
                "base_manager_name": "across",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("across", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunSQL(UNPUBLISHED, DROP),
    ]
