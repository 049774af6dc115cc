"""Takes a new booking's time off the weeks worked out beforehand: a function, so that it is planned once.

The same lock as scheduling/free_weeks.py; what follows it sees what those before it wrote. From the
starts of each treatment those are cleared from which it would reach into the booking.
"""

from django.db import migrations

TAKE_TIME = """
CREATE FUNCTION scheduling_take_time(booking uuid, lock_space int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    taken record;
BEGIN
    SELECT organisation_id, practitioner_id, lower(during) AS first, upper(during) AS last,
        lower(during)::date - 9 AS from_week, upper(during)::date + 1 AS to_week
    INTO taken FROM scheduling_booking WHERE public_id = booking;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(lock_space, (taken.practitioner_id % 2147483647)::int);
    WITH weeks AS (
        SELECT f.id, busy.first - t.minutes AS before, busy.last AS after,
            greatest(0, ceil((busy.first - t.minutes + 1) / 5.0))::int AS early,
            least(bit_length(f.starts) - 1, floor((busy.last - 1) / 5.0))::int AS late
        FROM scheduling_freeweek f
        JOIN scheduling_treatment t ON t.id = f.treatment_id
        JOIN clinics_clinic c ON c.id = f.clinic_id
        CROSS JOIN LATERAL (
            SELECT extract(epoch FROM f.week::timestamp AT TIME ZONE c.time_zone)
        ) AS week(zero)
        CROSS JOIN LATERAL (
            SELECT floor((extract(epoch FROM taken.first) - week.zero) / 60)::int,
                ceil((extract(epoch FROM taken.last) - week.zero) / 60)::int
        ) AS busy(first, last)
        WHERE f.organisation_id = taken.organisation_id AND f.practitioner_id = taken.practitioner_id
          AND f.week BETWEEN taken.from_week AND taken.to_week
    )
    UPDATE scheduling_freeweek f
    SET starts = CASE WHEN late < early THEN f.starts ELSE overlay(
            f.starts PLACING repeat('0', late - early + 1)::varbit FROM early + 1) END,
        odd_starts = nullif(ARRAY(
            SELECT odd FROM unnest(f.odd_starts) AS odd
            WHERE odd <= before OR odd >= after ORDER BY odd), '{}')
    FROM weeks
    WHERE f.id = weeks.id AND (f.odd_starts IS NOT NULL OR late >= early);
    DELETE FROM scheduling_freeweek
    WHERE organisation_id = taken.organisation_id AND practitioner_id = taken.practitioner_id
      AND week BETWEEN taken.from_week AND taken.to_week
      AND bit_count(starts) = 0 AND odd_starts IS NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0009_resources_raise_the_version")]
    operations = [
        migrations.RunSQL(TAKE_TIME, "DROP FUNCTION scheduling_take_time(uuid, int)"),
    ]
