"""The settings of how patients book: each explained where it is set, and shown on their next page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics.console.editing import EditForm, edit_row
from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.previews import framed, previews_of
from clinics.methods import allowed
from clinics.models import OrganisationSettings
from clinics.models.settings import STEPS, LoginSees
from clinics.roles import Role

STEP_NAMES = {
    "clinic": _("Clinic"),
    "treatment": _("Treatment"),
    "practitioner": _("Practitioner"),
    "time": _("Time"),
}
PLACES = [_("First"), _("Second"), _("Third"), _("Last")]


SETTING_NAMES: dict[str, Any] = {}
"""What each setting is called where it is set, by its column; the audit log says the same."""
FORMS: dict[str, "type[SettingsForm]"] = {}
"""In which form each setting is set."""


class SettingsForm(EditForm):
    """Some of the organisation's settings, with the words that explain them."""

    words: dict[str, tuple[Any, Any]] = {}
    """What a setting is called and one line on what it does, by its field."""
    role = Role.EDITOR
    """Who may set these."""
    recent = False
    """Whether the page asks who came long ago to show once more who they are."""

    class Meta:
        model = OrganisationSettings
        fields: list[str] = []

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        SETTING_NAMES.update({name: label for name, (label, _line) in cls.words.items()})
        FORMS.update(dict.fromkeys(cls.words, cls))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, line) in self.words.items():
            self.fields[name].label, self.fields[name].help_text = label, line


class GeneralForm(SettingsForm):
    notes = {
        "new_booking": _("Booking"),
        "code_by_sms": _("Confirming a booking"),
        "view_bookings": _("Seeing one’s bookings"),
        "login": _("Logging in"),
        "publish_on_portal": _("Being found"),
    }
    words = {
        "new_booking": (
            _("New bookings"),
            _("Patients can book times. Off: they read that booking is closed."),
        ),
        "new_booking_requires_login": (
            _("Booking needs a login"),
            _("Patients log in before they choose a time. Switch a way to log in on as well."),
        ),
        "weekend_booking": (
            _("Weekend times"),
            _("Free times on Saturdays and Sundays are offered too, where the clinic’s book has any."),
        ),
        "any_practitioner": (
            _("“Anybody free”"),
            _("Patients may take a time with whoever is free, instead of choosing a person."),
        ),
        "any_clinic": (_("“Any clinic”"), _("Patients may see the free times of all clinics together.")),
        "patient_message": (
            _("Message to the clinic"),
            _("Patients may write a few words; they stand after the text of the appointment."),
        ),
        "code_by_sms": (_("Code by SMS"), _("The confirmation code is sent to the patient’s mobile.")),
        "code_by_email": (_("Code by e-mail"), _("The confirmation code is sent to the patient’s e-mail.")),
        "skip_confirmation": (
            _("Book without a code"),
            _("Nobody has to type a code. Easier, but strangers can take times with invented names."),
        ),
        "view_bookings": (
            _("Link to the booking"),
            _("The confirmation links to a page where the patient sees the booking."),
        ),
        "login": (
            _("Login"),
            _("Patients may log in to see and change their bookings, in the ways that are on below."),
        ),
        "eid_login": (
            _("Login with an electronic identity"),
            _("With the bank’s or the state’s app, where the service has it for your country."),
        ),
        "eid_login_sees": (
            _("What an electronic identity opens"),
            _("It proves who somebody is, so it may open everything the clinic’s book has of them."),
        ),
        "sms_login": (
            _("Login by SMS"),
            _("By a code sent to the mobile. Whoever holds the phone can read it."),
        ),
        "sms_login_sees": (
            _("What a code by SMS opens"),
            _("The whole list only if the organisation has decided so: a phone proves nobody’s identity."),
        ),
        "sms_login_decided_by": (
            _("Who decided on the whole list"),
            _("The name of whoever answers for it. Name and day are kept."),
        ),
        "publish_on_portal": (
            _("Portal open"),
            _("The clinic’s own address shows the portal. Off: it says that there is nothing here yet."),
        ),
        "publish_on_marketplace": (
            _("In the list of clinics"),
            _("The service’s front page names the clinics and links here."),
        ),
        "maintenance_mode": (
            _("Closed for maintenance"),
            _("Patients read your maintenance text instead of the portal. Bookings already made stay."),
        ),
    }

    class Meta(SettingsForm.Meta):
        widgets = {"eid_login_sees": forms.RadioSelect, "sms_login_sees": forms.RadioSelect}
        fields = [
            "new_booking",
            "new_booking_requires_login",
            "weekend_booking",
            "any_practitioner",
            "any_clinic",
            "patient_message",
            "code_by_sms",
            "code_by_email",
            "skip_confirmation",
            "view_bookings",
            "login",
            "eid_login",
            "eid_login_sees",
            "sms_login",
            "sms_login_sees",
            "sms_login_decided_by",
            "publish_on_portal",
            "publish_on_marketplace",
            "maintenance_mode",
        ]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        has_login = cleaned.get("login") and (cleaned.get("sms_login") or cleaned.get("eid_login"))
        self.note_decision(cleaned)
        if cleaned.get("new_booking_requires_login") and not has_login:
            self.add_error(
                "new_booking_requires_login",
                ValidationError(_("Nobody could book: switch on one of the ways to log in too.")),
            )
        return cleaned

    def note_decision(self, cleaned: dict[str, Any]) -> None:
        """That a code by SMS opens the whole list is somebody's decision, of this day where it is new."""
        if cleaned.get("sms_login_sees") != LoginSees.WHOLE_LIST:
            return
        if not cleaned.get("sms_login_decided_by"):
            self.add_error(
                "sms_login_decided_by", str(_("Say who decided that a code by SMS opens the whole list."))
            )
        elif {"sms_login_sees", "sms_login_decided_by"} & set(self.changed_data):
            self.instance.sms_login_decided_at = timezone.now()


