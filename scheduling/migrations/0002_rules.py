"""What the database itself sees to for bookings, whoever changes their rows.

A later migration that gives a function another body says all of it again: the newest is the one that holds.
"""

from django.db import migrations

# Ties a resource's interval to its booking's: moving the booking moves both.
RESOURCES_FOLLOW = """
ALTER TABLE scheduling_bookingresource ADD CONSTRAINT booking_resource_has_its_bookings_time
FOREIGN KEY (booking_id, during) REFERENCES scheduling_booking (id, during) ON UPDATE CASCADE
"""

# Takes a new booking's time off the weeks worked out beforehand: a function, so that it is planned once.
# The same lock as scheduling/free_weeks.py; what follows it sees what those before it wrote. From the
# starts of each treatment those are cleared from which it would reach into the booking.
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

# What was counted of days that are over is deleted as soon as it is no longer true. The days are those of
# some clock: so the one before and the one after go as well. What happened within the last day is kept
# nowhere yet, and costs a booking nothing.
DAY_NUMBERS = """
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

# Every change of what patients choose from, and of which resources it needs, raises the organisation's
# version, so that what is kept in memory can be kept by it.
RAISE_VERSION = """
CREATE FUNCTION raise_organisation_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE clinics_organisation SET version = version + 1
    WHERE id IN (SELECT organisation_id FROM changed);
    RETURN NULL;
END $$;
"""
CHOSEN_FROM = [
    "clinics_clinic",
    "clinics_clinicgroup",
    "clinics_portaltext",
    "clinics_practitioner",
    "clinics_practitionerclinic",
    "scheduling_resource",
    "scheduling_treatment",
    "scheduling_treatmentclinic",
    "scheduling_treatmentpractitioner",
    "scheduling_treatmentresource",
]
CHANGES = {"insert": "NEW", "update": "NEW", "delete": "OLD"}
RAISES = """
CREATE TRIGGER {table}_{event}_raises_version AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION raise_organisation_version();
"""

# Whatever a reminder's time or text follows from asks, when it changes, for a look at all coming bookings. By
# triggers, so that it holds for every way of changing it: a form, the audit log's undo, an agent's push.
ASK_FOR_REMINDERS = """
CREATE FUNCTION ask_for_reminder_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO scheduling_reminderplan (organisation_id, asked_at, reached)
    VALUES (coalesce(NEW.organisation_id, OLD.organisation_id), clock_timestamp(), 0)
    ON CONFLICT (organisation_id) DO UPDATE SET asked_at = clock_timestamp(), reached = 0;
    RETURN NULL;
END $$;
"""
ASKS = """
CREATE TRIGGER {table}_asks_for_reminders AFTER {on} ON {table}
FOR EACH ROW {when} EXECUTE FUNCTION ask_for_reminder_plan();
"""
SETTINGS = [
    *(f"reminder_{number}_{what}" for number in (1, 2, 3) for what in ("hours", "by")),
    *("reminders_to", "email_reminders", "thanks_hours", "quiet_from", "quiet_until", "quiet_weekdays"),
    *("url_1", "url_2", "url_3", "name_treatment_in_messages", "view_bookings"),
]
CLINIC = ["name", "address", "phone", "time_zone"]


def asks_when_changed(table: str, columns: list[str]) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return ASKS.format(table=table, on="UPDATE", when=f"WHEN (({old}) IS DISTINCT FROM ({new}))")


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
FOR EACH ROW EXECUTE FUNCTION withdraw_consent_to_offers();
"""

# What people did at the desk is part of the audit log, and stands like the rest of it.
ACTS_STAND = """
CREATE TRIGGER desk_act_stands BEFORE UPDATE OR DELETE ON scheduling_deskact
FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER desk_acts_stand BEFORE TRUNCATE ON scheduling_deskact
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();
"""


class Migration(migrations.Migration):
    replaces = [
        ("scheduling", "0002_resources_follow_their_booking"),
        ("scheduling", "0003_changes_raise_the_version"),
        ("scheduling", "0009_resources_raise_the_version"),
        ("scheduling", "0010_take_time"),
        ("scheduling", "0019_numbers_of_days"),
        ("scheduling", "0021_what_reminders_follow_from"),
    ]
    dependencies = [("scheduling", "0001_tables"), ("clinics", "0002_rules")]
    operations = [
        migrations.RunSQL(RESOURCES_FOLLOW),
        migrations.RunSQL(TAKE_TIME),
        migrations.RunSQL(UNDOUBLE),
        migrations.RunSQL(DAY_NUMBERS),
        migrations.RunSQL(RAISE_VERSION),
        *(
            migrations.RunSQL(RAISES.format(table=table, event=event, rows=rows))
            for table in CHOSEN_FROM
            for event, rows in CHANGES.items()
        ),
        migrations.RunSQL(ASK_FOR_REMINDERS),
        migrations.RunSQL(asks_when_changed("clinics_organisationsettings", SETTINGS)),
        migrations.RunSQL(asks_when_changed("clinics_clinic", CLINIC)),
        migrations.RunSQL(
            ASKS.format(table="notifications_messagetext", on="INSERT OR UPDATE OR DELETE", when="")
        ),
        migrations.RunSQL(STOP_WITHDRAWS),
        migrations.RunSQL(ACTS_STAND),
    ]
