"""Whatever a reminder's time or text follows from asks, when it changes, for a look at all coming bookings.

By triggers, so that it holds for every way of changing it: a form, the audit log's undo, an agent's push.
"""

from django.db import migrations

SETTINGS = [
    *(f"reminder_{number}_{what}" for number in (1, 2, 3) for what in ("hours", "by")),
    *("reminders_to", "email_reminders", "thanks_hours", "quiet_from", "quiet_until", "quiet_weekdays"),
    *("url_1", "url_2", "url_3", "name_treatment_in_messages", "view_bookings"),
]
CLINIC = ["name", "address", "phone", "time_zone"]
ASKS = """
CREATE FUNCTION ask_for_reminder_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO scheduling_reminderplan (organisation_id, asked_at, reached)
    VALUES (coalesce(NEW.organisation_id, OLD.organisation_id), clock_timestamp(), 0)
    ON CONFLICT (organisation_id) DO UPDATE SET asked_at = clock_timestamp(), reached = 0;
    RETURN NULL;
END $$
"""


def changed(columns: list[str]) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


def trigger(table: str, when: str, on: str = "UPDATE") -> str:
    return (
        f"CREATE TRIGGER {table}_asks_for_reminders AFTER {on} ON {table} "
        f"FOR EACH ROW {when} EXECUTE FUNCTION ask_for_reminder_plan()"
    )


TRIGGERS = [
    trigger("clinics_organisationsettings", f"WHEN ({changed(SETTINGS)})"),
    trigger("clinics_clinic", f"WHEN ({changed(CLINIC)})"),
    trigger("notifications_messagetext", "", "INSERT OR UPDATE OR DELETE"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0020_reminders"),
        ("clinics", "0025_message_settings"),
        ("notifications", "0011_audit_of_texts"),
    ]
    operations = [
        migrations.RunSQL(ASKS, "DROP FUNCTION ask_for_reminder_plan() CASCADE"),
        *(migrations.RunSQL(sql, "") for sql in TRIGGERS),
    ]
