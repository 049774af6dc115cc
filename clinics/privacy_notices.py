"""The standard privacy notice, by an organisation's settings and its country's law."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from clinics.models import Organisation
from clinics.models.settings import Analytics, NationalId


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the notice; the first has no heading."""

    heading: str
    paragraphs: tuple[str, ...]
    has_phones: bool = False
    """Whether the clinics' numbers stand below it."""


def privacy_notice(organisation: Organisation, *, asks_eid: bool = False) -> list[Section]:
    """What the organisation does with personal data, in the active language.

    ``asks_eid``: whether patients may log in here with an electronic identity.
    """
    controller = _("%(name)s is the controller of the personal data that you give when you book a time here.")
    counts_visits = organisation.settings.analytics_service != Analytics.NONE
    return [
        Section("", (controller % {"name": organisation.name},)),
        Section(_("What we ask, and why"), asked_and_why(organisation, asks_eid=asks_eid)),
        Section(_("Who sees it"), (who_sees_it(counts_visits=counts_visits),)),
        Section(_("How long we keep it"), (kept_for(organisation.settings.retention_days),)),
        Section(_("Your rights"), (rights(), complaint(organisation.country)), has_phones=True),
        Section(_("Cookies"), cookies(counts_visits=counts_visits)),
    ]


def asked_and_why(organisation: Organisation, *, asks_eid: bool) -> tuple[str, ...]:
    asks_national_id = organisation.settings.national_id != NationalId.NOT_ASKED
    asks_captcha = bool(settings.RECAPTCHA_PUBLIC_KEY and settings.RECAPTCHA_PRIVATE_KEY)
    found = [
        _(
            "Your name and the contact details you type: to arrange the appointment, to confirm that it is "
            "you who books, and to tell you if it changes."
        ),
        _(
            "Your national identity number, where you give it: so that the clinic finds the right patient "
            "record. It is stored encrypted."
        )
        if asks_national_id
        else "",
        _(
            "While a time is held for you, your network address, in a form that cannot be read back: so that "
            "nobody can block all times. It goes when the time is held no longer."
        ),
        _(
            "The number you log in with, and your network address in a form that cannot be read back: so "
            "that nobody can ask for codes without end. They go within an hour or so. A cookie keeps you "
            "logged in until you log out or close the browser."
        )
        if organisation.settings.can_log_in
        else "",
        _(
            "If you log in with an electronic identity, the identification service tells the clinic your "
            "name and your national identity number, and nothing else is kept of it. The login and both "
            "are deleted when it ends."
        )
        if asks_eid
        else "",
        _(
            "Before a code is sent, Google’s reCAPTCHA asks whether you are a person. For that your "
            "browser loads a part of that page from Google, which sees your network address. What you type "
            "stays here."
        )
        if asks_captcha
        else "",
        offers() if organisation.settings.ask_marketing_consent else "",
        _("The processing rests on your consent and on the clinic’s legal duties in health care."),
        law_of(organisation.country),
    ]
    return tuple(filter(None, found))


def offers() -> str:
    return _(
        "If you agree to offers and news, the clinic sends them to your mobile number and e-mail address "
        "until you end it: by the link or the word at the end of each, among your bookings, or by asking "
        "the clinic."
    )


def who_sees_it(*, counts_visits: bool) -> str:
    if counts_visits:
        return _(
            "The clinic’s staff, and those who run this service for the clinic. Messages go through an "
            "e-mail and a text message provider. Nothing is sold. Who counts visits is said below."
        )
    return _(
        "The clinic’s staff, and those who run this service for the clinic. Messages go through an e-mail "
        "and a text message provider. Nothing is sold, and there are no trackers on these pages."
    )


def kept_for(days: int) -> str:
    return ngettext(
        "Details on this portal are deleted %(days)s day after the appointment. The clinic’s own patient "
        "records follow the law.",
        "Details on this portal are deleted %(days)s days after the appointment. The clinic’s own patient "
        "records follow the law.",
        days,
    ) % {"days": days}


def rights() -> str:
    return _(
        "You may ask to see, correct or erase your data, and take your consent back at any time. Please "
        "contact the clinic."
    )


def complaint(country: str) -> str:
    sentence = _("If you think that your data is handled wrongly, you may complain to %(authority)s.")
    return sentence % {"authority": authority_of(country)}


def cookies(*, counts_visits: bool) -> tuple[str, ...]:
    own = _(
        "Only those that the booking needs: one remembers which time you hold, one keeps forms safe, one "
        "your language, one how you like a week to be shown."
    )
    if not counts_visits:
        return (own,)
    return own, _("If you agree to your visit being counted, the service for that sets cookies too.")


def authority_of(country: str) -> str:
    """Whom to complain to (GDPR article 77)."""
    return {
        "FI": _("the Data Protection Ombudsman (tietosuoja.fi)"),
        "SE": _("the Swedish Authority for Privacy Protection (imy.se)"),
        "NO": _("the Norwegian Data Protection Authority (datatilsynet.no)"),
    }[country]


def law_of(country: str) -> str:
    """Which acts the clinic's duties come from."""
    return {
        "FI": _(
            "In Finland these come from the Act on the Status and Rights of Patients (785/1992) and the Act "
            "on the Processing of Client Data in Healthcare and Social Welfare (703/2023)."
        ),
        "SE": _("In Sweden these come from the Patient Data Act (2008:355) and the Patient Act (2014:821)."),
        "NO": _(
            "In Norway these come from the Health Personnel Act (1999 no. 64) and the Patient Records Act "
            "(2014 no. 42)."
        ),
    }[country]


def standard_notice(organisation: Organisation, language: str) -> tuple[str, str]:
    """Heading and text of the notice in a language, for the clinic to write its own from."""
    with override(language):
        sections = privacy_notice(organisation)
        heading = _("Privacy notice")
    blocks = [
        [f"**{section.heading}**"] * bool(section.heading) + list(section.paragraphs) for section in sections
    ]
    return heading, "\n\n".join("\n\n".join(block) for block in blocks)
