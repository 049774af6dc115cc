"""The agents that clinics have activated, and what keeps their doors shut to others."""

import uuid

from django.db import models
from django.db.models import Q

from clinics.constraints import SameOrganisation, within_organisation
from clinics.models import Organisation
from clinics.scope import OrganisationOwned


class Agent(OrganisationOwned):
    """One activation of an organisation's agent. Activating again makes a new row and supersedes this one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.PositiveIntegerField()
    public_key = models.JSONField()
    """A JWK of kind Ed25519 or P-256, public members only."""
    machine_name = models.CharField(max_length=200, blank=True)
    agent_version = models.CharField(max_length=100, blank=True)
    activated_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    """When the operator locked it out: its computer was stolen, say."""
    last_sequence = models.PositiveBigIntegerField(default=0)
    """Number of the last push taken from this agent."""
    last_push_digest = models.CharField(max_length=64, blank=True)
    """What that push said, so that the same one sent again is known from another one."""

    class Meta(OrganisationOwned.Meta):
        constraints = [
            within_organisation("agent"),
            models.UniqueConstraint(fields=["organisation", "generation"], name="agent_generation_unique"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(superseded_at__isnull=True), name="agent_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Agent {self.generation} of organisation {self.organisation_id}"


class UsedAssertion(OrganisationOwned):
    """An assertion that has bought a token and buys no second one; kept until it would be too old anyway."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    jti_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["agent", "jti_hash"], name="used_assertion_once"),
            SameOrganisation(field="agent", name="used_assertion_same_organisation"),
        ]

    def __str__(self) -> str:
        return f"Assertion of agent {self.agent_id}"


class ActivationCount(models.Model):
    """How often somebody has tried to activate an agent within one minute."""

    who = models.CharField(max_length=64)
    """Hash of the remote address, or ``all``."""
    minute = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["who", "minute"], name="activation_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.count} at {self.minute}"


class Sandbox(models.Model):
    """Marks an organisation as one for trying out agents; a trigger keeps its portal from being published."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="sandbox"
    )
    opened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Sandbox of organisation {self.organisation_id}"


class SandboxTrial(OrganisationOwned):
    """A fault that is played to a sandbox's agent, and how the agent met it."""

    class Fault(models.TextChoices):
        LOST_ANSWER = "lost-answer"
        LOST_ACKNOWLEDGEMENT = "lost-acknowledgement"
        DUPLICATE_EVENT = "duplicate-event"
        EXPIRY = "token-refused"
        CLOCK_SKEW = "clock-skew"
        SUPERSEDED = "superseded"
        RATE_LIMITED = "rate-limited"
        SLOW = "slow"

    fault = models.CharField(max_length=20, choices=Fault)
    asked_at = models.DateTimeField(auto_now_add=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    is_handled = models.BooleanField(null=True, blank=True)
    found = models.TextField(blank=True)
    """What the agent did, in a sentence for its author."""
    memory = models.JSONField(default=dict)
    """What has to be remembered from one request to the next."""

    class Meta(OrganisationOwned.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.fault} for organisation {self.organisation_id}"


class Mismatch(OrganisationOwned):
    """A coming appointment that only one side has: only the clinic's people can say which side is right."""

    class Kind(models.TextChoices):
        MISSING = "missing"
        """The portal has the booking, and the clinic's book has lost it: deleted, or an older copy."""
        UNKNOWN = "unknown"
        """The clinic's book has an appointment of a booking that the portal does not know any more."""

    booking = models.CharField(max_length=64)
    kind = models.CharField(max_length=7, choices=Kind)
    starts_at = models.DateTimeField()
    who = models.CharField(max_length=200, blank=True)
    """The practitioner, as the portal calls them."""
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organisation", "booking"], name="mismatch_once"),
            models.CheckConstraint(name="mismatch_kind_known", condition=Q(kind__in=["missing", "unknown"])),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.booking}"
