"""Merge fields in square brackets: which there are, and how a text is filled in."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from notifications.errors import UnknownField

OWN_NAMES: dict[str, dict[str, str]] = {
    "first_name": {"fi": "etunimi", "sv": "förnamn", "nb": "fornavn"},
    "last_name": {"fi": "sukunimi", "sv": "efternamn", "nb": "etternavn"},
    "date": {"fi": "päivä", "sv": "datum", "nb": "dato"},
    "time": {"fi": "kellonaika", "sv": "tid", "nb": "klokkeslett"},
    "treatment": {"fi": "toimenpide", "sv": "behandling", "nb": "behandling"},
    "practitioner": {"fi": "hoitohenkilö", "sv": "behandlare", "nb": "behandler"},
    "clinic": {"fi": "vastaanotto", "sv": "klinik", "nb": "klinikk"},
    "address": {"fi": "osoite", "sv": "adress", "nb": "adresse"},
    "clinic_phone": {"fi": "vastaanoton puhelin", "sv": "klinikens telefon", "nb": "klinikkens telefon"},
    "link": {"fi": "linkki", "sv": "länk", "nb": "lenke"},
    "code": {"fi": "koodi", "sv": "kod", "nb": "kode"},
    "other_times": {"fi": "muut ajat", "sv": "andra tider", "nb": "andre tider"},
    "answer_by": {"fi": "vastaa viimeistään", "sv": "svara senast", "nb": "svar innen"},
    "decline_link": {"fi": "hylkäyslinkki", "sv": "avböjningslänk", "nb": "avslagslenke"},
    "waiting_link": {"fi": "jonotuslinkki", "sv": "väntelistelänk", "nb": "ventelistelenke"},
    "minutes": {"fi": "minuutit", "sv": "minuter", "nb": "minutter"},
    "url_1": {"fi": "osoite 1", "sv": "webbadress 1", "nb": "nettadresse 1"},
    "url_2": {"fi": "osoite 2", "sv": "webbadress 2", "nb": "nettadresse 2"},
    "url_3": {"fi": "osoite 3", "sv": "webbadress 3", "nb": "nettadresse 3"},
}
"""By key, each language's own name; the English name is the key with spaces."""

_FIELD = re.compile(r"\[([^\[\]\n]{1,60})\]")
_LISTS = {"other_times"}
"""Fields whose value has several lines, each of which becomes a line of a list."""


@cache
def field_names(language: str) -> Mapping[str, str]:
    """Key by name: the English names and the language's own; for reading only."""
    english = {key.replace("_", " "): key for key in OWN_NAMES}
    own = {names[language]: key for key, names in OWN_NAMES.items() if language in names}
    return english | own


def fields_in(text: str, *, language: str) -> list[str]:
    """The keys of the fields that a text uses, in order. Raises UnknownField."""
    names = field_names(language)
    return [_key(match[1], names) for match in _FIELD.finditer(text)]


def own_name(key: str, language: str) -> str:
    """What a field is called in the language."""
    return OWN_NAMES[key].get(language) or key.replace("_", " ")


def nearest_name(typed: str, *, language: str) -> str | None:
    """The field that was probably meant."""
    return next(iter(get_close_matches(typed.strip().lower(), field_names(language), n=1, cutoff=0.5)), None)


def without_lines_of(text: str, key: str, *, language: str) -> str:
    """The text without the lines that a field stands on, in the manner of an empty one."""
    lines = [line for line in text.splitlines() if key not in fields_in(line, language=language)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def fill_in(text: str, values: Mapping[str, str], *, language: str, bullet: str = "- ") -> str:
    """The text with its fields filled in, in one pass: brackets in a value are just characters.

    A line whose fields are all empty is left out, so that one text serves with and without, say, the
    treatment. The lines of a list begin with ``bullet``. Raises UnknownField.
    """
    names = field_names(language)
    used = set(fields_in(text, language=language))
    clean = cleaned_values({key: value for key, value in values.items() if key in used}, bullet)
    lines = [_filled_line(line, clean, names) for line in text.splitlines()]
    filled = "\n".join(line for line in lines if line is not None)
    return re.sub(r"\n{3,}", "\n\n", filled).strip() if "\n\n\n" in filled else filled.strip()


def cleaned_values(values: Mapping[str, str], bullet: str = "") -> dict[str, str]:
    """As they stand in a text: each on one line, but for lists."""
    return {key: _clean(key, value, bullet) for key, value in values.items()}


def _filled_line(line: str, values: Mapping[str, str], names: Mapping[str, str]) -> str | None:
    if "[" not in line:
        return line
    keys = [_key(match[1], names) for match in _FIELD.finditer(line)]
    if keys and not any(values.get(key) for key in keys):
        return None
    return _FIELD.sub(lambda match: values.get(_key(match[1], names), ""), line)


def _clean(key: str, value: str, bullet: str) -> str:
    """On one line, or as a list of lines for a field that holds several."""
    if key in _LISTS:
        return "".join(f"\n{bullet}{line.strip()}" for line in value.strip().splitlines())
    return " ".join(value.split())


def _key(name: str, names: Mapping[str, str]) -> str:
    try:
        return names[name.strip().lower()]
    except KeyError:
        raise UnknownField(name) from None
