"""A message: what is to be told to whom, and how far it has come."""

import uuid

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from clinics.constraints import SameOrganisation, within_organisation
from clinics.scope import OrganisationOwned


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    SMS = "sms", "SMS"


class Kind(models.TextChoices):
    CODE = "code"
    LOGIN_CODE = "login_code"
    CONFIRMATION = "confirmation"
    REFUSAL = "refusal"
    MOVE = "move"
    CANCELLATION = "cancellation"
    CHANGE_REFUSED = "change_refused"
    WAITING_LIST = "waiting_list"
    """That somebody is on the waiting list, with the link to see and end it."""
    OFFER = "offer"
    AGENT_SILENT = "agent_silent"
    """To the clinic's own people: the portal hears nothing from their appointment book any more."""
    AGENT_BACK = "agent_back"
    SMS_DEAR = "sms_dear"
    """To owners and operator: most of the month's money for SMS is spent."""
    SMS_STOPPED = "sms_stopped"
    CODES_PAUSED = "codes_paused"
    """To the operator: hardly any of the codes sent by SMS is used."""
    REMINDER_1 = "reminder_1"
    REMINDER_2 = "reminder_2"
    REMINDER_3 = "reminder_3"
    THANKS = "thanks"
    GENERAL = "general"
    MESSAGE = "message"
    RECALL = "recall"
    MARKETING = "marketing"
    SALES = "sales"
    PAYMENT = "payment"


class State(models.TextChoices):
    WAITING = "waiting"
    SENDING = "sending"
    """Claimed by a worker, which may have died since: see ``claimed_at``."""
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """Could not leave before its latest time, so it never will."""


class Delivery(models.TextChoices):
    """What is known of a message that was sent, by what the provider has reported since."""

    UNKNOWN = ""
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


UNSENT_STATES = [State.CANCELLED, State.EXPIRED]
FINAL_STATES = [State.SENT, State.FAILED, State.CANCELLED, State.EXPIRED]


class Priority(models.IntegerChoices):
    SOMEBODY_WAITS = 0
    """A person sits in front of a page and waits for it: codes."""
    SOON = 10
    """What somebody has just done is confirmed."""
    REMINDER = 20
    BULK = 30
    """Marketing, and whatever else goes to many."""


REMINDERS = [Kind.REMINDER_1, Kind.REMINDER_2, Kind.REMINDER_3]
PLANNED = [*REMINDERS, Kind.THANKS]
"""Kinds that go out by themselves at a time that follows from the appointment's."""
ADVERTISING = [Kind.RECALL, Kind.MARKETING, Kind.SALES]


