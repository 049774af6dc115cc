"""One patient's data to hand out: the same for a program and for a person (GDPR articles 15 and 20)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from clinics.models import Organisation
from notifications.models import IncomingMessage, Message, OptOut, SuppressedAddress
from scheduling.models import BookingPatient, Login, LoginCode, Lookup, Wish
from scheduling.personal_data import PersonalData

Fields = list[tuple[str, str, Any]]
"""The name for programs, the name for people, and the value."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one kind."""

    key: str
    title: str
    rows: list[Fields]

    def shown(self) -> list[list[tuple[str, str]]]:
        """Names and values for people, without those that are empty."""
        return [
            [(label, str(value)) for _key, label, value in row if value not in ("", None)]
            for row in self.rows
        ]


def parts_of(organisation: Organisation, found: PersonalData) -> list[Part]:
    """Every kind, also those of which there is nothing."""
    zone = ZoneInfo(organisation.time_zone)
    return [
        Part("bookings", _("Bookings"), [booking_fields(row, zone) for row in found.patients]),
        Part("waiting_list", _("Waiting list"), [wish_fields(row, zone) for row in found.wishes]),
        Part("messages", _("Messages"), [message_fields(row, zone) for row in found.messages]),
        Part("replies", _("Replies"), [reply_fields(row, zone) for row in found.replies]),
        Part("refusals", _("Messages refused"), [refusal_fields(row, zone) for row in found.refusals]),
        Part("logins", _("Logins"), [login_fields(row, zone) for row in found.logins]),
        Part("login_codes", _("Login codes"), [code_fields(row, zone) for row in found.codes]),
        Part(
            "lookups",
            _("Questions to the clinic’s book"),
            [lookup_fields(row, zone) for row in found.lookups],
        ),
        Part(
            "changes",
            _("Changes of appointments made by the clinic"),
            [[("asked_at", _("Asked"), moment(row.created_at, zone))] for row in found.changes],
        ),
    ]


def as_document(organisation: Organisation, parts: list[Part]) -> dict[str, Any]:
    """What becomes JSON."""
    return {
        "controller": organisation.name,
        "exported_at": timezone.now().isoformat(timespec="seconds"),
        **{part.key: [{key: value for key, _label, value in row} for row in part.rows] for part in parts},
    }


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """By the organisation's clock, as every machine and most people read it."""
    return at.astimezone(zone).isoformat(sep=" ", timespec="minutes") if at else ""


def booking_fields(row: BookingPatient, zone: ZoneInfo) -> Fields:
    booking = row.booking
    return [
        ("starts_at", _("Time"), moment(booking.starts_at, zone)),
        ("ends_at", _("Until"), moment(booking.ends_at, zone)),
        ("state", _("State"), booking.get_state_display()),
        ("clinic", _("Clinic"), booking.clinic.name),
        ("practitioner", _("Practitioner"), booking.practitioner.name),
        ("treatment", _("Treatment"), booking.what),
        *person_fields(row),
        ("booked_by", _("Booked by"), f"{row.booker_first_name} {row.booker_last_name}".strip()),
        ("address", _("Address"), ", ".join(filter(None, (row.address_1, row.address_2, row.postcode)))),
        ("campaign_code", _("Campaign code"), row.campaign_code),
        ("message", _("Message to the clinic"), row.message),
        ("sms_reminders", _("Reminders by SMS"), _("On") if row.wants_sms_reminders else ""),
        ("offers", _("Agreed to offers"), row.marketing_wording),
        ("offers_ended_at", _("Offers ended"), moment(row.marketing_withdrawn_at, zone)),
        ("appointment_id", _("Id in the clinic’s book"), booking.appointment_id),
        ("consented_at", _("Consent given"), moment(row.consented_at, zone)),
        ("created_at", _("Made"), moment(booking.created_at, zone)),
        ("booked_at", _("Booked"), moment(booking.booked_at, zone)),
    ]


