"""One statement that counts all SMS of a mailing against the day and the month, or says which forbids it."""

from django.db import migrations

TAKE = """
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
    INSERT INTO notifications_smsday AS d (organisation_id, day, queued) VALUES (organisation, day_of, many)
    ON CONFLICT (organisation_id, day) DO UPDATE SET queued = d.queued + many;
    RETURN '';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0015_mailings")]
    operations = [migrations.RunSQL(TAKE, "DROP FUNCTION take_sms_for_many")]
