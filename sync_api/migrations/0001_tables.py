"""Agents, what they have shown already, and organisations for trying them out."""

import uuid

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import clinics.constraints
import clinics.tables


class Migration(migrations.Migration):
    # Done already where a database has been brought up to date with all of these.
    replaces = [
        ("sync_api", "0001_initial"),
        ("sync_api", "0002_agents_locked_out"),
        ("sync_api", "0004_mismatches"),
    ]

    initial = True

    dependencies = [
        ("clinics", "0001_tables"),
    ]

    operations = [
        clinics.tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Agent",
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
                        ("generation", models.PositiveIntegerField()),
                        ("public_key", models.JSONField()),
                        ("machine_name", models.CharField(blank=True, max_length=200)),
                        ("agent_version", models.CharField(blank=True, max_length=100)),
                        ("activated_at", models.DateTimeField(auto_now_add=True)),
                        ("superseded_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_sequence", models.PositiveBigIntegerField(default=0)),
                        ("last_push_digest", models.CharField(blank=True, max_length=64)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="agent_within_organisation"
                            ),
                            models.UniqueConstraint(
                                fields=("organisation", "generation"), name="agent_generation_unique"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at__isnull", True)),
                                fields=("organisation",),
                                name="agent_one_at_a_time",
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="UsedAssertion",
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
                            "agent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="sync_api.agent",
                            ),
                        ),
                        ("jti_hash", models.CharField(max_length=64)),
                        ("expires_at", models.DateTimeField()),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(fields=("agent", "jti_hash"), name="used_assertion_once"),
                            clinics.constraints.SameOrganisation(
                                field="agent", name="used_assertion_same_organisation"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="ActivationCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("who", models.CharField(max_length=64)),
                        ("minute", models.DateTimeField(db_index=True)),
                        ("count", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("who", "minute"), name="activation_count_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Mismatch",
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
                        ("booking", models.CharField(max_length=64)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("missing", "Missing"), ("unknown", "Unknown")], max_length=7
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("who", models.CharField(blank=True, max_length=200)),
                        ("found_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(fields=("organisation", "booking"), name="mismatch_once"),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["missing", "unknown"])),
                                name="mismatch_kind_known",
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Sandbox",
                    fields=[
                        (
                            "organisation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="sandbox",
                                serialize=False,
                                to="clinics.organisation",
                            ),
                        ),
                        ("opened_at", models.DateTimeField(auto_now_add=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="SandboxTrial",
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
                            "fault",
                            models.CharField(
                                choices=[
                                    ("lost-answer", "Lost Answer"),
                                    ("lost-acknowledgement", "Lost Acknowledgement"),
                                    ("duplicate-event", "Duplicate Event"),
                                    ("token-refused", "Expiry"),
                                    ("clock-skew", "Clock Skew"),
                                    ("superseded", "Superseded"),
                                    ("rate-limited", "Rate Limited"),
                                    ("slow", "Slow"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("asked_at", models.DateTimeField(auto_now_add=True)),
                        ("begun_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("is_handled", models.BooleanField(blank=True, null=True)),
                        ("found", models.TextField(blank=True)),
                        ("memory", models.JSONField(default=dict)),
                    ],
                    options={
                        "ordering": ["pk"],
                        "abstract": False,
                        "base_manager_name": "across",
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
            ],
        ),
    ]
