"""The words of one kind of message: written, counted, looked at, tried out, and put back."""

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin

from clinics.console.editing import EditForm, differences, shown_values
from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.console.texts import language_name
from clinics.methods import allowed
from clinics.models import AuditEntry, Organisation
from clinics.roles import Role
from notifications.errors import SmsNotAllowed, UnknownField
from notifications.gsm import SmsLength, plain, sms_length
from notifications.letters import html_of, style_of
from notifications.merge_fields import cleaned_values, field_names, fill_in, own_name
from notifications.message_texts import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    fields_of,
    problem_of,
    save_message_text,
    text_of,
    text_to_begin_with,
    tidied,
)
from notifications.models import Channel, Message, MessageText
from notifications.standard_texts import Text
from notifications.trials import TooManyTrials, send_trial
from scheduling.console.message_kinds import Spot, spot_at
from scheduling.console.preview import POLICY
from scheduling.dates import day_and_clock
from scheduling.forms import MobileField
from scheduling.message_samples import booking_named, coming_bookings, values_with

MOST_VERSIONS = 10


class MessageTextForm(EditForm):
    class Meta:
        model = MessageText
        fields = ["subject", "body"]
        labels = {"subject": gettext_lazy("Subject"), "body": gettext_lazy("Text")}
        help_texts = {
            "body": gettext_lazy(
                "Words in square brackets are filled in. Lines with nothing to fill in are left out."
            )
        }
        widgets = {"body": forms.Textarea({"rows": 8})}

    def __init__(self, *args: Any, spot: Spot, **kwargs: Any) -> None:
        super().__init__(*args, instance=spot.row(), **kwargs)
        self.spot = spot
        if spot.channel == Channel.SMS:
            del self.fields["subject"]
        else:
            self.fields["subject"].widget.attrs |= {"lang": spot.language, "maxlength": LONGEST_SUBJECT}
            self.fields["body"].widget.attrs["rows"] = 16
        self.fields["body"].required = False
        self.fields["body"].widget.attrs |= {"lang": spot.language, "maxlength": LONGEST_BODY[spot.channel]}
        self.fields["seen"].initial = self.stored

    def typed(self) -> dict[str, str]:
        """What was sent, else what is stored, as it would be stored."""
        held = self.data if self.is_bound else {**vars(self.instance), **self.initial}
        return tidied(self.spot.channel, str(held.get("subject", "")), str(held.get("body", "")))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        problem = problem_of(
            organisation=self.spot.organisation,
            channel=self.spot.channel,
            kind=self.spot.kind,
            language=self.spot.language,
            subject=cleaned.get("subject", ""),
            body=cleaned.get("body", ""),
        )
        if problem is not None and not self.errors:
            self.add_error(problem.field, str(problem.words))
        return cleaned

    def _post_clean(self) -> None:
        """The service decides; an empty text, which goes back to the standard one, is no row at all."""

    def save(self, commit: bool = True) -> MessageText:
        save_message_text(
            organisation=self.spot.organisation,
            channel=self.spot.channel,
            kind=self.spot.kind,
            language=self.spot.language,
            subject=self.cleaned_data.get("subject", ""),
            body=self.cleaned_data["body"],
        )
        return self.spot.row()


class TrialForm(forms.Form):
    """The mobile that an SMS is tried out on."""

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mobile"] = MobileField(
            label=_("Your mobile number"),
            country=organisation.country,
            countries=organisation.settings.sms_countries,
            widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        )


@allowed("GET", "POST")
@console_page(role=Role.EDITOR)
def show_text(request: ConsoleRequest, kind: str, language: str, channel: Channel) -> HttpResponse:
    spot = spot_at(request.organisation, channel, kind, language)
    if request.method != "POST":
        return page_of(request, MessageTextForm(spot=spot, initial=begin_with(spot)))
    if "fetch" in request.POST:
        return with_fetched(request, spot)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=request.organisation.pk)  # a new text has no row yet
        form = MessageTextForm(request.POST, spot=spot)
        before = shown_values(form)
        is_outdated = form.is_outdated
        if form.is_valid() and not is_outdated:
            form.save()
            messages.success(request, _("Saved. Messages say it from now on, those that wait too."))
            return redirect(spot.url())
    if not is_outdated:
        return page_of(request, form, status=422)
    found = differences(form, before)
    form.data = again = request.POST.copy()
    again["seen"] = form.stored
    return page_of(request, form, status=409, differences=found)