def person_fields(row: BookingPatient | Wish) -> Fields:
    return [
        ("first_name", _("First name"), row.first_name),
        ("last_name", _("Last name"), row.last_name),
        ("national_id", _("National identity number"), row.national_id or ""),
        ("email", _("E-mail address"), row.email),
        ("mobile", _("Mobile number"), str(row.mobile.as_e164) if row.mobile else ""),
        ("language", _("Language"), row.language),
    ]


def wish_fields(row: Wish, zone: ZoneInfo) -> Fields:
    return [
        ("treatment", _("Treatment"), row.treatment.name),
        ("latest_on", _("Last day"), row.latest_on.isoformat()),
        ("hours", _("Hours"), f"{row.from_time:%H:%M}–{row.until_time:%H:%M}"),
        *person_fields(row),
        ("consented_at", _("Consent given"), moment(row.consented_at, zone)),
        ("created_at", _("Made"), moment(row.created_at, zone)),
        ("offers", _("Offered"), ", ".join(moment(offer.starts_at, zone) for offer in row.offers.all())),
    ]


def message_fields(row: Message, zone: ZoneInfo) -> Fields:
    return [
        ("channel", _("Channel"), row.get_channel_display()),
        ("to", _("To"), row.to),
        ("state", _("State"), row.state),
        ("created_at", _("Made"), moment(row.created_at, zone)),
        ("sent_at", _("Sent"), moment(row.sent_at, zone)),
        ("subject", _("Subject"), row.subject),
        ("text", _("Text"), row.body),
    ]


def reply_fields(row: IncomingMessage, zone: ZoneInfo) -> Fields:
    return [
        ("sender", _("Sender"), row.sender),
        ("to", _("To"), row.to),
        ("received_at", _("Received"), moment(row.received_at, zone)),
        ("text", _("Text"), row.text),
    ]


def refusal_fields(row: OptOut | SuppressedAddress, zone: ZoneInfo) -> Fields:
    if isinstance(row, OptOut):
        address, words = row.mobile, row.word
    else:
        address, words = row.address, row.reason
    return [
        ("to", _("To"), address),
        ("since", _("Since"), moment(row.since, zone)),
        ("text", _("Text"), words),
    ]


def login_fields(row: Login, zone: ZoneInfo) -> Fields:
    return [
        ("method", _("Way of logging in"), row.method),
        ("name", _("Name"), f"{row.first_name} {row.last_name}".strip()),
        ("mobile", _("Mobile number"), str(row.mobile.as_e164) if row.mobile else ""),
        ("national_id", _("National identity number"), row.national_id or ""),
        ("created_at", _("Made"), moment(row.created_at, zone)),
        ("expires_at", _("Until"), moment(row.expires_at, zone)),
    ]


def code_fields(row: LoginCode, zone: ZoneInfo) -> Fields:
    return [
        ("mobile", _("Mobile number"), str(row.mobile.as_e164)),
        ("created_at", _("Made"), moment(row.created_at, zone)),
    ]


def lookup_fields(row: Lookup, zone: ZoneInfo) -> Fields:
    """That it was asked; the answer is the clinic's own book."""
    return [
        ("created_at", _("Asked"), moment(row.created_at, zone)),
        ("answered_at", _("Answered"), moment(row.answered_at, zone)),
    ]


def counts_of(found: PersonalData) -> Iterator[tuple[str, int]]:
    """What will go, in words, and how much of it."""
    coming = len(found.coming)
    about_coming = tuple(f"booking:{patient.booking.public_id}" for patient in found.coming) or ("\0",)
    going = [message for message in found.messages if not message.about.startswith(about_coming)]
    yield _("Names and details of bookings"), len(found.patients) - coming
    yield _("Messages"), len(going)
    yield _("Wishes on the waiting list"), len(found.wishes)
    yield _("Logins and codes"), len(found.logins) + len(found.codes) + len(found.lookups)
    yield _("Contacts of changes that wait"), len(found.changes)
