"""Whether patients are asked if they want offers."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0027_sms_spend"),
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
            name="ask_marketing_consent",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="organisationsettingsevent",
            name="ask_marketing_consent",
            field=models.BooleanField(db_default=False, default=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisationsettings",
            trigger=pgtrigger.compiler.Trigger(
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
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisationsettings",
            trigger=pgtrigger.compiler.Trigger(
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
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisationsettings",
            trigger=pgtrigger.compiler.Trigger(
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
        ),
    ]
