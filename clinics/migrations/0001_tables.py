"""Organisations, their clinics, people and settings, and the histories of all these."""

import datetime
import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.db.models.lookups
import django.db.models.manager
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import clinics.constraints
import clinics.encryption
import clinics.models.invitation
import clinics.models.organisation
import clinics.models.provider
import clinics.models.settings
import clinics.tables


class Migration(migrations.Migration):
    # Done already where a database has been brought up to date with all of these.
    replaces = [
        ("clinics", "0001_initial"),
        ("clinics", "0003_what_logins_show"),
        ("clinics", "0004_required_login_is_on"),
        ("clinics", "0005_eid_login"),
        ("clinics", "0006_console_people"),
        ("clinics", "0007_audit_log"),
        ("clinics", "0009_pictures_and_former_addresses"),
        ("clinics", "0011_what_patients_find_us_by"),
        ("clinics", "0013_audit_of_what_is_new"),
        ("clinics", "0014_own_details_of_clinics"),
        ("clinics", "0015_pictures_in_the_audit_log"),
        ("clinics", "0017_analytics"),
        ("clinics", "0018_privacy_visits_and_announcements"),
        ("clinics", "0020_audit_of_settings"),
        ("clinics", "0021_order_of_the_log"),
        ("clinics", "0022_searches_and_sessions"),
        ("clinics", "0023_sms_providers_and_pauses"),
        ("clinics", "0025_message_settings"),
        ("clinics", "0026_settings_in_the_log"),
        ("clinics", "0027_sms_spend"),
        ("clinics", "0028_consent_to_offers"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(),
        django.contrib.postgres.operations.UnaccentExtension(),
        clinics.tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Organisation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        (
                            "subdomain",
                            models.CharField(
                                max_length=63,
                                unique=True,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"
                                    )
                                ],
                            ),
                        ),
                        (
                            "country",
                            models.CharField(
                                choices=[("FI", "Finland"), ("SE", "Sweden"), ("NO", "Norway")], max_length=2
                            ),
                        ),
                        ("time_zone", models.CharField(max_length=64)),
                        ("default_language", models.CharField(max_length=2)),
                        (
                            "languages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                default=clinics.models.organisation.all_languages,
                                size=None,
                            ),
                        ),
                        ("is_suspended", models.BooleanField(default=False)),
                        ("version", models.PositiveBigIntegerField(default=1)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "ordering": ["name"],
                        "indexes": [
                            models.Index(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Upper("name"), "text_pattern_ops"
                                ),
                                name="organisation_name_beginning",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("subdomain__regex", "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")
                                ),
                                name="organisation_subdomain_well_formed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("country__in", ["FI", "SE", "NO"])),
                                name="organisation_country_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("languages__contains", [models.F("default_language")])),
                                name="organisation_default_language_offered",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_organisationevent" ("country", "created_at", "default_language", "id", "is_suspended", "languages", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "subdomain", "time_zone") SELECT new_values."country", new_values."created_at", new_values."default_language", new_values."id", new_values."is_suspended", new_values."languages", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."public_id", new_values."subdomain", new_values."time_zone" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="76d98da3f3e4ec95f4437889946acf3fe84bf298",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_e69a7",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_organisation",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_organisationevent" ("country", "created_at", "default_language", "id", "is_suspended", "languages", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "subdomain", "time_zone") SELECT new_values."country", new_values."created_at", new_values."default_language", new_values."id", new_values."is_suspended", new_values."languages", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."public_id", new_values."subdomain", new_values."time_zone" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."country" IS DISTINCT FROM (new_values."country") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."default_language" IS DISTINCT FROM (new_values."default_language") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_suspended" IS DISTINCT FROM (new_values."is_suspended") OR old_values."languages" IS DISTINCT FROM (new_values."languages") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."public_id" IS DISTINCT FROM (new_values."public_id") OR old_values."subdomain" IS DISTINCT FROM (new_values."subdomain") OR old_values."time_zone" IS DISTINCT FROM (new_values."time_zone")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="7e8b309ad6715046287cbd29b7e87d1b2d0def09",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_139c6",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_organisation",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_organisationevent" ("country", "created_at", "default_language", "id", "is_suspended", "languages", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "subdomain", "time_zone") SELECT old_values."country", old_values."created_at", old_values."default_language", old_values."id", old_values."is_suspended", old_values."languages", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."public_id", old_values."subdomain", old_values."time_zone" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="dcdca2be62e2d352bb9633a20d6c70146bcb87e5",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_ad31a",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_organisation",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrganisationEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("name", models.CharField(max_length=200)),
                        (
                            "subdomain",
                            models.CharField(
                                max_length=63,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"
                                    )
                                ],
                            ),
                        ),
                        (
                            "country",
                            models.CharField(
                                choices=[("FI", "Finland"), ("SE", "Sweden"), ("NO", "Norway")], max_length=2
                            ),
                        ),
                        ("time_zone", models.CharField(max_length=64)),
                        ("default_language", models.CharField(max_length=2)),
                        (
                            "languages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                default=clinics.models.organisation.all_languages,
                                size=None,
                            ),
                        ),
                        ("is_suspended", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="AccountKey",
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
                        ("key_hash", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("revoked_at__isnull", True)),
                                fields=("organisation",),
                                name="account_key_one_valid",
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_accountkeyevent" ("created_at", "id", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at") SELECT new_values."created_at", new_values."id", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."revoked_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="4b7eed54c4fb84435437e25beb316fdb9e1b8381",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_a65b0",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_accountkey",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_accountkeyevent" ("created_at", "id", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at") SELECT new_values."created_at", new_values."id", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."revoked_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."organisation_id" IS DISTINCT FROM (new_values."organisation_id") OR old_values."revoked_at" IS DISTINCT FROM (new_values."revoked_at")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="4df585ee520456cbc9e961fb38c9b2f1310221ed",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_fef8c",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_accountkey",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_accountkeyevent" ("created_at", "id", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at") SELECT old_values."created_at", old_values."id", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."revoked_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="a52844c9db479727bb2e49d3bc4553618d474b65",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_62484",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_accountkey",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="AccountKeyEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.accountkey",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ClinicGroup",
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
                        ("name", models.CharField(max_length=200)),
                        ("position", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["position", "name"],
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="clinic_group_within_organisation"
                            ),
                            models.UniqueConstraint(
                                fields=("organisation", "name"), name="clinic_group_name_unique"
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_clinicgroupevent" ("id", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "public_id") SELECT new_values."id", new_values."name", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."position", new_values."public_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="2b751645423648b9659eca800d37a7056854926e",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_0dd35",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_clinicgroup",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_clinicgroupevent" ("id", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "public_id") SELECT new_values."id", new_values."name", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."position", new_values."public_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="8524e30cfbd28448d82806902a5faab3a28707e3",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_0dfc8",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_clinicgroup",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_clinicgroupevent" ("id", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "public_id") SELECT old_values."id", old_values."name", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."position", old_values."public_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="4131e3764d3334237b3e2d472660f425eabc4987",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_63311",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_clinicgroup",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="ClinicGroupEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.clinicgroup",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("name", models.CharField(max_length=200)),
                        ("position", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Clinic",
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
                        ("address", models.CharField(blank=True, max_length=300)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("agents_address", models.CharField(blank=True, max_length=300, null=True)),
                        ("agents_phone", models.CharField(blank=True, max_length=40, null=True)),
                        ("agents_email", models.EmailField(blank=True, max_length=254, null=True)),
                        ("time_zone", models.CharField(max_length=64)),
                        ("opening_hours", models.TextField(blank=True)),
                        (
                            "group",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to="clinics.clinicgroup",
                            ),
                        ),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("is_published", models.BooleanField(default=True)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["position", "name"],
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="clinic_within_organisation"
                            ),
                            models.UniqueConstraint(
                                fields=("organisation", "external_id"), name="clinic_external_id_unique"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="group", name="clinic_group_same_organisation"
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_clinicevent" ("address", "agents_address", "agents_email", "agents_phone", "email", "external_id", "group_id", "id", "is_published", "name", "opening_hours", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "public_id", "retired_at", "time_zone") SELECT new_values."address", new_values."agents_address", new_values."agents_email", new_values."agents_phone", new_values."email", new_values."external_id", new_values."group_id", new_values."id", new_values."is_published", new_values."name", new_values."opening_hours", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."phone", new_values."position", new_values."public_id", new_values."retired_at", new_values."time_zone" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="68e7f7a508c42d82855c4f5d03cb4abef08b0546",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_59aa9",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_clinic",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_clinicevent" ("address", "agents_address", "agents_email", "agents_phone", "email", "external_id", "group_id", "id", "is_published", "name", "opening_hours", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "public_id", "retired_at", "time_zone") SELECT new_values."address", new_values."agents_address", new_values."agents_email", new_values."agents_phone", new_values."email", new_values."external_id", new_values."group_id", new_values."id", new_values."is_published", new_values."name", new_values."opening_hours", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."phone", new_values."position", new_values."public_id", new_values."retired_at", new_values."time_zone" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="89ca179257b2db03fd55ed1fb62b23f5c122d652",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_2f1c8",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_clinic",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_clinicevent" ("address", "agents_address", "agents_email", "agents_phone", "email", "external_id", "group_id", "id", "is_published", "name", "opening_hours", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "public_id", "retired_at", "time_zone") SELECT old_values."address", old_values."agents_address", old_values."agents_email", old_values."agents_phone", old_values."email", old_values."external_id", old_values."group_id", old_values."id", old_values."is_published", old_values."name", old_values."opening_hours", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."phone", old_values."position", old_values."public_id", old_values."retired_at", old_values."time_zone" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="5e078c9c310b27f8d469b3ba9c5b1342439bee53",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_a5f0c",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_clinic",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="ClinicEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.clinic",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("external_id", models.CharField(max_length=64)),
                        ("name", models.CharField(max_length=200)),
                        ("address", models.CharField(blank=True, max_length=300)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("agents_address", models.CharField(blank=True, max_length=300, null=True)),
                        ("agents_phone", models.CharField(blank=True, max_length=40, null=True)),
                        ("agents_email", models.EmailField(blank=True, max_length=254, null=True)),
                        ("time_zone", models.CharField(max_length=64)),
                        ("opening_hours", models.TextField(blank=True)),
                        (
                            "group",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.clinicgroup",
                            ),
                        ),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("is_published", models.BooleanField(default=True)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, unique=True)),
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("language", models.CharField(blank=True, db_default="", default="", max_length=2)),
                        ("is_staff", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"),
                                name="user_email_unique_in_any_case",
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_userevent" ("created_at", "email", "id", "is_active", "is_staff", "is_superuser", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."created_at", new_values."email", new_values."id", new_values."is_active", new_values."is_staff", new_values."is_superuser", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="126fff2f414c9734f2a434d1b8bab73b7f33847d",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_a198e",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_user",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_userevent" ("created_at", "email", "id", "is_active", "is_staff", "is_superuser", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."created_at", new_values."email", new_values."id", new_values."is_active", new_values."is_staff", new_values."is_superuser", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."email" IS DISTINCT FROM (new_values."email") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_active" IS DISTINCT FROM (new_values."is_active") OR old_values."is_staff" IS DISTINCT FROM (new_values."is_staff") OR old_values."is_superuser" IS DISTINCT FROM (new_values."is_superuser") OR old_values."name" IS DISTINCT FROM (new_values."name")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="005ae95d22f791d6830d2551c590cbe2a618cc66",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_0fc94",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_user",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_userevent" ("created_at", "email", "id", "is_active", "is_staff", "is_superuser", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."created_at", old_values."email", old_values."id", old_values."is_active", old_values."is_staff", old_values."is_superuser", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="e1c21b822342b2ab6d332f38a2033da9f7aaeee1",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_5f80d",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_user",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UserEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        ("email", models.EmailField(max_length=254)),
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("is_staff", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
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
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[("owner", "Owner"), ("editor", "Editor"), ("viewer", "Viewer")],
                                max_length=8,
                            ),
                        ),
                        ("is_limited", models.BooleanField(default=False)),
                        ("signed_out_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "clinics",
                            models.ManyToManyField(
                                related_name="+", through="clinics.MembershipClinic", to="clinics.clinic"
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="membership_within_organisation"
                            ),
                            models.UniqueConstraint(fields=("organisation", "user"), name="membership_once"),
                            models.CheckConstraint(
                                condition=models.Q(("role__in", ["owner", "editor", "viewer"])),
                                name="membership_role_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_limited", False), ("role", "editor"), _connector="OR"
                                ),
                                name="membership_only_editors_are_limited",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_membershipevent" ("created_at", "id", "is_limited", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "role", "signed_out_at", "user_id") SELECT new_values."created_at", new_values."id", new_values."is_limited", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."public_id", new_values."role", new_values."signed_out_at", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="1d3c3d5385dbf2bfbe9b4eebe8b99a6712c24d73",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_2a909",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_membership",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_membershipevent" ("created_at", "id", "is_limited", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "role", "signed_out_at", "user_id") SELECT new_values."created_at", new_values."id", new_values."is_limited", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."public_id", new_values."role", new_values."signed_out_at", new_values."user_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="fb07f4243d30ede6160f11e6c822c99dbfa55b5a",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_472bb",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_membership",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_membershipevent" ("created_at", "id", "is_limited", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "role", "signed_out_at", "user_id") SELECT old_values."created_at", old_values."id", old_values."is_limited", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."public_id", old_values."role", old_values."signed_out_at", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="fe016b77f55e6f0ceab5f9e240cb0616b14b27cf",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_78c5a",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_membership",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="MembershipEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.membership",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        (
                            "user",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[("owner", "Owner"), ("editor", "Editor"), ("viewer", "Viewer")],
                                max_length=8,
                            ),
                        ),
                        ("is_limited", models.BooleanField(default=False)),
                        ("signed_out_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="MembershipClinic",
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
                            "membership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="limits",
                                to="clinics.membership",
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
                                fields=("membership", "clinic"), name="membership_clinic_once"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="membership", name="membership_clinic_same_organisation_as_member"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="clinic", name="membership_clinic_same_organisation"
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_membershipclinicevent" ("clinic_id", "id", "membership_id", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."clinic_id", new_values."id", new_values."membership_id", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="b32f0531f70064222a4f07f1d1c3c2a1f30e0787",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_c764b",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_membershipclinic",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_membershipclinicevent" ("clinic_id", "id", "membership_id", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."clinic_id", new_values."id", new_values."membership_id", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="00e1ed24017a1704b9947b50f319f5b5b7264921",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_b8f39",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_membershipclinic",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_membershipclinicevent" ("clinic_id", "id", "membership_id", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."clinic_id", old_values."id", old_values."membership_id", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="0fc28f79eeb0c5d50a6a5d324ac960f6b4ae5851",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_fd2c5",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_membershipclinic",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="MembershipClinicEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.membershipclinic",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "membership",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.membership",
                            ),
                        ),
                        (
                            "clinic",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.clinic",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Announcement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("text_fi", models.TextField(max_length=1000)),
                        ("text_sv", models.TextField(max_length=1000)),
                        ("text_nb", models.TextField(max_length=1000)),
                        ("text_en", models.TextField(max_length=1000)),
                        ("from_at", models.DateTimeField()),
                        ("until_at", models.DateTimeField()),
                        (
                            "organisation_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), blank=True, default=list, size=None
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["-from_at", "-pk"],
                        "indexes": [models.Index(fields=["until_at"], name="announcement_by_end")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("until_at__gt", models.F("from_at"))),
                                name="announcement_ends_later",
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_announcementevent" ("created_at", "from_at", "id", "organisation_ids", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "text_en", "text_fi", "text_nb", "text_sv", "until_at") SELECT new_values."created_at", new_values."from_at", new_values."id", new_values."organisation_ids", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."public_id", new_values."text_en", new_values."text_fi", new_values."text_nb", new_values."text_sv", new_values."until_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="f0ac5c53dd6116d209c50575b61c1ceaaf7c2c27",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_f3204",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_announcement",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_announcementevent" ("created_at", "from_at", "id", "organisation_ids", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "text_en", "text_fi", "text_nb", "text_sv", "until_at") SELECT new_values."created_at", new_values."from_at", new_values."id", new_values."organisation_ids", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."public_id", new_values."text_en", new_values."text_fi", new_values."text_nb", new_values."text_sv", new_values."until_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="d2e4a3d3ed4054d7575fc848924b3a6e2bcc201b",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_1df3d",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_announcement",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_announcementevent" ("created_at", "from_at", "id", "organisation_ids", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "text_en", "text_fi", "text_nb", "text_sv", "until_at") SELECT old_values."created_at", old_values."from_at", old_values."id", old_values."organisation_ids", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."public_id", old_values."text_en", old_values."text_fi", old_values."text_nb", old_values."text_sv", old_values."until_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="d023b43039711258e21edbf9387acada51b66b27",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_5090c",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_announcement",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AnnouncementEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.announcement",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("text_fi", models.TextField(max_length=1000)),
                        ("text_sv", models.TextField(max_length=1000)),
                        ("text_nb", models.TextField(max_length=1000)),
                        ("text_en", models.TextField(max_length=1000)),
                        ("from_at", models.DateTimeField()),
                        ("until_at", models.DateTimeField()),
                        (
                            "organisation_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), blank=True, default=list, size=None
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Dismissal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "announcement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="dismissals",
                                to="clinics.announcement",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("announcement", "user"), name="dismissal_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuditEntry",
                    fields=[
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("organisation", "Organisation"),
                                    ("settings", "Settings"),
                                    ("clinic", "Clinic"),
                                    ("group", "Group"),
                                    ("practitioner", "Practitioner"),
                                    ("text", "Text"),
                                    ("message_text", "Message Text"),
                                    ("member", "Member"),
                                    ("member_clinic", "Member Clinic"),
                                    ("invitation", "Invitation"),
                                    ("key", "Key"),
                                    ("picture", "Picture"),
                                    ("visit", "Visit"),
                                    ("privacy", "Privacy"),
                                    ("sms_provider", "Sms Provider"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("label", models.CharField(max_length=10)),
                        ("at", models.DateTimeField()),
                        ("object_id", models.BigIntegerField()),
                        ("who", models.TextField(null=True)),
                        ("before", models.JSONField(null=True)),
                        ("after", models.JSONField(null=True)),
                        ("changed", models.JSONField()),
                    ],
                    options={
                        "db_table": "clinics_audit",
                        "ordering": [
                            "-at",
                            models.OrderBy(django.db.models.functions.text.Length("key"), descending=True),
                            "-key",
                        ],
                        "abstract": False,
                        "managed": False,
                        "base_manager_name": "across",
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Practitioner",
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
                        ("title", models.CharField(blank=True, max_length=200)),
                        ("description", models.TextField(blank=True)),
                        ("consent_given_at", models.DateTimeField(blank=True, null=True)),
                        ("consent_recorded_by", models.CharField(blank=True, max_length=200)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("is_published", models.BooleanField(default=True)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "clinics",
                            models.ManyToManyField(
                                related_name="practitioners",
                                through="clinics.PractitionerClinic",
                                to="clinics.clinic",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "name"],
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="practitioner_within_organisation"
                            ),
                            models.UniqueConstraint(
                                fields=("organisation", "external_id"), name="practitioner_external_id_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("consent_given_at__isnull", True),
                                    models.Q(("consent_recorded_by", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="practitioner_consent_says_who",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_practitionerevent" ("consent_given_at", "consent_recorded_by", "description", "external_id", "id", "is_published", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "public_id", "retired_at", "title") SELECT new_values."consent_given_at", new_values."consent_recorded_by", new_values."description", new_values."external_id", new_values."id", new_values."is_published", new_values."name", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."position", new_values."public_id", new_values."retired_at", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="86f5e04245d7992511d426d6ea4502869159e908",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_37055",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_practitioner",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_practitionerevent" ("consent_given_at", "consent_recorded_by", "description", "external_id", "id", "is_published", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "public_id", "retired_at", "title") SELECT new_values."consent_given_at", new_values."consent_recorded_by", new_values."description", new_values."external_id", new_values."id", new_values."is_published", new_values."name", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."position", new_values."public_id", new_values."retired_at", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="763f21298d4823ac6f6863cb0461dafcf05c7a94",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_5cf96",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_practitioner",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_practitionerevent" ("consent_given_at", "consent_recorded_by", "description", "external_id", "id", "is_published", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "public_id", "retired_at", "title") SELECT old_values."consent_given_at", old_values."consent_recorded_by", old_values."description", old_values."external_id", old_values."id", old_values."is_published", old_values."name", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."position", old_values."public_id", old_values."retired_at", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="a0c703fa63ec3eea829948f40b8f49942ada7d48",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_e3da7",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_practitioner",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="PractitionerEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.practitioner",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("external_id", models.CharField(max_length=64)),
                        ("name", models.CharField(max_length=200)),
                        ("title", models.CharField(blank=True, max_length=200)),
                        ("description", models.TextField(blank=True)),
                        ("consent_given_at", models.DateTimeField(blank=True, null=True)),
                        ("consent_recorded_by", models.CharField(blank=True, max_length=200)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("is_published", models.BooleanField(default=True)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="PractitionerClinic",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.practitioner",
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
                                fields=("organisation", "practitioner", "clinic"),
                                name="practitioner_clinic_once",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="practitioner", name="practitioner_clinic_same_organisation_p"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="clinic", name="practitioner_clinic_same_organisation_c"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="ConsentRecord",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.practitioner",
                            ),
                        ),
                        ("is_given", models.BooleanField()),
                        ("recorded_by", models.CharField(max_length=200)),
                        ("recorded_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["recorded_at", "pk"],
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(
                                fields=["organisation", "practitioner"], name="consent_record_by_person"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("recorded_by", ""), _negated=True),
                                name="consent_record_says_who",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="practitioner", name="consent_record_same_organisation"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Findable",
                    fields=[
                        (
                            "organisation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="clinics.organisation",
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("words", models.TextField()),
                        ("on_marketplace", models.BooleanField()),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["words"], name="findable_by_words", opclasses=["gin_trgm_ops"]
                            ),
                            models.Index(fields=["on_marketplace", "name"], name="findable_by_name"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FormerSubdomain",
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
                        ("name", models.CharField(max_length=63, unique=True)),
                        ("since", models.DateTimeField()),
                        ("redirects_until", models.DateTimeField()),
                        ("kept_until", models.DateTimeField()),
                        ("changed_by", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(fields=["organisation", "since"], name="former_subdomain_by_date")
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Invitation",
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
                        ("email", models.EmailField(max_length=254)),
                        (
                            "role",
                            models.CharField(
                                choices=[("owner", "Owner"), ("editor", "Editor"), ("viewer", "Viewer")],
                                max_length=8,
                            ),
                        ),
                        ("is_limited", models.BooleanField(default=False)),
                        (
                            "clinic_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "invited_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("expires_at", models.DateTimeField(default=clinics.models.invitation.in_a_week)),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["created_at"],
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("organisation"),
                                django.db.models.functions.text.Lower("email"),
                                condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                                name="invitation_one_pending",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("role__in", ["owner", "editor", "viewer"])),
                                name="invitation_role_known",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_invitationevent" ("accepted_at", "clinic_ids", "created_at", "email", "expires_at", "id", "invited_by_id", "is_limited", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "revoked_at", "role") SELECT new_values."accepted_at", new_values."clinic_ids", new_values."created_at", new_values."email", new_values."expires_at", new_values."id", new_values."invited_by_id", new_values."is_limited", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."public_id", new_values."revoked_at", new_values."role" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="4f77c6762c75eb3d9157cef06f38ee2b66eaae2b",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_19884",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_invitation",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_invitationevent" ("accepted_at", "clinic_ids", "created_at", "email", "expires_at", "id", "invited_by_id", "is_limited", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "revoked_at", "role") SELECT new_values."accepted_at", new_values."clinic_ids", new_values."created_at", new_values."email", new_values."expires_at", new_values."id", new_values."invited_by_id", new_values."is_limited", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."public_id", new_values."revoked_at", new_values."role" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="93f4e765bcac2fe61af458c6d73981d8e3a77e90",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_fba57",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_invitation",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_invitationevent" ("accepted_at", "clinic_ids", "created_at", "email", "expires_at", "id", "invited_by_id", "is_limited", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "revoked_at", "role") SELECT old_values."accepted_at", old_values."clinic_ids", old_values."created_at", old_values."email", old_values."expires_at", old_values."id", old_values."invited_by_id", old_values."is_limited", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."public_id", old_values."revoked_at", old_values."role" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="9b0d526ad72bd29a16dbb97ad03b3f07e30d549b",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_9ad41",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_invitation",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="InvitationEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.invitation",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("email", models.EmailField(max_length=254)),
                        (
                            "role",
                            models.CharField(
                                choices=[("owner", "Owner"), ("editor", "Editor"), ("viewer", "Viewer")],
                                max_length=8,
                            ),
                        ),
                        ("is_limited", models.BooleanField(default=False)),
                        (
                            "clinic_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "invited_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("expires_at", models.DateTimeField(default=clinics.models.invitation.in_a_week)),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Picture",
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
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.practitioner",
                            ),
                        ),
                        ("name", models.CharField(max_length=32)),
                        ("content", models.BinaryField()),
                        ("content_type", models.CharField(max_length=16)),
                        ("width", models.PositiveSmallIntegerField()),
                        ("height", models.PositiveSmallIntegerField()),
                        (
                            "ground",
                            models.CharField(
                                choices=[("any", "Any"), ("light", "Light"), ("dark", "Dark")],
                                default="any",
                                max_length=5,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [models.Index(fields=["organisation", "name"], name="picture_by_name")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="picture_within_organisation"
                            ),
                            models.UniqueConstraint(
                                fields=("organisation", "practitioner"),
                                name="picture_one_logo_and_one_photo_each",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=django.db.models.lookups.LessThanOrEqual(
                                    django.db.models.functions.text.Length("content"), 25000
                                ),
                                name="picture_is_small",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="practitioner", name="picture_practitioner_same_organisation"
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_pictureevent" ("content_type", "created_at", "ground", "height", "id", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practitioner_id", "width") SELECT new_values."content_type", new_values."created_at", new_values."ground", new_values."height", new_values."id", new_values."name", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."practitioner_id", new_values."width" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="c18a1e117477a3475acbc36814209eeda70e69df",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_3b7ee",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_picture",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_pictureevent" ("content_type", "created_at", "ground", "height", "id", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practitioner_id", "width") SELECT new_values."content_type", new_values."created_at", new_values."ground", new_values."height", new_values."id", new_values."name", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."practitioner_id", new_values."width" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."content_type" IS DISTINCT FROM (new_values."content_type") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."ground" IS DISTINCT FROM (new_values."ground") OR old_values."height" IS DISTINCT FROM (new_values."height") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."organisation_id" IS DISTINCT FROM (new_values."organisation_id") OR old_values."practitioner_id" IS DISTINCT FROM (new_values."practitioner_id") OR old_values."width" IS DISTINCT FROM (new_values."width")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="b5a35838e6c059de2d96391081c4b76eeb1b99db",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_221a2",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_picture",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_pictureevent" ("content_type", "created_at", "ground", "height", "id", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practitioner_id", "width") SELECT old_values."content_type", old_values."created_at", old_values."ground", old_values."height", old_values."id", old_values."name", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."practitioner_id", old_values."width" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="24de36336b0f19113bc6f908a02c958995f04501",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_4cbed",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_picture",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="PictureEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.picture",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "practitioner",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.practitioner",
                            ),
                        ),
                        ("name", models.CharField(max_length=32)),
                        ("content_type", models.CharField(max_length=16)),
                        ("width", models.PositiveSmallIntegerField()),
                        ("height", models.PositiveSmallIntegerField()),
                        (
                            "ground",
                            models.CharField(
                                choices=[("any", "Any"), ("light", "Light"), ("dark", "Dark")],
                                default="any",
                                max_length=5,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="PrivacyAction",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("searched", "A patient was looked for"),
                                    ("exported", "A patient’s data was handed out"),
                                    ("erased", "A patient’s data was erased"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "sought_by",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("mobile", "Mobile number"),
                                        ("email", "E-mail address"),
                                        ("national_id", "National identity number"),
                                        ("name", "Name"),
                                    ],
                                    max_length=11,
                                ),
                                blank=True,
                                db_default=[],
                                default=list,
                                size=None,
                            ),
                        ),
                        ("rows", models.PositiveIntegerField()),
                        ("done_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["searched", "exported", "erased"])),
                                name="privacy_action_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sought_by__contained_by", ["mobile", "email", "national_id", "name"])
                                ),
                                name="privacy_action_terms_known",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_privacyactionevent" ("done_at", "id", "kind", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rows", "sought_by") SELECT new_values."done_at", new_values."id", new_values."kind", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."rows", new_values."sought_by" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="e1e7b9f8015ba4a59733bf5314a0e7d76abd6c17",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_41a63",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_privacyaction",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_privacyactionevent" ("done_at", "id", "kind", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rows", "sought_by") SELECT new_values."done_at", new_values."id", new_values."kind", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."rows", new_values."sought_by" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="76894104877c2a1d0f87639d7841a329baf6655e",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_3f7ca",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_privacyaction",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_privacyactionevent" ("done_at", "id", "kind", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rows", "sought_by") SELECT old_values."done_at", old_values."id", old_values."kind", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."rows", old_values."sought_by" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="b8efe04ae7cb125c101fd07e57cb5c1968233189",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_21e68",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_privacyaction",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="PrivacyActionEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.privacyaction",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("searched", "A patient was looked for"),
                                    ("exported", "A patient’s data was handed out"),
                                    ("erased", "A patient’s data was erased"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "sought_by",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("mobile", "Mobile number"),
                                        ("email", "E-mail address"),
                                        ("national_id", "National identity number"),
                                        ("name", "Name"),
                                    ],
                                    max_length=11,
                                ),
                                blank=True,
                                db_default=[],
                                default=list,
                                size=None,
                            ),
                        ),
                        ("rows", models.PositiveIntegerField()),
                        ("done_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="RetentionRun",
                    fields=[
                        (
                            "job",
                            models.CharField(
                                choices=[
                                    ("details", "Patients’ details"),
                                    ("messages", "Messages"),
                                    ("audit", "Audit log"),
                                ],
                                max_length=8,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("ran_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="RetentionCount",
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
                            "job",
                            models.CharField(
                                choices=[
                                    ("details", "Patients’ details"),
                                    ("messages", "Messages"),
                                    ("audit", "Audit log"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("ran_at", models.DateTimeField()),
                        ("deleted", models.PositiveIntegerField()),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "job"), name="retention_count_once"
                            )
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="ProviderAccount",
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
                            "provider",
                            models.CharField(
                                choices=[("twilio", "Twilio"), ("link", "LINK Mobility")], max_length=10
                            ),
                        ),
                        ("credentials", clinics.encryption.EncryptedTextField()),
                        ("credentials_given_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("sender", models.CharField(blank=True, max_length=15)),
                        ("replies_allowed", models.BooleanField(default=False)),
                        (
                            "token",
                            models.CharField(
                                default=clinics.models.provider.new_token,
                                editable=False,
                                max_length=64,
                                unique=True,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("tested_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation",), name="provider_account_one_each"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("provider__in", ["twilio", "link"])),
                                name="provider_account_provider_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sender", ""),
                                    (
                                        "sender__regex",
                                        "^(\\+[1-9][0-9]{6,13}|(?=.*[A-Za-z])[A-Za-z0-9 ]{2,11})$",
                                    ),
                                    _connector="OR",
                                ),
                                name="provider_account_sender_possible",
                                violation_error_message="A number such as +358401234567, or a name of 2 to 11 letters.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("replies_allowed", False), ("sender__startswith", "+"), _connector="OR"
                                ),
                                name="provider_account_replies_need_a_number",
                                violation_error_message="Only a number can be replied to.",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_provideraccountevent" ("created_at", "credentials_given_at", "id", "last_error", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "replies_allowed", "sender", "tested_at") SELECT new_values."created_at", new_values."credentials_given_at", new_values."id", new_values."last_error", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."provider", new_values."replies_allowed", new_values."sender", new_values."tested_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="35693d54fd80ff87bbb8c02c7eebb655826d50e9",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_10594",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_provideraccount",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_provideraccountevent" ("created_at", "credentials_given_at", "id", "last_error", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "replies_allowed", "sender", "tested_at") SELECT new_values."created_at", new_values."credentials_given_at", new_values."id", new_values."last_error", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."provider", new_values."replies_allowed", new_values."sender", new_values."tested_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."credentials_given_at" IS DISTINCT FROM (new_values."credentials_given_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."last_error" IS DISTINCT FROM (new_values."last_error") OR old_values."organisation_id" IS DISTINCT FROM (new_values."organisation_id") OR old_values."provider" IS DISTINCT FROM (new_values."provider") OR old_values."replies_allowed" IS DISTINCT FROM (new_values."replies_allowed") OR old_values."sender" IS DISTINCT FROM (new_values."sender") OR old_values."tested_at" IS DISTINCT FROM (new_values."tested_at")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="09ca1e71de70d75af294d3d7db98e4afdcc232d9",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_900cc",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_provideraccount",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_provideraccountevent" ("created_at", "credentials_given_at", "id", "last_error", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "replies_allowed", "sender", "tested_at") SELECT old_values."created_at", old_values."credentials_given_at", old_values."id", old_values."last_error", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."provider", old_values."replies_allowed", old_values."sender", old_values."tested_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="3c752b795e3f6d14552bb09ce6a2c787ada41f58",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_6e74e",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_provideraccount",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="ProviderAccountEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.provideraccount",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "provider",
                            models.CharField(
                                choices=[("twilio", "Twilio"), ("link", "LINK Mobility")], max_length=10
                            ),
                        ),
                        ("credentials_given_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("sender", models.CharField(blank=True, max_length=15)),
                        ("replies_allowed", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("tested_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="OrganisationSettings",
                    fields=[
                        (
                            "organisation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="settings",
                                serialize=False,
                                to="clinics.organisation",
                            ),
                        ),
                        ("view_bookings", models.BooleanField(default=True)),
                        ("login", models.BooleanField(default=False)),
                        ("sms_login", models.BooleanField(default=False)),
                        (
                            "sms_login_sees",
                            models.CharField(
                                choices=[
                                    ("own", "What was booked here with the same number"),
                                    ("all", "All coming appointments, those the clinic made included"),
                                ],
                                db_default="own",
                                default="own",
                                max_length=3,
                            ),
                        ),
                        (
                            "sms_login_decided_by",
                            models.CharField(blank=True, db_default="", default="", max_length=200),
                        ),
                        ("sms_login_decided_at", models.DateTimeField(blank=True, null=True)),
                        ("eid_login", models.BooleanField(db_default=False, default=False)),
                        (
                            "eid_login_sees",
                            models.CharField(
                                choices=[
                                    ("own", "What was booked here with the same number"),
                                    ("all", "All coming appointments, those the clinic made included"),
                                ],
                                db_default="all",
                                default="all",
                                max_length=3,
                            ),
                        ),
                        ("new_booking", models.BooleanField(default=True)),
                        ("new_booking_requires_login", models.BooleanField(default=False)),
                        ("weekend_booking", models.BooleanField(default=False)),
                        ("code_by_email", models.BooleanField(default=True)),
                        ("code_by_sms", models.BooleanField(default=True)),
                        ("skip_confirmation", models.BooleanField(default=False)),
                        ("maintenance_mode", models.BooleanField(default=False)),
                        ("publish_on_marketplace", models.BooleanField(default=False)),
                        ("publish_on_portal", models.BooleanField(default=True)),
                        ("patient_message", models.BooleanField(default=True)),
                        ("any_practitioner", models.BooleanField(default=True)),
                        ("any_clinic", models.BooleanField(default=False)),
                        ("ask_address_1", models.BooleanField(default=False)),
                        ("ask_address_2", models.BooleanField(default=False)),
                        ("ask_postcode", models.BooleanField(default=False)),
                        ("ask_mobile", models.BooleanField(default=True)),
                        ("ask_email", models.BooleanField(default=True)),
                        ("ask_campaign_code", models.BooleanField(default=False)),
                        (
                            "national_id",
                            models.CharField(
                                choices=[
                                    ("required", "Required"),
                                    ("optional", "Optional"),
                                    ("not_asked", "Not asked"),
                                ],
                                default="optional",
                                max_length=10,
                            ),
                        ),
                        ("ask_marketing_consent", models.BooleanField(db_default=False, default=False)),
                        (
                            "step_order",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12),
                                default=clinics.models.settings.default_step_order,
                                size=4,
                            ),
                        ),
                        ("combined_view", models.BooleanField(default=False)),
                        ("move_allowed", models.BooleanField(default=True)),
                        ("cancel_allowed", models.BooleanField(default=True)),
                        ("move_without_template", models.BooleanField(default=False)),
                        ("cancel_without_template", models.BooleanField(default=False)),
                        ("journal_moves", models.BooleanField(default=False)),
                        ("journal_cancellations", models.BooleanField(default=False)),
                        ("change_deadline_hours", models.PositiveSmallIntegerField(default=24)),
                        (
                            "hold_minutes",
                            models.PositiveSmallIntegerField(
                                default=10,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(60),
                                ],
                            ),
                        ),
                        ("step_minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("minimum_notice_minutes", models.PositiveIntegerField(default=60)),
                        ("horizon_days", models.PositiveSmallIntegerField(default=180)),
                        ("agent_silence_minutes", models.PositiveIntegerField(default=1440)),
                        ("publish_new_clinics", models.BooleanField(default=True)),
                        ("publish_new_practitioners", models.BooleanField(default=True)),
                        ("accent_colour", models.CharField(default="#0b6b74", max_length=7)),
                        (
                            "analytics_service",
                            models.CharField(
                                choices=[
                                    ("none", "Nobody"),
                                    ("matomo", "Matomo"),
                                    ("plausible", "Plausible"),
                                    ("google", "Google Analytics"),
                                    ("own", "A script of your own"),
                                ],
                                db_default="none",
                                default="none",
                                max_length=10,
                            ),
                        ),
                        (
                            "analytics_address",
                            models.CharField(blank=True, db_default="", default="", max_length=300),
                        ),
                        (
                            "analytics_site",
                            models.CharField(blank=True, db_default="", default="", max_length=100),
                        ),
                        ("analytics_cookies", models.BooleanField(db_default=True, default=True)),
                        (
                            "analytics_attributes",
                            models.TextField(blank=True, db_default="", default="", max_length=2000),
                        ),
                        ("email_sender_name", models.CharField(blank=True, max_length=200)),
                        ("email_reply_to", models.EmailField(blank=True, max_length=254)),
                        ("sms_sender", models.CharField(blank=True, max_length=15)),
                        ("sms_replies_allowed", models.BooleanField(default=False)),
                        (
                            "sms_countries",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                default=clinics.models.settings.nordic_countries,
                                size=None,
                            ),
                        ),
                        ("sms_daily_limit", models.PositiveIntegerField(default=500)),
                        ("sms_monthly_cap", models.PositiveIntegerField(db_default=200, default=200)),
                        ("email_fallback", models.BooleanField(db_default=False, default=False)),
                        ("messages_paused", models.BooleanField(db_default=False, default=False)),
                        ("name_treatment_in_messages", models.BooleanField(default=False)),
                        ("quiet_from", models.TimeField(blank=True, null=True)),
                        ("quiet_until", models.TimeField(blank=True, null=True)),
                        (
                            "quiet_weekdays",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(),
                                blank=True,
                                default=clinics.models.settings.no_weekdays,
                                size=None,
                            ),
                        ),
                        (
                            "reminders_to",
                            models.CharField(
                                choices=[
                                    ("all", "Everybody with a mobile number"),
                                    ("asked", "Only who asked for them when booking"),
                                    ("nobody", "Nobody"),
                                ],
                                db_default="nobody",
                                default="nobody",
                                max_length=6,
                            ),
                        ),
                        ("email_reminders", models.BooleanField(db_default=False, default=False)),
                        (
                            "reminder_1_hours",
                            models.PositiveSmallIntegerField(
                                blank=True, db_default=24, default=24, null=True
                            ),
                        ),
                        (
                            "reminder_1_by",
                            models.CharField(
                                choices=[
                                    ("sms", "SMS"),
                                    ("email", "E-mail"),
                                    ("both", "SMS and e-mail"),
                                    ("either", "SMS, or e-mail where none can be sent"),
                                ],
                                db_default="either",
                                default="either",
                                max_length=6,
                            ),
                        ),
                        ("reminder_2_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "reminder_2_by",
                            models.CharField(
                                choices=[
                                    ("sms", "SMS"),
                                    ("email", "E-mail"),
                                    ("both", "SMS and e-mail"),
                                    ("either", "SMS, or e-mail where none can be sent"),
                                ],
                                db_default="either",
                                default="either",
                                max_length=6,
                            ),
                        ),
                        ("reminder_3_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "reminder_3_by",
                            models.CharField(
                                choices=[
                                    ("sms", "SMS"),
                                    ("email", "E-mail"),
                                    ("both", "SMS and e-mail"),
                                    ("either", "SMS, or e-mail where none can be sent"),
                                ],
                                db_default="either",
                                default="either",
                                max_length=6,
                            ),
                        ),
                        ("thanks_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "url_1",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=200,
                                validators=[
                                    django.core.validators.URLValidator(
                                        message="This is no address that begins with https:// and goes on.",
                                        schemes=["https"],
                                    )
                                ],
                            ),
                        ),
                        (
                            "url_2",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=200,
                                validators=[
                                    django.core.validators.URLValidator(
                                        message="This is no address that begins with https:// and goes on.",
                                        schemes=["https"],
                                    )
                                ],
                            ),
                        ),
                        (
                            "url_3",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=200,
                                validators=[
                                    django.core.validators.URLValidator(
                                        message="This is no address that begins with https:// and goes on.",
                                        schemes=["https"],
                                    )
                                ],
                            ),
                        ),
                        (
                            "retention_days",
                            models.PositiveIntegerField(
                                default=365,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(3650),
                                ],
                            ),
                        ),
                        (
                            "message_retention_days",
                            models.PositiveIntegerField(
                                db_default=365,
                                default=365,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(3650),
                                ],
                            ),
                        ),
                        (
                            "audit_retention_days",
                            models.PositiveIntegerField(
                                db_default=1095,
                                default=1095,
                                validators=[
                                    django.core.validators.MinValueValidator(365),
                                    django.core.validators.MaxValueValidator(3650),
                                ],
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("step_order__contains", ["clinic", "treatment", "practitioner", "time"]),
                                    ("step_order__len", 4),
                                ),
                                name="settings_step_order_complete",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("hold_minutes__range", (1, 60))),
                                name="settings_hold_minutes_sensible",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("step_minutes__isnull", True),
                                    ("step_minutes__range", (5, 480)),
                                    _connector="OR",
                                ),
                                name="settings_step_minutes_sensible",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("accent_colour__regex", "^#[0-9a-f]{6}$")),
                                name="settings_accent_colour_hex",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("analytics_service", "none"),
                                    models.Q(
                                        ("analytics_service", "google"),
                                        ("analytics_site__regex", "^G-[A-Z0-9]{4,20}$"),
                                    ),
                                    models.Q(
                                        (
                                            "analytics_address__regex",
                                            "^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~/?=&%-]*)?$",
                                        ),
                                        ("analytics_service", "matomo"),
                                        ("analytics_site__regex", "^[0-9]{1,10}$"),
                                    ),
                                    models.Q(
                                        ("analytics_service", "plausible"),
                                        ("analytics_site__regex", "^[a-z0-9.:-]+$"),
                                        models.Q(
                                            ("analytics_address", ""),
                                            (
                                                "analytics_address__regex",
                                                "^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~/?=&%-]*)?$",
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        (
                                            "analytics_address__regex",
                                            "^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~/?=&%-]*)?$",
                                        ),
                                        ("analytics_service", "own"),
                                    ),
                                    _connector="OR",
                                ),
                                name="settings_analytics_complete",
                                violation_error_message="What the service needs to count visits is missing.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("reminder_1_hours__isnull", True),
                                        ("reminder_1_hours__range", (1, 720)),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("reminder_2_hours__isnull", True),
                                        ("reminder_2_hours__range", (1, 720)),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("reminder_3_hours__isnull", True),
                                        ("reminder_3_hours__range", (1, 720)),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("thanks_hours__isnull", True),
                                        ("thanks_hours__range", (1, 720)),
                                        _connector="OR",
                                    ),
                                ),
                                name="settings_message_hours_sensible",
                                violation_error_message="Reminders and thanks are 1 to 720 hours from the appointment.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quiet_weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6])),
                                name="settings_quiet_weekdays_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sms_login_sees", "own"),
                                    models.Q(
                                        ("sms_login_decided_at__isnull", False),
                                        models.Q(("sms_login_decided_by", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="settings_whole_list_by_sms_is_decided",
                                violation_error_message="Say who decided that a code by SMS opens the whole list.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("new_booking_requires_login", False), ("login", True), _connector="OR"
                                ),
                                name="settings_required_login_is_on",
                                violation_error_message="Patients who have to log in to book need a way to: turn login on.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("skip_confirmation", True),
                                    models.Q(("ask_mobile", True), ("code_by_sms", True)),
                                    models.Q(("ask_email", True), ("code_by_email", True)),
                                    _connector="OR",
                                ),
                                name="settings_code_has_a_way",
                                violation_error_message="The confirmation code needs a mobile number or an e-mail address.",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_organisationsettingsevent" ("accent_colour", "agent_silence_minutes", "analytics_address", "analytics_attributes", "analytics_cookies", "analytics_service", "analytics_site", "any_clinic", "any_practitioner", "ask_address_1", "ask_address_2", "ask_campaign_code", "ask_email", "ask_marketing_consent", "ask_mobile", "ask_postcode", "audit_retention_days", "cancel_allowed", "cancel_without_template", "change_deadline_hours", "code_by_email", "code_by_sms", "combined_view", "eid_login", "eid_login_sees", "email_fallback", "email_reminders", "email_reply_to", "email_sender_name", "hold_minutes", "horizon_days", "journal_cancellations", "journal_moves", "login", "maintenance_mode", "message_retention_days", "messages_paused", "minimum_notice_minutes", "move_allowed", "move_without_template", "name_treatment_in_messages", "national_id", "new_booking", "new_booking_requires_login", "organisation_id", "patient_message", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_new_clinics", "publish_new_practitioners", "publish_on_marketplace", "publish_on_portal", "quiet_from", "quiet_until", "quiet_weekdays", "reminder_1_by", "reminder_1_hours", "reminder_2_by", "reminder_2_hours", "reminder_3_by", "reminder_3_hours", "reminders_to", "retention_days", "skip_confirmation", "sms_countries", "sms_daily_limit", "sms_login", "sms_login_decided_at", "sms_login_decided_by", "sms_login_sees", "sms_monthly_cap", "sms_replies_allowed", "sms_sender", "step_minutes", "step_order", "thanks_hours", "url_1", "url_2", "url_3", "view_bookings", "weekend_booking") SELECT new_values."accent_colour", new_values."agent_silence_minutes", new_values."analytics_address", new_values."analytics_attributes", new_values."analytics_cookies", new_values."analytics_service", new_values."analytics_site", new_values."any_clinic", new_values."any_practitioner", new_values."ask_address_1", new_values."ask_address_2", new_values."ask_campaign_code", new_values."ask_email", new_values."ask_marketing_consent", new_values."ask_mobile", new_values."ask_postcode", new_values."audit_retention_days", new_values."cancel_allowed", new_values."cancel_without_template", new_values."change_deadline_hours", new_values."code_by_email", new_values."code_by_sms", new_values."combined_view", new_values."eid_login", new_values."eid_login_sees", new_values."email_fallback", new_values."email_reminders", new_values."email_reply_to", new_values."email_sender_name", new_values."hold_minutes", new_values."horizon_days", new_values."journal_cancellations", new_values."journal_moves", new_values."login", new_values."maintenance_mode", new_values."message_retention_days", new_values."messages_paused", new_values."minimum_notice_minutes", new_values."move_allowed", new_values."move_without_template", new_values."name_treatment_in_messages", new_values."national_id", new_values."new_booking", new_values."new_booking_requires_login", new_values."organisation_id", new_values."patient_message", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."organisation_id", new_values."publish_new_clinics", new_values."publish_new_practitioners", new_values."publish_on_marketplace", new_values."publish_on_portal", new_values."quiet_from", new_values."quiet_until", new_values."quiet_weekdays", new_values."reminder_1_by", new_values."reminder_1_hours", new_values."reminder_2_by", new_values."reminder_2_hours", new_values."reminder_3_by", new_values."reminder_3_hours", new_values."reminders_to", new_values."retention_days", new_values."skip_confirmation", new_values."sms_countries", new_values."sms_daily_limit", new_values."sms_login", new_values."sms_login_decided_at", new_values."sms_login_decided_by", new_values."sms_login_sees", new_values."sms_monthly_cap", new_values."sms_replies_allowed", new_values."sms_sender", new_values."step_minutes", new_values."step_order", new_values."thanks_hours", new_values."url_1", new_values."url_2", new_values."url_3", new_values."view_bookings", new_values."weekend_booking" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="cff541011491704cda56006c4d107ef6388b116e",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_44493",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_organisationsettings",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_organisationsettingsevent" ("accent_colour", "agent_silence_minutes", "analytics_address", "analytics_attributes", "analytics_cookies", "analytics_service", "analytics_site", "any_clinic", "any_practitioner", "ask_address_1", "ask_address_2", "ask_campaign_code", "ask_email", "ask_marketing_consent", "ask_mobile", "ask_postcode", "audit_retention_days", "cancel_allowed", "cancel_without_template", "change_deadline_hours", "code_by_email", "code_by_sms", "combined_view", "eid_login", "eid_login_sees", "email_fallback", "email_reminders", "email_reply_to", "email_sender_name", "hold_minutes", "horizon_days", "journal_cancellations", "journal_moves", "login", "maintenance_mode", "message_retention_days", "messages_paused", "minimum_notice_minutes", "move_allowed", "move_without_template", "name_treatment_in_messages", "national_id", "new_booking", "new_booking_requires_login", "organisation_id", "patient_message", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_new_clinics", "publish_new_practitioners", "publish_on_marketplace", "publish_on_portal", "quiet_from", "quiet_until", "quiet_weekdays", "reminder_1_by", "reminder_1_hours", "reminder_2_by", "reminder_2_hours", "reminder_3_by", "reminder_3_hours", "reminders_to", "retention_days", "skip_confirmation", "sms_countries", "sms_daily_limit", "sms_login", "sms_login_decided_at", "sms_login_decided_by", "sms_login_sees", "sms_monthly_cap", "sms_replies_allowed", "sms_sender", "step_minutes", "step_order", "thanks_hours", "url_1", "url_2", "url_3", "view_bookings", "weekend_booking") SELECT new_values."accent_colour", new_values."agent_silence_minutes", new_values."analytics_address", new_values."analytics_attributes", new_values."analytics_cookies", new_values."analytics_service", new_values."analytics_site", new_values."any_clinic", new_values."any_practitioner", new_values."ask_address_1", new_values."ask_address_2", new_values."ask_campaign_code", new_values."ask_email", new_values."ask_marketing_consent", new_values."ask_mobile", new_values."ask_postcode", new_values."audit_retention_days", new_values."cancel_allowed", new_values."cancel_without_template", new_values."change_deadline_hours", new_values."code_by_email", new_values."code_by_sms", new_values."combined_view", new_values."eid_login", new_values."eid_login_sees", new_values."email_fallback", new_values."email_reminders", new_values."email_reply_to", new_values."email_sender_name", new_values."hold_minutes", new_values."horizon_days", new_values."journal_cancellations", new_values."journal_moves", new_values."login", new_values."maintenance_mode", new_values."message_retention_days", new_values."messages_paused", new_values."minimum_notice_minutes", new_values."move_allowed", new_values."move_without_template", new_values."name_treatment_in_messages", new_values."national_id", new_values."new_booking", new_values."new_booking_requires_login", new_values."organisation_id", new_values."patient_message", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."organisation_id", new_values."publish_new_clinics", new_values."publish_new_practitioners", new_values."publish_on_marketplace", new_values."publish_on_portal", new_values."quiet_from", new_values."quiet_until", new_values."quiet_weekdays", new_values."reminder_1_by", new_values."reminder_1_hours", new_values."reminder_2_by", new_values."reminder_2_hours", new_values."reminder_3_by", new_values."reminder_3_hours", new_values."reminders_to", new_values."retention_days", new_values."skip_confirmation", new_values."sms_countries", new_values."sms_daily_limit", new_values."sms_login", new_values."sms_login_decided_at", new_values."sms_login_decided_by", new_values."sms_login_sees", new_values."sms_monthly_cap", new_values."sms_replies_allowed", new_values."sms_sender", new_values."step_minutes", new_values."step_order", new_values."thanks_hours", new_values."url_1", new_values."url_2", new_values."url_3", new_values."view_bookings", new_values."weekend_booking" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."organisation_id") = (new_values."organisation_id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="1e051b6102fb980a950b1075eb0c6758c547bf1e",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_94616",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_organisationsettings",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_organisationsettingsevent" ("accent_colour", "agent_silence_minutes", "analytics_address", "analytics_attributes", "analytics_cookies", "analytics_service", "analytics_site", "any_clinic", "any_practitioner", "ask_address_1", "ask_address_2", "ask_campaign_code", "ask_email", "ask_marketing_consent", "ask_mobile", "ask_postcode", "audit_retention_days", "cancel_allowed", "cancel_without_template", "change_deadline_hours", "code_by_email", "code_by_sms", "combined_view", "eid_login", "eid_login_sees", "email_fallback", "email_reminders", "email_reply_to", "email_sender_name", "hold_minutes", "horizon_days", "journal_cancellations", "journal_moves", "login", "maintenance_mode", "message_retention_days", "messages_paused", "minimum_notice_minutes", "move_allowed", "move_without_template", "name_treatment_in_messages", "national_id", "new_booking", "new_booking_requires_login", "organisation_id", "patient_message", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_new_clinics", "publish_new_practitioners", "publish_on_marketplace", "publish_on_portal", "quiet_from", "quiet_until", "quiet_weekdays", "reminder_1_by", "reminder_1_hours", "reminder_2_by", "reminder_2_hours", "reminder_3_by", "reminder_3_hours", "reminders_to", "retention_days", "skip_confirmation", "sms_countries", "sms_daily_limit", "sms_login", "sms_login_decided_at", "sms_login_decided_by", "sms_login_sees", "sms_monthly_cap", "sms_replies_allowed", "sms_sender", "step_minutes", "step_order", "thanks_hours", "url_1", "url_2", "url_3", "view_bookings", "weekend_booking") SELECT old_values."accent_colour", old_values."agent_silence_minutes", old_values."analytics_address", old_values."analytics_attributes", old_values."analytics_cookies", old_values."analytics_service", old_values."analytics_site", old_values."any_clinic", old_values."any_practitioner", old_values."ask_address_1", old_values."ask_address_2", old_values."ask_campaign_code", old_values."ask_email", old_values."ask_marketing_consent", old_values."ask_mobile", old_values."ask_postcode", old_values."audit_retention_days", old_values."cancel_allowed", old_values."cancel_without_template", old_values."change_deadline_hours", old_values."code_by_email", old_values."code_by_sms", old_values."combined_view", old_values."eid_login", old_values."eid_login_sees", old_values."email_fallback", old_values."email_reminders", old_values."email_reply_to", old_values."email_sender_name", old_values."hold_minutes", old_values."horizon_days", old_values."journal_cancellations", old_values."journal_moves", old_values."login", old_values."maintenance_mode", old_values."message_retention_days", old_values."messages_paused", old_values."minimum_notice_minutes", old_values."move_allowed", old_values."move_without_template", old_values."name_treatment_in_messages", old_values."national_id", old_values."new_booking", old_values."new_booking_requires_login", old_values."organisation_id", old_values."patient_message", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."organisation_id", old_values."publish_new_clinics", old_values."publish_new_practitioners", old_values."publish_on_marketplace", old_values."publish_on_portal", old_values."quiet_from", old_values."quiet_until", old_values."quiet_weekdays", old_values."reminder_1_by", old_values."reminder_1_hours", old_values."reminder_2_by", old_values."reminder_2_hours", old_values."reminder_3_by", old_values."reminder_3_hours", old_values."reminders_to", old_values."retention_days", old_values."skip_confirmation", old_values."sms_countries", old_values."sms_daily_limit", old_values."sms_login", old_values."sms_login_decided_at", old_values."sms_login_decided_by", old_values."sms_login_sees", old_values."sms_monthly_cap", old_values."sms_replies_allowed", old_values."sms_sender", old_values."step_minutes", old_values."step_order", old_values."thanks_hours", old_values."url_1", old_values."url_2", old_values."url_3", old_values."view_bookings", old_values."weekend_booking" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="d8a0825caf1702dd9a7aad12b0ea7d7a0cec62c9",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_a06b7",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_organisationsettings",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrganisationSettingsEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisationsettings",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                serialize=False,
                                to="clinics.organisation",
                            ),
                        ),
                        ("view_bookings", models.BooleanField(default=True)),
                        ("login", models.BooleanField(default=False)),
                        ("sms_login", models.BooleanField(default=False)),
                        (
                            "sms_login_sees",
                            models.CharField(
                                choices=[
                                    ("own", "What was booked here with the same number"),
                                    ("all", "All coming appointments, those the clinic made included"),
                                ],
                                db_default="own",
                                default="own",
                                max_length=3,
                            ),
                        ),
                        (
                            "sms_login_decided_by",
                            models.CharField(blank=True, db_default="", default="", max_length=200),
                        ),
                        ("sms_login_decided_at", models.DateTimeField(blank=True, null=True)),
                        ("eid_login", models.BooleanField(db_default=False, default=False)),
                        (
                            "eid_login_sees",
                            models.CharField(
                                choices=[
                                    ("own", "What was booked here with the same number"),
                                    ("all", "All coming appointments, those the clinic made included"),
                                ],
                                db_default="all",
                                default="all",
                                max_length=3,
                            ),
                        ),
                        ("new_booking", models.BooleanField(default=True)),
                        ("new_booking_requires_login", models.BooleanField(default=False)),
                        ("weekend_booking", models.BooleanField(default=False)),
                        ("code_by_email", models.BooleanField(default=True)),
                        ("code_by_sms", models.BooleanField(default=True)),
                        ("skip_confirmation", models.BooleanField(default=False)),
                        ("maintenance_mode", models.BooleanField(default=False)),
                        ("publish_on_marketplace", models.BooleanField(default=False)),
                        ("publish_on_portal", models.BooleanField(default=True)),
                        ("patient_message", models.BooleanField(default=True)),
                        ("any_practitioner", models.BooleanField(default=True)),
                        ("any_clinic", models.BooleanField(default=False)),
                        ("ask_address_1", models.BooleanField(default=False)),
                        ("ask_address_2", models.BooleanField(default=False)),
                        ("ask_postcode", models.BooleanField(default=False)),
                        ("ask_mobile", models.BooleanField(default=True)),
                        ("ask_email", models.BooleanField(default=True)),
                        ("ask_campaign_code", models.BooleanField(default=False)),
                        (
                            "national_id",
                            models.CharField(
                                choices=[
                                    ("required", "Required"),
                                    ("optional", "Optional"),
                                    ("not_asked", "Not asked"),
                                ],
                                default="optional",
                                max_length=10,
                            ),
                        ),
                        ("ask_marketing_consent", models.BooleanField(db_default=False, default=False)),
                        (
                            "step_order",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12),
                                default=clinics.models.settings.default_step_order,
                                size=4,
                            ),
                        ),
                        ("combined_view", models.BooleanField(default=False)),
                        ("move_allowed", models.BooleanField(default=True)),
                        ("cancel_allowed", models.BooleanField(default=True)),
                        ("move_without_template", models.BooleanField(default=False)),
                        ("cancel_without_template", models.BooleanField(default=False)),
                        ("journal_moves", models.BooleanField(default=False)),
                        ("journal_cancellations", models.BooleanField(default=False)),
                        ("change_deadline_hours", models.PositiveSmallIntegerField(default=24)),
                        (
                            "hold_minutes",
                            models.PositiveSmallIntegerField(
                                default=10,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(60),
                                ],
                            ),
                        ),
                        ("step_minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("minimum_notice_minutes", models.PositiveIntegerField(default=60)),
                        ("horizon_days", models.PositiveSmallIntegerField(default=180)),
                        ("agent_silence_minutes", models.PositiveIntegerField(default=1440)),
                        ("publish_new_clinics", models.BooleanField(default=True)),
                        ("publish_new_practitioners", models.BooleanField(default=True)),
                        ("accent_colour", models.CharField(default="#0b6b74", max_length=7)),
                        (
                            "analytics_service",
                            models.CharField(
                                choices=[
                                    ("none", "Nobody"),
                                    ("matomo", "Matomo"),
                                    ("plausible", "Plausible"),
                                    ("google", "Google Analytics"),
                                    ("own", "A script of your own"),
                                ],
                                db_default="none",
                                default="none",
                                max_length=10,
                            ),
                        ),
                        (
                            "analytics_address",
                            models.CharField(blank=True, db_default="", default="", max_length=300),
                        ),
                        (
                            "analytics_site",
                            models.CharField(blank=True, db_default="", default="", max_length=100),
                        ),
                        ("analytics_cookies", models.BooleanField(db_default=True, default=True)),
                        (
                            "analytics_attributes",
                            models.TextField(blank=True, db_default="", default="", max_length=2000),
                        ),
                        ("email_sender_name", models.CharField(blank=True, max_length=200)),
                        ("email_reply_to", models.EmailField(blank=True, max_length=254)),
                        ("sms_sender", models.CharField(blank=True, max_length=15)),
                        ("sms_replies_allowed", models.BooleanField(default=False)),
                        (
                            "sms_countries",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                default=clinics.models.settings.nordic_countries,
                                size=None,
                            ),
                        ),
                        ("sms_daily_limit", models.PositiveIntegerField(default=500)),
                        ("sms_monthly_cap", models.PositiveIntegerField(db_default=200, default=200)),
                        ("email_fallback", models.BooleanField(db_default=False, default=False)),
                        ("messages_paused", models.BooleanField(db_default=False, default=False)),
                        ("name_treatment_in_messages", models.BooleanField(default=False)),
                        ("quiet_from", models.TimeField(blank=True, null=True)),
                        ("quiet_until", models.TimeField(blank=True, null=True)),
                        (
                            "quiet_weekdays",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(),
                                blank=True,
                                default=clinics.models.settings.no_weekdays,
                                size=None,
                            ),
                        ),
                        (
                            "reminders_to",
                            models.CharField(
                                choices=[
                                    ("all", "Everybody with a mobile number"),
                                    ("asked", "Only who asked for them when booking"),
                                    ("nobody", "Nobody"),
                                ],
                                db_default="nobody",
                                default="nobody",
                                max_length=6,
                            ),
                        ),
                        ("email_reminders", models.BooleanField(db_default=False, default=False)),
                        (
                            "reminder_1_hours",
                            models.PositiveSmallIntegerField(
                                blank=True, db_default=24, default=24, null=True
                            ),
                        ),
                        (
                            "reminder_1_by",
                            models.CharField(
                                choices=[
                                    ("sms", "SMS"),
                                    ("email", "E-mail"),
                                    ("both", "SMS and e-mail"),
                                    ("either", "SMS, or e-mail where none can be sent"),
                                ],
                                db_default="either",
                                default="either",
                                max_length=6,
                            ),
                        ),
                        ("reminder_2_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "reminder_2_by",
                            models.CharField(
                                choices=[
                                    ("sms", "SMS"),
                                    ("email", "E-mail"),
                                    ("both", "SMS and e-mail"),
                                    ("either", "SMS, or e-mail where none can be sent"),
                                ],
                                db_default="either",
                                default="either",
                                max_length=6,
                            ),
                        ),
                        ("reminder_3_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "reminder_3_by",
                            models.CharField(
                                choices=[
                                    ("sms", "SMS"),
                                    ("email", "E-mail"),
                                    ("both", "SMS and e-mail"),
                                    ("either", "SMS, or e-mail where none can be sent"),
                                ],
                                db_default="either",
                                default="either",
                                max_length=6,
                            ),
                        ),
                        ("thanks_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "url_1",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=200,
                                validators=[
                                    django.core.validators.URLValidator(
                                        message="This is no address that begins with https:// and goes on.",
                                        schemes=["https"],
                                    )
                                ],
                            ),
                        ),
                        (
                            "url_2",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=200,
                                validators=[
                                    django.core.validators.URLValidator(
                                        message="This is no address that begins with https:// and goes on.",
                                        schemes=["https"],
                                    )
                                ],
                            ),
                        ),
                        (
                            "url_3",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=200,
                                validators=[
                                    django.core.validators.URLValidator(
                                        message="This is no address that begins with https:// and goes on.",
                                        schemes=["https"],
                                    )
                                ],
                            ),
                        ),
                        (
                            "retention_days",
                            models.PositiveIntegerField(
                                default=365,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(3650),
                                ],
                            ),
                        ),
                        (
                            "message_retention_days",
                            models.PositiveIntegerField(
                                db_default=365,
                                default=365,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(3650),
                                ],
                            ),
                        ),
                        (
                            "audit_retention_days",
                            models.PositiveIntegerField(
                                db_default=1095,
                                default=1095,
                                validators=[
                                    django.core.validators.MinValueValidator(365),
                                    django.core.validators.MaxValueValidator(3650),
                                ],
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="PortalText",
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
                            "place",
                            models.CharField(
                                choices=[
                                    ("welcome", "Welcome"),
                                    ("details", "Details"),
                                    ("clinic", "Clinic"),
                                    ("maintenance", "Maintenance"),
                                    ("login", "Login"),
                                    ("closed", "Closed"),
                                    ("privacy", "Privacy"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("language", models.CharField(max_length=2)),
                        (
                            "clinic",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.clinic",
                            ),
                        ),
                        ("heading", models.CharField(blank=True, max_length=200)),
                        ("body", models.TextField(blank=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "place", "language", "clinic"),
                                name="portal_text_once",
                                nulls_distinct=False,
                            ),
                            clinics.constraints.SameOrganisation(
                                field="clinic", name="portal_text_clinic_same_organisation"
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_portaltextevent" ("body", "clinic_id", "heading", "id", "language", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place") SELECT new_values."body", new_values."clinic_id", new_values."heading", new_values."id", new_values."language", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."place" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="21fee39467b2bafd85fe13c3b4c93e8c5ce8dd32",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_828d2",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_portaltext",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_portaltextevent" ("body", "clinic_id", "heading", "id", "language", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place") SELECT new_values."body", new_values."clinic_id", new_values."heading", new_values."id", new_values."language", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."place" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="efe01b7ccb02de1e9b778897216c830cae3688ca",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_046c0",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_portaltext",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_portaltextevent" ("body", "clinic_id", "heading", "id", "language", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place") SELECT old_values."body", old_values."clinic_id", old_values."heading", old_values."id", old_values."language", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."place" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="9d6674292b890e367d8b8f53dc93896efe452193",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_52eee",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_portaltext",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="PortalTextEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.portaltext",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        (
                            "place",
                            models.CharField(
                                choices=[
                                    ("welcome", "Welcome"),
                                    ("details", "Details"),
                                    ("clinic", "Clinic"),
                                    ("maintenance", "Maintenance"),
                                    ("login", "Login"),
                                    ("closed", "Closed"),
                                    ("privacy", "Privacy"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("language", models.CharField(max_length=2)),
                        (
                            "clinic",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.clinic",
                            ),
                        ),
                        ("heading", models.CharField(blank=True, max_length=200)),
                        ("body", models.TextField(blank=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="OperatorVisit",
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
                            "operator",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("reason", models.CharField(max_length=500)),
                        ("began_at", models.DateTimeField()),
                        ("until_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["-began_at"],
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(fields=["organisation", "-began_at"], name="operator_visit_newest")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="operator_visit_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until_at__gt", models.F("began_at")),
                                    (
                                        "until_at__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("began_at"),
                                            "+",
                                            models.Value(datetime.timedelta(seconds=3600)),
                                        ),
                                    ),
                                ),
                                name="operator_visit_is_short",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_operatorvisitevent" ("began_at", "id", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reason", "until_at") SELECT new_values."began_at", new_values."id", new_values."name", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."public_id", new_values."reason", new_values."until_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="db29f41c7da4887430f2daa943b231ceef07e68a",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_07861",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="clinics_operatorvisit",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_operatorvisitevent" ("began_at", "id", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reason", "until_at") SELECT new_values."began_at", new_values."id", new_values."name", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."public_id", new_values."reason", new_values."until_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."began_at" IS DISTINCT FROM (new_values."began_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."organisation_id" IS DISTINCT FROM (new_values."organisation_id") OR old_values."public_id" IS DISTINCT FROM (new_values."public_id") OR old_values."reason" IS DISTINCT FROM (new_values."reason") OR old_values."until_at" IS DISTINCT FROM (new_values."until_at")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="f8d7bbf17bd036842ac2c4267f4b5c123c0756f0",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_dc2dc",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="clinics_operatorvisit",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_operatorvisitevent" ("began_at", "id", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reason", "until_at") SELECT old_values."began_at", old_values."id", old_values."name", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."public_id", old_values."reason", old_values."until_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="34f7bee901ae588d573353bf73c11335489b41ae",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_18437",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="clinics_operatorvisit",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="OperatorVisitEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.operatorvisit",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("name", models.CharField(max_length=200)),
                        ("reason", models.CharField(max_length=500)),
                        ("began_at", models.DateTimeField()),
                        ("until_at", models.DateTimeField()),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
            ],
        ),
    ]
