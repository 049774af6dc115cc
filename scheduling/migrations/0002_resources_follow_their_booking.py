"""Ties a resource's interval to its booking's: moving the booking moves both."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                ALTER TABLE scheduling_bookingresource
                ADD CONSTRAINT booking_resource_has_its_bookings_time
                FOREIGN KEY (booking_id, during) REFERENCES scheduling_booking (id, during) ON UPDATE CASCADE
            """,
            reverse_sql="""
                ALTER TABLE scheduling_bookingresource
                DROP CONSTRAINT booking_resource_has_its_bookings_time
            """,
        )
    ]
