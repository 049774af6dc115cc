"""An organisation's address: what may be one, and what becomes of the one before."""

import random
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinics.accounts import open_account
from clinics.errors import SubdomainTaken
from clinics.models import FormerSubdomain, Organisation
from clinics.reserved_names import OFFENSIVE_ALONE, OFFENSIVE_ANYWHERE, RESERVED, skeleton
from clinics.subdomains import (
    MOST_CHANGES,
    Refusal,
    SubdomainRefused,
    availability,
    change_subdomain,
    why_not,
)
from tests.conftest import Practice
from tests.factories import make_organisation
from tests.pages.conftest import Browser

pytestmark = pytest.mark.django_db

DECENT = """
demoklinikka pikkuhammas thoresen tannlege-hansen kukkaniitty ashita-dental drape assistans analys
titta-in fanny-tandvard hammas24 oral-care grapevine dickson tandlakarna-i-malmo peikko korsholm
"""


def move(practice: Practice, subdomain: str) -> None:
    change_subdomain(organisation=practice.organisation, subdomain=subdomain, by="owner@example.com")


def days_pass(days: int) -> None:
    """The former addresses grow older."""
    for row in FormerSubdomain.across.all():
        row.since -= timedelta(days=days)
        row.redirects_until -= timedelta(days=days)
        row.kept_until -= timedelta(days=days)
        row.save()


@pytest.mark.parametrize(
    "name", ["", "a", "ab", "-abc", "abc-", "a.b", "ääkköset", "xn--abc", "a" * 64, "a b"]
)
def test_name_that_is_ill_formed_is_none(name: str) -> None:
    assert why_not(name) == Refusal.ILL_FORMED


@pytest.mark.parametrize(
    "name", ["www", "api", "admin", "login", "mail", "adm1n", "a-p-i", "suppport", "book"]
)
def test_reserved_names_and_what_looks_like_them_are_refused(name: str) -> None:
    assert why_not(name) == Refusal.RESERVED


@pytest.mark.parametrize(
    "name", ["vittu-klinikka", "v1ttu", "fuuck", "hammas-paska", "kuk", "faen", "hora-oslo"]
)
def test_offensive_names_are_refused(name: str) -> None:
    assert why_not(name) == Refusal.OFFENSIVE


@pytest.mark.parametrize("name", DECENT.split())
def test_decent_names_are_free(name: str) -> None:
    assert why_not(name) is None


def test_words_of_the_lists_are_all_refused_themselves() -> None:
    assert [name for name in RESERVED if len(name) > 2 and why_not(name) != Refusal.RESERVED] == []
    offensive = [name for name in OFFENSIVE_ALONE | OFFENSIVE_ANYWHERE if why_not(name) is None]
    assert offensive == []


@pytest.mark.parametrize(
    "alike",
    [
        *("dernoklinikka", "dem0klinikka", "demok1inikka", "demokllnikka", "demo-klinikka", "demoklinika"),
        *("demmoklinikkaa", "d-e-m-o-k-l-i-n-i-k-k-a"),
    ],
)
def test_look_alikes_of_anothers_address_are_refused(practice: Practice, alike: str) -> None:
    other = make_organisation("pikkuhammas")

    with pytest.raises(SubdomainRefused) as refused:
        change_subdomain(organisation=other, subdomain=alike, by="owner@example.com")

    assert refused.value.refusal == Refusal.LOOK_ALIKE
    assert Organisation.objects.get(pk=other.pk).subdomain == "pikkuhammas"
    with pytest.raises(SubdomainTaken):
        open_account(name="New", subdomain=alike, language="fi", country="FI")


def test_own_look_alike_may_be_chosen(practice: Practice) -> None:
    move(practice, "demo-klinikka")

    assert Organisation.objects.get(pk=practice.organisation.pk).subdomain == "demo-klinikka"


def test_database_sees_the_same_likeness() -> None:
    chance = random.Random(7)
    names = ["".join(chance.choices("abilmnorvw01-", k=chance.randint(1, 20))) for _number in range(2000)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array(SELECT subdomain_skeleton(name) FROM unnest(%s::text[]) AS name)", [names]
        )
        assert cursor.fetchone()[0] == [skeleton(name) for name in names]


