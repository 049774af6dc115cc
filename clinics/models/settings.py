"""What an organisation has chosen: every switch, with a default that lets a new clinic open at once."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinics.history import audited

LONGEST_KEPT = 3650
STEPS = ["clinic", "treatment", "practitioner", "time"]


def default_step_order() -> list[str]:
    return list(STEPS)


def nordic_countries() -> list[str]:
    return ["FI", "SE", "NO"]


def no_weekdays() -> list[int]:
    return []


class NationalId(models.TextChoices):
    REQUIRED = "required", _("Required")
    OPTIONAL = "optional", _("Optional")
    NOT_ASKED = "not_asked", _("Not asked")


ANALYTICS_ADDRESS = (
    r"^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~/?=&%-]*)?$"
)
"""Nothing in it can end a directive of the page's policy."""


class Analytics(models.TextChoices):
    """Who counts the visits."""

    NONE = "none", _("Nobody")
    MATOMO = "matomo", "Matomo"
    PLAUSIBLE = "plausible", "Plausible"
    GOOGLE = "google", "Google Analytics"
    OWN = "own", _("A script of your own")


class RemindersTo(models.TextChoices):
    """Who gets reminders by SMS."""

    ALL = "all", _("Everybody with a mobile number")
    ASKED = "asked", _("Only who asked for them when booking")
    NOBODY = "nobody", _("Nobody")


class ReminderWay(models.TextChoices):
    """How one of the reminders goes out."""

    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    BOTH = "both", _("SMS and e-mail")
    EITHER = "either", _("SMS, or e-mail where none can be sent")


secure_address = URLValidator(
    schemes=["https"], message=_("This is no address that begins with https:// and goes on.")
)
LONGEST_AHEAD = 720
"""Hours between a reminder and its appointment, or between an appointment and the thanks."""


def hours_sensible(field: str) -> Q:
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__range": (1, LONGEST_AHEAD)})


class LoginSees(models.TextChoices):
    """What a login shows a patient."""

    OWN_BOOKINGS = "own", _("What was booked here with the same number")
    WHOLE_LIST = "all", _("All coming appointments, those the clinic made included")