class RegistrationForm(SettingsForm):
    words = {
        "ask_mobile": (_("Mobile number"), _("Needed for codes and messages by SMS.")),
        "ask_email": (_("E-mail address"), _("Needed for codes and messages by e-mail.")),
        "ask_address_1": (_("Address"), _("Street and number.")),
        "ask_address_2": (_("Second line of the address"), _("“Care of”, or the door.")),
        "ask_postcode": (_("Postcode"), _("Asked together with the address, or alone.")),
        "ask_campaign_code": (
            _("Campaign code"),
            _("If typed, it stands at the end of the appointment’s text, as “CC: 1234”."),
        ),
        "national_id": (
            _("National identity number"),
            _("Stored encrypted. In Finland and Norway ask only if you must: it proves nobody’s identity."),
        ),
        "ask_marketing_consent": (
            _("Consent to offers"),
            _("A box that is never ticked beforehand. Offers go only to those who ticked it."),
        ),
    }

    class Meta(SettingsForm.Meta):
        fields = [
            "ask_mobile",
            "ask_email",
            "ask_address_1",
            "ask_address_2",
            "ask_postcode",
            "ask_campaign_code",
            "national_id",
            "ask_marketing_consent",
        ]


class StepsWidget(forms.MultiWidget):
    """A list to choose from for each place in the order."""

    def __init__(self) -> None:
        choices = list(STEP_NAMES.items())
        super().__init__([forms.Select({"aria-label": place}, choices) for place in PLACES])

    def decompress(self, value: Any) -> list[str]:
        return list(value or STEPS)


class StepsField(forms.MultiValueField):
    widget = StepsWidget
    choices = list(STEP_NAMES.items())

    def __init__(self, **kwargs: Any) -> None:
        super().__init__([forms.ChoiceField(choices=self.choices) for _step in STEPS], **kwargs)

    def compress(self, data_list: list[str]) -> list[str]:
        if sorted(data_list) != sorted(STEPS):
            raise ValidationError(_("Each step has to stand in the order once."))
        return data_list


class OrderForm(SettingsForm):
    step_order = StepsField()
    words = {
        "step_order": (
            _("Order of the questions"),
            _("What patients are asked first to last. Where there is nothing to choose, nothing is asked."),
        ),
        "combined_view": (
            _("All on one page"),
            _("Clinic, treatment and person are chosen on the page of the times, not one after the other."),
        ),
    }

    class Meta(SettingsForm.Meta):
        fields = ["step_order", "combined_view"]


