"""take_sms_for_many counts money by the day too, as take_sms does."""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("notifications.migrations.0016_take_sms_for_many").TAKE
COUNTED_BY_DAY = """
    INSERT INTO notifications_smsday AS d (organisation_id, day, queued, spent)
    VALUES (organisation, day_of, many, cost)
    ON CONFLICT (organisation_id, day) DO UPDATE SET queued = d.queued + many, spent = d.spent + cost;
    RETURN '';
END $$;
"""
BACK = EARLIER.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
TAKE = BACK[: BACK.index("    INSERT INTO notifications_smsday")].rstrip() + COUNTED_BY_DAY


class Migration(migrations.Migration):
    dependencies = [("notifications", "0020_house_mails")]
    operations = [migrations.RunSQL(TAKE, BACK)]
