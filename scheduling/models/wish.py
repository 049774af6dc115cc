"""The waiting list: who would come earlier, and what they have been offered."""

import secrets
from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from phonenumber_field.modelfields import PhoneNumberField

from clinics.constraints import SameOrganisation, within_organisation
from clinics.encryption import EncryptedTextField
from clinics.models import Clinic, Practitioner
from clinics.scope import OrganisationOwned
from scheduling.models.booking import Booking
from scheduling.models.treatment import Treatment


def new_key() -> str:
    """96 random bits in 16 characters: nobody guesses it, and a link with it fits into an SMS."""
    return secrets.token_urlsafe(12)


class Wish(OrganisationOwned):
    """Somebody who wants to be told when a time like this becomes free, until a last day."""

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed"
        """Nobody has shown yet that the address is theirs: it gets the code and nothing else."""
        WAITING = "waiting"
        BOOKED = "booked"
        ENDED = "ended"

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    """Who has it may see the wish and end it."""
    state = models.CharField(max_length=11, choices=State, default=State.UNCONFIRMED)
    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="+")
    clinics: "models.ManyToManyField[Clinic, WishClinic]" = models.ManyToManyField(
        Clinic, through="scheduling.WishClinic", related_name="+"
    )
    """None: any clinic."""
    practitioners: "models.ManyToManyField[Practitioner, WishPractitioner]" = models.ManyToManyField(
        Practitioner, through="scheduling.WishPractitioner", related_name="+"
    )
    """None: anyone."""
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    """0 is Monday."""
    from_time = models.TimeField(default=time(0))
    until_time = models.TimeField(default=time(23, 59))
    """The latest start, by the clinic's clock."""
    latest_on = models.DateField()
    """The last day on which a time is wanted."""
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    national_id = EncryptedTextField(null=True, blank=True)
    email = models.EmailField(blank=True)
    mobile = PhoneNumberField(blank=True)
    language = models.CharField(max_length=2)
    consented_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    """The place in the queue."""
    ended_at = models.DateTimeField(null=True, blank=True)
    offered_until = models.DateTimeField(null=True, blank=True)
    """Until when an offer is open; empty: none is. Whoever sets it may offer."""

    class Meta(OrganisationOwned.Meta):
        indexes = [
            models.Index(
                fields=["organisation", "confirmed_at"],
                name="wish_waiting",
                condition=Q(state="waiting"),
            )
        ]
        constraints = [
            within_organisation("wish"),
            models.CheckConstraint(
                name="wish_state_known",
                condition=Q(state__in=["unconfirmed", "waiting", "booked", "ended"]),
            ),
            models.CheckConstraint(
                name="wish_waiting_is_confirmed",
                condition=Q(state__in=["unconfirmed", "ended"]) | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="wish_end_has_its_time",
                condition=~Q(state__in=["booked", "ended"]) | Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(name="wish_has_an_address", condition=~Q(email="") | ~Q(mobile="")),
            models.CheckConstraint(name="wish_has_a_weekday", condition=Q(weekdays__len__gt=0)),
            models.CheckConstraint(name="wish_hours_in_order", condition=Q(until_time__gte=F("from_time"))),
            SameOrganisation(field="treatment", name="wish_treatment_same_organisation"),
        ]

    def __str__(self) -> str:
        return f"Wish {self.pk}"


class WishClinic(OrganisationOwned):
    """A clinic that the wish is for."""

    wish = models.ForeignKey(Wish, on_delete=models.CASCADE, related_name="at_clinics")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organisation", "wish", "clinic"], name="wish_clinic_once"),
            SameOrganisation(field="wish", name="wish_clinic_same_organisation_w"),
            SameOrganisation(field="clinic", name="wish_clinic_same_organisation_c"),
        ]

    def __str__(self) -> str:
        return f"{self.wish_id} at {self.clinic_id}"


class WishPractitioner(OrganisationOwned):
    """A practitioner whom the wish is for."""

    wish = models.ForeignKey(Wish, on_delete=models.CASCADE, related_name="by_practitioners")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "wish", "practitioner"], name="wish_practitioner_once"
            ),
            SameOrganisation(field="wish", name="wish_practitioner_same_organisation_w"),
            SameOrganisation(field="practitioner", name="wish_practitioner_same_organisation_p"),
        ]

    def __str__(self) -> str:
        return f"{self.wish_id} by {self.practitioner_id}"


class WishCode(OrganisationOwned):
    """Six digits that prove whoever wishes reads the address they typed. Stored as a salted hash."""

    wish = models.ForeignKey(Wish, on_delete=models.CASCADE, related_name="codes")
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.CheckConstraint(
                name="wish_code_expires_later", condition=Q(expires_at__gt=F("created_at"))
            ),
            SameOrganisation(field="wish", name="wish_code_same_organisation"),
        ]

    def __str__(self) -> str:
        return f"Code for wish {self.wish_id}"


class Offer(OrganisationOwned):
    """A time held for somebody who waits, until they take it, decline it, or the time to answer is up."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        LAPSED = "lapsed"

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    """Who has it may take the time or decline it."""
    wish = models.ForeignKey(Wish, on_delete=models.CASCADE, related_name="offers")
    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, related_name="offer")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    starts_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        indexes = [
            models.Index(fields=["organisation", "expires_at"], name="offer_open", condition=Q(state="open"))
        ]
        constraints = [
            models.CheckConstraint(
                name="offer_state_known",
                condition=Q(state__in=["open", "accepted", "declined", "lapsed"]),
            ),
            models.UniqueConstraint(
                fields=["wish"], name="offer_one_open_for_a_wish", condition=Q(state="open")
            ),
            models.UniqueConstraint(fields=["wish", "starts_at"], name="offer_same_time_once"),
            SameOrganisation(field="wish", name="offer_wish_same_organisation"),
            SameOrganisation(field="booking", name="offer_booking_same_organisation"),
        ]

    def __str__(self) -> str:
        return f"Offer {self.pk} of {self.starts_at}"
