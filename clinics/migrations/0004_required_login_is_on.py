from django.db import migrations, models

TURN_LOGIN_ON = """
UPDATE clinics_organisationsettings SET login = true WHERE new_booking_requires_login AND NOT login
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0003_what_logins_show"),
    ]

    operations = [
        migrations.RunSQL(TURN_LOGIN_ON, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="organisationsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("new_booking_requires_login", False), ("login", True), _connector="OR"),
                name="settings_required_login_is_on",
                violation_error_message="Patients who have to log in to book need a way to: turn login on.",
            ),
        ),
    ]
