"""Another address: whether it can be had, what it costs, and moving there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics.models import AuditEntry, FormerSubdomain, Organisation
from tests.conftest import Practice
from tests.console.test_people import recent
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

ADDRESS = "/manage/address/"


@pytest.fixture
def boss(owner: Browser) -> Browser:
    return recent(owner)


def subdomain_of(practice: Practice) -> str:
    return Organisation.objects.get(pk=practice.organisation.pk).subdomain


def test_page_asks_again_who_came_long_ago(practice: Practice, owner: Browser) -> None:
    session = owner.session
    session["account_authentication_methods"] = []
    session.save()

    for response in (owner.get(ADDRESS), owner.post(ADDRESS, {"subdomain": "uusinimi"})):
        assert response.headers["Location"].startswith("/manage/reauthenticate/")
    assert subdomain_of(practice) == "demoklinikka"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("uusinimi", "Free: http://uusinimi.localhost:8000/"),
        (" UusiNimi ", "Free: http://uusinimi.localhost:8000/"),
        ("demoklinikka", "This is your address now."),
        ("pikkuhammas", "Another clinic has this address."),
        ("p1kkuhammas", "looks too much like"),
        ("admin", "reserved"),
        ("fuck-off", "offend"),
        ("ä", "letters from a to z"),
        ("x" * 500, "letters from a to z"),
        ("\x00", ""),
        ("", ""),
    ],
)
def test_answer_comes_while_typing_and_by_the_button(
    practice: Practice, other_practice: Practice, boss: Browser, name: str, words: str
) -> None:
    piece = boss.get(f"{ADDRESS}availability/", {"subdomain": name})
    page = boss.post(ADDRESS, {"subdomain": name, "check": "1"})

    assert words in text_of(piece)
    assert page.status_code == 200
    assert words in text_of(page)
    assert subdomain_of(practice) == "demoklinikka"


def test_change_leads_to_the_login_at_the_new_address(practice: Practice, boss: Browser) -> None:
    response = boss.post(ADDRESS, {"subdomain": "uusinimi"})

    assert response.status_code == 200
    assert 'href="http://uusinimi.localhost:8000/manage/login/"' in response.content.decode()
    assert subdomain_of(practice) == "uusinimi"
    assert "_auth_user_id" not in boss.session
    assert Browser("demoklinikka.localhost:8000").get("/").headers["Location"].startswith("http://uusinimi.")
    assert Browser("uusinimi.localhost:8000").get("/").status_code == 200
    former = FormerSubdomain.across.get()
    assert former.changed_by == "Owner 0"
    assert former.redirects_until - timezone.now() > timedelta(days=89)
    assert AuditEntry.across.filter(kind="organisation", who="Owner 0", changed=["subdomain"]).exists()


def test_refused_name_comes_back_with_the_reason(
    practice: Practice, other_practice: Practice, boss: Browser
) -> None:
    response = boss.post(ADDRESS, {"subdomain": "pikkuhammas"})

    assert response.status_code == 422
    assert "Another clinic has this address." in text_of(response)
    assert 'value="pikkuhammas"' in response.content.decode()
    assert subdomain_of(practice) == "demoklinikka"


def test_nothing_typed_changes_nothing(practice: Practice, boss: Browser) -> None:
    assert boss.post(ADDRESS, {}).status_code == 200
    assert subdomain_of(practice) == "demoklinikka"
