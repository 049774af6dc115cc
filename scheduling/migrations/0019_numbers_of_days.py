"""What was counted of days that are over, and a trigger that deletes it as soon as it is no longer true."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

# The days are those of some clock: so the one before and the one after go as well. What happened within
# the last day is kept nowhere yet, and costs a booking nothing.
CREATE = """
    CREATE FUNCTION scheduling_forget_day_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        changed scheduling_booking;
        moments timestamptz[];
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            changed := OLD;
            moments := ARRAY[OLD.created_at, OLD.booked_at];
        END IF;
        IF TG_OP <> 'DELETE' THEN
            changed := NEW;
            moments := moments || ARRAY[NEW.created_at, NEW.booked_at];
        END IF;
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('day numbers ' || changed.organisation_id, 0));
        DELETE FROM scheduling_daynumbers n
        USING unnest(moments) AS moment, generate_series(-1, 1) AS beside
        WHERE n.organisation_id = changed.organisation_id
          AND n.day = (moment AT TIME ZONE 'UTC')::date + beside;
        RETURN NULL;
    END $$;
    CREATE TRIGGER day_numbers_of_inserted AFTER INSERT ON scheduling_booking FOR EACH ROW
        WHEN (least(NEW.created_at, NEW.booked_at) < now() - interval '1 day')
        EXECUTE FUNCTION scheduling_forget_day_numbers();
    CREATE TRIGGER day_numbers_of_updated AFTER UPDATE ON scheduling_booking FOR EACH ROW
        WHEN (
            least(OLD.created_at, OLD.booked_at, NEW.created_at, NEW.booked_at) < now() - interval '1 day'
            AND (OLD.state, OLD.during, OLD.treatment_id, OLD.practitioner_id, OLD.visitor,
                 OLD.created_at, OLD.booked_at)
            IS DISTINCT FROM (NEW.state, NEW.during, NEW.treatment_id, NEW.practitioner_id, NEW.visitor,
                 NEW.created_at, NEW.booked_at)
        )
        EXECUTE FUNCTION scheduling_forget_day_numbers();
    CREATE TRIGGER day_numbers_of_deleted AFTER DELETE ON scheduling_booking FOR EACH ROW
        WHEN (least(OLD.created_at, OLD.booked_at) < now() - interval '1 day')
        EXECUTE FUNCTION scheduling_forget_day_numbers();
"""
DROP = """
    DROP TRIGGER day_numbers_of_inserted ON scheduling_booking;
    DROP TRIGGER day_numbers_of_updated ON scheduling_booking;
    DROP TRIGGER day_numbers_of_deleted ON scheduling_booking;
    DROP FUNCTION scheduling_forget_day_numbers();
"""


class Migration(migrations.Migration):
    dependencies = [("clinics", "0021_order_of_the_log"), ("scheduling", "0018_lookups_for_codes")]

    operations = [
        migrations.CreateModel(
            name="DayNumbers",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("time_zone", models.CharField(max_length=64)),
                ("numbers", models.JSONField()),
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
            options={"abstract": False, "base_manager_name": "across"},
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("across", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="daynumbers",
            constraint=models.UniqueConstraint(fields=("organisation", "day"), name="day_numbers_once"),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
