"""Messages, what is counted of them, what comes back, and the texts they are made of."""

import uuid

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import clinics.constraints
import clinics.tables


class Migration(migrations.Migration):
    # Done already where a database has been brought up to date with all of these.
    replaces = [
        ("notifications", "0001_initial"),
        ("notifications", "0002_sms_days"),
        ("notifications", "0003_refused_changes"),
        ("notifications", "0004_offers"),
        ("notifications", "0005_login_codes"),
        ("notifications", "0006_agent_alarms"),
        ("notifications", "0007_failed_messages"),
        ("notifications", "0008_undelivered"),
        ("notifications", "0009_what_comes_back"),
        ("notifications", "0010_message_texts"),
        ("notifications", "0012_sms_spend"),
        ("notifications", "0014_newest_messages"),
        ("notifications", "0015_mailings"),
        ("notifications", "0017_what_is_counted"),
        ("notifications", "0019_sending_stop"),
        ("notifications", "0020_house_mails"),
        ("notifications", "0021_what_mailings_spend"),
    ]

    initial = True

    dependencies = [
        ("clinics", "0001_tables"),
    ]

    operations = [
        clinics.tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name="EmailRefusal",
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
                        ("address_digest", models.BinaryField(max_length=32)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "address_digest"), name="email_refusal_once"
                            )
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="HouseMail",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("once", models.CharField(max_length=200, unique=True)),
                        ("to", models.EmailField(max_length=254)),
                        ("language", models.CharField(max_length=2)),
                        ("subject", models.CharField(max_length=200)),
                        ("body", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("next_attempt_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("sent_at__isnull", True), ("body", ""), _connector="OR"),
                                name="house_mail_forgotten_when_sent",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Mailing",
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
                        (
                            "channel",
                            models.CharField(choices=[("email", "E-mail"), ("sms", "SMS")], max_length=5),
                        ),
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
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(fields=["organisation", "-sent_at"], name="mailing_newest"),
                            models.Index(
                                condition=models.Q(("state__in", ["draft", "sending"])),
                                fields=["created_at"],
                                name="mailing_open",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["general", "message", "recall", "marketing", "sales", "payment"],
                                    )
                                ),
                                name="mailing_kind_by_hand",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("channel__in", ["email", "sms"])),
                                name="mailing_channel_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("sent_at__isnull", True), ("state", "draft")),
                                    models.Q(
                                        ("sent_at__isnull", False),
                                        ("state__in", ["sending", "done", "stopped"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="mailing_sent_has_its_time",
                            ),
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="mailing_within_organisation"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Message",
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
                            "channel",
                            models.CharField(choices=[("email", "E-mail"), ("sms", "SMS")], max_length=5),
                        ),
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
                        ("about", models.CharField(max_length=200)),
                        ("to", models.CharField(max_length=254)),
                        (
                            "fallback_to",
                            models.CharField(blank=True, db_default="", default="", max_length=254),
                        ),
                        ("language", models.CharField(max_length=2)),
                        ("subject", models.CharField(blank=True, max_length=200)),
                        ("body", models.TextField(blank=True)),
                        ("attachments", models.JSONField(blank=True, default=list)),
                        ("is_secret", models.BooleanField(default=False)),
                        (
                            "priority",
                            models.PositiveSmallIntegerField(
                                choices=[(0, "Somebody Waits"), (10, "Soon"), (20, "Reminder"), (30, "Bulk")],
                                default=10,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("sending", "Sending"),
                                    ("sent", "Sent"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                    ("expired", "Expired"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("not_before", models.DateTimeField(blank=True, null=True)),
                        ("not_after", models.DateTimeField(blank=True, null=True)),
                        ("is_withdrawn", models.BooleanField(db_default=False, default=False)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("unknown_outcomes", models.PositiveSmallIntegerField(default=0)),
                        ("next_attempt_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("claimed_at", models.DateTimeField(blank=True, null=True)),
                        ("route", models.CharField(blank=True, db_default="", default="", max_length=30)),
                        ("sent_from", models.CharField(blank=True, db_default="", default="", max_length=20)),
                        ("replies_allowed", models.BooleanField(db_default=False, default=False)),
                        ("sms_day", models.DateField(blank=True, null=True)),
                        ("sms_cost", models.PositiveIntegerField(db_default=0, default=0)),
                        ("provider_reference", models.CharField(blank=True, max_length=255)),
                        ("last_error", models.CharField(blank=True, max_length=500)),
                        (
                            "delivery",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "Unknown"),
                                    ("accepted", "Accepted"),
                                    ("delivered", "Delivered"),
                                    ("undelivered", "Undelivered"),
                                ],
                                db_default="",
                                default="",
                                max_length=11,
                            ),
                        ),
                        ("delivered_at", models.DateTimeField(blank=True, null=True)),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "mailing",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="messages",
                                to="notifications.mailing",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["next_attempt_at"],
                                name="message_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["priority", "organisation", "channel", "next_attempt_at"],
                                name="message_by_turns",
                            ),
                            models.Index(
                                condition=models.Q(("provider_reference", ""), _negated=True),
                                fields=["provider_reference"],
                                name="message_by_reference",
                            ),
                            models.Index(
                                condition=models.Q(("state", "sending")),
                                fields=["claimed_at"],
                                name="message_sending",
                            ),
                            models.Index(
                                fields=["organisation", "to", "created_at"], name="message_by_recipient"
                            ),
                            models.Index(
                                fields=["organisation", "-created_at", "-id"], name="message_newest"
                            ),
                            models.Index(
                                condition=models.Q(("sent_at__isnull", False)),
                                fields=["organisation", "sent_at"],
                                name="message_by_sending",
                            ),
                            models.Index(
                                condition=models.Q(("state", "failed")),
                                fields=["organisation", "created_at"],
                                name="message_failed",
                            ),
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "sending", "failed"])),
                                fields=["organisation", "state"],
                                name="message_undelivered",
                            ),
                            models.Index(
                                models.F("organisation"),
                                django.contrib.postgres.indexes.OpClass("about", "text_pattern_ops"),
                                condition=models.Q(("state", "waiting")),
                                name="message_waiting_about",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("sms_day__isnull", False), ("state__in", ["cancelled", "expired"])
                                ),
                                fields=["organisation", "sms_day"],
                                name="message_to_give_back",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "channel", "kind", "about"), name="message_told_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("channel__in", ["email", "sms"])),
                                name="message_channel_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["waiting", "sending", "sent", "failed", "cancelled", "expired"],
                                    )
                                ),
                                name="message_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "sending"), _negated=True),
                                    ("claimed_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="message_sending_is_claimed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "sent"), _negated=True),
                                    ("sent_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="message_sent_has_its_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_secret", False),
                                    models.Q(
                                        ("state__in", ["sent", "failed", "cancelled", "expired"]),
                                        _negated=True,
                                    ),
                                    ("body", ""),
                                    _connector="OR",
                                ),
                                name="message_secret_forgotten",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("delivery__in", ["", "accepted", "delivered", "undelivered"])
                                ),
                                name="message_delivery_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("delivery", "delivered"), _negated=True),
                                    ("delivered_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="message_delivered_has_its_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("not_before__isnull", True),
                                    ("not_after__isnull", True),
                                    ("not_after__gt", models.F("not_before")),
                                    _connector="OR",
                                ),
                                name="message_times_in_order",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("mailing__isnull", False)),
                                fields=("mailing", "to"),
                                name="message_once_a_mailing",
                            ),
                            models.UniqueConstraint(
                                fields=("organisation", "id"), name="message_within_organisation"
                            ),
                            clinics.constraints.SameOrganisation(
                                field="mailing", name="message_of_own_mailing"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="IncomingMessage",
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
                        ("sender", models.CharField(max_length=20)),
                        ("to", models.CharField(max_length=20)),
                        ("text", models.TextField(blank=True)),
                        ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("route", models.CharField(max_length=30)),
                        ("provider_reference", models.CharField(max_length=255)),
                        (
                            "answers",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="answered_by",
                                to="notifications.message",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("unread", "Unread"),
                                    ("read", "Read"),
                                    ("follow_up", "Follow Up"),
                                    ("done", "Done"),
                                ],
                                default="unread",
                                max_length=10,
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [
                            models.Index(fields=["organisation", "-received_at"], name="incoming_newest"),
                            models.Index(fields=["organisation", "sender"], name="incoming_by_sender"),
                            models.Index(
                                condition=models.Q(("state", "unread")),
                                fields=["organisation"],
                                name="incoming_unread",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("route", "provider_reference"), name="incoming_told_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["unread", "read", "follow_up", "done"])),
                                name="incoming_state_known",
                            ),
                            clinics.constraints.SameOrganisation(
                                field="answers", name="incoming_answers_own_message"
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="OptOut",
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
                        ("mobile", models.CharField(max_length=20)),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("word", models.CharField(max_length=40)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(fields=("organisation", "mobile"), name="opt_out_once")
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="SuppressedAddress",
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
                        ("address", models.CharField(max_length=254)),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "address"), name="suppressed_once"
                            )
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="MessageText",
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
                            "channel",
                            models.CharField(choices=[("email", "E-mail"), ("sms", "SMS")], max_length=5),
                        ),
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
                        ("language", models.CharField(max_length=2)),
                        ("subject", models.CharField(blank=True, max_length=200)),
                        ("body", models.TextField()),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "channel", "kind", "language"),
                                name="message_text_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("channel__in", ["email", "sms"])),
                                name="message_text_channel_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("body", ""), _negated=True),
                                name="message_text_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("channel", "email"), models.Q(("subject", ""), _negated=True)),
                                    models.Q(("channel", "sms"), ("subject", "")),
                                    _connector="OR",
                                ),
                                name="message_text_subject_of_emails",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "notifications_messagetextevent" ("body", "channel", "id", "kind", "language", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject") SELECT new_values."body", new_values."channel", new_values."id", new_values."kind", new_values."language", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."subject" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="cb14b81ae6df8c391ae8ec016e7b53c694df3fc3",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_674bd",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="notifications_messagetext",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "notifications_messagetextevent" ("body", "channel", "id", "kind", "language", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject") SELECT new_values."body", new_values."channel", new_values."id", new_values."kind", new_values."language", new_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."subject" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="401b9a2ac687c1ef1b6743523e7a91d7ad755c70",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_de374",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="notifications_messagetext",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "notifications_messagetextevent" ("body", "channel", "id", "kind", "language", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject") SELECT old_values."body", old_values."channel", old_values."id", old_values."kind", old_values."language", old_values."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."subject" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="2c0ae804b5774dfc88ffa93641644f227542818b",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_95b5b",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="notifications_messagetext",
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
                    name="MessageTextEvent",
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
                                to="notifications.messagetext",
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
                            "channel",
                            models.CharField(choices=[("email", "E-mail"), ("sms", "SMS")], max_length=5),
                        ),
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
                        ("language", models.CharField(max_length=2)),
                        ("subject", models.CharField(blank=True, max_length=200)),
                        ("body", models.TextField()),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="MessageTotal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("outcome", models.CharField(max_length=11)),
                        ("channel", models.CharField(max_length=5)),
                        ("provider", models.CharField(blank=True, max_length=10)),
                        ("part", models.PositiveSmallIntegerField()),
                        ("total", models.PositiveBigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("outcome", "channel", "provider", "part"), name="message_total_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RouteState",
                    fields=[
                        ("route", models.CharField(max_length=30, primary_key=True, serialize=False)),
                        ("failures", models.PositiveSmallIntegerField(default=0)),
                        ("failing_since", models.DateTimeField(blank=True, null=True)),
                        ("closed_until", models.DateTimeField(blank=True, null=True)),
                        ("tried_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.CharField(blank=True, max_length=500)),
                        ("last_error_at", models.DateTimeField(blank=True, null=True)),
                        ("last_success_at", models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="SendingPause",
                    fields=[
                        (
                            "id",
                            models.BooleanField(
                                default=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("id", True)), name="sending_pause_one_row"
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "notifications_sendingpauseevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since") SELECT new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."since" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="66969bf05a35e67e618302acb2851aaa81486a1f",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_6baa8",
                                    referencing="REFERENCING NEW TABLE AS new_values ",
                                    table="notifications_sendingpause",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "notifications_sendingpauseevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since") SELECT new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."since" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                                    hash="67b10d790275ce04f3cffc9e85edad9091c756c6",
                                    level="STATEMENT",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_9aee7",
                                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                    table="notifications_sendingpause",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="delete_delete",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "notifications_sendingpauseevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since") SELECT old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."since" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                    hash="1227df18b14321bcf80c12ff7cd5c82c4723b7c9",
                                    level="STATEMENT",
                                    operation="DELETE",
                                    pgid="pgtrigger_delete_delete_7202f",
                                    referencing="REFERENCING OLD TABLE AS old_values ",
                                    table="notifications_sendingpause",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SendingPauseEvent",
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
                                to="notifications.sendingpause",
                            ),
                        ),
                        ("pgh_context", pghistory.utils.JSONField(null=True)),
                        ("pgh_context_id", models.UUIDField(null=True)),
                        ("id", models.BooleanField(default=True, editable=False, serialize=False)),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="SmsDay",
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
                        ("queued", models.PositiveIntegerField(default=0)),
                        ("spent", models.PositiveBigIntegerField(db_default=0, default=0)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(fields=("organisation", "day"), name="sms_day_once")
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="SmsMonth",
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
                        ("month", models.DateField()),
                        ("spent", models.PositiveBigIntegerField(db_default=0, default=0)),
                        ("told", models.PositiveSmallIntegerField(db_default=0, default=0)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "constraints": [
                            models.UniqueConstraint(fields=("organisation", "month"), name="sms_month_once")
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="SmsMinute",
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
                        ("digest", models.BinaryField(max_length=32)),
                        ("minute", models.DateTimeField()),
                        ("queued", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "across",
                        "indexes": [models.Index(fields=["minute"], name="sms_minute_to_forget")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "digest", "minute"), name="sms_minute_once"
                            )
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("across", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="CodePause",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clinics.organisation",
                            ),
                        ),
                        ("until", models.DateTimeField()),
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
            ],
        ),
    ]