def begin_with(spot: Spot) -> dict[str, str]:
    """What a text that is not written yet is shown as: the standard one, which is what is sent now."""
    if spot.row().pk is not None:
        return {}
    standard = text_to_begin_with(
        organisation=spot.organisation, language=spot.language, channel=spot.channel, kind=spot.kind
    )
    return {"subject": standard.subject, "body": standard.body}


def with_fetched(request: ConsoleRequest, spot: Spot) -> HttpResponse:
    """The form with the standard text, or with an earlier one; nothing is stored yet."""
    earlier = {entry.key: entry.before or {} for entry in earlier_versions(spot)}
    words = earlier.get(request.POST["fetch"])
    if words is None:
        standard = text_to_begin_with(
            organisation=spot.organisation, language=spot.language, channel=spot.channel, kind=spot.kind
        )
        words = {"subject": standard.subject, "body": standard.body}
    form = MessageTextForm(spot=spot, initial={name: words.get(name, "") for name in ("subject", "body")})
    form.initial["seen"] = request.POST.get("seen", "")[:64]
    stood = request.POST.get("body", "")[: LONGEST_BODY[spot.channel]].replace("\r\n", "\n")
    return page_of(
        request, form, is_fetched=True, stood=stood if stood.strip() != str(words.get("body", "")) else ""
    )


def earlier_versions(spot: Spot) -> list[AuditEntry]:
    """What the text held before its latest changes."""
    named = {"channel": spot.channel, "kind": spot.kind, "language": spot.language}
    return list(
        AuditEntry.objects.filter(
            organisation=spot.organisation,
            kind=AuditEntry.Kind.MESSAGE_TEXT,
            before__contains=named,
        )[:MOST_VERSIONS]
    )


