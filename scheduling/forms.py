"""What patients type, checked: the time they want, their details, the code."""

import re
from datetime import UTC, datetime
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from clinics.models import Organisation, OrganisationSettings
from clinics.models.settings import NationalId, RemindersTo
from notifications.allowance import kind_of_number
from scheduling.bookings import PatientDetails
from scheduling.captcha import CaptchaField, captcha_is_on, require_human
from scheduling.national_ids import LONGEST, NationalIdInvalid, clean_national_id

STAMP = "%Y%m%dT%H%MZ"
"""How a start time stands in a URL or a button: UTC, to the minute."""
YEARS = range(2000, 2200)
"""In which there may be appointments; near the calendar's end no time has another after it."""
CAPTCHA_LABEL = _("So that we know that you are not a robot")
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u2028\u2029]")


def stamp_of(instant: datetime) -> str:
    """As ``strftime(STAMP)`` would write it, in half the time: a page has a hundred."""
    utc = instant.astimezone(UTC)
    return f"{utc.year}{utc.month:02}{utc.day:02}T{utc.hour:02}{utc.minute:02}Z"


def instant_of(stamp: str) -> datetime | None:
    """The instant that a stamp means; None where it is not one."""
    if not re.fullmatch(r"[0-9]{8}T[0-9]{4}Z", stamp):
        return None
    try:
        instant = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return instant if instant.year in YEARS else None


class WordsField(forms.CharField):
    """Text without the control characters that no keyboard types."""

    def to_python(self, value: Any) -> str:
        return super().to_python(_CONTROL.sub("", value) if isinstance(value, str) else value) or ""


