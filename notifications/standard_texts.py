"""The texts that every organisation begins with, by language, channel and kind."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from notifications.errors import ValueMissing
from notifications.gsm import plain
from notifications.merge_fields import fields_in, fill_in
from notifications.models import Channel, Kind

_TEXTS = Path(__file__).parent / "texts"
_WRITTEN_IN = ["fi", "sv", "nb", "en"]
_FALLBACK = "en"
_SUBJECT_LENGTH = 200

# Without these a message would say nothing; the other fields may be empty.
_NEEDED: dict[Kind, list[str]] = {
    Kind.CODE: ["code"],
    Kind.LOGIN_CODE: ["code"],
    Kind.CONFIRMATION: ["date", "time", "clinic"],
    Kind.REFUSAL: ["date", "time"],
    Kind.MOVE: ["date", "time", "clinic"],
    Kind.CANCELLATION: ["date", "time"],
    Kind.CHANGE_REFUSED: ["clinic"],
    Kind.WAITING_LIST: ["link"],
    Kind.OFFER: ["date", "time", "link"],
    Kind.AGENT_SILENT: ["clinic"],
    Kind.AGENT_BACK: ["clinic"],
    Kind.SMS_DEAR: ["clinic"],
    Kind.SMS_STOPPED: ["clinic"],
    Kind.CODES_PAUSED: ["clinic"],
    Kind.REMINDER_1: ["date", "time"],
    Kind.REMINDER_2: ["date", "time"],
    Kind.REMINDER_3: ["date", "time"],
}
_SAME_AS = {Kind.REMINDER_2: Kind.REMINDER_1, Kind.REMINDER_3: Kind.REMINDER_1}


@dataclass(frozen=True)
class Text:
    """A subject, empty for SMS, and a body; with merge fields, or with them filled in."""

    language: str
    subject: str
    body: str

    def fields(self) -> list[str]:
        """The keys of the merge fields used. Raises UnknownField."""
        return fields_in(f"{self.subject}\n{self.body}", language=self.language)


def standard_text(*, language: str, channel: Channel, kind: Kind) -> Text:
    """The standard text; English for a language that has none."""
    written_in = language if language in _WRITTEN_IN else _FALLBACK
    entry = _texts_in(written_in)[channel][_SAME_AS.get(kind, kind)]
    return Text(written_in, entry.get("subject", ""), entry["body"].strip())


def filled_in(text: Text, *, channel: Channel, kind: Kind, values: Mapping[str, str]) -> Text:
    """The text as it will be read. Raises UnknownField, and ValueMissing where it would say nothing."""
    missing = [key for key in _NEEDED.get(kind, []) if not values.get(key)]
    if missing:
        raise ValueMissing(missing[0])
    subject = " ".join(fill_in(text.subject, values, language=text.language).split())
    bullet = "" if channel == Channel.SMS else "- "
    body = fill_in(text.body, values, language=text.language, bullet=bullet)
    return Text(text.language, subject[:_SUBJECT_LENGTH], plain(body) if channel == Channel.SMS else body)


@cache
def _texts_in(language: str) -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((_TEXTS / f"{language}.toml").read_text(encoding="utf-8"))
