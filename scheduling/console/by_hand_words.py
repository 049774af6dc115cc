"""The words of what is sent by hand: the type's own to begin with, counted, and looked at with real data."""

import contextlib
import copy
import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.console.texts import language_name
from clinics.methods import allowed
from clinics.roles import Role
from notifications.errors import UnknownField
from notifications.gsm import SmsLength, plain, sms_length
from notifications.letters import html_of
from notifications.mailings import can_be_answered, way_to_stop
from notifications.merge_fields import cleaned_values, field_names, fill_in, own_name
from notifications.message_texts import URLS
from notifications.models import Channel, Kind, Mailing, Message
from scheduling.console.by_hand import mailings_seen
from scheduling.console.by_hand_forms import WordsForm
from scheduling.console.lines import line_of
from scheduling.console.message_kinds import NAMES
from scheduling.console.message_lines import text_of, without_keys
from scheduling.console.message_texts import hash_of_style, with_policy
from scheduling.console.preview import POLICY
from scheduling.errors import ChangedMeanwhile
from scheduling.mailing_texts import Writer, bookings_of, text_to_edit, values_for
from scheduling.mailings import languages_of, recipients_of, word_mailing
from scheduling.marketing import stop_url
from scheduling.message_samples import KEY
from scheduling.models import Recipient

MOST_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Section:
    """A language's fields, and what the count of an SMS goes by."""

    language: str
    name: str
    fields: list[forms.BoundField]
    merge_fields: list[str]
    names: str
    values: str
    ending: str
    shown_ending: str
    length: SmsLength


def mailing_of(request: ConsoleRequest, public_id: uuid.UUID) -> Mailing:
    """Raises Http404 for what is another organisation's, somebody else's draft, or out of reach."""
    found: Mailing = get_object_or_404(mailings_seen(request), public_id=public_id)
    if request.clinic_ids is not None and found.state == Mailing.State.DRAFT:
        rows = recipients_of(request.organisation, found)
        if rows.exclude(booking__clinic__in=request.clinic_ids).exists():
            raise Http404
    return found


