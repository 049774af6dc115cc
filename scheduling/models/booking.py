"""Holds and bookings: one row from the moment a patient picks a time."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.fields.ranges import RangeStartsWith
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Upper
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinics.constraints import SameOrganisation, within_organisation
from clinics.encryption import EncryptedTextField
from clinics.models import Clinic, Practitioner
from clinics.scope import OrganisationOwned
from scheduling.models.treatment import Resource, Treatment


class BookingState(models.TextChoices):
    HELD = "held", _("Held")
    EXPIRED = "expired", _("Expired")
    BOOKED = "booked", _("Booked")
    REFUSED = "refused", _("Refused by the clinic")
    CANCELLED = "cancelled", _("Cancelled")
    ARRIVED = "arrived", _("Arrived")
    NO_SHOW = "no_show", _("Did not arrive")


OCCUPYING_STATES = [BookingState.HELD, BookingState.BOOKED, BookingState.ARRIVED, BookingState.NO_SHOW]
"""States in which a booking keeps its practitioner and resources from others."""


MADE_STATES = [
    BookingState.BOOKED,
    BookingState.REFUSED,
    BookingState.CANCELLED,
    BookingState.ARRIVED,
    BookingState.NO_SHOW,
]
"""States of what has once been booked: what a clinic's lists show."""


class Confirmation(models.TextChoices):
    """How it was made sure that whoever books reads what is sent there."""

    CODE = "code", _("By a code")
    LOGIN = "login", _("By the number that was logged in with")
    SKIPPED = "skipped", _("Not asked: the organisation skips it")
    LINK = "link", _("By the link of an offer or an earlier booking")


