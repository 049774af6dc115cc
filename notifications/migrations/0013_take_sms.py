"""One statement that counts an SMS by every limit, or says which limit forbids it."""

from django.db import migrations

TAKE = """
CREATE FUNCTION take_sms(
    organisation bigint, number text, is_code boolean, is_now boolean, now_is timestamptz, since timestamptz,
    most bigint, day_of date, days_limit bigint, cost bigint, cap bigint,
    block bytea, block_limit bigint, address bytea, address_limit bigint
) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    month_of date := date_trunc('month', day_of::timestamp)::date;
    hour_of timestamptz := date_trunc('hour', now_is, 'UTC');
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
        ) >= most THEN
            RETURN 'number';
        END IF;
        IF counted_sms(organisation, block, hour_of) >= block_limit THEN
            RETURN 'block';
        END IF;
        IF address IS NOT NULL AND counted_sms(organisation, address, hour_of) >= address_limit THEN
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
    INSERT INTO notifications_smsday AS d (organisation_id, day, queued) VALUES (organisation, day_of, 1)
    ON CONFLICT (organisation_id, day) DO UPDATE SET queued = d.queued + 1;
    IF is_now THEN
        INSERT INTO notifications_smshour AS h (organisation_id, digest, hour, queued)
        SELECT organisation, digest, hour_of, 1 FROM unnest(ARRAY[block, address]) AS digest
        WHERE digest IS NOT NULL
        ON CONFLICT (organisation_id, digest, hour) DO UPDATE SET queued = h.queued + 1;
    END IF;
    RETURN '';
END $$;
"""
COUNTED = """
CREATE FUNCTION counted_sms(of_organisation bigint, of_digest bytea, of_hour timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    RETURN coalesce((
        SELECT h.queued FROM notifications_smshour h
        WHERE h.organisation_id = of_organisation AND h.digest = of_digest AND h.hour = of_hour
    ), 0);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0012_sms_spend")]
    operations = [
        migrations.RunSQL(COUNTED, "DROP FUNCTION counted_sms"),
        migrations.RunSQL(TAKE, "DROP FUNCTION take_sms"),
    ]
