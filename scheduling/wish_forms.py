"""What is typed to get onto the waiting list, checked: when, where and with whom, and how to be reached."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models import Organisation
from clinics.models.settings import NationalId
from scheduling.dates import weekday_name
from scheduling.forms import MobileField, WordsField, describe_missing, national_id_field, text_input
from scheduling.menu import Menu
from scheduling.steps import STEPS, Choices
from scheduling.wishes import WishDetails

DAYS_AHEAD = 30
"""How far the last day is set at first."""
DAY = (time(7), time(18))
"""The hours that are set at first."""


CONTACT = ("first_name", "last_name", "national_id", "mobile", "email")


class WishForm(forms.Form):
    """A wish for an earlier time. Questions with a single answer are not asked."""

    treatment = forms.ChoiceField(label=_("Treatment"))
    clinics = forms.MultipleChoiceField(
        label=_("Clinics"),
        required=False,
        help_text=_("None chosen: any of them."),
        widget=forms.CheckboxSelectMultiple,
    )
    practitioners = forms.MultipleChoiceField(
        label=_("Practitioners"),
        required=False,
        help_text=_("None chosen: any of them."),
        widget=forms.CheckboxSelectMultiple,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one day.")},
    )
    from_time = forms.TimeField(
        label=_("Not before"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "required": _("Please say from what time on."),
            "invalid": _("This is not a time of day."),
        },
    )
    until_time = forms.TimeField(
        label=_("Not after"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "required": _("Please say until what time."),
            "invalid": _("This is not a time of day."),
        },
    )
    latest_on = forms.DateField(
        label=_("Last day that would help"),
        help_text=_("After it we offer you nothing, and your details are deleted."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Please give the last day."), "invalid": _("This is not a date.")},
    )
    first_name = WordsField(label=_("First name"), max_length=100, widget=text_input("given-name"))
    last_name = WordsField(label=_("Last name"), max_length=100, widget=text_input("family-name"))
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"invalid": _("This e-mail address is not complete, for example name@example.com.")},
    )
    consent = forms.BooleanField(
        label=_("I agree that the clinic processes my details to offer me an earlier time."),
        error_messages={"required": _("We need your consent to be able to offer you a time.")},
    )

    ORDER = (
        *("treatment", "clinics", "practitioners", "weekdays", "from_time", "until_time", "latest_on"),
        *CONTACT,
        "consent",
    )

    def __init__(
        self, *args: Any, organisation: Organisation, menu: Menu, language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organisation, self.menu, self.language = organisation, menu, language
        offer(self.fields["treatment"], named(menu.treatments.values()))
        for name in ("clinics", "practitioners"):
            things = named(menu.things(name.removesuffix("s")).values())
            offer(self.fields[name], things)
            if len(things) < 2:
                del self.fields[name]
        offer(self.fields["weekdays"], days_of(organisation, language))
        self.fields["latest_on"].widget.attrs |= {"min": self.today.isoformat(), "max": self.last.isoformat()}
        self.add_contact(organisation)
        self.order_fields(self.ORDER)
        for name, field in self.fields.items():
            if field.required and name in CONTACT:
                describe_missing(name, field)

    def add_contact(self, organisation: Organisation) -> None:
        """A mobile number or an e-mail address, as far as the organisation asks for them for bookings."""
        chosen = organisation.settings
        if chosen.ask_mobile:
            self.fields["mobile"] = MobileField(
                label=_("Mobile number"),
                required=not chosen.ask_email,
                country=organisation.country,
                countries=chosen.sms_countries,
                widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
            )
            self.fields["email"].required = False
        else:
            self.fields["email"].required = True
        if not chosen.ask_email:
            del self.fields["email"]
        if chosen.national_id == NationalId.REQUIRED:
            self.fields["national_id"] = national_id_field(organisation)

    @property
    def today(self) -> date:
        return timezone.now().astimezone(ZoneInfo(self.organisation.time_zone)).date()

    @property
    def last(self) -> date:
        return self.today + timedelta(days=self.organisation.settings.horizon_days)

    def clean_latest_on(self) -> date:
        last_day: date = self.cleaned_data["latest_on"]
        if last_day < self.today:
            raise ValidationError(_("This day has passed."))
        if last_day > self.last:
            raise ValidationError(_("Times that far ahead cannot be booked yet."))
        return last_day

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = typed.get("from_time"), typed.get("until_time")
        if first and last and last < first:
            self.add_error("until_time", _("This is before the time above."))
        asks_both = "mobile" in self.fields and "email" in self.fields
        nothing_typed = not typed.get("mobile") and not typed.get("email")
        if asks_both and nothing_typed and not {"mobile", "email"} & self.errors.keys():
            self.add_error("mobile", _("Please give a mobile number or an e-mail address."))
        return typed

    def details(self) -> WishDetails:
        """What was typed, for ``make_wish``; call on a valid form."""
        typed = self.cleaned_data
        return WishDetails(
            treatment=self.menu.treatments[typed["treatment"]],
            clinics=[self.menu.clinics[pk] for pk in typed.get("clinics", [])],
            practitioners=[self.menu.practitioners[pk] for pk in typed.get("practitioners", [])],
            weekdays=typed["weekdays"],
            from_time=typed["from_time"],
            until_time=typed["until_time"],
            latest_on=typed["latest_on"],
            first_name=typed["first_name"],
            last_name=typed["last_name"],
            language=self.language,
            email=typed.get("email", ""),
            mobile=typed.get("mobile", ""),
            national_id=typed.get("national_id") or None,
        )


def offer(field: Any, choices: list[tuple[Any, str]]) -> None:
    """Gives a field its choices."""
    field.choices = choices


def named(things: Iterable[Any]) -> list[tuple[Any, str]]:
    return [(str(thing.public_id), thing.name) for thing in things]


def days_of(organisation: Organisation, language: str) -> list[tuple[Any, str]]:
    """The days on which the organisation lets patients book."""
    count = 7 if organisation.settings.weekend_booking else 5
    return [(day, weekday_name(day, language)) for day in range(count)]


def first_wish(organisation: Organisation, choices: Choices) -> dict[str, Any]:
    """What the form begins with: what was chosen on the way to the times, else the widest wish."""
    today = timezone.now().astimezone(ZoneInfo(organisation.time_zone)).date()
    ahead = min(DAYS_AHEAD, organisation.settings.horizon_days)
    chosen = {step: choices.answer(step) for step in STEPS}
    return {
        "treatment": chosen["treatment"],
        "clinics": [chosen["clinic"]],
        "practitioners": [chosen["practitioner"]],
        "weekdays": list(range(7)),
        "from_time": DAY[0],
        "until_time": DAY[1],
        "latest_on": today + timedelta(days=ahead),
    }