def test_availability_is_told_while_typing(
    practice: Practice, other_practice: Practice, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        free = availability(organisation=practice.organisation, typed=" Uusi-Klinikka ")
    own = availability(organisation=practice.organisation, typed="demoklinikka")
    taken = availability(organisation=practice.organisation, typed="PIKKUHAMMAS")

    assert (free.subdomain, free.url, free.refusal) == (
        "uusi-klinikka",
        "http://uusi-klinikka.localhost:8000/",
        None,
    )
    assert own.refusal is None
    assert taken.refusal == Refusal.TAKEN


@pytest.mark.parametrize(("method", "status"), [("GET", 301), ("HEAD", 301), ("POST", 308), ("DELETE", 308)])
def test_old_address_leads_to_the_same_page_of_the_new(
    practice: Practice, browser: Browser, method: str, status: int
) -> None:
    move(practice, "uusi-klinikka")
    response = browser.generic(method, "/book/?clinic=a%20b&at=1", data="x=1")
    new = browser.get("/", headers={"host": "uusi-klinikka.localhost:8000"})

    assert response.status_code == status
    assert response.headers["Location"] == "http://uusi-klinikka.localhost:8000/book/?clinic=a%20b&at=1"
    assert new.status_code == 200
    assert FormerSubdomain.across.get().changed_by == "owner@example.com"


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "/%0d%0aX-Evil:1", "/@evil.example"])
def test_old_address_leads_nowhere_else(practice: Practice, browser: Browser, path: str) -> None:
    move(practice, "uusi-klinikka")
    response = browser.generic("GET", path)

    assert urlsplit(response.headers["Location"]).netloc == "uusi-klinikka.localhost:8000"
    assert "X-Evil" not in response.headers


def test_old_address_leads_there_for_90_days_and_is_kept_for_a_year_more(
    practice: Practice, other_practice: Practice, browser: Browser
) -> None:
    move(practice, "uusi-klinikka")
    days_pass(89)
    assert browser.get("/").status_code == 301
    days_pass(2)
    assert browser.get("/").status_code == 404
    assert why_not("demoklinikka", other_practice.organisation) == Refusal.TAKEN
    assert why_not("dem0klinikka", other_practice.organisation) == Refusal.LOOK_ALIKE
    days_pass(363)
    assert why_not("demoklinikka", other_practice.organisation) == Refusal.TAKEN
    days_pass(2)
    move(other_practice, "demoklinikka")

    assert browser.get("/").status_code == 200
    assert FormerSubdomain.across.get().name == "pikkuhammas"


def test_organisation_may_move_back(practice: Practice, browser: Browser) -> None:
    move(practice, "uusi-klinikka")
    move(practice, "demoklinikka")
    there = browser.get("/", headers={"host": "uusi-klinikka.localhost:8000"})

    assert browser.get("/").status_code == 200
    assert there.headers["Location"] == "http://demoklinikka.localhost:8000/"
    assert "no-cache" in there.headers["Cache-Control"]
    assert FormerSubdomain.across.count() == 1


def test_every_former_address_leads_straight_to_the_present_one(practice: Practice, browser: Browser) -> None:
    move(practice, "uusi-klinikka")
    move(practice, "kolmas-klinikka")

    assert browser.get("/").headers["Location"] == "http://kolmas-klinikka.localhost:8000/"


def test_old_address_of_a_suspended_organisation_is_not_found(practice: Practice, browser: Browser) -> None:
    move(practice, "uusi-klinikka")
    Organisation.objects.filter(pk=practice.organisation.pk).update(is_suspended=True)

    assert browser.get("/").status_code == 404


def test_address_changes_only_so_often(practice: Practice) -> None:
    for number in range(MOST_CHANGES):
        move(practice, f"klinikka-nro-{'abc'[number]}")
    with pytest.raises(SubdomainRefused) as refused:
        move(practice, "klinikka-nro-d")
    assert refused.value.refusal == Refusal.TOO_OFTEN

    days_pass(91)
    move(practice, "klinikka-nro-d")


def test_portal_is_found_without_asking_for_former_addresses(
    practice: Practice, browser: Browser, django_assert_num_queries: object
) -> None:
    move(practice, "uusi-klinikka")
    host = {"host": "uusi-klinikka.localhost:8000"}
    browser.get("/theme.css", headers=host)

    with django_assert_num_queries(1):  # type: ignore[operator]
        browser.get("/theme.css", headers=host)


def test_nothing_changes_where_the_address_stays(practice: Practice) -> None:
    move(practice, " DemoKlinikka ")

    assert not FormerSubdomain.across.exists()


def test_database_itself_keeps_an_address_from_others(practice: Practice, other_practice: Practice) -> None:
    move(practice, "uusi-klinikka")
    others = Organisation.objects.filter(pk=other_practice.organisation.pk)
    for taken in ("demoklinikka", "uusi-klinikka"):
        with pytest.raises(IntegrityError), transaction.atomic():
            others.update(subdomain=taken)

    FormerSubdomain.across.update(kept_until=timezone.now() - timedelta(days=1))
    others.update(subdomain="demoklinikka")
