"""Every page in every state, language, width and colour: axe finds nothing, nothing is too wide or too heavy.

`AXE=all bin/test tests/journeys/test_gallery.py` looks at all of it with all rules.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations, product
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from playwright.sync_api import BrowserContext, Page, Route, ViewportSize
from pytest_django.plugin import DjangoDbBlocker

from clinics.colours import dark_palette, light_palette
from clinics.views.theme import rules
from tests.journeys.gallery import LANGUAGES, Gallery, Picture, page_templates, taken_gallery
from tests.journeys.inspector import DESK, EVERYTHING, PHONE, SCHEMES, TOO_WIDE, Inspector, Scheme

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("gallery")]

NewContext = Callable[..., BrowserContext]

HOST = "demoklinikka.localhost:8000"
# A window of 1280 × 1024 that somebody has zoomed to 400 %.
ZOOMED: ViewportSize = {"width": 320, "height": 256}
WAYS = list(product((PHONE, DESK), SCHEMES))
HEAVIEST = 60_000
THEMES = [f"#{random.Random(seed).randrange(1 << 24):06x}" for seed in range(20)]
"""Accent colours as clinics might choose them without looking."""
WITH_ACCENT = (
    *("front page", "which practitioner", "changing a choice", "week", "month", "details, all missing"),
    *("code", "done", "my booking", "other times", "move?", "waiting list", "offer", "landing page"),
)
"""Pages that show the accent, each in a way of its own."""
FOREIGN = {"details with a captcha": {"www.google.com"}}
"""Who but us is asked for something, where a clinic has switched that on."""

SENT_ON = {"to the identification", "back from the identification"}
"""Pages that lead on by themselves: what they load is that of the others."""


@pytest.fixture(scope="module")
def gallery(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Gallery:
    """Taken before the browser starts: from then on Django refuses this thread its database."""
    name = str(connection.settings_dict["NAME"])
    assert name.startswith("test_"), (
        "Run this file whole: its first test brings the database for all of them."
    )
    with django_db_blocker.unblock(), transaction.atomic():
        gallery = taken_gallery()
        transaction.set_rollback(True)
    return gallery


# Puts another page in the place of the one that stands, which is quicker than opening it; axe stays.
SWAP = """async html => {
  const next = new DOMParser().parseFromString(html, 'text/html');
  const sheets = page => [...page.querySelectorAll('link[rel=stylesheet]')].map(l => l.getAttribute('href'));
  const had = sheets(document);
  document.documentElement.lang = next.documentElement.lang;
  document.title = next.title;
  document.body.replaceWith(next.body);
  for (const href of sheets(next).filter(href => !had.includes(href))) {
    const link = document.createElement('link');
    const loaded = new Promise(done => { link.onload = done; });
    link.rel = 'stylesheet';
    link.href = href;
    document.head.append(link);
    await loaded;
  }
}"""
# By how many pixels each of some pages is too wide, one in the place of the other.
TOO_WIDE_EACH = f"""async pages => {{
  const swap = {SWAP};
  const wide = [];
  for (const html of pages) {{
    await swap(html);
    wide.push({TOO_WIDE});
  }}
  return wide;
}}"""
# What has the focus but cannot be seen: outside the window, or under something else.
HIDDEN_FOCUS = """() => {
  const hidden = [];
  for (const element of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
    if (!element.getClientRects().length || element.type === 'hidden' || element.ariaHidden) continue;
    element.focus();
    if (document.activeElement !== element) continue;
    const box = element.getBoundingClientRect();
    const seen = {
      x: (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2,
      y: (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2,
    };
    const top = document.elementFromPoint(seen.x, seen.y);
    const label = element.closest('label');
    if (!top || !(element.contains(top) || top.contains(element) || label?.contains(top))) {
      hidden.push(element.outerHTML.slice(0, 80));
    }
  }
  return hidden;
}"""
REPAINT = """css => {
  const sheet = document.getElementById('theme') ?? document.createElement('style');
  sheet.id = 'theme';
  document.head.append(sheet);
  sheet.textContent = css;
}"""


class Viewer:
    """A browser that is shown the gallery, and notes what the pages ask for."""

    def __init__(self, gallery: Gallery, context: BrowserContext) -> None:
        self.gallery = gallery
        self.pages = {picture.path: picture for picture in gallery.pictures}
        self.asked: set[str] = set()
        self.hosts: set[str] = set()
        self.page: Page = context.new_page()
        context.route("**/*", self.answer)

    def answer(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        path = f"{address.path}?{address.query}" if address.query else address.path
        if address.netloc != HOST:
            self.hosts.add(address.netloc)
            route.abort()
        elif path in self.pages:
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=self.pages[path].html)
        else:
            self.asked.add(path)
            content, kind, _ = self.gallery.files.get(path, (b"", "text/plain", 0))
            route.fulfill(status=200, content_type=kind, body=content)

    def open(self, picture: Picture) -> None:
        """The page by its own address, with its scripts."""
        self.asked, self.hosts = set(), set()
        self.page.goto(f"http://{HOST}{picture.path}")

    def swap(self, picture: Picture) -> None:
        """The page in the place of the last one, without its scripts."""
        self.page.evaluate(SWAP, picture.html)


@pytest.fixture
def viewer(gallery: Gallery, new_context: NewContext) -> Viewer:
    """It depends on the gallery first, and on the browser then."""
    return Viewer(gallery, new_context(viewport=DESK))


@pytest.mark.django_db
def test_every_page_hangs_in_the_gallery(gallery: Gallery) -> None:
    assert page_templates() - gallery.templates == set()
    assert len({picture.path for picture in gallery.pictures}) == len(gallery.pictures)
    for language in LANGUAGES:
        assert [picture.name for picture in gallery.of(language)] == [
            picture.name for picture in gallery.of("fi")
        ]
        assert all(f'<html lang="{language}"' in picture.html for picture in gallery.of(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(gallery: Gallery, viewer: Viewer, language: str) -> None:
    assert faults_of(gallery, viewer, language) == []


def faults_of(gallery: Gallery, viewer: Viewer, language: str) -> list[str]:
    """What axe finds on the pages of the language, each looked at in the ways that are its turn."""
    inspector = Inspector(viewer.page)
    viewer.open(gallery.of(language)[0])
    inspector.bring_axe()
    for width, scheme in WAYS:
        viewer.page.set_viewport_size(width)
        for number, picture in enumerate(gallery.of(language)):
            if (width, scheme) in ways_to_look(number, language):
                viewer.swap(picture)
                inspector.look_with_all_rules(f"{picture.path} at {width['width']}, {scheme}", scheme)
    return inspector.faults


def ways_to_look(number: int, language: str) -> list[tuple[ViewportSize, Scheme]]:
    """At what width and in what light the page of this number is looked at in this language.

    Each page at each width, once by day and once by night, in two of the languages.
    """
    if EVERYTHING:
        return WAYS
    turn, swapped = (number + LANGUAGES.index(language)) % 4, number // 4 % 2
    if turn > 1:
        return []
    return [((PHONE, DESK)[turn], SCHEMES[turn ^ swapped])]


def test_pages_languages_widths_and_lights_all_meet_in_pairs() -> None:
    """What is looked at of any eight pages that follow each other."""
    seen = [
        (number % 4, language, width["width"], scheme)
        for number in range(8)
        for language in LANGUAGES
        for width, scheme in ways_to_look(number, language)
    ]

    every = (range(4), LANGUAGES, (320, 1280), SCHEMES)
    for one, other in combinations(range(4), 2):
        if (one, other) != (0, 1):  # a page is looked at in two of the four languages
            assert {(way[one], way[other]) for way in seen} == set(product(every[one], every[other]))
    for number in range(8):
        ways = [ways_to_look(number, language) for language in LANGUAGES]
        found = [way for each in ways for way in each]
        assert {width["width"] for width, _ in found} == {320, 1280}
        assert {scheme for _, scheme in found} == set(SCHEMES)


def test_axe_finds_what_is_wrong(gallery: Gallery, viewer: Viewer) -> None:
    """The negative control of how pages are swapped and repainted here."""
    [page] = [picture for picture in gallery.named("week") if picture.language == "fi"]
    inspector = Inspector(viewer.page)
    viewer.open(page)
    inspector.bring_axe()
    bad = page.html.replace("<h1>", '<img src="/x"><h1>').replace('<html lang="fi">', "<html>")
    viewer.swap(replace(page, html=bad))
    inspector.look_with_all_rules("bad", "light")
    viewer.page.evaluate(REPAINT, ":root{--accent:#eeeeee;--fill:#eeeeee;--on-fill:#ffffff}")
    inspector.look_at_colours("pale", "light")

    faults = "\n".join(inspector.faults)
    assert [rule in faults for rule in ("image-alt", "html-has-lang", "pale: color-contrast")] == [True] * 3


def test_any_accent_can_be_read_on_any_page(gallery: Gallery, viewer: Viewer) -> None:
    """Each colour on some of the pages, each page in some of the colours; by day and by night."""
    inspector = Inspector(viewer.page)
    pages = [picture for picture in gallery.named(*WITH_ACCENT) if picture.language == "en"]
    viewer.open(pages[0])
    inspector.bring_axe()
    for number, picture in enumerate(pages):
        viewer.page.set_viewport_size((DESK, PHONE)[number % 2])
        viewer.swap(picture)
        for place, accent in enumerate(THEMES):
            turn = (place + number) % 8
            schemes = SCHEMES if EVERYTHING else {0: SCHEMES[:1], 4: SCHEMES[1:]}.get(turn, ())
            for scheme in schemes:
                viewer.page.evaluate(REPAINT, theme_of(accent))
                inspector.look_at_colours(f"{picture.path} in {accent}, {scheme}", scheme)

    assert inspector.faults == []


def theme_of(accent: str) -> str:
    """As the theme's own style sheet has it."""
    light, dark = rules(light_palette(accent)), rules(dark_palette(accent))
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def test_page_is_light_and_asks_nobody_else(gallery: Gallery, viewer: Viewer) -> None:
    """With all that it loads, compressed as it is served; of pages that refer to the same, one is opened."""
    loaded: dict[frozenset[str], set[str]] = {}
    for picture in gallery.of("fi"):
        if picture.name in SENT_ON:
            continue
        if EVERYTHING or references(picture) not in loaded:
            viewer.open(picture)
            loaded[references(picture)] = {
                path for path in viewer.asked if not path.endswith("/now/")
            }  # asked by the demo's inbox
            assert viewer.hosts == FOREIGN.get(picture.name, set()), picture.name
        assert loaded[references(picture)] <= set(gallery.files), picture.name
        assert gallery.weight(picture, loaded[references(picture)]) <= HEAVIEST, picture.name
    assert {picture.name for picture in gallery.pictures} >= set(FOREIGN)


def references(picture: Picture) -> frozenset[str]:
    """The tags of what the page loads, and the attributes by which scripts find their work there."""
    tags = re.findall(r"<(?:link|script|img|iframe)\b[^>]*>", picture.html)
    return frozenset(tags + re.findall(r"\s(?:data|hx)-[a-z-]+(?==)", picture.html))


def test_nothing_is_cut_off_or_hidden_at_400_percent(gallery: Gallery, viewer: Viewer) -> None:
    """No language scrolls sideways, and whatever has the focus can be seen."""
    assert "\n".join(cut_off_or_hidden(gallery, viewer)) == ""


def cut_off_or_hidden(gallery: Gallery, viewer: Viewer) -> Iterator[str]:
    viewer.page.set_viewport_size(ZOOMED)
    viewer.open(gallery.pictures[0])
    for some in batched(gallery.pictures, 20):
        by_pixels = viewer.page.evaluate(TOO_WIDE_EACH, [picture.html for picture in some])
        for picture, wide in zip(some, by_pixels, strict=True):
            if wide > 0:
                yield f"{picture.path} is {wide} px too wide"
    for picture in gallery.of("fi"):
        viewer.swap(picture)
        for element in viewer.page.evaluate(HIDDEN_FOCUS):
            yield f"{picture.path} hides {element}"


def batched(pictures: list[Picture], many: int) -> Iterator[list[Picture]]:
    for begin in range(0, len(pictures), many):
        yield pictures[begin : begin + many]


def test_ruler_finds_what_is_hidden(gallery: Gallery, viewer: Viewer) -> None:
    viewer.page.set_viewport_size(ZOOMED)
    viewer.open(gallery.pictures[0])
    cover = "<div style='position:fixed;inset:0;z-index:9;width:400px'></div>"
    viewer.page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", cover)

    assert viewer.page.evaluate(HIDDEN_FOCUS)
    page = gallery.pictures[0].html
    wide = page.replace("<main", "<p style='width:400px'>wide</p><main", 1)
    first, second, third = viewer.page.evaluate(TOO_WIDE_EACH, [page, wide, page])
    assert (first, second > 0, third) == (0, True, 0)
