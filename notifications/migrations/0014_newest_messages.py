"""Finds the newest messages, and those sent since a day began, by index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0026_settings_in_the_log"),
        ("notifications", "0013_take_sms"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["organisation", "-created_at", "-id"], name="message_newest"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", False)),
                fields=["organisation", "sent_at"],
                name="message_by_sending",
            ),
        ),
    ]