class ChangesForm(SettingsForm):
    notes = {
        "move_allowed": _("Moving"),
        "cancel_allowed": _("Cancelling"),
        "change_deadline_hours": _("Until when"),
    }
    words = {
        "move_allowed": (
            _("Patients may move"),
            _("Another free time can be chosen by the link in the confirmation."),
        ),
        "move_without_template": (
            _("Also appointments without a treatment"),
            _(
                "What the clinic has booked without naming a treatment may be moved too,"
                " to any published time of the same practitioner."
            ),
        ),
        "journal_moves": (
            _("Note moves in the journal"),
            _("The clinic’s system writes a line into the patient’s journal when a time is moved."),
        ),
        "cancel_allowed": (_("Patients may cancel"), _("The time is free for others at once.")),
        "cancel_without_template": (
            _("Also appointments without a treatment"),
            _("What the clinic has booked without naming a treatment may be cancelled too."),
        ),
        "journal_cancellations": (
            _("Note cancellations in the journal"),
            _("The clinic’s system writes a line into the patient’s journal when a time is cancelled."),
        ),
        "change_deadline_hours": (
            _("Hours before the appointment"),
            _("Later than this patients are asked to call. 0: until it begins."),
        ),
    }

    class Meta(SettingsForm.Meta):
        fields = [
            "move_allowed",
            "move_without_template",
            "journal_moves",
            "cancel_allowed",
            "cancel_without_template",
            "journal_cancellations",
            "change_deadline_hours",
        ]


class TimesForm(SettingsForm):
    words = {
        "hold_minutes": (
            _("Minutes a time is held"),
            _("How long a patient has for the details, 1 to 60. Nobody else can take the time meanwhile."),
        ),
        "step_minutes": (
            _("Minutes between start times"),
            _("15: times begin at 8.00, 8.15, 8.30… Empty: one after the other, by the treatment’s length."),
        ),
        "minimum_notice_minutes": (
            _("Minutes of notice"),
            _("Times that begin sooner than this are not offered, so that nobody surprises you."),
        ),
        "horizon_days": (_("Days ahead"), _("How far into the future patients may book.")),
        "agent_silence_minutes": (
            _("Minutes of silence"),
            _("When the clinic’s system has not been heard for so long, no times are offered any more."),
        ),
    }

    class Meta(SettingsForm.Meta):
        fields = [
            "hold_minutes",
            "step_minutes",
            "minimum_notice_minutes",
            "horizon_days",
            "agent_silence_minutes",
        ]


def edit_settings(
    request: ConsoleRequest,
    form_class: type[SettingsForm],
    line: str | Promise,
    *,
    template: str = "manage/edit.html",
    **context: Any,
) -> HttpResponse:
    """The page of some of the organisation's settings; a tab of one's own needs no more than a form."""
    return edit_row(
        request,
        rows=OrganisationSettings.objects.filter(organisation=request.organisation),
        form_class=form_class,
        template=template,
        context={"lead": line, "preview_language": request.LANGUAGE_CODE, **context},
    )


@allowed("GET", "POST")
@console_page(role=Role.EDITOR)
def general(request: ConsoleRequest) -> HttpResponse:
    return edit_settings(request, GeneralForm, _("What patients can do on your portal."))


@allowed("GET", "POST")
@console_page(role=Role.EDITOR)
def registration(request: ConsoleRequest) -> HttpResponse:
    return edit_settings(
        request,
        RegistrationForm,
        _("What patients are asked besides their name. Ask for no more than you use."),
    )


@allowed("GET", "POST")
@framed
@console_page(role=Role.EDITOR)
def order(request: ConsoleRequest) -> HttpResponse:
    return edit_settings(
        request,
        OrderForm,
        _("In which order patients make their choices."),
        template="manage/order.html",
        previews=previews_of("front", "details"),
    )


@allowed("GET", "POST")
@console_page(role=Role.EDITOR)
def changes(request: ConsoleRequest) -> HttpResponse:
    return edit_settings(request, ChangesForm, _("What patients can do about a time they have."))


@allowed("GET", "POST")
@console_page(role=Role.EDITOR)
def times(request: ConsoleRequest) -> HttpResponse:
    return edit_settings(
        request, TimesForm, _("Which of the free times are offered, and for how long they are held.")
    )
