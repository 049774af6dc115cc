"""The translations, read from their ``.po`` files when needed: the agent's folder is all that it takes."""

import ast
import logging
import re
from collections.abc import Iterator, Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from struct import pack

log = logging.getLogger(__name__)

MAGIC = 0x950412DE
HEAD_BYTES = 28
LINE = re.compile(r'(?:(?P<field>msgid_plural|msgid|msgstr(?:\[\d\])?)\s+)?(?P<text>".*")$')


@cache
def catalogue(language: str) -> NullTranslations:
    """What ``locale/`` has of a language; English where that cannot be read: no agent stops for its words."""
    try:
        source = files("agent").joinpath("locale", language, "LC_MESSAGES", "agent.po")
        return GNUTranslations(BytesIO(compiled(messages(source.read_text(encoding="utf-8")))))
    except (OSError, ValueError, SyntaxError):
        log.warning("The translations for %s cannot be read.", language)
        return NullTranslations()


def messages(source: str) -> dict[str, str]:
    """The finished entries of a .po file, as gettext keeps them: forms of a plural with a null between."""
    entries = (dict(_fields(block)) for block in re.split(r"\n\s*\n", source) if "#, fuzzy" not in block)
    return dict(filter(None, map(_message, entries)))


def compiled(messages: Mapping[str, str]) -> bytes:
    """The messages as GNU gettext's .mo: a head, two tables of lengths and places, the texts."""
    pairs = sorted((key.encode(), text.encode()) for key, text in messages.items())
    texts = [key for key, _ in pairs] + [text for _, text in pairs]
    place, tables = HEAD_BYTES + 16 * len(pairs), b""
    for one in texts:
        tables += pack("<II", len(one), place)
        place += len(one) + 1
    head = pack("<7I", MAGIC, 0, len(pairs), HEAD_BYTES, HEAD_BYTES + 8 * len(pairs), 0, 0)
    return head + tables + b"".join(one + b"\0" for one in texts)


def _fields(block: str) -> Iterator[tuple[str, str]]:
    """Each field of an entry with its text, which may go on over several lines."""
    field, text = "", ""
    for line in block.splitlines():
        found = LINE.match(line.strip())
        if found is None:
            continue
        if found["field"]:
            yield field, text
            field, text = found["field"], ""
        text += ast.literal_eval(found["text"])
    yield field, text


def _message(entry: Mapping[str, str]) -> tuple[str, str] | None:
    if "msgid_plural" not in entry:
        text = entry.get("msgstr", "")
        return (entry["msgid"], text) if text else None
    forms = [text for field, text in sorted(entry.items()) if field.startswith("msgstr[")]
    return (f"{entry['msgid']}\0{entry['msgid_plural']}", "\0".join(forms)) if all(forms) else None