class Message(OrganisationOwned):
    """A row of the outbox: the truth of what is still to be sent.

    ``about`` names the thing it tells of, such that (organisation, channel, kind, about) is sent once;
    a code that is sent anew is about another code.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.CharField(max_length=5, choices=Channel)
    kind = models.CharField(max_length=20, choices=Kind)
    about = models.CharField(max_length=200)
    to = models.CharField(max_length=254)
    """An e-mail address, or a mobile number in E.164."""
    fallback_to = models.CharField(max_length=254, blank=True, default="", db_default="")
    """An e-mail address for an SMS that cannot go, where the organisation wants that."""
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    attachments = models.JSONField(default=list, blank=True)
    """Objects with ``filename``, ``content_type`` and ``text``; only e-mail has them."""
    is_secret = models.BooleanField(default=False)
    """The body is forgotten as soon as nothing more will be done with the message."""
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.SOON)

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    not_before = models.DateTimeField(null=True, blank=True)
    not_after = models.DateTimeField(null=True, blank=True)
    is_withdrawn = models.BooleanField(default=False, db_default=False)
    """Cancelled because its plan has no place for it any more; the plan may take it back."""
    attempts = models.PositiveSmallIntegerField(default=0)
    unknown_outcomes = models.PositiveSmallIntegerField(default=0)
    """Attempts of which nobody knows whether the provider took the message."""
    next_attempt_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    route = models.CharField(max_length=30, blank=True, default="", db_default="")
    """By which account it was tried last: see notifications.routes."""
    sent_from = models.CharField(max_length=20, blank=True, default="", db_default="")
    """An SMS's sender, as its reader sees it."""
    replies_allowed = models.BooleanField(default=False, db_default=False)
    """Its reader can answer: the sender is a number at which we hear."""
    sms_day = models.DateField(null=True, blank=True)
    """The day on which an SMS is counted against the limits, as long as it is."""
    sms_cost = models.PositiveIntegerField(default=0, db_default=0)
    """The money that it was counted as, in ten-thousandths."""
    provider_reference = models.CharField(max_length=255, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    """The provider's last words, if they were no good ones."""
    delivery = models.CharField(
        max_length=11,
        choices=Delivery,
        blank=True,
        default=Delivery.UNKNOWN,
        db_default=Delivery.UNKNOWN.value,
    )
    delivered_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    mailing = models.ForeignKey(
        "notifications.Mailing",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="messages",
        db_index=False,
    )
    """What was sent by hand, of which this is one message."""
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "channel", "kind", "about"], name="message_told_once"
            ),
            models.CheckConstraint(name="message_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(name="message_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="message_sending_is_claimed",
                condition=~Q(state=State.SENDING) | Q(claimed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="message_sent_has_its_time",
                condition=~Q(state=State.SENT) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="message_secret_forgotten",
                condition=Q(is_secret=False) | ~Q(state__in=FINAL_STATES) | Q(body=""),
            ),
            models.CheckConstraint(name="message_delivery_known", condition=Q(delivery__in=Delivery.values)),
            models.CheckConstraint(
                name="message_delivered_has_its_time",
                condition=~Q(delivery=Delivery.DELIVERED) | Q(delivered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="message_times_in_order",
                condition=Q(not_before__isnull=True)
                | Q(not_after__isnull=True)
                | Q(not_after__gt=F("not_before")),
            ),
            models.UniqueConstraint(
                fields=["mailing", "to"],
                name="message_once_a_mailing",
                condition=Q(mailing__isnull=False),
            ),
            within_organisation("message"),
            SameOrganisation(field="mailing", name="message_of_own_mailing"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="message_waiting",
                condition=Q(state=State.WAITING),
            ),
            models.Index(
                fields=["priority", "organisation", "channel", "next_attempt_at"],
                name="message_by_turns",
                condition=Q(state=State.WAITING),
            ),
            models.Index(
                fields=["provider_reference"],
                name="message_by_reference",
                condition=~Q(provider_reference=""),
            ),
            models.Index(
                fields=["claimed_at"],
                name="message_sending",
                condition=Q(state=State.SENDING),
            ),
            models.Index(fields=["organisation", "to", "created_at"], name="message_by_recipient"),
            models.Index(fields=["organisation", "-created_at", "-id"], name="message_newest"),
            models.Index(
                fields=["organisation", "sent_at"],
                name="message_by_sending",
                condition=Q(sent_at__isnull=False),
            ),
            models.Index(
                fields=["organisation", "created_at"],
                name="message_failed",
                condition=Q(state=State.FAILED),
            ),
            models.Index(
                fields=["organisation", "state"],
                name="message_undelivered",
                condition=Q(state__in=[State.WAITING, State.SENDING, State.FAILED]),
            ),
            models.Index(
                "organisation",
                OpClass("about", "text_pattern_ops"),
                name="message_waiting_about",
                condition=Q(state=State.WAITING),
            ),
            models.Index(
                fields=["organisation", "sms_day"],
                name="message_to_give_back",
                condition=Q(state__in=UNSENT_STATES, sms_day__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel} ({self.public_id})"

    @property
    def is_too_late(self) -> bool:
        """Its latest time has passed, so it must never leave."""
        return self.not_after is not None and timezone.now() >= self.not_after
