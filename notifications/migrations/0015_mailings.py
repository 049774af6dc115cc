"""What is sent by hand, and which messages belong to it."""

import uuid

import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import clinics.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0028_consent_to_offers"),
        ("notifications", "0014_newest_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Mailing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("sending", "Sending"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                        ],
                        default="draft",
                        max_length=7,
                    ),
                ),
                ("channel", models.CharField(choices=[("email", "E-mail"), ("sms", "SMS")], max_length=5)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("code", "Code"),
                            ("login_code", "Login Code"),
                            ("confirmation", "Confirmation"),
                            ("refusal", "Refusal"),
                            ("move", "Move"),
                            ("cancellation", "Cancellation"),
                            ("change_refused", "Change Refused"),
                            ("waiting_list", "Waiting List"),
                            ("offer", "Offer"),
                            ("agent_silent", "Agent Silent"),
                            ("agent_back", "Agent Back"),
                            ("sms_dear", "Sms Dear"),
                            ("sms_stopped", "Sms Stopped"),
                            ("codes_paused", "Codes Paused"),
                            ("reminder_1", "Reminder 1"),
                            ("reminder_2", "Reminder 2"),
                            ("reminder_3", "Reminder 3"),
                            ("thanks", "Thanks"),
                            ("general", "General"),
                            ("message", "Message"),
                            ("recall", "Recall"),
                            ("marketing", "Marketing"),
                            ("sales", "Sales"),
                            ("payment", "Payment"),
                        ],
                        max_length=20,
                    ),
                ),
                ("who", models.CharField(max_length=254)),
                ("words", models.JSONField(blank=True, default=dict)),
                ("left_out", models.JSONField(blank=True, default=dict)),
                ("many", models.PositiveIntegerField(default=0)),
                ("parts", models.PositiveIntegerField(default=0)),
                ("cost", models.PositiveBigIntegerField(default=0)),
                ("ignores_quiet", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "across",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("across", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="mailing_within_organisation"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="mailing",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="messages",
                to="notifications.mailing",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("mailing__isnull", False)),
                fields=("mailing", "to"),
                name="message_once_a_mailing",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=clinics.constraints.SameOrganisation(field="mailing", name="message_of_own_mailing"),
        ),
        migrations.AddIndex(
            model_name="mailing",
            index=models.Index(fields=["organisation", "-sent_at"], name="mailing_newest"),
        ),
        migrations.AddIndex(
            model_name="mailing",
            index=models.Index(
                condition=models.Q(("state__in", ["draft", "sending"])),
                fields=["created_at"],
                name="mailing_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["general", "message", "recall", "marketing", "sales", "payment"])
                ),
                name="mailing_kind_by_hand",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "sms"])), name="mailing_channel_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at__isnull", True), ("state", "draft")),
                    models.Q(("sent_at__isnull", False), ("state__in", ["sending", "done", "stopped"])),
                    _connector="OR",
                ),
                name="mailing_sent_has_its_time",
            ),
        ),
    ]
