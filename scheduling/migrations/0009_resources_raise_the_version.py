"""Which resources treatments need raises the organisation's version too, so that it can be kept by it."""

from importlib import import_module

from django.db import migrations

raising = import_module("scheduling.migrations.0003_changes_raise_the_version")
TABLES = ["scheduling_resource", "scheduling_treatmentresource"]


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0008_holds_may_overlap_what_they_move")]
    operations = [
        migrations.RunSQL(raising.create_trigger(table, event), raising.drop_trigger(table, event))
        for table in TABLES
        for event in raising.EVENTS
    ]
