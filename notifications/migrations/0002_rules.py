"""How SMS are counted by every limit at once, and what the database itself sees to for messages' texts.

A later migration that gives a function another body says all of it again: the newest is the one that holds.
"""

from django.db import migrations

# SMS counted for one number, block or address within the last sixty minutes.
COUNTED = """
CREATE FUNCTION counted_sms(of_organisation bigint, of_digest bytea, of_minute timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    -- The minute an hour ago counts whole: no sixty minutes, wherever they begin, have more than the limit.
    RETURN coalesce((
        SELECT sum(s.queued) FROM notifications_smsminute s
        WHERE s.organisation_id = of_organisation AND s.digest = of_digest
          AND s.minute >= of_minute - interval '1 hour'
    ), 0);
END $$;
"""

# One statement that counts an SMS by every limit, or says which limit forbids it. What was cancelled before
# it left does not count.
TAKE_ONE = """
CREATE FUNCTION take_sms(
    organisation bigint, number text, is_code boolean, is_now boolean, now_is timestamptz, since timestamptz,
    most bigint, day_of date, days_limit bigint, cost bigint, cap bigint,
    block bytea, block_limit bigint, address bytea, address_limit bigint
) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    month_of date := date_trunc('month', day_of::timestamp)::date;
    minute_of timestamptz := date_trunc('minute', now_is);
    so_far bigint;
BEGIN
    IF is_code AND EXISTS (
        SELECT FROM notifications_codepause p WHERE p.organisation_id = organisation AND p.until > now_is
    ) THEN
        RETURN 'codes';
    END IF;
    -- Locked until the commit: what follows is counted by one at a time, and each sees what was before.
    INSERT INTO notifications_smsmonth (organisation_id, month) VALUES (organisation, month_of)
    ON CONFLICT DO NOTHING;
    SELECT m.spent INTO STRICT so_far FROM notifications_smsmonth m
    WHERE m.organisation_id = organisation AND m.month = month_of FOR UPDATE;
    IF is_now THEN
        IF (
            SELECT count(*) FROM notifications_message m
            WHERE m.organisation_id = organisation AND m."to" = number AND m.channel = 'sms'
              AND m.created_at > since AND m.not_before IS NULL
              AND NOT (m.state = 'cancelled' AND m.attempts = 0)
        ) >= most THEN
            RETURN 'number';
        END IF;
        IF counted_sms(organisation, block, minute_of) >= block_limit THEN
            RETURN 'block';
        END IF;
        IF address IS NOT NULL AND counted_sms(organisation, address, minute_of) >= address_limit THEN
            RETURN 'address';
        END IF;
    END IF;
    IF coalesce((
        SELECT d.queued FROM notifications_smsday d WHERE d.organisation_id = organisation AND d.day = day_of
    ), 0) >= days_limit THEN
        RETURN 'day';
    END IF;
    IF so_far + cost > cap THEN
        RETURN 'month';
    END IF;
    UPDATE notifications_smsmonth m SET spent = m.spent + cost
    WHERE m.organisation_id = organisation AND m.month = month_of;
    INSERT INTO notifications_smsday AS d (organisation_id, day, queued, spent)
    VALUES (organisation, day_of, 1, cost)
    ON CONFLICT (organisation_id, day) DO UPDATE SET queued = d.queued + 1, spent = d.spent + excluded.spent;
    IF is_now THEN
        INSERT INTO notifications_smsminute AS s (organisation_id, digest, minute, queued)
        SELECT organisation, digest, minute_of, 1 FROM unnest(ARRAY[block, address]) AS digest
        WHERE digest IS NOT NULL
        ON CONFLICT (organisation_id, digest, minute) DO UPDATE SET queued = s.queued + 1;
    END IF;
    RETURN '';
END $$;
"""

# One statement that counts all SMS of a mailing against the day and the month, or says which forbids it.
TAKE_MANY = """
CREATE FUNCTION take_sms_for_many(
    organisation bigint, many bigint, day_of date, days_limit bigint, cost bigint, cap bigint
) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    month_of date := date_trunc('month', day_of::timestamp)::date;
    so_far bigint;
BEGIN
    -- The same lock as of take_sms: codes and mailings are counted one after the other.
    INSERT INTO notifications_smsmonth (organisation_id, month) VALUES (organisation, month_of)
    ON CONFLICT DO NOTHING;
    SELECT m.spent INTO STRICT so_far FROM notifications_smsmonth m
    WHERE m.organisation_id = organisation AND m.month = month_of FOR UPDATE;
    IF coalesce((
        SELECT d.queued FROM notifications_smsday d WHERE d.organisation_id = organisation AND d.day = day_of
    ), 0) + many > days_limit THEN
        RETURN 'day';
    END IF;
    IF so_far + cost > cap THEN
        RETURN 'month';
    END IF;
    UPDATE notifications_smsmonth m SET spent = m.spent + cost
    WHERE m.organisation_id = organisation AND m.month = month_of;
    INSERT INTO notifications_smsday AS d (organisation_id, day, queued, spent)
    VALUES (organisation, day_of, many, cost)
    ON CONFLICT (organisation_id, day) DO UPDATE SET queued = d.queued + many, spent = d.spent + cost;
    RETURN '';
END $$;
"""

# A changed text raises the organisation's version.
RAISES = """
CREATE FUNCTION raise_version_of_message_texts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE clinics_organisation SET version = version + 1
    WHERE id = coalesce(NEW.organisation_id, OLD.organisation_id);
    RETURN NULL;
END $$;
CREATE TRIGGER notifications_messagetext_raises_version
AFTER INSERT OR UPDATE OR DELETE ON notifications_messagetext
FOR EACH ROW EXECUTE FUNCTION raise_version_of_message_texts();
"""

# What the audit log holds of texts and of the operator's stop stands like the rest.
STANDS = """
CREATE TRIGGER history_rows_stand BEFORE UPDATE OR DELETE ON notifications_{table}event
FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER history_stands BEFORE TRUNCATE ON notifications_{table}event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();
"""
INDEX = """
CREATE INDEX notifications_messagetextevent_log ON notifications_messagetextevent (organisation_id, pgh_obj_id, pgh_id)
"""


class Migration(migrations.Migration):
    replaces = [
        ("notifications", "0011_audit_of_texts"),
        ("notifications", "0013_take_sms"),
        ("notifications", "0016_take_sms_for_many"),
        ("notifications", "0018_sliding_limits"),
    ]
    dependencies = [("notifications", "0001_tables"), ("clinics", "0002_rules")]
    operations = [
        migrations.RunSQL(COUNTED),
        migrations.RunSQL(TAKE_ONE),
        migrations.RunSQL(TAKE_MANY),
        migrations.RunSQL(RAISES),
        migrations.RunSQL(STANDS.format(table="messagetext")),
        migrations.RunSQL(STANDS.format(table="sendingpause")),
        migrations.RunSQL(INDEX),
    ]
