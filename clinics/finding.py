"""Finding a clinic by its name or its town, as people type them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import QuerySet

from clinics.models import Clinic, Findable, Organisation

PAGE = 20
LAST_PAGE = 100
"""Who has looked at that many pages is better helped by typing another letter."""
LONGEST_QUERY = 100
MOST_WORDS = 6
MOST_PLACES = 4
"""Clinics that are named beside their organisation."""
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d", "ð": "d", "ł": "l", "þ": "th"})


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation as the landing page shows it."""

    organisation: Organisation
    clinics: list[Clinic]
    more: int
    """How many clinics it has besides those."""


@dataclass(frozen=True, slots=True)
class Found:
    places: list[Place]
    is_near: bool
    """Nothing has just these words: what is shown is spelled a little differently."""
    page: int
    has_more: bool


def find_places(query: str, page: int = 1) -> Found:
    """Published organisations, all or those with every word of the query in their names and places.

    Two queries; three where nothing has the words and something like them is looked for.
    """
    page = min(max(page, 1), LAST_PAGE)
    words = plain_words(query)
    start = (page - 1) * PAGE
    found = list(named(words)[start : start + PAGE + 1])
    is_near = not found and page == 1 and len("".join(words)) >= 4
    if is_near:
        found = list(nearly_named(" ".join(words))[:PAGE])
    return Found(
        places_of([row.organisation for row in found[:PAGE]]),
        is_near and bool(found),
        page,
        has_more=len(found) > PAGE and page < LAST_PAGE,
    )


def plain_words(query: str) -> list[str]:
    """The words in small letters without accents, as the database keeps them (migration 0002)."""
    folded = unicodedata.normalize("NFKD", query[:LONGEST_QUERY].lower().translate(_LETTERS))
    return re.findall(r"[a-z0-9]+", re.sub(r"[\u0300-\u036f]", "", folded))[:MOST_WORDS]


def published() -> QuerySet[Findable]:
    """Those that chose to be found here; in the demo every open one, so that there is something to see."""
    rows = Findable.objects.select_related("organisation")
    return rows if settings.DEMO else rows.filter(on_marketplace=True)


def named(words: list[str]) -> QuerySet[Findable]:
    """A short word is the beginning of one of theirs, a longer one may stand inside: ``Pikkuhammas``."""
    rows = published().order_by("name", "organisation_id")
    for word in words:
        rows = rows.filter(words__contains=word if len(word) > 2 else f" {word}")
    return rows


def nearly_named(query: str) -> QuerySet[Findable]:
    """Those spelled most like it first."""
    likeness = TrigramWordSimilarity(query, "words")
    rows = published().filter(words__trigram_word_similar=query)
    return rows.annotate(likeness=likeness).order_by("-likeness", "name", "organisation_id")


def places_of(organisations: list[Organisation]) -> list[Place]:
    clinics = clinics_of(organisations)
    return [
        Place(organisation, own[:MOST_PLACES], max(0, len(own) - MOST_PLACES))
        for organisation in organisations
        for own in [clinics.get(organisation.pk, [])]
    ]


def clinics_of(organisations: Iterable[Organisation]) -> dict[int, list[Clinic]]:
    """Organisation id to its published clinics."""
    found: dict[int, list[Clinic]] = {}
    for clinic in Clinic.across.filter(organisation__in=organisations, is_published=True, retired_at=None):
        found.setdefault(clinic.organisation_id, []).append(clinic)
    return found
