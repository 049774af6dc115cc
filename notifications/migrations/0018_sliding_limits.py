"""take_sms counts the last sixty minutes in the place of the clock's hour, money by the day too, and not what
was cancelled before it left.
"""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("notifications.migrations.0013_take_sms")
COUNTED = """
DROP FUNCTION counted_sms;
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
TAKE = """
CREATE OR REPLACE FUNCTION take_sms(
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


class Migration(migrations.Migration):
    dependencies = [("notifications", "0017_what_is_counted")]
    operations = [
        migrations.RunSQL(COUNTED, f"DROP FUNCTION counted_sms; {EARLIER.COUNTED}"),
        migrations.RunSQL(TAKE, EARLIER.TAKE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)),
    ]
