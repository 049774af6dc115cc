"""The landing page: a patient finds a clinic by its name or its town, and only who is published."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from clinics.finding import PAGE, find_places, plain_words
from clinics.models import Clinic, ClinicGroup, Findable, Organisation
from tests.conftest import Practice
from tests.factories import ClinicFactory, make_organisation
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_demo(settings: Settings) -> None:
    """In the demo everybody is found."""
    settings.DEMO = False


@pytest.fixture
def bare() -> Browser:
    return Browser("www.localhost:8000")


def opened(name: str, subdomain: str, *addresses: str) -> Organisation:
    organisation = make_organisation(subdomain, publish_on_marketplace=True)
    organisation.name = name
    organisation.save()
    for address in addresses:
        ClinicFactory(organisation=organisation, name="Vastaanotto", address=address)
    return organisation


def names_found(query: str, page: int = 1) -> list[str]:
    return [place.organisation.name for place in find_places(query, page).places]


@pytest.fixture
def town() -> None:
    opened("Malmö Tandvård", "malmotand", "Storgatan 1, 211 42 Malmö")
    opened("Tannlege Ødegård", "odegard", "Ærøveien 2, 6005 Ålesund")
    opened("Hammas Äijälä", "aijala", "Kauppakatu 3, 40100 Jyväskylä", "Torikatu 1, 33100 Tampere")


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("query", "name"),
    [
        *(("malmö", "Malmö Tandvård"), ("MALMO", "Malmö Tandvård"), ("tandvard malm", "Malmö Tandvård")),
        *(
            ("odegard", "Tannlege Ødegård"),
            ("ålesund", "Tannlege Ødegård"),
            ("AEROVEIEN", "Tannlege Ødegård"),
        ),
        *(("jyvaskyla", "Hammas Äijälä"), ("äi", "Hammas Äijälä"), ("tampere hammas", "Hammas Äijälä")),
        *(("katu 3", "Hammas Äijälä"), ("40100", "Hammas Äijälä"), ("  Äijälä, Tampere! ", "Hammas Äijälä")),
    ],
)
def test_clinic_is_found_however_it_is_typed(query: str, name: str) -> None:
    found = find_places(query)

    assert [place.organisation.name for place in found.places] == [name]
    assert not found.is_near


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("query", ["jyväskulä", "malmmö", "tannlaege odegaard"])
def test_clinic_is_found_though_misspelled(bare: Browser, query: str) -> None:
    found = find_places(query)

    assert len(found.places) >= 1
    assert found.is_near
    assert "These are spelled nearly so" in text_of(bare.get("/", {"q": query}))


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("query", ["zzzz", "%", "_____", "''; --", "\\", "malmö tampere", "q" * 500, "ж"])
def test_what_is_not_there_is_not_found(bare: Browser, query: str) -> None:
    assert bare.get("/", {"q": query}).status_code == 200
    if plain_words(query):
        assert names_found(query) == []


def suspended(organisation: Organisation) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(is_suspended=True)


def unpublished(organisation: Organisation) -> None:
    organisation.settings.publish_on_portal = False
    organisation.settings.save()


def off_the_marketplace(organisation: Organisation) -> None:
    organisation.settings.publish_on_marketplace = False
    organisation.settings.save()


@pytest.mark.parametrize("change", [suspended, unpublished, off_the_marketplace])
@pytest.mark.parametrize("query", ["", "salainen", "salaniien", "kätkölä"])
def test_who_is_not_published_is_nowhere(
    bare: Browser, change: Callable[[Organisation], None], query: str
) -> None:
    organisation = opened("Salainen Hammas", "salainen", "Piilokatu 1, Kätkölä")
    assert "Salainen" in bare.get("/", {"q": "salainen"}).content.decode()

    change(organisation)

    answer = bare.get("/", {"q": query}).content.decode().replace(f'value="{query}"', "")
    assert "Salainen" not in answer
    assert "Piilokatu" not in answer


def test_clinic_that_is_not_published_is_neither_found_nor_shown(bare: Browser) -> None:
    organisation = opened("Avoin", "avoin", "Julkikatu 1", "Piilokatu 2", "Vanhakatu 3")
    Clinic.across.filter(address="Piilokatu 2").update(is_published=False)
    Clinic.across.filter(address="Vanhakatu 3").update(retired_at="2026-01-01T00:00:00Z")

    assert names_found("julkikatu") == [organisation.name]
    assert names_found("piilokatu") == names_found("vanhakatu") == []
    assert "Piilokatu" not in bare.get("/").content.decode()


def test_what_is_found_follows_every_change(practice: Practice) -> None:
    organisation = opened("Muuttuva", "muuttuva", "Vanhakatu 1")
    group = ClinicGroup.across.create(organisation=organisation, name="Espoo")
    clinics = Clinic.across.filter(organisation=organisation)
    changes: list[tuple[Callable[[], Any], str]] = [
        (lambda: clinics.update(address="Uusikatu 1"), "uusikatu"),
        (lambda: clinics.update(group=group), "espoo"),
        (lambda: ClinicGroup.across.filter(pk=group.pk).update(name="Vantaa"), "vantaa"),
        (lambda: Organisation.objects.filter(pk=organisation.pk).update(name="Vakaa"), "vakaa"),
        (lambda: ClinicFactory(organisation=organisation, address="Toinenkatu"), "toinenkatu"),
    ]
    for change, query in changes:
        assert names_found(query) == []
        change()
        assert len(names_found(query)) == 1
    clinics.filter(address="Toinenkatu").delete()

    assert names_found("toinenkatu") == names_found("vanhakatu") == names_found("espoo") == []
    assert Findable.objects.count() == 2


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("query", ["", "klinikka"])
def test_landing_costs_two_queries(
    bare: Browser, number: int, query: str, django_assert_num_queries: Any
) -> None:
    for letter in "abc"[:number]:
        opened(f"Klinikka {letter}", f"oma-{letter}-klinikka", "Katu 1", "Katu 2")

    with django_assert_num_queries(2):
        assert text_of(bare.get("/", {"q": query})).count("Katu 2") == number


def test_landing_comes_in_pages(bare: Browser) -> None:
    Organisation.objects.bulk_create(
        Organisation(
            name=f"Klinikka {number:03}",
            subdomain=f"k{number:03}",
            country="FI",
            time_zone="Europe/Helsinki",
            default_language="fi",
        )
        for number in range(2 * PAGE + 1)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clinics_findable SELECT id, name, plain_words(name), true FROM clinics_organisation"
        )
    first, last = (text_of(bare.get("/", {"q": "klinikka", "page": page})) for page in (1, 3))

    assert ("Klinikka 019" in first, "Klinikka 020" in first, "More clinics" in first) == (True, False, True)
    assert ("Klinikka 040" in last, "More clinics" in last, "Previous clinics" in last) == (True, False, True)
    assert "Previous clinics" not in first
    for page in ("0", "-1", "x", "99999", "4", "²", "1" * 99):
        assert bare.get("/", {"page": page}).status_code == 200


def test_large_organisation_names_a_few_of_its_clinics(bare: Browser) -> None:
    opened("Ketju", "ketju", *(f"Katu {number}" for number in range(1, 8)))

    assert "and 3 more clinics" in text_of(bare.get("/"))


def test_landing_speaks_four_languages() -> None:
    titles = {
        Browser("localhost:8000", language).get("/").content.split(b"<h1>")[1].split(b"</h1>")[0]
        for language in ("fi", "sv", "nb", "en")
    }

    assert len(titles) == 4


@pytest.mark.parametrize(
    "written", ["ÅÄÖÆØ åäöæø", "éèüñçšž Straße", "Łódź Þór Áđð", "àáâãåçêëìíîïòóôõùúûýÿ", "A-b'c,1/2"]
)
def test_words_are_folded_as_in_the_database(written: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT plain_words(%s)", [written])
        assert cursor.fetchone()[0].split() == plain_words(written)


def test_search_uses_its_index() -> None:
    """With many organisations a search reads the few rows that have the word."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT * FROM clinics_findable WHERE words LIKE '%malmo%'")
        assert "findable_by_words" in str(cursor.fetchall())
