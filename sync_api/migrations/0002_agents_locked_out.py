"""The operator can lock out an agent whose computer is gone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync_api", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="agent",
            name="revoked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
