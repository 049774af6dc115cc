"""The pages around booking: landing, console, privacy, theme, health, the operator's host."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import override_settings

from clinics.models import Membership, Organisation, User
from clinics.roles import Role
from tests.conftest import Practice
from tests.console.conftest import SECRET
from tests.factories import make_organisation
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def owner(practice: Practice) -> User:
    user = User.objects.create_user("owner@example.com", PASSWORD, name="Owner")
    Membership.across.create(organisation=practice.organisation, user=user, role=Role.VIEWER)
    return user


@pytest.fixture
def bare() -> Browser:
    return Browser("localhost:8000")


def login(browser: Browser, password: str = PASSWORD) -> int:
    typed = {"login": "owner@example.com", "password": password}
    return browser.post("/manage/login/", typed).status_code


def test_console_sends_strangers_to_the_login(browser: Browser) -> None:
    assert browser.get("/manage/").headers["Location"] == "/manage/login/?next=/manage/"


def test_member_sees_the_overview(owner: User, browser: Browser) -> None:
    assert login(browser) == 302
    assert "Everything is in order" in text_of(browser.get("/manage/"))


def test_wrong_password_is_said_at_the_top(owner: User, browser: Browser) -> None:
    typed = {"login": "owner@example.com", "password": "wrong"}

    assert "Please check these" in text_of(browser.post("/manage/login/", typed))


def test_member_of_one_organisation_is_nobody_to_another(
    owner: User, browser: Browser, other_browser: Browser
) -> None:
    assert login(other_browser) == 200
    login(browser)
    other_browser.cookies = browser.cookies

    assert other_browser.get("/manage/").status_code == 404


@pytest.mark.parametrize("organisations", [1, 3])
def test_landing_costs_the_same_queries_for_one_and_for_many(
    practice: Practice, bare: Browser, organisations: int, django_assert_num_queries: object
) -> None:
    for number in range(1, organisations):
        make_organisation(f"another-{number}")
    Organisation.objects.all().update(is_suspended=False)

    with override_settings(DEMO=True), django_assert_num_queries(2):  # type: ignore[operator]
        assert practice.organisation.name in text_of(bare.get("/"))


def test_landing_shows_only_who_chose_to_be_found(practice: Practice, bare: Browser) -> None:
    chosen = make_organisation("chosen", publish_on_marketplace=True)
    make_organisation("suspended", publish_on_marketplace=True)
    Organisation.objects.filter(subdomain="suspended").update(is_suspended=True)
    with override_settings(DEMO=False):
        text = text_of(bare.get("/"))

    assert chosen.name in text
    assert practice.organisation.name not in text
    assert "Suspended" not in text


@pytest.mark.parametrize("query", ["helsinki", "DEMO", "  testikatu "])
def test_landing_finds_by_name_and_by_town(
    practice: Practice, other_practice: Practice, bare: Browser, query: str
) -> None:
    with override_settings(DEMO=True):
        assert practice.organisation.portal_url in bare.get("/", {"q": query}).content.decode()


@pytest.mark.parametrize("query", ["zzz", "\x00zzz", "zzz" * 1000, "%zzz"])
def test_landing_says_when_nothing_is_found(practice: Practice, bare: Browser, query: str) -> None:
    assert "No clinic answers to that." in text_of(bare.get("/", {"q": query}))


def test_privacy_notice_names_the_countrys_authority(practice: Practice, browser: Browser) -> None:
    text = text_of(browser.get("/privacy/"))

    assert f"{practice.organisation.name} is the controller" in text
    assert "tietosuoja.fi" in text
    assert "365 days" in text


def test_theme_may_be_kept_since_its_address_holds_the_colour(browser: Browser) -> None:
    response = browser.get("/theme.css?v=1")

    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize("host", ["localhost:8000", "demoklinikka.localhost:8000", "admin.localhost:8000"])
def test_health_is_answered_on_every_host(practice: Practice, host: str) -> None:
    assert Browser(host).get("/health/").content == b"ok"


def test_operators_host_asks_for_a_login(practice: Practice) -> None:
    operator = Browser("admin.localhost:8000")

    assert operator.get("/").status_code == 302
    assert operator.get("/records/login/").headers["Location"] == "/manage/login/?next=/"
    assert operator.get("/book/").status_code != 200


def test_operator_sees_organisations(practice: Practice) -> None:
    operator = Browser("admin.localhost:8000")
    user = User.objects.create_superuser("operator@example.com", PASSWORD)
    TOTP.activate(user, SECRET)
    operator.force_login(user)

    assert practice.organisation.name in text_of(operator.get("/records/clinics/organisation/"))
    assert (
        operator.get(f"/records/clinics/organisation/{practice.organisation.pk}/change/").status_code == 200
    )
    assert operator.get("/records/clinics/user/add/").status_code == 200
