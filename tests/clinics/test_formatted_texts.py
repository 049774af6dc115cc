"""The clinics' own words: formatted a little, and never more than that."""

import random
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from clinics.formatted_texts import LONGEST, html_of, plain, tidied, unusable_links
from clinics.models import Organisation, PortalText
from clinics.portal_texts import TextProblem, TextRefused, problem_of, save_text
from clinics.scope import organisation_scope
from clinics.standard_texts import standard_text
from tests.conftest import Practice

HOSTILE = 50_000
"""How many strings are tried; it takes two seconds."""


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("One\ntwo\n\nThree", "<p>One<br>two</p><p>Three</p>"),
        ("One\r\n\r\n\r\nTwo  ", "<p>One</p><p>Two</p>"),
        ("A **bold** and *light* word", "<p>A <strong>bold</strong> and <em>light</em> word</p>"),
        ("**bold *and* light**", "<p><strong>bold <em>and</em> light</strong></p>"),
        ("5*3*2 is 30, 2 ** 3 is 8, *", "<p>5*3*2 is 30, 2 ** 3 is 8, *</p>"),
        ("Bring:\n- one\n- *two*\nbye", "<p>Bring:</p><ul><li>one</li><li><em>two</em></li></ul><p>bye</p>"),
        ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"),
        ("ma–pe 8–16\n24.12. closed", "<p>ma–pe 8–16<br>24.12. closed</p>"),
        (
            "[Us](https://a.fi/?b=1&c=*2*)",
            '<p><a href="https://a.fi/?b=1&amp;c=*2*" rel="noopener">Us</a></p>',
        ),
        ("[Call](tel:+358401234567)", '<p><a href="tel:+358401234567" rel="noopener">Call</a></p>'),
        ("[x](javascript:alert)", "<p>[x](javascript:alert)</p>"),
        ("[x](//evil.example)", "<p>[x](//evil.example)</p>"),
        ("<b>5 < 6</b> & more", "<p>&lt;b&gt;5 &lt; 6&lt;/b&gt; &amp; more</p>"),
        ("", ""),
        (" \n\n ", ""),
    ],
)
def test_text_is_formatted_as_typed(typed: str, html: str) -> None:
    assert html_of(typed) == html


class Looked(HTMLParser):
    """What a browser would find in the HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}


PIECES = [
    *(
        "<script>",
        "</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<a href=",
        "<style>",
    ),
    *("javascript:", "JaVaScRiPt&#58;", "data:text/html,", "vbscript:", "java\tscript:", "&#x6A;avascript:"),
    *("[x](", "](", ")", "[", "]", "**", "*", "- ", "1. ", "\n", "\n\n", '"', "'", "`", "<", ">", "&lt;"),
    *(
        "onclick=",
        "style=x:expression(1)",
        "<p onmouseover=1>",
        "<iframe srcdoc='",
        "<!--",
        "-->",
        "<![CDATA[",
    ),
    *("https://a.fi/", "tel:1", "mailto:a@b.fi", "https://a.fi/'onx='", 'https://a.fi/"onx="', "\\", "\x00"),
    *("<math><mtext><table><mglyph><style>", "<template>", "\u2028", "\u202e", "<br/", "words ", "ä", "😀"),
]


def hostile(number: int) -> Iterator[str]:
    chance = random.Random(41)
    for _string in range(number):
        yield "".join(chance.choices(PIECES, k=chance.randint(1, 14)))


def test_nothing_but_formatting_comes_of_whatever_is_typed() -> None:
    for typed in hostile(HOSTILE):
        found = Looked(html_of(typed))

        assert found.tags <= {"p", "br", "strong", "em", "ul", "ol", "li", "a"}, typed
        assert {name for name, _value in found.attributes} <= {"href", "rel"}, typed
        links = [value for name, value in found.attributes if name == "href"]
        assert all(re.match(r"(https?|tel|mailto):", link, re.IGNORECASE) for link in links), typed


def test_words_are_all_still_there() -> None:
    for typed in ("a <b> c", "1 < 2 > 3 & 4", "**x", "[a](b)", "- "):
        assert plain(typed) == tidied(typed)


@pytest.mark.parametrize(
    "piece", ["*", "**a ", "[", "[a](", "- \n", "1. a\n", "*a", "\n\n", "[a](tel:1)", "<"]
)
def test_long_text_costs_little(piece: str) -> None:
    """No pattern goes back and forth: what takes long would take minutes here."""
    assert len(html_of(piece * LONGEST)) < 40 * LONGEST


def test_links_that_stay_words_are_named() -> None:
    assert unusable_links("[a](https://a.fi) [b](ftp://b) [c](d) [e](JAVASCRIPT:f)") == [
        "ftp://b",
        "d",
        "JAVASCRIPT:f",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "heading", "body", "problem"),
    [
        ("de", "", "x", TextProblem.LANGUAGE),
        ("fi", "x" * 201, "", TextProblem.HEADING),
        ("fi", "", "x" * (LONGEST + 1), TextProblem.BODY),
        ("fi", "", "[x](javascript:1)", TextProblem.LINK),
    ],
)
def test_text_that_cannot_be_stored_is_refused(
    in_scope: Practice, language: str, heading: str, body: str, problem: TextProblem
) -> None:
    with pytest.raises(TextRefused) as refused:
        save_text(
            organisation=in_scope.organisation,
            place=PortalText.Place.WELCOME,
            language=language,
            heading=heading,
            body=body,
        )

    assert refused.value.problem == problem
    assert not PortalText.objects.exists()


@pytest.mark.django_db
def test_text_is_stored_once_and_gone_when_emptied(in_scope: Practice, other_practice: Practice) -> None:
    def save(organisation: Organisation, body: str, **more: object) -> None:
        save_text(
            organisation=organisation,
            place=PortalText.Place.CLINIC,
            language="fi",
            heading="",
            body=body,
            **more,  # type: ignore[arg-type]
        )

    with organisation_scope(other_practice.organisation.pk):
        save(other_practice.organisation, "theirs")
    save(in_scope.organisation, "one\x00")
    save(in_scope.organisation, "two\r\n")
    save(in_scope.organisation, "clinic’s own", clinic=in_scope.clinic)
    stored = set(PortalText.objects.values_list("body", "clinic_id"))
    save(in_scope.organisation, "  ")

    assert stored == {("two", None), ("clinic’s own", in_scope.clinic.pk)}
    assert set(PortalText.across.values_list("body", flat=True)) == {"clinic’s own", "theirs"}


@pytest.mark.django_db
def test_standard_texts_stand_in_every_place_and_language(practice: Practice) -> None:
    organisation = practice.organisation
    for place in PortalText.Place:
        texts = [
            standard_text(organisation=organisation, place=place, language=language)
            for language in organisation.languages
        ]

        assert len(set(texts)) == 4, place
        for language, (heading, body) in zip(organisation.languages, texts, strict=True):
            assert problem_of(organisation, language, heading, body) is None
            assert heading
            assert html_of(body).startswith("<p>")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("country", "law", "authority"),
    [("FI", "785/1992", "tietosuoja.fi"), ("SE", "2008:355", "imy.se"), ("NO", "1999", "datatilsynet.no")],
)
def test_standard_notice_is_by_the_countrys_law(
    practice: Practice, country: str, law: str, authority: str
) -> None:
    practice.organisation.country = country
    for language in practice.organisation.languages:
        _heading, body = standard_text(
            organisation=practice.organisation, place=PortalText.Place.PRIVACY, language=language
        )

        assert law in body
        assert authority in body
        assert practice.organisation.name in body
