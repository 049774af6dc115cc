"""The standard texts of all languages, and how they are filled in."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from clinics.languages import LANGUAGE_CODES
from notifications.errors import UnknownField, ValueMissing
from notifications.gsm import sms_length
from notifications.merge_fields import OWN_NAMES, field_names, fields_in, fill_in
from notifications.models import Channel, Kind
from notifications.standard_texts import filled_in, standard_text
from scheduling.dates import clock, day_and_clock, short_day

OSLO = ZoneInfo("Europe/Oslo")
LATE = datetime(2026, 12, 23, 10, 30, tzinfo=OSLO)
"""A moment whose day and time are as long as they come, in every language."""
EVERY_TEXT = [
    (language, channel, kind) for language in LANGUAGE_CODES for channel in Channel for kind in Kind
]

LINKS = {
    Kind.WAITING_LIST: {"link": "https://demoklinikka.opusdentalonline.com/waiting/AbCdEfGhIjKlMnOp/"},
    Kind.OFFER: {"link": "https://demoklinikka.opusdentalonline.com/offer/AbCdEfGhIjKlMnOp/"},
}
"""Kinds whose links lead further than to the front page."""


def realistic_values(language: str) -> dict[str, str]:
    """As long as a real clinic's are, with names that GSM 03.38 has letters for."""
    moment = day_and_clock(LATE, OSLO, language)
    return {
        "first_name": "Maija-Liisa",
        "last_name": "Meikäläinen",
        "date": short_day(LATE, language),
        "time": clock(LATE, OSLO, language),
        "practitioner": "Hammaslääkäri Åsa Öhman",
        "clinic": "Demoklinikka Keskusta",
        "address": "Mannerheimintie 1, 00100 Helsinki",
        "clinic_phone": "+358 9 555 0100",
        "link": "https://demoklinikka.opusdentalonline.com/",
        "code": "123456",
        "minutes": "10",
        "answer_by": clock(LATE, OSLO, language),
        "decline_link": "https://demoklinikka.opusdentalonline.com/offer/AbCdEfGhIjKlMnOp/decline/",
        "waiting_link": "https://demoklinikka.opusdentalonline.com/waiting/AbCdEfGhIjKlMnOp/",
        "other_times": f"{moment}\n{moment}\n{moment}",
    }


@pytest.mark.parametrize(("language", "channel", "kind"), EVERY_TEXT)
def test_standard_text_uses_known_fields_only(language: str, channel: Channel, kind: Kind) -> None:
    text = standard_text(language=language, channel=channel, kind=kind)

    assert set(text.fields()) <= set(OWN_NAMES)
    assert text.language == language
    assert bool(text.subject) == (channel == Channel.EMAIL)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_standard_sms_is_one_gsm_part(language: str, kind: Kind) -> None:
    text = standard_text(language=language, channel=Channel.SMS, kind=kind)
    values = realistic_values(language) | LINKS.get(kind, {})
    if kind in (Kind.CONFIRMATION, Kind.MOVE):
        values["link"] += "b/aB3_-xyZ0123/"  # the booking's own

    if kind == Kind.REFUSAL:
        values["waiting_link"] = ""

    length = sms_length(filled_in(text, channel=Channel.SMS, kind=kind, values=values).body)

    assert (length.culprit, length.parts) == (None, 1)


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_refusal_to_who_waits_again_is_one_gsm_part(language: str) -> None:
    text = standard_text(language=language, channel=Channel.SMS, kind=Kind.REFUSAL)
    values = realistic_values(language) | {"other_times": "", "link": ""}

    body = filled_in(text, channel=Channel.SMS, kind=Kind.REFUSAL, values=values).body

    assert (sms_length(body).culprit, sms_length(body).parts) == (None, 1)
    assert body.endswith(values["waiting_link"])


