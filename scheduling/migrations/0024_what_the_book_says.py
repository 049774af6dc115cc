"""What the clinic's own book has at one moment twice is kept as it is; one alone is guarded as ever."""

import django.contrib.postgres.constraints
import django.db.models.functions.comparison
from django.db import migrations, models

ACTS = {
    "cancelled": "Cancelled by the clinic",
    "moved": "Moved by the clinic",
    "arrived": "Marked as arrived",
    "no_show": "Marked as not arrived",
    "unmarked": "Mark taken back",
    "restored": "Stands again in the clinic’s book",
    "sent_again": "Confirmation sent again",
    "handled": "Refusal seen to",
    "id_shown": "National identity number looked at",
    "exported": "Bookings downloaded",
    "withdrawn": "Waiting message cancelled",
    "resent": "Failed message sent again",
    "lifted": "STOP taken back for a patient",
    "mailed": "Messages sent by hand",
    "stopped": "Sending by hand stopped",
    "no_offers": "Consent to offers withdrawn for a patient",
}
# Whoever leaves a time may have been the only one in the way of a booking that the book had put there too.
UNDOUBLE = """
CREATE FUNCTION scheduling_undouble() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    doubled bigint;
BEGIN
    FOR doubled IN
        SELECT id FROM scheduling_booking
        WHERE organisation_id = OLD.organisation_id AND is_doubled AND id <> OLD.id
          AND practitioner_id = OLD.practitioner_id AND during && OLD.during
        ORDER BY id FOR UPDATE SKIP LOCKED
    LOOP
        BEGIN
            UPDATE scheduling_booking SET is_doubled = false WHERE id = doubled;
        EXCEPTION WHEN exclusion_violation THEN
            NULL;
        END;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER booking_undouble_others
AFTER UPDATE OF state, during, practitioner_id, is_doubled ON scheduling_booking FOR EACH ROW
WHEN (
    OLD.state IN ('held', 'booked', 'arrived', 'no_show') AND NOT OLD.is_doubled
    AND (NEW.state NOT IN ('held', 'booked', 'arrived', 'no_show') OR NEW.is_doubled
        OR (OLD.during, OLD.practitioner_id) IS DISTINCT FROM (NEW.during, NEW.practitioner_id))
)
EXECUTE FUNCTION scheduling_undouble();
CREATE TRIGGER booking_undouble_others_deleted
AFTER DELETE ON scheduling_booking FOR EACH ROW
WHEN (OLD.state IN ('held', 'booked', 'arrived', 'no_show') AND NOT OLD.is_doubled)
EXECUTE FUNCTION scheduling_undouble();
"""
DROP = """
DROP TRIGGER booking_undouble_others ON scheduling_booking;
DROP TRIGGER booking_undouble_others_deleted ON scheduling_booking;
DROP FUNCTION scheduling_undouble();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0027_sms_spend"),
        ("scheduling", "0023_by_hand"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="booking",
            name="booking_practitioner_no_overlap",
        ),
        migrations.RemoveConstraint(
            model_name="deskact",
            name="desk_act_known",
        ),
        migrations.AddField(
            model_name="booking",
            name="is_doubled",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="deskact",
            name="act",
            field=models.CharField(choices=list(ACTS.items()), max_length=10),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("is_doubled", True)), fields=["organisation"], name="booking_doubled"
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    ("is_doubled", False), ("state__in", ["held", "booked", "arrived", "no_show"])
                ),
                expressions=[
                    ("practitioner", "="),
                    ("during", "&&"),
                    (django.db.models.functions.comparison.Coalesce("moves", "id"), "<>"),
                ],
                name="booking_practitioner_no_overlap",
                violation_error_message="This time has just been taken.",
            ),
        ),
        migrations.AddConstraint(
            model_name="deskact",
            constraint=models.CheckConstraint(
                condition=models.Q(("act__in", list(ACTS))), name="desk_act_known"
            ),
        ),
        migrations.RunSQL(UNDOUBLE, DROP),
    ]
