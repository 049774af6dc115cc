"""What the audit log calls things: kinds of entries, fields, and where names stand for ids."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from clinics.console.flexibility import SETTING_NAMES
from clinics.models import (
    AccountKey,
    AuditEntry,
    Clinic,
    ClinicGroup,
    Invitation,
    Membership,
    MembershipClinic,
    OperatorVisit,
    Organisation,
    OrganisationSettings,
    Picture,
    PortalText,
    Practitioner,
    PrivacyAction,
    ProviderAccount,
    User,
)

Kind = AuditEntry.Kind
Words = str | Promise
DESK = "desk"
KINDS: dict[str, Words] = {
    Kind.ORGANISATION: gettext_lazy("Organisation"),
    Kind.SETTINGS: gettext_lazy("Settings"),
    Kind.CLINIC: gettext_lazy("Clinic"),
    Kind.GROUP: gettext_lazy("Group of clinics"),
    Kind.PRACTITIONER: gettext_lazy("Practitioner"),
    Kind.TEXT: gettext_lazy("Text"),
    Kind.MEMBER: gettext_lazy("Member"),
    Kind.MEMBER_CLINIC: gettext_lazy("Member’s clinic"),
    Kind.INVITATION: gettext_lazy("Invitation"),
    Kind.KEY: gettext_lazy("Account key"),
    Kind.PICTURE: gettext_lazy("Picture"),
    DESK: gettext_lazy("Bookings"),
    Kind.VISIT: gettext_lazy("Visit by the operator"),
    Kind.PRIVACY: gettext_lazy("Privacy desk"),
    Kind.SMS_PROVIDER: gettext_lazy("SMS provider"),
}
MODELS: dict[str, type[models.Model]] = {
    Kind.ORGANISATION: Organisation,
    Kind.SETTINGS: OrganisationSettings,
    Kind.CLINIC: Clinic,
    Kind.GROUP: ClinicGroup,
    Kind.PRACTITIONER: Practitioner,
    Kind.TEXT: PortalText,
    Kind.MEMBER: Membership,
    Kind.MEMBER_CLINIC: MembershipClinic,
    Kind.INVITATION: Invitation,
    Kind.KEY: AccountKey,
    Kind.PICTURE: Picture,
    Kind.VISIT: OperatorVisit,
    Kind.PRIVACY: PrivacyAction,
    Kind.SMS_PROVIDER: ProviderAccount,
}
LABELS: dict[str, Words] = {
    "insert": gettext_lazy("Added"),
    "update": gettext_lazy("Changed"),
    "delete": gettext_lazy("Removed"),
    "cancelled": gettext_lazy("Cancelled by the clinic"),
    "moved": gettext_lazy("Moved by the clinic"),
    "arrived": gettext_lazy("Marked as arrived"),
    "no_show": gettext_lazy("Marked as not arrived"),
    "unmarked": gettext_lazy("Mark taken back"),
    "restored": gettext_lazy("Stands again in the clinic’s book"),
    "sent_again": gettext_lazy("Confirmation sent again"),
    "handled": gettext_lazy("Refusal seen to"),
    "id_shown": gettext_lazy("National identity number looked at"),
    "exported": gettext_lazy("Bookings downloaded"),
    "withdrawn": gettext_lazy("Waiting message cancelled"),
    "resent": gettext_lazy("Failed message sent again"),
    "lifted": gettext_lazy("STOP taken back for a patient"),
}
NAMES: dict[str, Words] = {
    "subdomain": gettext_lazy("Address of the portal"),
    "country": gettext_lazy("Country"),
    "time_zone": gettext_lazy("Time zone"),
    "default_language": gettext_lazy("First language"),
    "languages": gettext_lazy("Languages"),
    "is_suspended": gettext_lazy("Account suspended"),
    "place": gettext_lazy("Place on the portal"),
    "language": gettext_lazy("Language"),
    "heading": gettext_lazy("Heading"),
    "body": gettext_lazy("Text"),
    "clinic_id": gettext_lazy("Clinic"),
    "clinic_ids": gettext_lazy("Clinics"),
    "practitioner_id": gettext_lazy("Practitioner"),
    "membership_id": gettext_lazy("Member"),
    "user_id": gettext_lazy("Member"),
    "role": gettext_lazy("Role"),
    "is_limited": gettext_lazy("Only some clinics"),
    "signed_out_at": gettext_lazy("Signed out everywhere"),
    "invited_by_id": gettext_lazy("Invited by"),
    "expires_at": gettext_lazy("Good until"),
    "accepted_at": gettext_lazy("Accepted"),
    "revoked_at": gettext_lazy("Withdrawn"),
    "width": gettext_lazy("Width in pixels"),
    "height": gettext_lazy("Height in pixels"),
    "ground": gettext_lazy("Goes on pages that are"),
    "reason": gettext_lazy("Reason"),
    "began_at": gettext_lazy("From"),
    "until_at": gettext_lazy("Until"),
    "kind": gettext_lazy("What"),
    "sought_by": gettext_lazy("Sought by"),
    "rows": gettext_lazy("Found"),
    "booking": gettext_lazy("Booking"),
    "patient_told": gettext_lazy("The patient is told"),
    "messages_paused": gettext_lazy("Messages wait"),
    "credentials_given_at": gettext_lazy("Credentials given"),
    "sender": gettext_lazy("Sender"),
    "replies_allowed": gettext_lazy("Replies allowed"),
    "tested_at": gettext_lazy("Tried"),
    "last_error": gettext_lazy("What the provider said last"),
    "provider": gettext_lazy("Provider"),
    "sms_login_decided_at": gettext_lazy("Whole list by SMS decided on"),
}
"""Fields that no form of the console names; the others are called what their forms call them."""
NAMES_BY_KIND: dict[tuple[str, str], Words] = {
    (Kind.PICTURE, "name"): gettext_lazy("Picture"),
    (Kind.SETTINGS, "accent_colour"): gettext_lazy("Colour"),
    (Kind.GROUP, "name"): gettext_lazy("Name of the group"),
}
COUNTRIES: dict[str, Words] = {
    "FI": gettext_lazy("Finland"),
    "SE": gettext_lazy("Sweden"),
    "NO": gettext_lazy("Norway"),
    "DK": gettext_lazy("Denmark"),
    "IS": gettext_lazy("Iceland"),
}
GROUNDS: dict[str, Words] = {
    Picture.Ground.ANY: gettext_lazy("light or dark"),
    Picture.Ground.LIGHT: gettext_lazy("light"),
    Picture.Ground.DARK: gettext_lazy("dark"),
}
TITLED: dict[str, set[str]] = {
    Kind.CLINIC: {"name"},
    Kind.GROUP: {"name"},
    Kind.PRACTITIONER: {"name"},
    Kind.TEXT: {"place", "language", "clinic_id"},
    Kind.MEMBER: {"user_id"},
    Kind.MEMBER_CLINIC: {"membership_id", "clinic_id"},
    Kind.INVITATION: {"email"},
    Kind.PICTURE: {"practitioner_id"},
    Kind.VISIT: {"name"},
}
"""What an entry's title says already, where the row is new or gone."""
HIDDEN = {
    "id",
    "public_id",
    "external_id",
    "organisation_id",
    "created_at",
    "done_at",
    "content_type",
    "version",
}
"""What says nothing to a person, or what the entry's own time says."""
REFERENCES: dict[str, type[models.Model]] = {
    "group_id": ClinicGroup,
    "clinic_id": Clinic,
    "clinic_ids": Clinic,
    "practitioner_id": Practitioner,
    "membership_id": Membership,
    "user_id": User,
    "invited_by_id": User,
}


def column_name(kind: str, name: str) -> str:
    return str(NAMES_BY_KIND.get((kind, name)) or SETTING_NAMES.get(name) or NAMES.get(name) or name)


def columns_called(words: str) -> list[str]:
    """Columns whose own or shown name holds the words."""
    wanted = words.lower()
    shown: dict[str, Words] = {**NAMES, **SETTING_NAMES}
    found = [name for name, label in shown.items() if wanted in str(label).lower()]
    return [*found, wanted.replace(" ", "_")]