@audited()
class OrganisationSettings(models.Model):
    """One row for each organisation, made with it."""

    organisation = models.OneToOneField(
        "clinics.Organisation", on_delete=models.CASCADE, related_name="settings", primary_key=True
    )

    # What patients may do
    view_bookings = models.BooleanField(default=True)
    login = models.BooleanField(default=False)
    sms_login = models.BooleanField(default=False)
    sms_login_sees = models.CharField(
        max_length=3, choices=LoginSees, default=LoginSees.OWN_BOOKINGS, db_default=LoginSees.OWN_BOOKINGS
    )
    """Whoever holds a phone may read its codes: the whole list needs the organisation's recorded decision."""
    sms_login_decided_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    sms_login_decided_at = models.DateTimeField(null=True, blank=True)
    eid_login = models.BooleanField(default=False, db_default=False)
    """Patients may log in with a national electronic identity, where the operator has a provider for it."""
    eid_login_sees = models.CharField(
        max_length=3, choices=LoginSees, default=LoginSees.WHOLE_LIST, db_default=LoginSees.WHOLE_LIST
    )
    new_booking = models.BooleanField(default=True)
    new_booking_requires_login = models.BooleanField(default=False)
    weekend_booking = models.BooleanField(default=False)
    code_by_email = models.BooleanField(default=True)
    code_by_sms = models.BooleanField(default=True)
    skip_confirmation = models.BooleanField(default=False)
    maintenance_mode = models.BooleanField(default=False)
    publish_on_marketplace = models.BooleanField(default=False)
    publish_on_portal = models.BooleanField(default=True)
    patient_message = models.BooleanField(default=True)
    any_practitioner = models.BooleanField(default=True)
    any_clinic = models.BooleanField(default=False)

    # What patients are asked
    ask_address_1 = models.BooleanField(default=False)
    ask_address_2 = models.BooleanField(default=False)
    ask_postcode = models.BooleanField(default=False)
    ask_mobile = models.BooleanField(default=True)
    ask_email = models.BooleanField(default=True)
    ask_campaign_code = models.BooleanField(default=False)
    national_id = models.CharField(max_length=10, choices=NationalId, default=NationalId.OPTIONAL)
    ask_marketing_consent = models.BooleanField(default=False, db_default=False)
    """Patients may agree to offers and news when they book; nobody else gets any."""

    # In which order
    step_order = ArrayField(models.CharField(max_length=12), default=default_step_order, size=4)
    combined_view = models.BooleanField(default=False)

    # Moving and cancelling
    move_allowed = models.BooleanField(default=True)
    cancel_allowed = models.BooleanField(default=True)
    move_without_template = models.BooleanField(default=False)
    cancel_without_template = models.BooleanField(default=False)
    journal_moves = models.BooleanField(default=False)
    journal_cancellations = models.BooleanField(default=False)
    change_deadline_hours = models.PositiveSmallIntegerField(default=24)

    # Times
    hold_minutes = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    step_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    """Minutes between start times; empty: the treatment's own length."""
    minimum_notice_minutes = models.PositiveIntegerField(default=60)
    horizon_days = models.PositiveSmallIntegerField(default=180)
    agent_silence_minutes = models.PositiveIntegerField(default=24 * 60)
    """How long the agent may be silent before the portal stops offering times."""

    # Clinics
    publish_new_clinics = models.BooleanField(default=True)
    publish_new_practitioners = models.BooleanField(default=True)

    # Looks
    accent_colour = models.CharField(max_length=7, default="#0b6b74")

    # Counting visits
    analytics_service = models.CharField(
        max_length=10, choices=Analytics, default=Analytics.NONE, db_default=Analytics.NONE
    )
    analytics_address = models.CharField(max_length=300, blank=True, default="", db_default="")
    """Where the service is, or the script of one's own."""
    analytics_site = models.CharField(max_length=100, blank=True, default="", db_default="")
    analytics_cookies = models.BooleanField(default=True, db_default=True)
    """Visitors are asked first. Google's always does."""
    analytics_attributes = models.TextField(max_length=2000, blank=True, default="", db_default="")
    """Of a script of one's own: ``name=value`` on each line."""

    # Messages
    email_sender_name = models.CharField(max_length=200, blank=True)
    email_reply_to = models.EmailField(blank=True)
    sms_sender = models.CharField(max_length=15, blank=True)
    sms_replies_allowed = models.BooleanField(default=False)
    sms_countries = ArrayField(models.CharField(max_length=2), default=nordic_countries)
    sms_daily_limit = models.PositiveIntegerField(default=500)
    sms_monthly_cap = models.PositiveIntegerField(default=200, db_default=200)
    """What SMS may cost in a month, by the operator's estimate; beyond it none leaves."""
    email_fallback = models.BooleanField(default=False, db_default=False)
    """What cannot go by SMS goes by e-mail, once, where an address is known."""
    messages_paused = models.BooleanField(default=False, db_default=False)
    """Nothing leaves but codes; what is queued waits, and is dropped at its latest time."""
    name_treatment_in_messages = models.BooleanField(default=False)
    """Messages say time and place, never what the treatment is, unless the clinic chooses so."""
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    quiet_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=no_weekdays, blank=True)
    reminders_to = models.CharField(
        max_length=6, choices=RemindersTo, default=RemindersTo.NOBODY, db_default=RemindersTo.NOBODY
    )
    email_reminders = models.BooleanField(default=False, db_default=False)
    reminder_1_hours = models.PositiveSmallIntegerField(null=True, blank=True, default=24, db_default=24)
    """Before the appointment; empty: there is no such reminder."""
    reminder_1_by = models.CharField(
        max_length=6, choices=ReminderWay, default=ReminderWay.EITHER, db_default=ReminderWay.EITHER
    )
    reminder_2_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    reminder_2_by = models.CharField(
        max_length=6, choices=ReminderWay, default=ReminderWay.EITHER, db_default=ReminderWay.EITHER
    )
    reminder_3_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    reminder_3_by = models.CharField(
        max_length=6, choices=ReminderWay, default=ReminderWay.EITHER, db_default=ReminderWay.EITHER
    )
    thanks_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    """After the appointment's end; empty: nobody is thanked."""
    url_1 = models.CharField(
        max_length=200, blank=True, default="", db_default="", validators=[secure_address]
    )
    """Addresses of the organisation's own, for its messages."""
    url_2 = models.CharField(
        max_length=200, blank=True, default="", db_default="", validators=[secure_address]
    )
    url_3 = models.CharField(
        max_length=200, blank=True, default="", db_default="", validators=[secure_address]
    )

    # Keeping
    retention_days = models.PositiveIntegerField(
        default=365, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_KEPT)]
    )
    """How long after the appointment the patient's details stay on the portal."""
    message_retention_days = models.PositiveIntegerField(
        default=365, db_default=365, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_KEPT)]
    )
    """How long a message stays after it was written, its text and whom it went to."""
    audit_retention_days = models.PositiveIntegerField(
        default=1095, db_default=1095, validators=[MinValueValidator(365), MaxValueValidator(LONGEST_KEPT)]
    )
    """How long the audit log goes back."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="settings_step_order_complete",
                condition=Q(step_order__contains=STEPS, step_order__len=4),
            ),
            models.CheckConstraint(
                name="settings_hold_minutes_sensible", condition=Q(hold_minutes__range=(1, 60))
            ),
            models.CheckConstraint(
                name="settings_step_minutes_sensible",
                condition=Q(step_minutes__isnull=True) | Q(step_minutes__range=(5, 480)),
            ),
            models.CheckConstraint(
                name="settings_accent_colour_hex", condition=Q(accent_colour__regex=r"^#[0-9a-f]{6}$")
            ),
            models.CheckConstraint(
                name="settings_analytics_complete",
                condition=Q(analytics_service="none")
                | Q(analytics_service="google", analytics_site__regex=r"^G-[A-Z0-9]{4,20}$")
                | Q(
                    analytics_service="matomo",
                    analytics_address__regex=ANALYTICS_ADDRESS,
                    analytics_site__regex=r"^[0-9]{1,10}$",
                )
                | Q(analytics_service="plausible", analytics_site__regex=r"^[a-z0-9.:-]+$")
                & (Q(analytics_address="") | Q(analytics_address__regex=ANALYTICS_ADDRESS))
                | Q(analytics_service="own", analytics_address__regex=ANALYTICS_ADDRESS),
                violation_error_message=_("What the service needs to count visits is missing."),
            ),
            models.CheckConstraint(
                name="settings_message_hours_sensible",
                condition=hours_sensible("reminder_1_hours")
                & hours_sensible("reminder_2_hours")
                & hours_sensible("reminder_3_hours")
                & hours_sensible("thanks_hours"),
                violation_error_message=_("Reminders and thanks are 1 to 720 hours from the appointment."),
            ),
            models.CheckConstraint(
                name="settings_quiet_weekdays_known",
                condition=Q(quiet_weekdays__contained_by=list(range(7))),
            ),
            models.CheckConstraint(
                name="settings_whole_list_by_sms_is_decided",
                condition=Q(sms_login_sees="own")
                | Q(sms_login_decided_at__isnull=False) & ~Q(sms_login_decided_by=""),
                violation_error_message=_("Say who decided that a code by SMS opens the whole list."),
            ),
            models.CheckConstraint(
                name="settings_required_login_is_on",
                condition=Q(new_booking_requires_login=False) | Q(login=True),
                violation_error_message=_(
                    "Patients who have to log in to book need a way to: turn login on."
                ),
            ),
            models.CheckConstraint(
                name="settings_code_has_a_way",
                condition=Q(skip_confirmation=True)
                | Q(code_by_sms=True, ask_mobile=True)
                | Q(code_by_email=True, ask_email=True),
                violation_error_message=_(
                    "The confirmation code needs a mobile number or an e-mail address."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Settings of organisation {self.organisation_id}"

    @property
    def can_log_in(self) -> bool:
        """Whether patients have any way to log in."""
        return self.login and (self.sms_login or (self.eid_login and bool(settings.EID_ISSUER)))
