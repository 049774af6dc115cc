"""Who is to get what is sent by hand, who agreed to offers, and that it is noted."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import clinics.constraints

# The log's view says of acts at the desk what was sent and to how many, whatever else it shows by now.
LOGGED = r"""
DO $$
DECLARE
    before text := rtrim(pg_get_viewdef('clinics_audit'::regclass), '; ');
    after text;
BEGIN
    after := regexp_replace(
        before, $old$('patient_told'(::text)?, (scheduling_deskact\.)?tells_patient)$old$,
        $new$\1, 'kind', nullif(kind, ''), 'many', many$new$
    );
    after := regexp_replace(
        after, $old$CASE\s+WHEN \(?(scheduling_deskact\.)?tells_patient IS NULL\)? THEN$old$,
        $new$CASE WHEN kind <> '' THEN '["kind", "many"]' WHEN tells_patient IS NULL THEN$new$
    );
    IF after NOT LIKE '%''many'', many%' OR after NOT LIKE '%"kind", "many"%' THEN
        RAISE EXCEPTION 'The audit log is not as it was';
    END IF;
    EXECUTE 'CREATE OR REPLACE VIEW clinics_audit AS ' || after;
END $$
"""
# Who says STOP has withdrawn what they had agreed to; START does not give it again.
STOP_WITHDRAWS = """
CREATE FUNCTION withdraw_consent_to_offers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE scheduling_bookingpatient SET marketing_withdrawn_at = NEW.since
    WHERE organisation_id = NEW.organisation_id AND mobile = NEW.mobile AND mobile <> ''
      AND marketing_wording <> '' AND marketing_withdrawn_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER opt_out_withdraws_consent AFTER INSERT ON notifications_optout
FOR EACH ROW EXECUTE FUNCTION withdraw_consent_to_offers()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0028_consent_to_offers"),
        ("notifications", "0016_take_sms_for_many"),
        ("scheduling", "0022_acts_on_messages"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("to", models.CharField(max_length=254)),
                ("language", models.CharField(max_length=2)),
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
        migrations.RemoveConstraint(
            model_name="deskact",
            name="desk_act_known",
        ),
        migrations.AddField(
            model_name="bookingpatient",
            name="marketing_withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="bookingpatient",
            name="marketing_wording",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            model_name="deskact",
            name="kind",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="deskact",
            name="many",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="deskact",
            name="act",
            field=models.CharField(
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
                    ("withdrawn", "Waiting message cancelled"),
                    ("resent", "Failed message sent again"),
                    ("lifted", "STOP taken back for a patient"),
                    ("mailed", "Messages sent by hand"),
                    ("stopped", "Sending by hand stopped"),
                    ("no_offers", "Consent to offers withdrawn for a patient"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpatient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("marketing_withdrawn_at__isnull", True),
                    models.Q(("marketing_wording", ""), _negated=True),
                    _connector="OR",
                ),
                name="booking_patient_withdraws_what_was_given",
            ),
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
                            "withdrawn",
                            "resent",
                            "lifted",
                            "mailed",
                            "stopped",
                            "no_offers",
                        ],
                    )
                ),
                name="desk_act_known",
            ),
        ),
        migrations.AddField(
            model_name="recipient",
            name="booking",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="scheduling.booking",
            ),
        ),
        migrations.AddField(
            model_name="recipient",
            name="mailing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recipients",
                to="notifications.mailing",
            ),
        ),
        migrations.AddField(
            model_name="recipient",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="clinics.organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=models.UniqueConstraint(fields=("mailing", "to"), name="recipient_once"),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=clinics.constraints.SameOrganisation(
                deferred=True, field="mailing", name="recipient_of_own_mailing"
            ),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=clinics.constraints.SameOrganisation(
                deferred=True, field="booking", name="recipient_of_own_booking"
            ),
        ),
        migrations.RunSQL(LOGGED, migrations.RunSQL.noop),
        migrations.RunSQL(STOP_WITHDRAWS, "DROP FUNCTION withdraw_consent_to_offers() CASCADE"),
    ]
