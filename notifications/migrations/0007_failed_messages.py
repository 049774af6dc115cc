"""Messages that failed, found by when they were written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0013_audit_of_what_is_new"),
        ("notifications", "0006_agent_alarms"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "failed")),
                fields=["organisation", "created_at"],
                name="message_failed",
            ),
        ),
    ]