class MobileField(forms.CharField):
    """A mobile number in any country's form; cleaned it is E.164."""

    default_error_messages = {
        "invalid": _("This is not a mobile number. Write it as you would say it, for example %(example)s."),
        "abroad": _("We cannot send text messages to this country. Please give another number."),
    }

    def __init__(self, *, country: str, countries: list[str] | None, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.country = country
        self.countries = countries

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return self.as_e164(typed) if typed else ""

    def as_e164(self, typed: str) -> str:
        """Raises ValidationError. A leading 00 is the international prefix, whichever the country."""
        digits = re.sub(r"[\s().\-‐‑–/]", "", typed)
        digits = re.sub(r"^00", "+", digits)
        digits = digits.replace("+(0)", "+")
        try:
            number = phonenumbers.parse(digits, self.country)
        except phonenumbers.NumberParseException:
            raise self.invalid() from None
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        region, is_mobile = kind_of_number(e164)
        if region is None or not is_mobile:
            raise self.invalid()
        if self.countries is not None and region not in self.countries:
            raise ValidationError(self.error_messages["abroad"], code="abroad")
        return e164

    def invalid(self) -> ValidationError:
        example = example_mobile(self.country)
        return ValidationError(self.error_messages["invalid"], code="invalid", params={"example": example})


def example_mobile(country: str) -> str:
    """A mobile number as it is written in this country, that belongs to nobody in particular."""
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if number is None:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


NATIONAL_ID_EXAMPLES = {"FI": "131052-308T", "SE": "19121212-1212", "NO": "15108695088"}
"""Numbers that the countries' own documents use as examples."""


NATIONAL_ID_LABELS = {
    "FI": _("Personal identity code"),
    "SE": _("Personal identity number"),
    "NO": _("National identity number"),
}
"""What each country calls its number; every language has its own word for each."""


class NationalIdField(forms.CharField):
    """A national identity number of one country; cleaned it has its stored form."""

    default_error_messages = {
        "invalid": _("This is not a valid identity number. Please check it digit by digit.")
    }

    def __init__(self, *, country: str, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)
        self.country = country

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return clean_national_id(self.country, typed)
        except NationalIdInvalid:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


def text_input(autocomplete: str, **attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": autocomplete, **attributes})


class DetailsForm(forms.Form):
    """Who the booking is for, with just the fields that the organisation asks for.

    Who books for somebody else gives both names; e-mail and mobile are then the booker's. That is asked
    only of who has said so (``for_other``): most book for themselves.
    """

    for_other = forms.BooleanField(
        label=_("I am booking for somebody else, such as my child"), required=False
    )
    booker_first_name = WordsField(
        label=_("Your own first name"),
        max_length=100,
        required=False,
        widget=text_input("section-booker given-name"),
    )
    booker_last_name = WordsField(
        label=_("Your own last name"),
        max_length=100,
        required=False,
        widget=text_input("section-booker family-name"),
    )
    first_name = WordsField(label=_("First name"), max_length=100, widget=text_input("given-name"))
    last_name = WordsField(label=_("Last name"), max_length=100, widget=text_input("family-name"))
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        max_length=254,
    )
    address_1 = WordsField(label=_("Street address"), max_length=200, widget=text_input("address-line1"))
    address_2 = WordsField(
        label=_("Street address, second line"),
        max_length=200,
        required=False,
        widget=text_input("address-line2"),
    )
    postcode = WordsField(
        label=_("Postcode"), max_length=20, widget=text_input("postal-code", inputmode="numeric")
    )
    campaign_code = WordsField(
        label=_("Campaign code"), max_length=20, required=False, widget=text_input("off")
    )
    message = WordsField(
        label=_("Message to the clinic"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    wants_sms_reminders = forms.BooleanField(label=_("Send me reminders by SMS"), required=False)
    offers = forms.BooleanField(required=False)
    consent = forms.BooleanField(
        label=_("I agree that the clinic processes my details to arrange this appointment."),
        error_messages={"required": _("We need your consent to be able to book the time.")},
    )

    ORDER = (
        "for_other",
        "booker_first_name",
        "booker_last_name",
        "first_name",
        "last_name",
        "national_id",
        "mobile",
        "email",
        "address_1",
        "address_2",
        "postcode",
        "campaign_code",
        "message",
        "wants_sms_reminders",
        "consent",
        "offers",
        "captcha",
    )
    PATIENT = ("first_name", "last_name", "national_id")
    BOOKER = ("booker_first_name", "booker_last_name")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = organisation.settings
        for name in unasked_fields(chosen):
            del self.fields[name]
        self.add_fields(organisation)
        if not (self.data.get("for_other") or self.initial.get("for_other")):
            for name in ("for_other", *self.BOOKER):
                del self.fields[name]
        self.order_fields(self.ORDER)
        for name, field in self.fields.items():
            describe_missing(name, field)
        mark_kept(self.fields)

    def add_fields(self, organisation: Organisation) -> None:
        """Those that are made for the organisation."""
        chosen = organisation.settings
        if chosen.ask_mobile:
            self.fields["mobile"] = mobile_for_code(organisation)
        if chosen.national_id != NationalId.NOT_ASKED:
            self.fields["national_id"] = national_id_field(organisation)
        if captcha_is_on():
            self.fields["captcha"] = CaptchaField(label=CAPTCHA_LABEL)
        if "offers" in self.fields:
            self.fields["offers"].label = wording_of_consent(organisation)

    def clean_for_other(self) -> bool:
        """Says of the names whose they are, before they are looked at."""
        for_other = bool(self.cleaned_data["for_other"])
        for name in self.BOOKER:
            self.fields[name].required = for_other
        if for_other:
            for name, words in MISSING_OF_PATIENT.items():
                self.fields[name].error_messages["required"] = words
        return for_other

    def clean_captcha(self) -> str:
        """Looked at last, and asked about only once all the rest is right."""
        answer: str = self.cleaned_data["captcha"]
        if not self.errors:
            require_human(answer)
        return answer

    def details(self, language: str) -> PatientDetails:
        """What was typed, for ``give_details``; call on a valid form."""
        unstored = {"for_other", "consent", "captcha", "offers"}
        if not self.cleaned_data.get("for_other"):
            unstored |= {*self.BOOKER}
        typed = {name: value for name, value in self.cleaned_data.items() if name not in unstored}
        typed["national_id"] = typed.get("national_id") or None
        if self.cleaned_data.get("offers"):
            typed["marketing_wording"] = str(self.fields["offers"].label)
        return PatientDetails(language=language, **typed)


def unasked_fields(chosen: OrganisationSettings) -> list[str]:
    asked = {
        "email": chosen.ask_email,
        "address_1": chosen.ask_address_1,
        "address_2": chosen.ask_address_2,
        "postcode": chosen.ask_postcode,
        "campaign_code": chosen.ask_campaign_code,
        "message": chosen.patient_message,
        "wants_sms_reminders": chosen.ask_mobile and chosen.reminders_to == RemindersTo.ASKED,
        "offers": chosen.ask_marketing_consent,
    }
    return [name for name, is_asked in asked.items() if not is_asked]


def wording_of_consent(organisation: Organisation) -> str:
    """What is agreed to, in so many words: they are kept with the consent."""
    return gettext("%(name)s may send me offers and news by SMS and e-mail. I can end this at any time.") % {
        "name": organisation.name
    }


def mobile_for_code(organisation: Organisation) -> MobileField:
    """Abroad is refused only where the code could not come by e-mail instead."""
    chosen = organisation.settings
    code_by_email = chosen.code_by_email and chosen.ask_email
    needs_sms = chosen.code_by_sms and not chosen.skip_confirmation and not code_by_email
    return mobile_field(organisation, chosen.sms_countries if needs_sms else None)


def mobile_field(organisation: Organisation, countries: list[str] | None) -> MobileField:
    return MobileField(
        label=_("Mobile number"),
        country=organisation.country,
        countries=countries,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )


def national_id_field(organisation: Organisation) -> NationalIdField:
    return NationalIdField(
        label=NATIONAL_ID_LABELS[organisation.country],
        country=organisation.country,
        required=organisation.settings.national_id == NationalId.REQUIRED,
        help_text=_("For example %(example)s.") % {"example": NATIONAL_ID_EXAMPLES[organisation.country]},
        widget=text_input("off", inputmode="text", autocapitalize="characters", spellcheck="false"),
    )


MISSING = {
    "booker_first_name": _("Please give your own first name."),
    "booker_last_name": _("Please give your own last name."),
    "first_name": _("Please give your first name."),
    "last_name": _("Please give your last name."),
    "mobile": _("Please give your mobile number."),
    "email": _("Please give your e-mail address."),
    "address_1": _("Please give your street address."),
    "postcode": _("Please give your postcode."),
}
MISSING_OF_PATIENT = {
    "first_name": _("Please give the patient’s first name."),
    "last_name": _("Please give the patient’s last name."),
}
UNMARKED = ("for_other", "wants_sms_reminders", "offers", "booker_first_name", "booker_last_name")
"""Fields that need no "(optional)": a box to tick, and names that are asked for once it is ticked."""


UNKEPT = ("national_id", "consent", "offers", "captcha")
"""Fields that a browser must not keep while they are typed (static/js/draft.js)."""


def mark_kept(fields: dict[str, forms.Field]) -> None:
    """Says which fields a browser may keep while they are typed."""
    for name in fields.keys() - set(UNKEPT):
        fields[name].widget.attrs["data-kept"] = ""


def describe_missing(name: str, field: forms.Field) -> None:
    """Says by name what is missing, since the list of errors at the top stands without the fields."""
    if name in MISSING:
        field.error_messages["required"] = MISSING[name]
    if name == "national_id":
        field.error_messages["required"] = _("Please fill in: %(label)s.") % {"label": field.label}
    if name == "email":
        field.error_messages["invalid"] = _(
            "This e-mail address is not complete, for example name@example.com."
        )
    if not field.required and name not in UNMARKED:
        field.label = pgettext_lazy("a field that may stay empty", "%(label)s (optional)") % {
            "label": field.label
        }


class DigitsField(forms.CharField):
    """Digits, however they are grouped."""

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s\-]", "", super().to_python(value) or "")


class CodeForm(forms.Form):
    """Six digits; spaces and dashes between them do not matter."""

    code = DigitsField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code"}
        ),
        validators=[RegexValidator(r"^[0-9]{6}\Z", _("The code has six digits."))],
        error_messages={"required": _("Please type the code that we sent you.")},
    )
