"""Everything that people read of the agent is said in every language, with the same gaps."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import polib
import pytest

from agent.catalogues import messages
from agent.dates import MANNERS
from agent.words import LANGUAGES
from booking_portal.embedded import ROOT

AGENT = ROOT / "agent"
TRANSLATED = sorted(set(LANGUAGES) - {"en"})
OF_ARGPARSE = re.compile(r"%\(\w+\)[sr]|%s")
OWN_FAULTS = {"ValueError", "AssertionError", "AttributeError"}
"""Errors that nobody reads."""

Text = tuple[str, str]  # and what is said of many


def trees() -> Iterator[ast.AST]:
    for path in sorted(AGENT.rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))


def marked() -> set[Text]:
    calls = [node for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {text for call in calls if (text := text_of(call)) is not None}


def text_of(call: ast.Call) -> Text | None:
    """The marked text; every argument that is to be translated must be a text and no expression."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name not in ("_", "ngettext"):
        return None
    texts = call.args[: 1 if name == "_" else 2]
    assert all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in texts), ast.dump(call)
    values = [str(one.value) for one in texts if isinstance(one, ast.Constant)]
    return (values[0], values[1] if len(values) > 1 else "")


def source(language: str) -> Path:
    return AGENT / "locale" / language / "LC_MESSAGES" / "agent.po"


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(source(language)), check_for_duplicates=True)


def gaps(text: str) -> set[str]:
    return {name for _, name, *_ in Formatter().parse(text) if name is not None} | set(
        OF_ARGPARSE.findall(text)
    )


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_holds_the_marked_texts_and_no_others(language: str) -> None:
    assert {(one.msgid, one.msgid_plural) for one in catalogue(language)} == marked()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_sure(language: str) -> None:
    unfinished = [
        one.msgid for one in catalogue(language) if one.obsolete or one.fuzzy or not one.translated()
    ]

    assert unfinished == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_gaps_of_their_texts(language: str) -> None:
    wrong = [
        (one.msgid, translation)
        for one in catalogue(language)
        for translation in [one.msgstr, *one.msgstr_plural.values()]
        if translation and gaps(translation) != gaps(one.msgid)
    ]

    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_agent_reads_its_catalogue_as_gettext_does(language: str) -> None:
    read = messages(source(language).read_text(encoding="utf-8"))
    plurals = {
        f"{one.msgid}\0{one.msgid_plural}": "\0".join(one.msgstr_plural.values())
        for one in catalogue(language)
        if one.msgid_plural
    }
    singles = {one.msgid: one.msgstr for one in catalogue(language) if not one.msgid_plural}

    assert {key: text for key, text in read.items() if key} == plurals | singles
    assert "charset=UTF-8" in read[""]


def test_entry_that_is_unsure_or_obsolete_is_not_said() -> None:
    fuzzy = '#, fuzzy\nmsgid "a"\nmsgstr "b"\n\n#~ msgid "c"\n#~ msgstr "d"\n\nmsgid "e"\nmsgstr ""\n'

    assert messages(fuzzy + '\nmsgid ""\n"f\\n"\n"g"\nmsgstr "h"\n') == {"f\ng": "h"}


def test_every_language_writes_days_and_times() -> None:
    assert MANNERS.keys() == LANGUAGES.keys()


def test_no_error_that_people_read_is_left_unmarked() -> None:
    assert [fault for tree in trees() for node in ast.walk(tree) for fault in unmarked(node)] == []


def unmarked(node: ast.AST) -> Iterator[str]:
    """An error raised with words of its own; those of `conformance` are for makers of portals, in English."""
    if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
        return
    name = getattr(node.exc.func, "id", "")
    if name in OWN_FAULTS | {"Broken", "Skipped"}:
        return
    for argument in node.exc.args:
        is_said = isinstance(argument, ast.JoinedStr) or (
            isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        )
        if is_said:
            yield f"{name}: {ast.unparse(argument)}"
