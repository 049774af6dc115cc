"""Who counts the visits of the patients' pages."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0016_pictures_in_the_view"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisationsettings",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisationsettings",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisationsettings",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="organisationsettings",
            name="analytics_address",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="organisationsettings",
            name="analytics_attributes",
            field=models.TextField(blank=True, db_default="", default="", max_length=2000),
        ),
        migrations.AddField(
            model_name="organisationsettings",
            name="analytics_cookies",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="organisationsettings",
            name="analytics_service",
            field=models.CharField(
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
        migrations.AddField(
            model_name="organisationsettings",
            name="analytics_site",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            model_name="organisationsettingsevent",
            name="analytics_address",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="organisationsettingsevent",
            name="analytics_attributes",
            field=models.TextField(blank=True, db_default="", default="", max_length=2000),
        ),
        migrations.AddField(
            model_name="organisationsettingsevent",
            name="analytics_cookies",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="organisationsettingsevent",
            name="analytics_service",
            field=models.CharField(
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
        migrations.AddField(
            model_name="organisationsettingsevent",
            name="analytics_site",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisationsettings",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_organisationsettingsevent" ("accent_colour", "agent_silence_minutes", "analytics_address", "analytics_attributes", "analytics_cookies", "analytics_service", "analytics_site", "any_clinic", "any_practitioner", "ask_address_1", "ask_address_2", "ask_campaign_code", "ask_email", "ask_mobile", "ask_postcode", "cancel_allowed", "cancel_without_template", "change_deadline_hours", "code_by_email", "code_by_sms", "combined_view", "eid_login", "eid_login_sees", "email_reply_to", "email_sender_name", "hold_minutes", "horizon_days", "journal_cancellations", "journal_moves", "login", "maintenance_mode", "minimum_notice_minutes", "move_allowed", "move_without_template", "name_treatment_in_messages", "national_id", "new_booking", "new_booking_requires_login", "organisation_id", "patient_message", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_new_clinics", "publish_new_practitioners", "publish_on_marketplace", "publish_on_portal", "quiet_from", "quiet_until", "quiet_weekdays", "retention_days", "skip_confirmation", "sms_countries", "sms_daily_limit", "sms_login", "sms_login_decided_at", "sms_login_decided_by", "sms_login_sees", "sms_replies_allowed", "sms_sender", "step_minutes", "step_order", "view_bookings", "weekend_booking") SELECT new_values."accent_colour", new_values."agent_silence_minutes", new_values."analytics_address", new_values."analytics_attributes", new_values."analytics_cookies", new_values."analytics_service", new_values."analytics_site", new_values."any_clinic", new_values."any_practitioner", new_values."ask_address_1", new_values."ask_address_2", new_values."ask_campaign_code", new_values."ask_email", new_values."ask_mobile", new_values."ask_postcode", new_values."cancel_allowed", new_values."cancel_without_template", new_values."change_deadline_hours", new_values."code_by_email", new_values."code_by_sms", new_values."combined_view", new_values."eid_login", new_values."eid_login_sees", new_values."email_reply_to", new_values."email_sender_name", new_values."hold_minutes", new_values."horizon_days", new_values."journal_cancellations", new_values."journal_moves", new_values."login", new_values."maintenance_mode", new_values."minimum_notice_minutes", new_values."move_allowed", new_values."move_without_template", new_values."name_treatment_in_messages", new_values."national_id", new_values."new_booking", new_values."new_booking_requires_login", new_values."organisation_id", new_values."patient_message", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."organisation_id", new_values."publish_new_clinics", new_values."publish_new_practitioners", new_values."publish_on_marketplace", new_values."publish_on_portal", new_values."quiet_from", new_values."quiet_until", new_values."quiet_weekdays", new_values."retention_days", new_values."skip_confirmation", new_values."sms_countries", new_values."sms_daily_limit", new_values."sms_login", new_values."sms_login_decided_at", new_values."sms_login_decided_by", new_values."sms_login_sees", new_values."sms_replies_allowed", new_values."sms_sender", new_values."step_minutes", new_values."step_order", new_values."view_bookings", new_values."weekend_booking" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="73b28d9f1311e82cfc5b3ecc1f581bc3570acefd",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_44493",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="clinics_organisationsettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisationsettings",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_organisationsettingsevent" ("accent_colour", "agent_silence_minutes", "analytics_address", "analytics_attributes", "analytics_cookies", "analytics_service", "analytics_site", "any_clinic", "any_practitioner", "ask_address_1", "ask_address_2", "ask_campaign_code", "ask_email", "ask_mobile", "ask_postcode", "cancel_allowed", "cancel_without_template", "change_deadline_hours", "code_by_email", "code_by_sms", "combined_view", "eid_login", "eid_login_sees", "email_reply_to", "email_sender_name", "hold_minutes", "horizon_days", "journal_cancellations", "journal_moves", "login", "maintenance_mode", "minimum_notice_minutes", "move_allowed", "move_without_template", "name_treatment_in_messages", "national_id", "new_booking", "new_booking_requires_login", "organisation_id", "patient_message", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_new_clinics", "publish_new_practitioners", "publish_on_marketplace", "publish_on_portal", "quiet_from", "quiet_until", "quiet_weekdays", "retention_days", "skip_confirmation", "sms_countries", "sms_daily_limit", "sms_login", "sms_login_decided_at", "sms_login_decided_by", "sms_login_sees", "sms_replies_allowed", "sms_sender", "step_minutes", "step_order", "view_bookings", "weekend_booking") SELECT new_values."accent_colour", new_values."agent_silence_minutes", new_values."analytics_address", new_values."analytics_attributes", new_values."analytics_cookies", new_values."analytics_service", new_values."analytics_site", new_values."any_clinic", new_values."any_practitioner", new_values."ask_address_1", new_values."ask_address_2", new_values."ask_campaign_code", new_values."ask_email", new_values."ask_mobile", new_values."ask_postcode", new_values."cancel_allowed", new_values."cancel_without_template", new_values."change_deadline_hours", new_values."code_by_email", new_values."code_by_sms", new_values."combined_view", new_values."eid_login", new_values."eid_login_sees", new_values."email_reply_to", new_values."email_sender_name", new_values."hold_minutes", new_values."horizon_days", new_values."journal_cancellations", new_values."journal_moves", new_values."login", new_values."maintenance_mode", new_values."minimum_notice_minutes", new_values."move_allowed", new_values."move_without_template", new_values."name_treatment_in_messages", new_values."national_id", new_values."new_booking", new_values."new_booking_requires_login", new_values."organisation_id", new_values."patient_message", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."organisation_id", new_values."publish_new_clinics", new_values."publish_new_practitioners", new_values."publish_on_marketplace", new_values."publish_on_portal", new_values."quiet_from", new_values."quiet_until", new_values."quiet_weekdays", new_values."retention_days", new_values."skip_confirmation", new_values."sms_countries", new_values."sms_daily_limit", new_values."sms_login", new_values."sms_login_decided_at", new_values."sms_login_decided_by", new_values."sms_login_sees", new_values."sms_replies_allowed", new_values."sms_sender", new_values."step_minutes", new_values."step_order", new_values."view_bookings", new_values."weekend_booking" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."organisation_id") = (new_values."organisation_id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9c87475c3d71236f01dd5c0c83ddd0df2afe8289",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_94616",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="clinics_organisationsettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisationsettings",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clinics_organisationsettingsevent" ("accent_colour", "agent_silence_minutes", "analytics_address", "analytics_attributes", "analytics_cookies", "analytics_service", "analytics_site", "any_clinic", "any_practitioner", "ask_address_1", "ask_address_2", "ask_campaign_code", "ask_email", "ask_mobile", "ask_postcode", "cancel_allowed", "cancel_without_template", "change_deadline_hours", "code_by_email", "code_by_sms", "combined_view", "eid_login", "eid_login_sees", "email_reply_to", "email_sender_name", "hold_minutes", "horizon_days", "journal_cancellations", "journal_moves", "login", "maintenance_mode", "minimum_notice_minutes", "move_allowed", "move_without_template", "name_treatment_in_messages", "national_id", "new_booking", "new_booking_requires_login", "organisation_id", "patient_message", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_new_clinics", "publish_new_practitioners", "publish_on_marketplace", "publish_on_portal", "quiet_from", "quiet_until", "quiet_weekdays", "retention_days", "skip_confirmation", "sms_countries", "sms_daily_limit", "sms_login", "sms_login_decided_at", "sms_login_decided_by", "sms_login_sees", "sms_replies_allowed", "sms_sender", "step_minutes", "step_order", "view_bookings", "weekend_booking") SELECT old_values."accent_colour", old_values."agent_silence_minutes", old_values."analytics_address", old_values."analytics_attributes", old_values."analytics_cookies", old_values."analytics_service", old_values."analytics_site", old_values."any_clinic", old_values."any_practitioner", old_values."ask_address_1", old_values."ask_address_2", old_values."ask_campaign_code", old_values."ask_email", old_values."ask_mobile", old_values."ask_postcode", old_values."cancel_allowed", old_values."cancel_without_template", old_values."change_deadline_hours", old_values."code_by_email", old_values."code_by_sms", old_values."combined_view", old_values."eid_login", old_values."eid_login_sees", old_values."email_reply_to", old_values."email_sender_name", old_values."hold_minutes", old_values."horizon_days", old_values."journal_cancellations", old_values."journal_moves", old_values."login", old_values."maintenance_mode", old_values."minimum_notice_minutes", old_values."move_allowed", old_values."move_without_template", old_values."name_treatment_in_messages", old_values."national_id", old_values."new_booking", old_values."new_booking_requires_login", old_values."organisation_id", old_values."patient_message", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."organisation_id", old_values."publish_new_clinics", old_values."publish_new_practitioners", old_values."publish_on_marketplace", old_values."publish_on_portal", old_values."quiet_from", old_values."quiet_until", old_values."quiet_weekdays", old_values."retention_days", old_values."skip_confirmation", old_values."sms_countries", old_values."sms_daily_limit", old_values."sms_login", old_values."sms_login_decided_at", old_values."sms_login_decided_by", old_values."sms_login_sees", old_values."sms_replies_allowed", old_values."sms_sender", old_values."step_minutes", old_values."step_order", old_values."view_bookings", old_values."weekend_booking" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="24a54ab96918f9edcbaf4cf077074d1f2685dbe1",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a06b7",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="clinics_organisationsettings",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="organisationsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("analytics_service", "none"),
                    models.Q(
                        ("analytics_service", "google"), ("analytics_site__regex", "^G-[A-Z0-9]{4,20}$")
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
        ),
    ]
