"""No template holds words that no translation can reach."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, Token, TokenType

from booking_portal.embedded import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
WORD = re.compile(r"[^\W\d_]{2,}")
SPOKEN = {"alt", "aria-label", "aria-description", "aria-roledescription", "placeholder", "title", "label"}
"""Attributes whose values people read or hear."""
UNSPOKEN_ELEMENTS = {"script", "style", "svg"}
UNSPOKEN_BLOCKS = {"robots", "home"}
"""Blocks that fill in an attribute that nobody reads."""
FILLED = "\ufffc"
"""Stands where a template fills something in."""


class Words(HTMLParser):
    """Collects the words that stand in a page's markup as they are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in UNSPOKEN_ELEMENTS
        named = dict(attrs)
        is_button = tag == "input" and named.get("type") in ("submit", "button", "reset")
        spoken = SPOKEN | ({"value"} if is_button else set())
        spoken |= {"content"} if named.get("name") in ("description", "twitter:title") else set()
        for name in spoken & named.keys():
            self.note(named[name] or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in UNSPOKEN_ELEMENTS

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.note(data)

    def note(self, text: str) -> None:
        self.found += WORD.findall(text)


def untranslatable(source: str) -> list[str]:
    """The words of a template outside its tags, its variables and what is marked for translation."""
    words = Words()
    words.feed("".join(markup_of(source)))
    words.close()
    return words.found


def markup_of(source: str) -> Iterator[str]:
    """The source with a mark in the place of what is filled in, translated or a comment."""
    end = ""
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.TEXT:
            yield "" if end else token.contents
            continue
        yield FILLED
        end = end_of(token) or ("" if token.contents.strip() == end else end)


def end_of(token: Token) -> str:
    """The tag that ends a block of words that are no template's own; empty for any other tag."""
    name, *rest = [*token.contents.split(), ""]
    if token.token_type != TokenType.BLOCK:
        return ""
    if name in ("blocktranslate", "blocktrans", "comment"):
        return f"end{name}"
    return "endblock" if name == "block" and rest[0] in UNSPOKEN_BLOCKS else ""


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_holds_no_words_of_its_own(template: Path) -> None:
    assert untranslatable(template.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "bad",
    [
        "<p>Hello</p>",
        "{% if a %}Choose{% endif %}",
        '<img alt="A tooth">',
        '<input type="submit" value="Send">',
        '{% translate "Good" %} and bad',
        "<p>{{ name }} says &auml;iti</p>",
    ],
)
def test_words_of_a_templates_own_are_found(bad: str) -> None:
    assert untranslatable(bad)


@pytest.mark.parametrize(
    "good",
    [
        '{% translate "Good" %}',
        "{% blocktranslate %}Good words{% endblocktranslate %}",
        '<a class="tel" href="tel:1">{{ phone }}</a>',
        "{# a comment #}{% comment %}another{% endcomment %}",
        "<script>let words = 1;</script> · –",
        '<input type="hidden" name="step" value="time">',
    ],
)
def test_what_is_marked_is_left_alone(good: str) -> None:
    assert untranslatable(good) == []
