"""Every text of the pages exists in every language, and says the same with the same gaps."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.template import Node, engines
from django.template.backends.django import Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation import trim_whitespace

from booking_portal.embedded import ROOT

APPS = ("booking_portal", "clinics", "notifications", "scheduling", "sync_api")
FUNCTIONS = re.compile(r"_|n?p?gettext(_lazy|_noop)?")
WITH_CONTEXT = re.compile(r"n?pgettext")
INLINE = re.compile(r"""\b_\((?P<quote>["'])(?P<text>.+?)(?P=quote)\)""")
GAP = re.compile(r"%\([a-z_0-9]+\)[sd]|%[sd]|\{[a-z_0-9]*\}|\[[a-z_ ]+\]")
# Texts are written in English.
TRANSLATED = ("fi", "sv", "nb")


def texts_in_python() -> set[str]:
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return {text for path in files for text in marked_in(ast.parse(path.read_text()))}


def marked_in(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and FUNCTIONS.fullmatch(name := name_of(call.func)):
            arguments = call.args[1:] if WITH_CONTEXT.match(name) else call.args
            yield from (
                argument.value
                for argument in arguments
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            )


def name_of(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def texts_in_templates() -> set[str]:
    files = (ROOT / "templates").rglob("*.*")
    return {text for path in files if path.is_file() for text in marked_in_template(path)}


def marked_in_template(path: Path) -> Iterator[str]:
    yield from (found["text"] for found in INLINE.finditer(path.read_text()))
    template = engines["django"].get_template(str(path.relative_to(ROOT / "templates")))
    assert isinstance(template, Template)
    for node in template.template.nodelist.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            yield str(node.filter_expression.var.literal)
        elif isinstance(node, BlockTranslateNode):
            yield from texts_of_block(node)


def texts_of_block(node: BlockTranslateNode) -> Iterator[str]:
    for tokens in (node.singular, node.plural):
        if tokens:
            text, _ = node.render_token_list(tokens)
            yield trim_whitespace(text) if node.trimmed else text


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))


def texts_in_catalogue(language: str) -> set[str]:
    return {
        text
        for entry in catalogue(language)
        if not entry.obsolete
        for text in (entry.msgid, entry.msgid_plural)
    } - {""}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_marked_text_is_in_the_catalogue(language: str) -> None:
    assert sorted((texts_in_python() | texts_in_templates()) - texts_in_catalogue(language)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_holds_no_text_that_is_gone(language: str) -> None:
    assert sorted(texts_in_catalogue(language) - texts_in_python() - texts_in_templates()) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    unfinished = [
        entry.msgid for entry in catalogue(language) if not entry.obsolete and not entry.translated()
    ]

    assert unfinished == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_gaps_of_their_texts(language: str) -> None:
    wrong = [
        (entry.msgid, translation)
        for entry in catalogue(language)
        for translation in [entry.msgstr, *entry.msgstr_plural.values()]
        if translation and set(GAP.findall(translation)) - set(GAP.findall(entry.msgid + entry.msgid_plural))
    ]

    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_single_translations_leave_out_no_gap(language: str) -> None:
    wrong = [
        (entry.msgid, entry.msgstr)
        for entry in catalogue(language)
        if not entry.msgid_plural and set(GAP.findall(entry.msgid)) != set(GAP.findall(entry.msgstr))
    ]

    assert wrong == []
