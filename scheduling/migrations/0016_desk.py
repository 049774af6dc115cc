"""What people did at the desk, as part of the audit log; and what finds bookings by day, person and name."""

import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.manager
import django.utils.timezone
from django.db import migrations, models

# What people did at the desk joins the audit log, whatever histories that shows already.
LOGGED = """
DO $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW clinics_audit AS '
        || rtrim(pg_get_viewdef('clinics_audit'::regclass), '; ')
        || $acts$
            UNION ALL
            SELECT 'desk:' || id, 'desk', act::text, at, id, organisation_id, who::text, NULL::jsonb,
                jsonb_strip_nulls(jsonb_build_object('booking', booking, 'patient_told', tells_patient)),
                CASE WHEN tells_patient IS NULL THEN '["booking"]'
                    ELSE '["booking", "patient_told"]' END::jsonb
            FROM scheduling_deskact
        $acts$;
END $$
"""
STANDS = """
CREATE TRIGGER desk_act_stands BEFORE UPDATE OR DELETE ON scheduling_deskact
FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER desk_acts_stand BEFORE TRUNCATE ON scheduling_deskact
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0013_audit_of_what_is_new"),
        ("scheduling", "0015_event_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeskAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("booking", models.UUIDField(null=True)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("cancelled", "Cancelled by the clinic"),
                            ("moved", "Moved by the clinic"),
                            ("arrived", "Marked as arrived"),
                            ("no_show", "Marked as not arrived"),
                            ("unmarked", "Mark taken back"),
                            ("sent_again", "Confirmation sent again"),
                            ("handled", "Refusal seen to"),
                            ("id_shown", "National identity number looked at"),
                            ("exported", "Bookings downloaded"),
                        ],
                        max_length=10,
                    ),
                ),
                ("who", models.CharField(max_length=254)),
                ("tells_patient", models.BooleanField(null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "across",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("across", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name="agentevent",
            name="handled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="agentevent",
            index=models.Index(
                condition=models.Q(("handled_at__isnull", True), ("outcome", "refused")),
                fields=["organisation", "sequence"],
                name="agent_event_refused",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                models.F("organisation"),
                django.contrib.postgres.fields.ranges.RangeStartsWith("during"),
                models.F("id"),
                condition=models.Q(("state__in", ["booked", "refused", "cancelled", "arrived", "no_show"])),
                name="booking_by_start",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                models.F("organisation"),
                models.F("practitioner"),
                django.contrib.postgres.fields.ranges.RangeStartsWith("during"),
                models.F("id"),
                condition=models.Q(("state__in", ["booked", "refused", "cancelled", "arrived", "no_show"])),
                name="booking_of_practitioner",
            ),
        ),
        migrations.AddIndex(
            model_name="bookingpatient",
            index=models.Index(
                models.F("organisation"),
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("last_name"), "text_pattern_ops"
                ),
                name="booking_patient_by_last_name",
            ),
        ),
        migrations.AddIndex(
            model_name="bookingpatient",
            index=models.Index(
                models.F("organisation"),
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("first_name"), "text_pattern_ops"
                ),
                name="booking_patient_by_first_name",
            ),
        ),
        migrations.AddIndex(
            model_name="bookingpatient",
            index=models.Index(
                models.F("organisation"),
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("email"), "text_pattern_ops"
                ),
                condition=models.Q(("email", ""), _negated=True),
                name="booking_patient_by_email",
            ),
        ),
        migrations.AddField(
            model_name="deskact",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="clinics.organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="deskact",
            index=models.Index(fields=["organisation", "booking"], name="desk_act_by_booking"),
        ),
        migrations.AddConstraint(
            model_name="deskact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "act__in",
                        [
                            "cancelled",
                            "moved",
                            "arrived",
                            "no_show",
                            "unmarked",
                            "sent_again",
                            "handled",
                            "id_shown",
                            "exported",
                        ],
                    )
                ),
                name="desk_act_known",
            ),
        ),
        migrations.RunSQL(LOGGED, ""),
        migrations.RunSQL(STANDS, ""),
    ]