def form_of(request: ConsoleRequest, mailing: Mailing, data: Any = None) -> WordsForm:
    organisation = request.organisation
    languages = languages_of(organisation, mailing)
    return WordsForm(
        organisation,
        mailing,
        {language: text_to_edit(organisation, mailing, language) for language in languages},
        has_booking=recipients_of(organisation, mailing).filter(booking__isnull=False).exists(),
        data=data,
    )


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True)
def words(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """The texts, one for each language in which somebody gets it."""
    mailing = mailing_of(request, public_id)
    if mailing.state != Mailing.State.DRAFT:
        return redirect("console_send:mailing", public_id)
    if not mailing.many:
        return redirect("console_send:confirm", public_id)
    form = form_of(request, mailing, request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return show_words(request, form)
    if not form.is_valid():
        return show_words(request, form, status=422)
    try:
        word_mailing(organisation=request.organisation, mailing=mailing, words=form.words())
    except ChangedMeanwhile:
        return redirect("console_send:mailing", public_id)
    return redirect("console_send:confirm", public_id)


def show_words(request: ConsoleRequest, form: WordsForm, *, status: int = 200) -> HttpResponse:
    mailing, samples = form.mailing, samples_of(request, form.mailing)
    context = {
        "form": form,
        "mailing": mailing,
        "kind": NAMES[Kind(mailing.kind)][0],
        "is_sms": mailing.channel == Channel.SMS,
        "sections": [section_of(request, form, language, samples) for language in form.texts],
        "samples": [(str(place), name) for place, (_row, name) in enumerate(samples)],
        "chosen": request.POST.get("with", ""),
    }
    response = show(request, "manage/by_hand_words.html", context, status=status)
    policy = {"frame-src": [SELF]}
    if mailing.channel == Channel.EMAIL:  # the frame's page obeys its parent's policy
        policy["style-src"] = [hash_of_style(request)]
    return with_policy(csp_update(policy), request, response)


def samples_of(request: ConsoleRequest, mailing: Mailing) -> list[tuple[Recipient, str]]:
    """The first recipients with their names, or numbers where no more is known."""
    organisation = request.organisation
    rows = list(recipients_of(organisation, mailing)[:MOST_SAMPLES])
    bookings = bookings_of(organisation, rows)
    spoken = request.LANGUAGE_CODE or "en"
    lines = {pk: line_of(booking, spoken) for pk, booking in bookings.items()}
    return [
        (row, f"{lines[row.booking_id].patient}, {lines[row.booking_id].when}")
        if row.booking_id in lines
        else (row, row.to)
        for row in rows
    ]


def section_of(
    request: ConsoleRequest, form: WordsForm, language: str, samples: list[tuple[Recipient, str]]
) -> Section:
    values = values_to_count(request, form.mailing, language, samples)
    ending = ending_of(request, form.mailing, language)
    return Section(
        language=language,
        name=language_name(language),
        fields=form.bound_of(language),
        merge_fields=[f"[{own_name(key, language)}]" for key in form.allowed],
        names=json.dumps(field_names(language)),
        values=json.dumps(cleaned_values(values)),
        ending=ending,
        shown_ending=without_keys(ending),
        length=length_of(form.typed(language)["body"], values, ending, language),
    )


def values_to_count(
    request: ConsoleRequest, mailing: Mailing, language: str, samples: list[tuple[Recipient, str]]
) -> dict[str, str]:
    """Of the first who reads the language, but for the link, which is the patient's own key."""
    organisation = request.organisation
    row = next((row for row, _name in samples if row.language == language), None)
    row = row or recipients_of(organisation, mailing).filter(language=language).first()
    booking = bookings_of(organisation, [row]).get(row.booking_id or 0) if row else None
    own = {name: getattr(organisation.settings, name) for name in URLS}
    return {**own, **without_key(values_for(organisation, mailing.kind, booking, language))}


def without_key(values: dict[str, str]) -> dict[str, str]:
    return {name: re.sub(r"/b/[\w-]+/", f"/b/{KEY}/", value) for name, value in values.items()}


def ending_of(request: ConsoleRequest, mailing: Mailing, language: str) -> str:
    """How an SMS with an offer ends, as long as it will be."""
    if not mailing.needs_consent or mailing.channel != Channel.SMS:
        return ""
    by_word = can_be_answered(request.organisation)
    return way_to_stop(language, "" if by_word else stop_url(request.organisation, 2**28))


def length_of(body: str, values: dict[str, str], ending: str, language: str) -> SmsLength:
    """How long the SMS would be; with an unknown field, how long it is as it stands."""
    with contextlib.suppress(UnknownField):
        body = fill_in(body, values, language=language, bullet="")
    return sms_length(plain(f"{body}\n{ending}" if ending else body))


@allowed("GET", "POST")
@xframe_options_sameorigin
@console_page(role=Role.EDITOR, for_limited=True)
def preview_words(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """The message as one of its recipients would see it; nothing is stored or sent."""
    mailing = mailing_of(request, public_id)
    if mailing.state != Mailing.State.DRAFT or not mailing.many:
        raise Http404
    form = form_of(request, mailing, request.POST if request.method == "POST" else None)
    message = sample_message(request, form)
    if mailing.channel == Channel.SMS:
        body = text_of(message)
        context = {"body": body, "length": sms_length(message.body), "language": message.language}
        response = render(request, "manage/sms_preview.html", context)
        policy = POLICY
    else:
        message.body = text_of(message)
        response = HttpResponse(html_of(message))
        policy = POLICY | {"style-src": [hash_of_style(request)]}
    response.headers["Cache-Control"] = "no-store"
    return with_policy(csp_replace(policy), request, response)


def sample_message(request: ConsoleRequest, form: WordsForm) -> Message:
    """With what is typed and the data of the recipient that was chosen; unknown fields stay as they are."""
    organisation = request.organisation
    rows = list(recipients_of(organisation, form.mailing)[:MOST_SAMPLES])
    place = request.POST.get("with", "")
    row = rows[int(place)] if place in map(str, range(len(rows))) else rows[0]
    draft = copy.copy(form.mailing)
    draft.words, draft.ignores_quiet = form.words(), True
    try:
        done = next(Writer(organisation, draft, timezone.now()).write([row]))
    except UnknownField:
        done = None
    if done is not None and done.message is not None:
        return done.message
    typed = form.typed(row.language)
    return Message(
        organisation=organisation,
        channel=form.mailing.channel,
        kind=form.mailing.kind,
        language=row.language,
        to=row.to,
        **typed,
    )
