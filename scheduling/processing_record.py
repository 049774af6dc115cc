"""The record of processing (GDPR article 30), made from what the portal does for an organisation."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinics.models import Organisation, OrganisationSettings
from clinics.models.settings import NationalId

PROVIDERS = {"twilio": "Twilio", "link_mobility": "LINK Mobility"}
"""The transports that are companies, by the names people know."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One purpose, and everything that article 30 wants to know of it."""

    purpose: str
    data: list[str]
    recipients: list[str]
    kept: str


def activities(organisation: Organisation) -> list[Activity]:
    """What is done with patients' data here, by the organisation's settings and the operator's."""
    chosen = organisation.settings
    found = [booking(chosen), messages(chosen)]
    if chosen.can_log_in:
        found.append(logins(chosen))
    if chosen.ask_marketing_consent:
        found.append(offers(chosen))
    return [*found, waiting_list(chosen), console(chosen)]


def booking(chosen: OrganisationSettings) -> Activity:
    return Activity(
        purpose=_("Booking, moving and cancelling appointments"),
        data=[*typed(chosen), _("The appointment: time, place, practitioner, treatment")],
        recipients=[operator(), _("The clinic’s own book, through its agent"), *captcha()],
        kept=days(chosen.retention_days, _("after the appointment")),
    )


def typed(chosen: OrganisationSettings) -> list[str]:
    """What patients are asked, as the settings have it."""
    asked = [
        (True, _("First and last name")),
        (chosen.ask_mobile, _("Mobile number")),
        (chosen.ask_email, _("E-mail address")),
        (chosen.national_id != NationalId.NOT_ASKED, _("National identity number, encrypted")),
        (chosen.ask_address_1 or chosen.ask_address_2 or chosen.ask_postcode, _("Address")),
        (chosen.ask_campaign_code, _("Campaign code")),
        (chosen.patient_message, _("Message to the clinic, which may tell of health")),
    ]
    return [words for is_asked, words in asked if is_asked]


def messages(chosen: OrganisationSettings) -> Activity:
    named = _("Time and place, and what the treatment is")
    return Activity(
        purpose=_("Codes, confirmations and other messages to patients"),
        data=[
            _("Mobile number and e-mail address"),
            named if chosen.name_treatment_in_messages else _("Time and place, not what the treatment is"),
        ],
        recipients=[operator(), *senders()],
        kept=days(chosen.message_retention_days, _("after it was written; codes until they are sent")),
    )


def senders() -> list[str]:
    """Who carries messages, as the operator has set it up."""
    carriers = (
        (_("E-mail: %(name)s"), settings.EMAIL_TRANSPORT),
        (_("SMS: %(name)s"), settings.SMS_TRANSPORT),
    )
    return [words % {"name": provider(transport)} for words, transport in carriers]


def provider(transport: str) -> str:
    if transport == "file":
        return _("none: they are written into a file")
    return PROVIDERS.get(transport) or transport.upper()


def logins(chosen: OrganisationSettings) -> Activity:
    by_eid = chosen.eid_login and bool(settings.EID_ISSUER)
    return Activity(
        purpose=_("Letting patients log in to see their appointments"),
        data=[
            *([_("Mobile number")] if chosen.sms_login else []),
            *([_("Name and national identity number from the electronic identity")] if by_eid else []),
            _("The clinic’s answer about appointments, encrypted"),
        ],
        recipients=[operator(), *([settings.EID_ISSUER] if by_eid else [])],
        kept=_("Until the login ends, an hour or so; codes for an hour"),
    )


def offers(chosen: OrganisationSettings) -> Activity:
    return Activity(
        purpose=_("Offers and news to those who have agreed to them"),
        data=[_("Mobile number and e-mail address"), _("What was agreed to, and when")],
        recipients=[operator(), *senders()],
        kept=days(chosen.retention_days, _("after the appointment")),
    )


def waiting_list(chosen: OrganisationSettings) -> Activity:
    return Activity(
        purpose=_("Offering earlier times to who waits for one"),
        data=[_("Name, contact details and wishes")],
        recipients=[operator(), *senders()],
        kept=days(settings.WISH_KEEP_DAYS, _("after the wish has ended")),
    )


def console(chosen: OrganisationSettings) -> Activity:
    return Activity(
        purpose=_("The work of the clinic’s own people, and tracing their changes"),
        data=[_("Name, e-mail address, role, and what was changed when")],
        recipients=[operator()],
        kept=days(chosen.audit_retention_days, _("in the audit log")),
    )


def operator() -> str:
    return _("The operator of this service, as processor")


def captcha() -> list[str]:
    is_on = settings.RECAPTCHA_PUBLIC_KEY and settings.RECAPTCHA_PRIVATE_KEY
    return [_("Google reCAPTCHA: network address, before a code is sent")] if is_on else []


def days(many: int, since: str) -> str:
    return ngettext("%(days)s day %(since)s", "%(days)s days %(since)s", many) % {
        "days": many,
        "since": since,
    }


def measures() -> list[str]:
    """What protects the data (article 32)."""
    return [
        _("Each organisation’s rows are kept apart in the code and in the database."),
        _("National identity numbers and the clinic’s answers are encrypted."),
        _("Codes and links are stored as hashes only."),
        _("The clinic’s people need a second factor to change anything, and every change is logged."),
        _("The operator looks into a console only with a reason that the owners see."),
        _("Connections are encrypted; pages load nothing from elsewhere without need."),
        _("What is older than its time is deleted by the clock."),
    ]