class Booking(OrganisationOwned):
    """A time that one visitor holds, and then has.

    That a practitioner is never booked twice at once is the database's promise. A hold may overlap just one
    booking: the one that it is to be the new time of, which leaves its old time in the same moment. Nothing
    on the portal makes two overlap; where the clinic's own book has two at once, the second ``is_doubled``.
    """

    State = BookingState
    Confirmation = Confirmation

    as_stored: "tuple[Any, ...] | None" = None
    """Which versions of its rows it was made of, where that is known: see scheduling/booking_rows.py."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    treatment = models.ForeignKey(
        Treatment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """None only for what the clinic itself had booked without one, and the patient has moved."""
    during = DateTimeRangeField()
    state = models.CharField(max_length=10, choices=BookingState)
    visitor = models.CharField(max_length=64)
    """Hash of the cookie of who picked the time; only that browser may go on with the hold."""
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    """When the patient asked for more time; a hold can be extended once."""
    with_anybody = models.BooleanField(default=False, db_default=False)
    """The patient did not mind which practitioner it is."""
    address_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    """Keyed hash of the remote address that holds the time; empty as soon as it is held no longer."""
    appointment_id = models.CharField(max_length=64, blank=True)
    """The appointment in the clinic's book, once the agent has said it."""
    accepted_at = models.DateTimeField(null=True, blank=True)
    refusal_reason = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    booked_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=7, choices=Confirmation, blank=True, default="", db_default="")
    """Empty until it is booked."""
    revision = models.PositiveSmallIntegerField(default=0)
    """Rises with every change that the patient's calendar has to take over (RFC 5545, SEQUENCE)."""
    link_digest = models.BinaryField(max_length=32, null=True, blank=True)
    """Hash of the token in the link that the patient was sent (scheduling/links.py)."""
    moves = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    """The booking that this hold is a new time for."""
    is_doubled = models.BooleanField(default=False, db_default=False)
    """The clinic's own book has put it where another booking stands, so that no promise can keep them apart.

    Only what the book says sets it (scheduling/book_changes.py); a trigger takes it back as soon as the
    other one has gone.
    """

    class Meta(OrganisationOwned.Meta):
        indexes = [
            models.Index(
                fields=["organisation", "hold_expires_at"],
                name="booking_hold_expiry",
                condition=Q(state=BookingState.HELD),
            ),
            models.Index(
                fields=["organisation", "practitioner", "created_at"], name="booking_by_practitioner"
            ),
            models.Index(fields=["organisation", "visitor"], name="booking_by_visitor"),
            models.Index(
                fields=["organisation", "booked_at"],
                name="booking_by_moment_booked",
                condition=Q(booked_at__isnull=False),
            ),
            models.Index(fields=["organisation", "created_at"], name="booking_by_moment_held"),
            models.Index(
                fields=["organisation", "address_hash"],
                name="booking_by_address",
                condition=Q(state=BookingState.HELD),
            ),
            models.Index(fields=["moves"], name="booking_moves", condition=Q(moves__isnull=False)),
            models.Index(fields=["organisation"], name="booking_doubled", condition=Q(is_doubled=True)),
            models.Index(
                "organisation",
                RangeStartsWith("during"),
                "id",
                name="booking_by_start",
                condition=Q(state__in=MADE_STATES),
            ),
            models.Index(
                "organisation",
                "practitioner",
                RangeStartsWith("during"),
                "id",
                name="booking_of_practitioner",
                condition=Q(state__in=MADE_STATES),
            ),
        ]
        constraints = [
            within_organisation("booking"),
            models.UniqueConstraint(fields=["id", "during"], name="booking_with_its_time"),
            models.UniqueConstraint(fields=["organisation", "link_digest"], name="booking_link_unique"),
            ExclusionConstraint(
                name="booking_practitioner_no_overlap",
                expressions=[
                    ("practitioner", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                    (Coalesce("moves", "id"), RangeOperators.NOT_EQUAL),
                ],
                condition=Q(state__in=OCCUPYING_STATES, is_doubled=False),
                violation_error_message=_("This time has just been taken."),
            ),
            models.CheckConstraint(
                name="booking_has_length",
                condition=Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
            ),
            models.CheckConstraint(
                name="booking_confirmation_known",
                condition=Q(confirmed_by__in=["", *Confirmation.values]),
            ),
            models.CheckConstraint(
                name="booking_without_treatment_is_the_clinics",
                condition=Q(treatment__isnull=False)
                | Q(state__in=[BookingState.HELD, BookingState.EXPIRED])
                | ~Q(appointment_id=""),
            ),
            models.CheckConstraint(
                name="booking_hold_expires",
                condition=~Q(state=BookingState.HELD) | Q(hold_expires_at__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_only_a_hold_moves_another",
                condition=Q(moves=None) | Q(state__in=[BookingState.HELD, BookingState.EXPIRED]),
            ),
            SameOrganisation(field="moves", name="booking_moves_same_organisation"),
            SameOrganisation(field="clinic", name="booking_clinic_same_organisation"),
            SameOrganisation(field="practitioner", name="booking_practitioner_same_organisation"),
            SameOrganisation(field="treatment", name="booking_treatment_same_organisation"),
        ]

    def __str__(self) -> str:
        return f"Booking {self.public_id}"

    @property
    def starts_at(self) -> datetime:
        starts_at: datetime = self.during.lower
        return starts_at

    @property
    def ends_at(self) -> datetime:
        ends_at: datetime = self.during.upper
        return ends_at

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def what(self) -> str:
        """What it is for, as the patient and the clinic call it; not to be put into messages unasked."""
        if self.treatment is not None:
            return self.treatment.name
        patient: BookingPatient | None = getattr(self, "patient", None)
        return (patient and patient.clinic_words) or gettext("Appointment")

    @property
    def move_within_days(self) -> int | None:
        """Most days that the treatment lets a move go; None: as many as there are times."""
        return self.treatment.move_within_days if self.treatment is not None else None


class BookingResource(OrganisationOwned):
    """A resource that a booking occupies; the row goes when the booking no longer does.

    ``during`` is the booking's own: the migration ties the two by a foreign key that follows moves. A new
    time may need what its old one has.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="resources")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    during = DateTimeRangeField()
    moves = models.ForeignKey(
        Booking, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    """As the booking's."""

    class Meta(OrganisationOwned.Meta):
        indexes = [
            models.Index(fields=["moves"], name="booking_resource_moves", condition=Q(moves__isnull=False))
        ]
        constraints = [
            ExclusionConstraint(
                name="booking_resource_no_overlap",
                expressions=[
                    ("resource", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                    (Coalesce("moves", "booking"), RangeOperators.NOT_EQUAL),
                ],
            ),
            SameOrganisation(field="booking", name="booking_resource_same_organisation_b"),
            SameOrganisation(field="resource", name="booking_resource_same_organisation_r"),
            SameOrganisation(field="moves", name="booking_resource_same_organisation_m"),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} has {self.resource_id}"


class BookingPatient(OrganisationOwned):
    """Who a booking is for, as typed by the patient. Deleted when retention ends, before the booking is.

    Where somebody booked for the patient, ``booker_first_name`` and ``booker_last_name`` say who; the
    e-mail and the mobile are then the booker's.
    """

    class Ask(models.TextChoices):
        """What the clinic's staff should do with the address that was typed."""

        NONE = "none"
        ASK = "ask"
        APPLY = "apply"

    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, related_name="patient")
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    booker_first_name = models.CharField(max_length=100, blank=True, default="", db_default="")
    booker_last_name = models.CharField(max_length=100, blank=True, default="", db_default="")
    national_id = EncryptedTextField(null=True, blank=True)
    national_id_digest = models.BinaryField(max_length=32, null=True, blank=True)
    """Keyed hash of the number, by which a patient's bookings are found (scheduling/national_ids.py)."""
    email = models.EmailField(blank=True)
    mobile = PhoneNumberField(blank=True)
    address_1 = models.CharField(max_length=200, blank=True)
    address_2 = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    campaign_code = models.CharField(max_length=20, blank=True)
    message = models.TextField(max_length=1000, blank=True)
    clinic_words = EncryptedTextField(null=True, blank=True)
    """What the clinic called an appointment that it had made without a treatment."""
    language = models.CharField(max_length=2)
    consented_at = models.DateTimeField()
    address_update = models.CharField(max_length=5, choices=Ask, default=Ask.NONE)
    wants_sms_reminders = models.BooleanField(default=False, db_default=False)
    """Asked for reminders by SMS, where the organisation sends them to nobody else."""
    marketing_wording = models.CharField(max_length=500, blank=True, default="", db_default="")
    """What was agreed to in so many words, at ``consented_at``: offers to this mobile and e-mail address."""
    marketing_withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        indexes = [
            models.Index(
                fields=["organisation", "mobile"],
                name="booking_patient_by_mobile",
                condition=~Q(mobile=""),
            ),
            models.Index(
                fields=["organisation", "national_id_digest"],
                name="booking_patient_by_national_id",
                condition=Q(national_id_digest__isnull=False),
            ),
            models.Index(
                "organisation",
                OpClass(Upper("last_name"), "text_pattern_ops"),
                name="booking_patient_by_last_name",
            ),
            models.Index(
                "organisation",
                OpClass(Upper("first_name"), "text_pattern_ops"),
                name="booking_patient_by_first_name",
            ),
            models.Index(
                "organisation",
                OpClass(Upper("email"), "text_pattern_ops"),
                name="booking_patient_by_email",
                condition=~Q(email=""),
            ),
        ]
        constraints = [
            SameOrganisation(field="booking", name="booking_patient_same_organisation"),
            models.CheckConstraint(
                name="booking_patient_mobile_e164",
                condition=Q(mobile="") | Q(mobile__regex=r"^\+[1-9]\d{4,14}$"),
            ),
            models.CheckConstraint(
                name="booking_patient_withdraws_what_was_given",
                condition=Q(marketing_withdrawn_at__isnull=True) | ~Q(marketing_wording=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Patient of booking {self.booking_id}"

    @property
    def is_for_other(self) -> bool:
        """Whether somebody else booked for the patient: a parent for a child."""
        return bool(self.booker_first_name or self.booker_last_name)


class ConfirmationCode(OrganisationOwned):
    """Six digits that prove a patient reads the mobile or e-mail they typed. Stored as a salted hash."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="codes")
    purpose = models.CharField(max_length=10)
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            SameOrganisation(field="booking", name="confirmation_code_same_organisation"),
            models.CheckConstraint(
                name="confirmation_code_expires_later", condition=Q(expires_at__gt=F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"Code for booking {self.booking_id}"
