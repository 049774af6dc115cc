"""An organisation's own texts: which are used, and what makes one fit to be stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clinics.models import Organisation
from notifications.errors import UnknownField
from notifications.gsm import plain, sms_length
from notifications.merge_fields import fields_in, nearest_name, own_name, without_lines_of
from notifications.models import REMINDERS, Channel, Kind, MessageText
from notifications.standard_texts import Text, standard_text

MOST_KEPT = 512
MOST_PARTS = 6
LONGEST_BODY = {Channel.SMS: 1000, Channel.EMAIL: 5000}
LONGEST_SUBJECT = 150
URLS = ["url_1", "url_2", "url_3"]
_PERSON = ["first_name", "last_name"]
_APPOINTMENT = ["date", "time", "treatment", "practitioner", "clinic", "address", "clinic_phone"]
_ALL = [*_PERSON, *_APPOINTMENT, "link", *URLS]
_OFFERED = ["date", "time", "practitioner", "clinic", "address", "answer_by"]

_FIELDS: dict[Kind, list[str]] = {
    Kind.CODE: ["code", "minutes", "clinic"],
    Kind.LOGIN_CODE: ["code", "minutes", "clinic"],
    Kind.REFUSAL: [*_ALL, "other_times", "waiting_link"],
    Kind.WAITING_LIST: [*_PERSON, "clinic", "link", *URLS],
    Kind.OFFER: [*_PERSON, *_OFFERED, "link", "decline_link", "waiting_link", *URLS],
}
"""What a text of the kind can say; ``_ALL`` where nothing stands here."""
_REQUIRED: dict[Kind, list[str]] = {
    Kind.CODE: ["code"],
    Kind.LOGIN_CODE: ["code"],
    Kind.WAITING_LIST: ["link"],
    Kind.OFFER: ["date", "time", "link"],
    **{kind: ["date", "time"] for kind in (Kind.CONFIRMATION, Kind.MOVE, *REMINDERS)},
    **{kind: ["date"] for kind in (Kind.CANCELLATION, Kind.REFUSAL)},
}
NEVER_TREATMENT = _("Messages say time and place, never what the treatment is, unless the clinic chooses so.")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text is not stored: at ``subject`` or ``body``, in words for who wrote it."""

    field: str
    words: str | Promise


class TextRefused(Exception):
    """The text cannot be stored; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem.words))
        self.problem = problem


def stored_kind(channel: Channel, kind: Kind) -> Kind:
    """The kind whose text it is: all reminders by e-mail are one."""
    return Kind.REMINDER_1 if channel == Channel.EMAIL and kind in REMINDERS else kind


def fields_of(kind: Kind) -> list[str]:
    """The keys of the merge fields that mean something in a text of the kind."""
    return _FIELDS.get(kind, _ALL)


def text_of(*, organisation: Organisation, language: str, channel: Channel, kind: Kind) -> Text:
    """The organisation's own text, else the standard one."""
    own = _own_texts(organisation.pk, organisation.version).get(
        (channel, stored_kind(channel, kind), language)
    )
    return own or standard_text(language=language, channel=channel, kind=kind)


@lru_cache(maxsize=MOST_KEPT)
def _own_texts(organisation_id: int, _version: int) -> Mapping[tuple[str, str, str], Text]:
    """All of an organisation's texts; a trigger raises its version when one changes (migration 0002)."""
    rows = MessageText.across.filter(organisation_id=organisation_id)
    return {(row.channel, row.kind, row.language): Text(row.language, row.subject, row.body) for row in rows}


def text_to_begin_with(*, organisation: Organisation, language: str, channel: Channel, kind: Kind) -> Text:
    """The standard text as it may be stored: without the treatment unless the organisation names it."""
    text = standard_text(language=language, channel=channel, kind=kind)
    if organisation.settings.name_treatment_in_messages:
        return text
    body = without_lines_of(text.body, "treatment", language=text.language)
    return Text(text.language, text.subject, body)


