"""A new time may overlap the booking that it moves: the exclusion constraints let a booking pass itself."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

import clinics.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0002_changes_raise_the_version"),
        ("scheduling", "0007_logins_and_lookups"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="booking",
            name="booking_practitioner_no_overlap",
        ),
        migrations.RemoveConstraint(
            model_name="bookingresource",
            name="booking_resource_no_overlap",
        ),
        migrations.AddField(
            model_name="booking",
            name="moves",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="scheduling.booking",
            ),
        ),
        migrations.AddField(
            model_name="bookingresource",
            name="moves",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="scheduling.booking",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("moves__isnull", False)), fields=["moves"], name="booking_moves"
            ),
        ),
        migrations.AddIndex(
            model_name="bookingresource",
            index=models.Index(
                condition=models.Q(("moves__isnull", False)), fields=["moves"], name="booking_resource_moves"
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state__in", ["held", "booked", "arrived", "no_show"])),
                expressions=[
                    ("practitioner", "="),
                    ("during", "&&"),
                    (django.db.models.functions.comparison.Coalesce("moves", "id"), "<>"),
                ],
                name="booking_practitioner_no_overlap",
                violation_error_message="This time has just been taken.",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(("moves", None), ("state__in", ["held", "expired"]), _connector="OR"),
                name="booking_only_a_hold_moves_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=clinics.constraints.SameOrganisation(
                field="moves", name="booking_moves_same_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingresource",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("resource", "="),
                    ("during", "&&"),
                    (django.db.models.functions.comparison.Coalesce("moves", "booking"), "<>"),
                ],
                name="booking_resource_no_overlap",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingresource",
            constraint=clinics.constraints.SameOrganisation(
                field="moves", name="booking_resource_same_organisation_m"
            ),
        ),
    ]
