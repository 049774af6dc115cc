"""Treatments, times, bookings, waiting list, logins, and what happened to them."""

import datetime
import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.db.models.manager
import django.utils.timezone
import phonenumber_field.modelfields
from django.db import migrations, models

import clinics.constraints
import clinics.encryption
import clinics.tables
import scheduling.models.free_week
import scheduling.models.wish


class Migration(migrations.Migration):
    # Done already where a database has been brought up to date with all of these.
    replaces = [
        ("scheduling", "0001_initial"),
        ("scheduling", "0004_booking_links"),
        ("scheduling", "0005_holds_and_bookers"),
        ("scheduling", "0006_waiting_list"),
        ("scheduling", "0007_logins_and_lookups"),
        ("scheduling", "0008_holds_may_overlap_what_they_move"),
        ("scheduling", "0011_sms_logins"),
        ("scheduling", "0012_eid_attempts"),
        ("scheduling", "0013_clinic_made_appointments"),
        ("scheduling", "0014_statistics_and_alarms"),
        ("scheduling", "0015_event_words"),
        ("scheduling", "0017_without_treatment"),
        ("scheduling", "0018_lookups_for_codes"),
        ("scheduling", "0020_reminders"),
        ("scheduling", "0022_acts_on_messages"),
        ("scheduling", "0024_what_the_book_says"),
    ]

    initial = True

    dependencies = [
        ("notifications", "0001_tables"),
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),
        clinics.tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Category",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("external_id", models.CharField(max_length=64)),
                        ("name", models.CharField(max_length=200)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["name"],
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="category_within_organisation"
                            ),
                            models.UniqueConstraint(
                                fields=("organisation", "external_id"), name="category_external_id_unique"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Resource",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("external_id", models.CharField(max_length=64)),
                        ("name", models.CharField(max_length=200)),
                        (
                            "clinic",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.clinic",
                            ),
                        ),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["name"],
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="resource_within_organisation"
                            ),
                            models.UniqueConstraint(
                                fields=("organisation", "external_id"), name="resource_external_id_unique"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="clinic", name="resource_clinic_same_organisation"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Treatment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("external_id", models.CharField(max_length=64)),
                        ("name", models.CharField(max_length=200)),
                        ("minutes", models.PositiveSmallIntegerField()),
                        (
                            "category",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="scheduling.category",
                            ),
                        ),
                        ("appointment_text", models.TextField(blank=True)),
                        ("price_text", models.CharField(blank=True, max_length=100)),
                        ("move_allowed", models.BooleanField(default=True)),
                        ("cancel_allowed", models.BooleanField(default=True)),
                        ("move_within_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("at_all_clinics", models.BooleanField(default=True)),
                        ("by_all_practitioners", models.BooleanField(default=True)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("is_published", models.BooleanField(default=True)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "clinics",
                            models.ManyToManyField(
                                related_name="+", through="scheduling.TreatmentClinic", to="clinics.clinic"
                            ),
                        ),
                        (
                            "practitioners",
                            models.ManyToManyField(
                                related_name="+",
                                through="scheduling.TreatmentPractitioner",
                                to="clinics.practitioner",
                            ),
                        ),
                        (
                            "resources",
                            models.ManyToManyField(
                                related_name="+",
                                through="scheduling.TreatmentResource",
                                to="scheduling.resource",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "name"],
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="treatment_within_organisation"
                            ),
                            models.UniqueConstraint(
                                fields=("organisation", "external_id"), name="treatment_external_id_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("minutes__range", (1, 1440))),
                                name="treatment_minutes_sensible",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="category", name="treatment_category_same_organisation"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="TreatmentClinic",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "treatment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="scheduling.treatment",
                            ),
                        ),
                        (
                            "clinic",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.clinic",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "treatment", "clinic"), name="treatment_clinic_once"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="treatment", name="treatment_clinic_same_organisation_t"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="clinic", name="treatment_clinic_same_organisation_c"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="TreatmentPractitioner",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "treatment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="scheduling.treatment",
                            ),
                        ),
                        (
                            "practitioner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.practitioner",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "treatment", "practitioner"),
                                name="treatment_practitioner_once",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="treatment", name="treatment_practitioner_same_organisation_t"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="practitioner", name="treatment_practitioner_same_organisation_p"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="TreatmentResource",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "treatment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="scheduling.treatment",
                            ),
                        ),
                        (
                            "resource",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="scheduling.resource",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "treatment", "resource"),
                                name="treatment_resource_once",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="treatment", name="treatment_resource_same_organisation_t"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="resource", name="treatment_resource_same_organisation_r"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Booking",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "clinic",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clinics.clinic",
                            ),
                        ),
                        (
                            "practitioner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clinics.practitioner",
                            ),
                        ),
                        (
                            "treatment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="scheduling.treatment",
                            ),
                        ),
                        ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("held", "Held"),
                                    ("expired", "Expired"),
                                    ("booked", "Booked"),
                                    ("refused", "Refused by the clinic"),
                                    ("cancelled", "Cancelled"),
                                    ("arrived", "Arrived"),
                                    ("no_show", "Did not arrive"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("visitor", models.CharField(max_length=64)),
                        ("hold_expires_at", models.DateTimeField(blank=True, null=True)),
                        ("extended_at", models.DateTimeField(blank=True, null=True)),
                        ("with_anybody", models.BooleanField(db_default=False, default=False)),
                        (
                            "address_hash",
                            models.CharField(blank=True, db_default="", default="", max_length=64),
                        ),
                        ("appointment_id", models.CharField(blank=True, max_length=64)),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("refusal_reason", models.CharField(blank=True, max_length=20)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("booked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "confirmed_by",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("code", "By a code"),
                                    ("login", "By the number that was logged in with"),
                                    ("skipped", "Not asked: the organisation skips it"),
                                    ("link", "By the link of an offer or an earlier booking"),
                                ],
                                db_default="",
                                default="",
                                max_length=7,
                            ),
                        ),
                        ("revision", models.PositiveSmallIntegerField(default=0)),
                        ("link_digest", models.BinaryField(blank=True, max_length=32, null=True)),
                        (
                            "moves",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="scheduling.booking",
                            ),
                        ),
                        ("is_doubled", models.BooleanField(db_default=False, default=False)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "held")),
                                fields=["organisation", "hold_expires_at"],
                                name="booking_hold_expiry",
                            ),
                            models.Index(
                                fields=["organisation", "practitioner", "created_at"],
                                name="booking_by_practitioner",
                            ),
                            models.Index(fields=["organisation", "visitor"], name="booking_by_visitor"),
                            models.Index(
                                condition=models.Q(("booked_at__isnull", False)),
                                fields=["organisation", "booked_at"],
                                name="booking_by_moment_booked",
                            ),
                            models.Index(
                                fields=["organisation", "created_at"], name="booking_by_moment_held"
                            ),
                            models.Index(
                                condition=models.Q(("state", "held")),
                                fields=["organisation", "address_hash"],
                                name="booking_by_address",
                            ),
                            models.Index(
                                condition=models.Q(("moves__isnull", False)),
                                fields=["moves"],
                                name="booking_moves",
                            ),
                            models.Index(
                                condition=models.Q(("is_doubled", True)),
                                fields=["organisation"],
                                name="booking_doubled",
                            ),
                            models.Index(
                                models.F("organisation"),
                                django.contrib.postgres.fields.ranges.RangeStartsWith("during"),
                                models.F("id"),
                                condition=models.Q(
                                    ("state__in", ["booked", "refused", "cancelled", "arrived", "no_show"])
                                ),
                                name="booking_by_start",
                            ),
                            models.Index(
                                models.F("organisation"),
                                models.F("practitioner"),
                                django.contrib.postgres.fields.ranges.RangeStartsWith("during"),
                                models.F("id"),
                                condition=models.Q(
                                    ("state__in", ["booked", "refused", "cancelled", "arrived", "no_show"])
                                ),
                                name="booking_of_practitioner",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="booking_within_organisation"
                            ),
                            models.UniqueConstraint(fields=("id", "during"), name="booking_with_its_time"),
                            models.UniqueConstraint(
                                fields=("organisation", "link_digest"), name="booking_link_unique"
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(
                                    ("is_doubled", False),
                                    ("state__in", ["held", "booked", "arrived", "no_show"]),
                                ),
                                expressions=[
                                    ("practitioner", "="),
                                    ("during", "&&"),
                                    (django.db.models.functions.comparison.Coalesce("moves", "id"), "<>"),
                                ],
                                name="booking_practitioner_no_overlap",
                                violation_error_message="This time has just been taken.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("during__isempty", False),
                                    ("during__lower_inf", False),
                                    ("during__upper_inf", False),
                                ),
                                name="booking_has_length",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confirmed_by__in", ["", "code", "login", "skipped", "link"])
                                ),
                                name="booking_confirmation_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("treatment__isnull", False),
                                    ("state__in", ["held", "expired"]),
                                    models.Q(("appointment_id", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="booking_without_treatment_is_the_clinics",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "held"), _negated=True),
                                    ("hold_expires_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="booking_hold_expires",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("moves", None), ("state__in", ["held", "expired"]), _connector="OR"
                                ),
                                name="booking_only_a_hold_moves_another",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="moves", name="booking_moves_same_organisation"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="clinic", name="booking_clinic_same_organisation"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="practitioner", name="booking_practitioner_same_organisation"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="treatment", name="booking_treatment_same_organisation"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="BookingResource",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "booking",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="resources",
                                to="scheduling.booking",
                            ),
                        ),
                        (
                            "resource",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="scheduling.resource",
                            ),
                        ),
                        ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        (
                            "moves",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="scheduling.booking",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("moves__isnull", False)),
                                fields=["moves"],
                                name="booking_resource_moves",
                            )
                        ],
                        "constraints": [
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    ("resource", "="),
                                    ("during", "&&"),
                                    (
                                        django.db.models.functions.comparison.Coalesce("moves", "booking"),
                                        "<>",
                                    ),
                                ],
                                name="booking_resource_no_overlap",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="booking", name="booking_resource_same_organisation_b"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="resource", name="booking_resource_same_organisation_r"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="moves", name="booking_resource_same_organisation_m"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="BookingPatient",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "booking",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="patient",
                                to="scheduling.booking",
                            ),
                        ),
                        ("first_name", models.CharField(max_length=100)),
                        ("last_name", models.CharField(max_length=100)),
                        (
                            "booker_first_name",
                            models.CharField(blank=True, db_default="", default="", max_length=100),
                        ),
                        (
                            "booker_last_name",
                            models.CharField(blank=True, db_default="", default="", max_length=100),
                        ),
                        ("national_id", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                        ("national_id_digest", models.BinaryField(blank=True, max_length=32, null=True)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        (
                            "mobile",
                            phonenumber_field.modelfields.PhoneNumberField(
                                blank=True, max_length=128, region=None
                            ),
                        ),
                        ("address_1", models.CharField(blank=True, max_length=200)),
                        ("address_2", models.CharField(blank=True, max_length=200)),
                        ("postcode", models.CharField(blank=True, max_length=20)),
                        ("campaign_code", models.CharField(blank=True, max_length=20)),
                        ("message", models.TextField(blank=True, max_length=1000)),
                        ("clinic_words", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                        ("language", models.CharField(max_length=2)),
                        ("consented_at", models.DateTimeField()),
                        (
                            "address_update",
                            models.CharField(
                                choices=[("none", "None"), ("ask", "Ask"), ("apply", "Apply")],
                                default="none",
                                max_length=5,
                            ),
                        ),
                        ("wants_sms_reminders", models.BooleanField(db_default=False, default=False)),
                        (
                            "marketing_wording",
                            models.CharField(blank=True, db_default="", default="", max_length=500),
                        ),
                        ("marketing_withdrawn_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("mobile", ""), _negated=True),
                                fields=["organisation", "mobile"],
                                name="booking_patient_by_mobile",
                            ),
                            models.Index(
                                condition=models.Q(("national_id_digest__isnull", False)),
                                fields=["organisation", "national_id_digest"],
                                name="booking_patient_by_national_id",
                            ),
                            models.Index(
                                models.F("organisation"),
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Upper("last_name"), "text_pattern_ops"
                                ),
                                name="booking_patient_by_last_name",
                            ),
                            models.Index(
                                models.F("organisation"),
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Upper("first_name"), "text_pattern_ops"
                                ),
                                name="booking_patient_by_first_name",
                            ),
                            models.Index(
                                models.F("organisation"),
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Upper("email"), "text_pattern_ops"
                                ),
                                condition=models.Q(("email", ""), _negated=True),
                                name="booking_patient_by_email",
                            ),
                        ],
                        "constraints": [
                            clinics.constraints.SameOrganisation(
                                field="booking", name="booking_patient_same_organisation"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("mobile", ""), ("mobile__regex", "^\\+[1-9]\\d{4,14}$"), _connector="OR"
                                ),
                                name="booking_patient_mobile_e164",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("marketing_withdrawn_at__isnull", True),
                                    models.Q(("marketing_wording", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="booking_patient_withdraws_what_was_given",
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="ConfirmationCode",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "booking",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="codes",
                                to="scheduling.booking",
                            ),
                        ),
                        ("purpose", models.CharField(max_length=10)),
                        ("salt", models.BinaryField(max_length=16)),
                        ("digest", models.BinaryField(max_length=32)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            clinics.constraints.SameOrganisation(
                                field="booking", name="confirmation_code_same_organisation"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                                name="confirmation_code_expires_later",
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="AppointmentChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("appointment_id", models.CharField(max_length=64)),
                        (
                            "booking",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="scheduling.booking",
                            ),
                        ),
                        (
                            "clinic",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clinics.clinic",
                            ),
                        ),
                        (
                            "practitioner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clinics.practitioner",
                            ),
                        ),
                        ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ("contact", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "appointment_id"),
                                name="appointment_change_one_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("accepted_at__isnull", True), ("contact__isnull", True), _connector="OR"
                                ),
                                name="appointment_change_contact_while_waiting",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="booking", name="appointment_change_booking_same_organisation"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="clinic", name="appointment_change_clinic_same_organisation"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="practitioner", name="appointment_change_practitioner_same_org"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="StepCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("step", models.CharField(max_length=12)),
                        ("shown", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "day", "step"), name="step_count_once"
                            )
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="DayNumbers",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("time_zone", models.CharField(max_length=64)),
                        ("numbers", models.JSONField()),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(fields=("organisation", "day"), name="day_numbers_once")
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="DeskAct",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("booking", models.UUIDField(null=True)),
                        (
                            "act",
                            models.CharField(
                                choices=[
                                    ("cancelled", "Cancelled by the clinic"),
                                    ("moved", "Moved by the clinic"),
                                    ("arrived", "Marked as arrived"),
                                    ("no_show", "Marked as not arrived"),
                                    ("unmarked", "Mark taken back"),
                                    ("restored", "Stands again in the clinic’s book"),
                                    ("sent_again", "Confirmation sent again"),
                                    ("handled", "Refusal seen to"),
                                    ("id_shown", "National identity number looked at"),
                                    ("exported", "Bookings downloaded"),
                                    ("withdrawn", "Waiting message cancelled"),
                                    ("resent", "Failed message sent again"),
                                    ("lifted", "STOP taken back for a patient"),
                                    ("mailed", "Messages sent by hand"),
                                    ("stopped", "Sending by hand stopped"),
                                    ("no_offers", "Consent to offers withdrawn for a patient"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("who", models.CharField(max_length=254)),
                        ("tells_patient", models.BooleanField(null=True)),
                        ("kind", models.CharField(blank=True, db_default="", default="", max_length=20)),
                        ("many", models.PositiveIntegerField(null=True)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(fields=["organisation", "booking"], name="desk_act_by_booking")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "act__in",
                                        [
                                            "cancelled",
                                            "moved",
                                            "arrived",
                                            "no_show",
                                            "unmarked",
                                            "restored",
                                            "sent_again",
                                            "handled",
                                            "id_shown",
                                            "exported",
                                            "withdrawn",
                                            "resent",
                                            "lifted",
                                            "mailed",
                                            "stopped",
                                            "no_offers",
                                        ],
                                    )
                                ),
                                name="desk_act_known",
                            )
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="EidAttempt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("state_digest", models.BinaryField(max_length=32, unique=True)),
                        ("binding_digest", models.BinaryField(max_length=32)),
                        ("nonce", models.CharField(max_length=43)),
                        ("code_verifier", clinics.encryption.EncryptedTextField()),
                        ("next_path", models.CharField(max_length=500)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [models.Index(fields=["expires_at"], name="eid_attempt_by_end")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                                name="eid_attempt_expires_later",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("next_path__startswith", "/"),
                                    models.Q(("next_path__startswith", "//"), _negated=True),
                                ),
                                name="eid_attempt_next_is_a_path",
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="LoginCode",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("visitor", models.CharField(max_length=64)),
                        ("address_hash", models.CharField(max_length=64)),
                        (
                            "mobile",
                            phonenumber_field.modelfields.PhoneNumberField(max_length=128, region=None),
                        ),
                        ("language", models.CharField(max_length=2)),
                        ("salt", models.BinaryField(max_length=16)),
                        ("digest", models.BinaryField(blank=True, max_length=32, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(fields=["organisation", "created_at"], name="login_code_by_age"),
                            models.Index(fields=["organisation", "visitor"], name="login_code_by_visitor"),
                            models.Index(
                                condition=models.Q(("answered_at__isnull", True)),
                                fields=["created_at"],
                                name="login_code_unanswered",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="login_code_within_organisation"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                                name="login_code_expires_later",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("tries__lte", 5)), name="login_code_tries_counted"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("digest__isnull", True), ("answered_at__isnull", False), _connector="OR"
                                ),
                                name="login_code_made_by_a_worker",
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Login",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("key_digest", models.BinaryField(max_length=32)),
                        ("method", models.CharField(choices=[("sms", "Sms"), ("eid", "Eid")], max_length=3)),
                        (
                            "mobile",
                            phonenumber_field.modelfields.PhoneNumberField(
                                blank=True, max_length=128, region=None
                            ),
                        ),
                        ("national_id", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                        ("first_name", models.CharField(blank=True, max_length=100)),
                        ("last_name", models.CharField(blank=True, max_length=100)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [models.Index(fields=["expires_at"], name="login_by_end")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="login_within_organisation"
                            ),
                            models.UniqueConstraint(
                                fields=("organisation", "key_digest"), name="login_key_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("method", "sms"),
                                        ("national_id__isnull", True),
                                        models.Q(("mobile", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("method", "eid"), ("mobile", ""), ("national_id__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="login_has_its_proof",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                                name="login_expires_later",
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Lookup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "login",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lookups",
                                to="scheduling.login",
                            ),
                        ),
                        (
                            "code",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lookups",
                                to="scheduling.logincode",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("answer", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="lookup_within_organisation"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                                name="lookup_expires_later",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answer__isnull", True), ("answered_at__isnull", True)),
                                    models.Q(("answer__isnull", False), ("answered_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="lookup_answer_when_answered",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("code__isnull", True), ("login__isnull", False)),
                                    models.Q(("code__isnull", False), ("login__isnull", True)),
                                    _connector="OR",
                                ),
                                name="lookup_is_for_a_login_or_a_code",
                            ),
                            clinics.constraints.SameOrganisation(
                                deferred=True, field="login", name="lookup_login_same_organisation"
                            ),
                            clinics.constraints.SameOrganisation(
                                deferred=True, field="code", name="lookup_code_same_organisation"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="AgentEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("sequence", models.PositiveBigIntegerField()),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("booking.created", "Booking"),
                                    ("booking.moved", "Move"),
                                    ("booking.cancelled", "Cancellation"),
                                    ("patient.lookup", "Question about a patient’s appointments"),
                                    ("appointment.move", "Move of an appointment made by the clinic"),
                                    (
                                        "appointment.cancel",
                                        "Cancellation of an appointment made by the clinic",
                                    ),
                                ],
                                max_length=30,
                            ),
                        ),
                        (
                            "booking",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="events",
                                to="scheduling.booking",
                            ),
                        ),
                        (
                            "lookup",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="events",
                                to="scheduling.lookup",
                            ),
                        ),
                        ("data", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("accepted", "Accepted"),
                                    ("refused", "Refused"),
                                    ("lapsed", "Lapsed"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("appointment_id", models.CharField(blank=True, max_length=64)),
                        ("reason", models.CharField(blank=True, max_length=20)),
                        ("detail", models.TextField(blank=True)),
                        ("handled_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["sequence"],
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("acknowledged_at__isnull", True)),
                                fields=["organisation", "sequence"],
                                name="agent_event_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("handled_at__isnull", True), ("outcome", "refused")),
                                fields=["organisation", "sequence"],
                                name="agent_event_refused",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "sequence"), name="agent_event_sequence_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("acknowledged_at__isnull", True), ("outcome", "")),
                                    models.Q(
                                        ("acknowledged_at__isnull", False),
                                        models.Q(("outcome", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="agent_event_outcome_when_acknowledged",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("type__startswith", "booking."), _negated=True),
                                    ("booking__isnull", False),
                                    _connector="OR",
                                ),
                                name="agent_event_booking_has_its_booking",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="booking", name="agent_event_booking_same_organisation"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="lookup", name="agent_event_lookup_same_organisation"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="AgentLink",
                    fields=[
                        (
                            "organisation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="agent_link",
                                serialize=False,
                                to="clinics.organisation",
                            ),
                        ),
                        ("last_event", models.PositiveBigIntegerField(default=0)),
                        ("last_push_at", models.DateTimeField(blank=True, null=True)),
                        ("last_seen_at", models.DateTimeField(blank=True, null=True)),
                        ("alarmed_at", models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="FreeWeek",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "treatment",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="scheduling.treatment",
                            ),
                        ),
                        (
                            "clinic",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.clinic",
                            ),
                        ),
                        (
                            "practitioner",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.practitioner",
                            ),
                        ),
                        ("week", models.DateField()),
                        ("starts", scheduling.models.free_week.BitField()),
                        (
                            "odd_starts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.SmallIntegerField(), null=True, size=None
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(
                                fields=["organisation", "treatment", "clinic", "practitioner", "week"],
                                name="free_week_first",
                            ),
                            models.Index(fields=["practitioner", "week"], name="free_week_by_practitioner"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "treatment", "clinic", "week", "practitioner"),
                                name="free_week_once",
                            )
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Recipient",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "mailing",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="recipients",
                                to="notifications.mailing",
                            ),
                        ),
                        (
                            "booking",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="scheduling.booking",
                            ),
                        ),
                        ("to", models.CharField(max_length=254)),
                        ("language", models.CharField(max_length=2)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(fields=("mailing", "to"), name="recipient_once"),
                            clinics.constraints.SameOrganisation(
                                deferred=True, field="mailing", name="recipient_of_own_mailing"
                            ),
                            clinics.constraints.SameOrganisation(
                                deferred=True, field="booking", name="recipient_of_own_booking"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="ReminderPlan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("reached", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(fields=("organisation",), name="reminder_plan_once")
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Slot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "practitioner",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.practitioner",
                            ),
                        ),
                        (
                            "clinic",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.clinic",
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        (
                            "only_categories",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), null=True, size=None
                            ),
                        ),
                        (
                            "except_categories",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), null=True, size=None
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(
                                fields=["organisation", "practitioner", "clinic", "starts_at"],
                                name="slot_by_practitioner",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="slot_has_length",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("only_categories__isnull", True),
                                    ("except_categories__isnull", True),
                                    _connector="OR",
                                ),
                                name="slot_categories_one_way",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="practitioner", name="slot_practitioner_same_organisation"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="clinic", name="slot_clinic_same_organisation"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Wish",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "key",
                            models.CharField(
                                default=scheduling.models.wish.new_key,
                                editable=False,
                                max_length=22,
                                unique=True,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("unconfirmed", "Unconfirmed"),
                                    ("waiting", "Waiting"),
                                    ("booked", "Booked"),
                                    ("ended", "Ended"),
                                ],
                                default="unconfirmed",
                                max_length=11,
                            ),
                        ),
                        (
                            "treatment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="scheduling.treatment",
                            ),
                        ),
                        (
                            "weekdays",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(), size=None
                            ),
                        ),
                        ("from_time", models.TimeField(default=datetime.time(0, 0))),
                        ("until_time", models.TimeField(default=datetime.time(23, 59))),
                        ("latest_on", models.DateField()),
                        ("first_name", models.CharField(max_length=100)),
                        ("last_name", models.CharField(max_length=100)),
                        ("national_id", clinics.encryption.EncryptedTextField(blank=True, null=True)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        (
                            "mobile",
                            phonenumber_field.modelfields.PhoneNumberField(
                                blank=True, max_length=128, region=None
                            ),
                        ),
                        ("language", models.CharField(max_length=2)),
                        ("consented_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("offered_until", models.DateTimeField(blank=True, null=True)),
                        (
                            "clinics",
                            models.ManyToManyField(
                                related_name="+", through="scheduling.WishClinic", to="clinics.clinic"
                            ),
                        ),
                        (
                            "practitioners",
                            models.ManyToManyField(
                                related_name="+",
                                through="scheduling.WishPractitioner",
                                to="clinics.practitioner",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["organisation", "confirmed_at"],
                                name="wish_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="wish_within_organisation"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["unconfirmed", "waiting", "booked", "ended"])
                                ),
                                name="wish_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["unconfirmed", "ended"]),
                                    ("confirmed_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="wish_waiting_is_confirmed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["booked", "ended"]), _negated=True),
                                    ("ended_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="wish_end_has_its_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("email", ""), _negated=True),
                                    models.Q(("mobile", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="wish_has_an_address",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("weekdays__len__gt", 0)), name="wish_has_a_weekday"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("until_time__gte", models.F("from_time"))),
                                name="wish_hours_in_order",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="treatment", name="wish_treatment_same_organisation"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="WishClinic",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "wish",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="at_clinics",
                                to="scheduling.wish",
                            ),
                        ),
                        (
                            "clinic",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.clinic",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "wish", "clinic"), name="wish_clinic_once"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="wish", name="wish_clinic_same_organisation_w"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="clinic", name="wish_clinic_same_organisation_c"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="WishPractitioner",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "wish",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="by_practitioners",
                                to="scheduling.wish",
                            ),
                        ),
                        (
                            "practitioner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.practitioner",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "wish", "practitioner"), name="wish_practitioner_once"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="wish", name="wish_practitioner_same_organisation_w"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="practitioner", name="wish_practitioner_same_organisation_p"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="WishCode",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "wish",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="codes",
                                to="scheduling.wish",
                            ),
                        ),
                        ("salt", models.BinaryField(max_length=16)),
                        ("digest", models.BinaryField(max_length=32)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                                name="wish_code_expires_later",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="wish", name="wish_code_same_organisation"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Offer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "key",
                            models.CharField(
                                default=scheduling.models.wish.new_key,
                                editable=False,
                                max_length=22,
                                unique=True,
                            ),
                        ),
                        (
                            "wish",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="offers",
                                to="scheduling.wish",
                            ),
                        ),
                        (
                            "booking",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="offer",
                                to="scheduling.booking",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("accepted", "Accepted"),
                                    ("declined", "Declined"),
                                    ("lapsed", "Lapsed"),
                                ],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("expires_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["organisation", "expires_at"],
                                name="offer_open",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["open", "accepted", "declined", "lapsed"])),
                                name="offer_state_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open")),
                                fields=("wish",),
                                name="offer_one_open_for_a_wish",
                            ),
                            models.UniqueConstraint(
                                fields=("wish", "starts_at"), name="offer_same_time_once"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="wish", name="offer_wish_same_organisation"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="booking", name="offer_booking_same_organisation"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
            ],
        ),
    ]
