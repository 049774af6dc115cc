"""The tabs "E-mail" and "SMS": who sends, who is reminded and when, and the list of texts."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from clinics.console.audit_words import COUNTRIES
from clinics.console.flexibility import SettingsForm, edit_settings
from clinics.console.guard import ConsoleRequest, console_page
from clinics.methods import allowed
from clinics.models.settings import LONGEST_AHEAD
from clinics.roles import Role
from notifications.models import Channel
from scheduling.console.message_kinds import lines_of

SENDER_NAME = re.compile(r"^[^\x00-\x1f<>@\"\\,;:]*\Z")
SENDER_TEXT = re.compile(r"^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}\Z")
SENDER_NUMBER = re.compile(r"^\+[1-9][0-9]{6,14}\Z")


class EmailForm(SettingsForm):
    notes = {
        "email_sender_name": _("Who writes"),
        "email_reminders": _("What is sent and said"),
        "url_1": _("Addresses of your own"),
    }
    words = {
        "email_sender_name": (
            _("Sender"),
            _("The name that patients see as the sender. Empty: your organisation’s name."),
        ),
        "email_reply_to": (
            _("Answers go to"),
            _("An address that somebody reads. Empty: patients cannot answer."),
        ),
        "email_reminders": (
            _("Reminders by e-mail"),
            _("Off: nobody is reminded by e-mail, whatever stands beside the reminders on the tab SMS."),
        ),
        "name_treatment_in_messages": (
            _("Messages may name the treatment"),
            _(
                "Off: e-mails, SMS and calendar entries say time and place, never what the treatment is. "
                "Others may read over the patient’s shoulder."
            ),
        ),
        "url_1": (
            _("Address 1"),
            _("A survey, say. Texts put it where [url 1] stands; the standard thanks do."),
        ),
        "url_2": (_("Address 2"), _("An offer, say: [url 2].")),
        "url_3": (_("Address 3"), _("A page to pay at, say: [url 3].")),
    }

    class Meta(SettingsForm.Meta):
        fields = [
            "email_sender_name",
            "email_reply_to",
            "email_reminders",
            "name_treatment_in_messages",
            "url_1",
            "url_2",
            "url_3",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("url_1", "url_2", "url_3"):
            self.fields[name].widget.attrs |= {"placeholder": "https://", "inputmode": "url"}

    def clean_email_sender_name(self) -> str:
        name = " ".join(str(self.cleaned_data["email_sender_name"]).split())
        if not SENDER_NAME.match(name):
            raise ValidationError(_('A name without < > @ " and the like, please.'))
        return name


class SmsForm(SettingsForm):
    quiet_weekdays = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        empty_value=[],
    )
    sms_countries = forms.MultipleChoiceField(
        required=False, choices=list(COUNTRIES.items()), widget=forms.CheckboxSelectMultiple
    )
    notes = {
        "sms_sender": _("Who writes"),
        "reminders_to": _("Reminders"),
        "reminder_2_hours": _("More reminders"),
        "thanks_hours": _("After the visit"),
        "quiet_from": _("When nothing is sent"),
        "sms_countries": _("Limits"),
    }
    words = {
        "sms_sender": (
            _("Sender"),
            _("At most 11 letters and digits, or a number with its country code. Empty: the service’s own."),
        ),
        "sms_replies_allowed": (
            _("Patients may reply"),
            _("The sender is a number then, since nobody can reply to a name."),
        ),
        "reminders_to": (
            _("Who gets reminders by SMS"),
            _("Where only those who asked get them, there is a box to tick among the personal details."),
        ),
        "reminder_1_hours": (
            _("Reminder 1, hours before"),
            _("1 to 720; 24 is the day before. Empty: there is no such reminder."),
        ),
        "reminder_1_by": (_("Reminder 1 goes by"), _("E-mail only where the tab E-mail allows reminders.")),
        "reminder_2_hours": (_("Reminder 2, hours before"), _("Empty: there is no such reminder.")),
        "reminder_2_by": (_("Reminder 2 goes by"), _("The same ways as above.")),
        "reminder_3_hours": (_("Reminder 3, hours before"), _("Empty: there is no such reminder.")),
        "reminder_3_by": (_("Reminder 3 goes by"), _("The same ways as above.")),
        "thanks_hours": (
            _("Thanks, hours after"),
            _("By SMS, or by e-mail to who gets no SMS but reminders by e-mail. Empty: nobody is thanked."),
        ),
        "quiet_from": (
            _("Quiet from"),
            _("Reminders, thanks and offers of earlier times wait. Empty: from 21 to 8."),
        ),
        "quiet_until": (
            _("Quiet until"),
            _("By the clinic’s clock. The same time twice: no quiet. Codes and confirmations always go."),
        ),
        "quiet_weekdays": (
            _("Not on these days"),
            _("What would fall on them goes the day before, if it still can."),
        ),
        "sms_countries": (
            _("Countries"),
            _("SMS go to mobile numbers of these countries only. None: no SMS at all."),
        ),
        "sms_daily_limit": (
            _("SMS a day at most"),
            _("What would be more is not sent, since each costs money and strangers can ask for codes."),
        ),
        "email_fallback": (
            _("E-mail where an SMS cannot go"),
            _("The same words go by e-mail, once, where the patient has given an address."),
        ),
    }

    class Meta(SettingsForm.Meta):
        fields = [
            "sms_sender",
            "sms_replies_allowed",
            "reminders_to",
            "reminder_1_hours",
            "reminder_1_by",
            "reminder_2_hours",
            "reminder_2_by",
            "reminder_3_hours",
            "reminder_3_by",
            "thanks_hours",
            "quiet_from",
            "quiet_until",
            "quiet_weekdays",
            "sms_countries",
            "sms_daily_limit",
            "email_fallback",
        ]
        widgets = {
            name: forms.TimeInput({"type": "time"}, format="%H:%M") for name in ("quiet_from", "quiet_until")
        }

    HOURS = ("reminder_1_hours", "reminder_2_hours", "reminder_3_hours", "thanks_hours")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*self.Meta.fields, "seen"])
        for name in self.HOURS:
            self.fields[name].widget.attrs |= {"min": 1, "max": LONGEST_AHEAD}

    def clean_sms_sender(self) -> str:
        return "".join(str(self.cleaned_data["sms_sender"]).split()) if self.is_number() else self.typed()

    def typed(self) -> str:
        return " ".join(str(self.cleaned_data["sms_sender"]).split())

    def is_number(self) -> bool:
        return self.typed().startswith("+")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_sender(cleaned.get("sms_sender", ""), replies=cleaned.get("sms_replies_allowed", False))
        self.check_hours(cleaned)
        has_begin, has_end = (cleaned.get(name) is not None for name in ("quiet_from", "quiet_until"))
        if has_begin != has_end and not {"quiet_from", "quiet_until"} & set(self.errors):
            missing = "quiet_until" if has_begin else "quiet_from"
            self.add_error(missing, ValidationError(_("Give both times, or neither.")))
        if len(cleaned.get("quiet_weekdays") or []) == len(WEEKDAYS):
            self.add_error(
                "quiet_weekdays", ValidationError(_("There has to be a day on which messages may go."))
            )
        return cleaned

    def check_sender(self, sender: str, *, replies: bool) -> None:
        if not sender or "sms_sender" in self.errors:
            return
        is_number = bool(SENDER_NUMBER.match(sender))
        if replies and not is_number:
            self.add_error(
                "sms_sender",
                ValidationError(_("To be replied to, the sender has to be a number, such as +358401234567.")),
            )
        elif not is_number and not SENDER_TEXT.match(sender):
            self.add_error(
                "sms_sender",
                ValidationError(
                    _("At most 11 letters (a to z), digits and spaces, with at least one letter.")
                ),
            )

    def check_hours(self, cleaned: dict[str, Any]) -> None:
        seen: set[int] = set()
        for name in self.HOURS:
            hours = cleaned.get(name)
            if hours is None:
                continue
            if not 1 <= hours <= LONGEST_AHEAD:
                self.add_error(name, ValidationError(_("From 1 to 720 hours, please.")))
            elif name != "thanks_hours" and hours in seen:
                self.add_error(name, ValidationError(_("Another reminder goes at that hour already.")))
            elif name != "thanks_hours":
                seen.add(hours)


class OwnersSmsForm(SmsForm):
    """With the money, which owners decide on."""

    role = Role.OWNER
    words = {
        "sms_monthly_cap": (
            _("SMS may cost in a month"),
            _("By our estimate, in the service’s currency. Beyond it no SMS leaves, codes included."),
        ),
    }

    class Meta(SmsForm.Meta):
        fields = [*SmsForm.Meta.fields[:-1], "sms_monthly_cap", SmsForm.Meta.fields[-1]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, line) in SmsForm.words.items():
            self.fields[name].label, self.fields[name].help_text = label, line


def tab(request: ConsoleRequest, form: type[SettingsForm], channel: Channel, lead: Any) -> HttpResponse:
    return edit_settings(
        request,
        form,
        lead,
        template="manage/message_settings.html",
        lines=lines_of(request.organisation, channel),
    )


@allowed("GET", "POST")
@console_page(role=Role.EDITOR)
def email(request: ConsoleRequest) -> HttpResponse:
    return tab(request, EmailForm, Channel.EMAIL, _("How your e-mails look, and what they say."))


@allowed("GET", "POST")
@console_page(role=Role.EDITOR)
def sms(request: ConsoleRequest) -> HttpResponse:
    form = OwnersSmsForm if request.membership.reaches(Role.OWNER) else SmsForm
    return tab(request, form, Channel.SMS, _("Who gets SMS and when, and what they say."))