def page_of(
    request: ConsoleRequest, form: MessageTextForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    spot = form.spot
    bookings = coming_bookings(request.organisation)
    values = values_with(
        request.organisation, spot.language, booking_named(request.organisation, request.POST.get("with", ""))
    )
    context = {
        "form": form,
        "spot": spot,
        "language_name": language_name(spot.language),
        "states": spot.states(),
        "fields": [f"[{own_name(key, spot.language)}]" for key in fields_in_use(spot)],
        "is_sms": spot.channel == Channel.SMS,
        "length": length_of(form, values),
        "names": json.dumps(field_names(spot.language)),
        "values": json.dumps(cleaned_values(values)),
        "bookings": [(str(booking.public_id), words_of(booking, request)) for booking in bookings],
        "chosen_booking": request.POST.get("with", ""),
        "versions": earlier_versions(spot),
        "trial": TrialForm(organisation=request.organisation),
        "preview_url": spot.url("preview"),
        "try_url": spot.url("try"),
        **more,
    }
    response = show(request, "manage/message_text.html", context, status=status)
    policy = {"frame-src": [SELF]}
    if spot.channel == Channel.EMAIL:  # the frame's page obeys its parent's policy
        policy["style-src"] = [hash_of_style(request)]
    return with_policy(csp_update(policy), request, response)


def with_policy(decorator: Any, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response under a policy that is known only now."""
    answered: HttpResponse = decorator(lambda _request: response)(request)
    return answered


def hash_of_style(request: Any) -> str:
    style = style_of(request.organisation).encode()
    return f"'sha256-{b64encode(sha256(style).digest()).decode()}'"


def fields_in_use(spot: Spot) -> list[str]:
    """What the text can say, without the treatment where messages never name it."""
    may_name = spot.organisation.settings.name_treatment_in_messages
    return [key for key in fields_of(spot.kind) if may_name or key != "treatment"]


def words_of(booking: Any, request: ConsoleRequest) -> str:
    zone = ZoneInfo(booking.clinic.time_zone)
    when = day_and_clock(booking.starts_at, zone, request.LANGUAGE_CODE or "en")
    return f"{when}, {booking.practitioner.name}"


def length_of(form: MessageTextForm, values: dict[str, str]) -> SmsLength:
    """How long the SMS would be; with an unknown field, how long it is as it stands."""
    body = form.typed()["body"]
    try:
        return sms_length(plain(fill_in(body, values, language=form.spot.language, bullet="")))
    except UnknownField:
        return sms_length(plain(body))


def filled(form: MessageTextForm, values: dict[str, str]) -> Text:
    """The message as it would be read; fields that are unknown stay as they are."""
    words = form.typed()
    if not words["body"]:
        spot = form.spot
        standard = text_of(
            organisation=spot.organisation, language=spot.language, channel=spot.channel, kind=spot.kind
        )
        words = {"subject": standard.subject, "body": standard.body}
    bullet = "" if form.spot.channel == Channel.SMS else "- "
    try:
        subject, body = (
            fill_in(words[name], values, language=form.spot.language, bullet=bullet)
            for name in ("subject", "body")
        )
    except UnknownField:
        subject, body = words["subject"], words["body"]
    return Text(form.spot.language, " ".join(subject.split()), body)


@allowed("GET", "POST")
@xframe_options_sameorigin
@console_page(role=Role.EDITOR)
def preview_text(request: ConsoleRequest, kind: str, language: str, channel: Channel) -> HttpResponse:
    """The message as its reader would see it; nothing is stored or sent."""
    spot = spot_at(request.organisation, channel, kind, language)
    form = (
        MessageTextForm(request.POST, spot=spot)
        if request.method == "POST"
        else MessageTextForm(spot=spot, initial=begin_with(spot))
    )
    booking = booking_named(request.organisation, request.POST.get("with", ""))
    text = filled(form, values_with(request.organisation, language, booking))
    if channel == Channel.SMS:
        length = sms_length(plain(text.body))
        context = {"body": plain(text.body), "length": length, "language": language}
        response = render(request, "manage/sms_preview.html", context)
        policy = POLICY
    else:
        response = HttpResponse(html_of(as_message(request.organisation, spot, text)))
        policy = POLICY | {"style-src": [hash_of_style(request)]}
    response.headers["Cache-Control"] = "no-store"
    return with_policy(csp_replace(policy), request, response)


def as_message(organisation: Organisation, spot: Spot, text: Text) -> Message:
    """A message that is in no table, to nobody."""
    return Message(
        organisation=organisation,
        channel=spot.channel,
        kind=spot.kind,
        language=text.language,
        subject=text.subject,
        body=text.body,
        to="name@example.com",
    )


@allowed("POST")
@console_page(role=Role.EDITOR)
def try_text(request: ConsoleRequest, kind: str, language: str, channel: Channel) -> HttpResponse:
    """Sends what is typed to who typed it: to their own e-mail address, or to the mobile that they give."""
    spot = spot_at(request.organisation, channel, kind, language)
    form = MessageTextForm(request.POST, spot=spot)
    trial = TrialForm(request.POST, organisation=request.organisation)
    if not form.is_valid() or (channel == Channel.SMS and not trial.is_valid()):
        return page_of(request, form, status=422, trial=trial if channel == Channel.SMS else None)
    to = trial.cleaned_data["mobile"] if channel == Channel.SMS else request.user.email
    booking = booking_named(request.organisation, request.POST.get("with", ""))
    text = filled(form, values_with(request.organisation, language, booking))
    said, status = send(request, spot, to, text)
    return page_of(request, form, status=status, trial=trial, said=said)


def send(request: ConsoleRequest, spot: Spot, to: str, text: Text) -> tuple[str, int]:
    """What to tell who tried, and the answer's status."""
    try:
        send_trial(
            organisation=request.organisation,
            by=request.user.pk,
            kind=spot.kind,
            channel=spot.channel,
            to=to,
            text=text,
        )
    except TooManyTrials:
        return _("You have tried out enough for now. Please wait an hour."), 429
    except SmsNotAllowed:
        return _("No SMS may go there just now: a limit is reached."), 429
    return _("On its way to %(to)s.") % {"to": to}, 200