@pytest.mark.parametrize(("language", "channel", "kind"), EVERY_TEXT)
def test_no_field_is_left_unfilled_and_no_gap_stays(language: str, channel: Channel, kind: Kind) -> None:
    text = standard_text(language=language, channel=channel, kind=kind)

    for values in (
        realistic_values(language),
        dict.fromkeys(("date", "time", "clinic", "code", "link"), "x"),
    ):
        body = filled_in(text, channel=channel, kind=kind, values=values).body
        assert "[" not in body
        assert "\n\n\n" not in body


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_refusal_lists_every_other_time(language: str, channel: Channel) -> None:
    text = standard_text(language=language, channel=channel, kind=Kind.REFUSAL)

    body = filled_in(text, channel=channel, kind=Kind.REFUSAL, values=realistic_values(language)).body

    moment = day_and_clock(LATE, OSLO, language)
    assert body.count(f"\n- {moment}" if channel == Channel.EMAIL else f"\n{moment}") == 3
    assert "https://demoklinikka.opusdentalonline.com/" in body


def test_treatment_is_named_only_where_it_is_given() -> None:
    text = standard_text(language="en", channel=Channel.EMAIL, kind=Kind.CONFIRMATION)
    values = realistic_values("en")

    silent = filled_in(text, channel=Channel.EMAIL, kind=Kind.CONFIRMATION, values=values).body
    named = filled_in(
        text, channel=Channel.EMAIL, kind=Kind.CONFIRMATION, values=values | {"treatment": "Check-up"}
    ).body

    assert "Treatment" not in silent
    assert "Treatment: Check-up\n" in named


def test_confirmation_mail_reads_as_a_clinic_would_write_it() -> None:
    text = standard_text(language="fi", channel=Channel.EMAIL, kind=Kind.CONFIRMATION)

    written = filled_in(text, channel=Channel.EMAIL, kind=Kind.CONFIRMATION, values=realistic_values("fi"))

    assert written.subject == "Varauksesi on vastaanotettu: ke 23.12. klo 10.30"
    assert written.body == (
        "Hei Maija-Liisa Meikäläinen,\n\n"
        "varauksesi on vastaanotettu.\n\n"
        "Aika: ke 23.12. klo 10.30\n"
        "Paikka: Demoklinikka Keskusta\n"
        "Osoite: Mannerheimintie 1, 00100 Helsinki\n"
        "Puhelin: +358 9 555 0100\n\n"
        "Siirrä tai peru aika: https://demoklinikka.opusdentalonline.com/\n\n"
        "Tervetuloa!\n\n"
        "Hammaslääkäri Åsa Öhman\n"
        "Demoklinikka Keskusta"
    )


def test_code_is_in_neither_subject() -> None:
    for language in LANGUAGE_CODES:
        text = standard_text(language=language, channel=Channel.EMAIL, kind=Kind.CODE)
        assert "code" not in fields_in(text.subject, language=language)


@pytest.mark.parametrize(
    ("kind", "missing"),
    [(Kind.CODE, "code"), (Kind.CONFIRMATION, "time"), (Kind.REFUSAL, "date"), (Kind.MOVE, "clinic")],
)
def test_message_that_would_say_nothing_is_refused(kind: Kind, missing: str) -> None:
    text = standard_text(language="en", channel=Channel.SMS, kind=kind)
    values = realistic_values("en") | {missing: ""}

    with pytest.raises(ValueMissing) as refused:
        filled_in(text, channel=Channel.SMS, kind=kind, values=values)

    assert refused.value.field == missing


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_fields_have_an_english_name_in_every_language_and_names_are_unique(language: str) -> None:
    names = field_names(language)

    assert names["first name"] == "first_name"
    assert sorted(set(names.values())) == sorted(OWN_NAMES)
    own = [by_language[language] for by_language in OWN_NAMES.values() if language in by_language]
    assert len(set(own)) == len(own)


def test_english_and_own_names_mean_the_same() -> None:
    assert fill_in("[first name] [Etunimi]", {"first_name": "Aino"}, language="fi") == "Aino Aino"


def test_unknown_field_is_an_error_that_names_it() -> None:
    with pytest.raises(UnknownField) as refused:
        fields_in("Hei [etunimmi]", language="fi")

    assert refused.value.field == "etunimmi"


def test_brackets_in_a_value_are_only_characters() -> None:
    values = {"first_name": "[code]\nBcc: all", "code": "123456"}

    assert fill_in("Hei [first name]", values, language="en") == "Hei [code] Bcc: all"