def save_message_text(
    *, organisation: Organisation, channel: Channel, kind: Kind, language: str, subject: str, body: str
) -> None:
    """Stores the text; where both are empty, the standard one is used again. Raises TextRefused."""
    words = tidied(channel, subject, body)
    problem = problem_of(
        organisation=organisation, channel=channel, kind=kind, language=language, subject=subject, body=body
    )
    if problem is not None:
        raise TextRefused(problem)
    named: dict[str, Any] = {
        "organisation": organisation,
        "channel": channel,
        "kind": stored_kind(channel, kind),
        "language": language,
    }
    with transaction.atomic():
        if any(words.values()):
            MessageText.objects.update_or_create(**named, defaults=words)
        else:
            MessageText.objects.filter(**named).delete()


def tidied(channel: Channel, subject: str, body: str) -> dict[str, str]:
    """As it is stored: one kind of line ends, no print's dashes in an SMS, a subject on one line."""
    lines = [line.rstrip() for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    text = "\n".join(lines).strip("\n")
    if channel == Channel.SMS:
        return {"subject": "", "body": plain(text)}
    return {"subject": " ".join(subject.split()), "body": text}


def problem_of(
    *, organisation: Organisation, channel: Channel, kind: Kind, language: str, subject: str, body: str
) -> Problem | None:
    """What forbids storing the text; nothing where it is empty, which is a way to the standard one."""
    words = tidied(channel, subject, body)
    if language not in organisation.languages:
        return Problem("body", _("Your portal does not speak this language."))
    if not any(words.values()):
        return None
    return (
        _missing_part(channel, words)
        or _too_long(channel, words)
        or _odd_character(words)
        or _bad_field(organisation, kind, language, words)
        or _lacking_field(kind, language, words)
    )


def _missing_part(channel: Channel, words: dict[str, str]) -> Problem | None:
    if not words["body"]:
        return Problem("body", _("The message needs a text."))
    if channel == Channel.EMAIL and not words["subject"]:
        return Problem("subject", _("The e-mail needs a subject."))
    return None


def _too_long(channel: Channel, words: dict[str, str]) -> Problem | None:
    if len(words["subject"]) > LONGEST_SUBJECT:
        return Problem("subject", _("The subject is too long: 150 characters at most."))
    if len(words["body"]) > LONGEST_BODY[channel]:
        return Problem(
            "body",
            format_lazy(_("The text is too long: {many} characters at most."), many=LONGEST_BODY[channel]),
        )
    if channel == Channel.SMS and sms_length(words["body"]).parts > MOST_PARTS:
        return Problem("body", format_lazy(_("The text is too long: {many} SMS at most."), many=MOST_PARTS))
    return None


def _odd_character(words: dict[str, str]) -> Problem | None:
    """Control characters have no place in a message, and PostgreSQL takes no NUL."""
    for name, text in words.items():
        if any(ord(character) < 32 and character not in "\n\t" for character in text):
            return Problem(name, _("The text holds a character that cannot be seen. Please type it anew."))
    return None


def _bad_field(
    organisation: Organisation, kind: Kind, language: str, words: dict[str, str]
) -> Problem | None:
    for name, text in words.items():
        try:
            used = fields_in(text, language=language)
        except UnknownField as unknown:
            return Problem(name, _unknown(unknown.field, language))
        for key in used:
            if key not in fields_of(kind):
                return Problem(
                    name,
                    format_lazy(_("[{field}] has no meaning in this text."), field=own_name(key, language)),
                )
        if "treatment" in used and not organisation.settings.name_treatment_in_messages:
            return Problem(name, NEVER_TREATMENT)
        if name == "subject" and "code" in used:
            return Problem(name, _("A code in the subject can be read on a locked screen."))
    return None


def _unknown(typed: str, language: str) -> str | Promise:
    nearest = nearest_name(typed, language=language)
    if nearest is None:
        return format_lazy(_("There is no field [{field}]."), field=typed)
    return format_lazy(
        _("There is no field [{field}]. Did you mean [{nearest}]?"), field=typed, nearest=nearest
    )


def _lacking_field(kind: Kind, language: str, words: dict[str, str]) -> Problem | None:
    used = fields_in(words["body"], language=language)
    for key in _REQUIRED.get(kind, []):
        if key not in used:
            return Problem(
                "body",
                format_lazy(_("The text has to hold [{field}]."), field=own_name(key, language)),
            )
    return None
