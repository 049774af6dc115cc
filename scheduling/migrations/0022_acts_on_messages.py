"""What the desk does with single messages is noted like its other acts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0026_settings_in_the_log"),
        ("scheduling", "0021_what_reminders_follow_from"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="deskact",
            name="desk_act_known",
        ),
        migrations.AlterField(
            model_name="deskact",
            name="act",
            field=models.CharField(
                choices=[
                    ("cancelled", "Cancelled by the clinic"),
                    ("moved", "Moved by the clinic"),
                    ("arrived", "Marked as arrived"),
                    ("no_show", "Marked as not arrived"),
                    ("unmarked", "Mark taken back"),
                    ("sent_again", "Confirmation sent again"),
                    ("handled", "Refusal seen to"),
                    ("id_shown", "National identity number looked at"),
                    ("exported", "Bookings downloaded"),
                    ("withdrawn", "Waiting message cancelled"),
                    ("resent", "Failed message sent again"),
                    ("lifted", "STOP taken back for a patient"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="deskact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "act__in",
                        [
                            "cancelled",
                            "moved",
                            "arrived",
                            "no_show",
                            "unmarked",
                            "sent_again",
                            "handled",
                            "id_shown",
                            "exported",
                            "withdrawn",
                            "resent",
                            "lifted",
                        ],
                    )
                ),
                name="desk_act_known",
            ),
        ),
    ]
