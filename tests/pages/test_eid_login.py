"""Logging in by electronic identity: only who began it is let in, once, as whom the provider names."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings as conf
from django.db import connection
from django.test import Client
from django.utils import timezone

from clinics.models import Organisation
from clinics.scope import organisation_scope
from scheduling.eid_logins import KEEP, OPEN_FOR, digest_of, forget_attempts
from scheduling.logins import login_with
from scheduling.models import EidAttempt, Login
from tests.conftest import Practice
from tests.pages import fake_eid
from tests.pages.conftest import Browser, text_of
from tests.pages.eid_patient import (
    CALLBACK_HOST,
    call_back,
    eid_from,
    identify,
    is_let_in,
    leave,
    let_in_by_eid,
    log_in,
    said_in,
    way_back,
)
from tests.pages.fake_eid import FakeEid

pytestmark = pytest.mark.django_db

RETURN = "/login/eid/return/"


@pytest.fixture
def provider(practice: Practice, other_practice: Practice) -> Iterator[FakeEid]:
    """Both organisations let their patients log in at this provider."""
    for one in (practice, other_practice):
        let_in_by_eid(one.organisation)
    with fake_eid.running() as fake, eid_from(fake.issuer):
        yield fake


def the_login(organisation: Organisation, browser: Browser) -> Login:
    """Whose login the browser's cookie opens."""
    with organisation_scope(organisation.pk):
        login = login_with(organisation=organisation, key=browser.cookies[conf.LOGIN_COOKIE_NAME].value)
    assert login is not None
    return login


def assert_nobody_is_let_in(*browsers: Browser) -> None:
    assert [is_let_in(browser) for browser in browsers] == [False] * len(browsers)
    assert not Login.across.exists()


def test_patient_is_logged_in_as_whom_the_provider_names(
    practice: Practice, browser: Browser, provider: FakeEid
) -> None:
    response = log_in(browser)

    login = the_login(practice.organisation, browser)
    assert (response.status_code, response.headers["Location"]) == (303, "/my/")
    assert (login.method, login.national_id, login.mobile) == (Login.Method.EID, "131052-308T", "")
    assert (login.first_name, login.last_name) == ("Maija", "Meikäläinen")
    assert login.organisation_id == practice.organisation.pk


@pytest.mark.parametrize(
    ("country", "claims", "stored"),
    [
        ("SE", {"ssn": "191212121212", "acr": "urn:se"}, "19121212-1212"),
        ("NO", {"socialno": "15108695088", "acr": "urn:no"}, "15108695088"),
        ("FI", {"hetu": "010190-900P", "acr": "loa3"}, "010190-900P"),
    ],
)
def test_country_decides_what_is_asked_and_where_the_number_stands(
    practice: Practice,
    browser: Browser,
    provider: FakeEid,
    country: str,
    claims: dict[str, str],
    stored: str,
) -> None:
    Organisation.objects.filter(pk=practice.organisation.pk).update(country=country)
    provider.changes = {"hetu": None, **claims}

    url = leave(browser)
    browser.post(RETURN, said_in(call_back(identify(url))))

    assert said_in(url)["acr_values"] == conf.EID_ACR[country]
    assert the_login(practice.organisation, browser).national_id == stored


def test_request_to_the_provider_says_all_that_protects_it(browser: Browser, provider: FakeEid) -> None:
    first, second = said_in(leave(browser)), said_in(leave(browser))

    fixed = {name: first.pop(name) for name in ("response_type", "client_id", "redirect_uri", "scope")}
    assert fixed == {
        "response_type": "code",
        "client_id": "booking-portal",
        "redirect_uri": f"http://{CALLBACK_HOST}/eid/callback/",
        "scope": "openid profile",
    }
    assert (first["code_challenge_method"], first["ui_locales"]) == ("S256", "en")
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) == 43
        assert first[name] != second[name]


@pytest.mark.parametrize(
    ("asked", "goal"),
    [
        ("/my/", "/my/"),
        ("/book/?clinic=any", "/book/?clinic=any"),
        ("", "/my/"),
        ("//evil.example/", "/my/"),
        ("/\\evil.example", "/my/"),
        ("https://evil.example/", "/my/"),
        ("javascript:alert(1)", "/my/"),
        ("/a\r\nSet-Cookie: a=b", "/my/"),
        ("/" + "a" * 600, "/my/"),
    ],
)
def test_next_page_is_one_of_this_host(browser: Browser, provider: FakeEid, asked: str, goal: str) -> None:
    assert log_in(browser, asked).headers["Location"] == goal


def test_cookies_are_for_this_host_and_for_no_script(browser: Browser, provider: FakeEid) -> None:
    leave(browser)
    bound = browser.cookies[conf.EID_COOKIE_NAME]

    log_in(browser)

    login = browser.cookies[conf.LOGIN_COOKIE_NAME]
    for cookie in (bound, login):
        assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")
    assert (bound["max-age"], login["max-age"]) == (600, "")
    assert browser.cookies[conf.EID_COOKIE_NAME].value == ""


def test_way_back_shows_a_form_and_changes_nothing(browser: Browser, provider: FakeEid) -> None:
    address = call_back(identify(leave(browser)))
    before = list(EidAttempt.across.values())

    response = browser.get(address)

    assert response.status_code == 200
    assert said_in(address)["code"] in response.content.decode()
    assert "One step is left" in text_of(response)
    assert (response.headers["Cache-Control"], response.headers["Referrer-Policy"]) == (
        "no-store",
        "strict-origin",
    )
    assert list(EidAttempt.across.values()) == before
    assert provider.asked["/token"] == 0
    assert_nobody_is_let_in(browser)


def test_callback_changes_nothing_and_sets_no_cookie(browser: Browser, provider: FakeEid) -> None:
    callback_url = urlsplit(identify(leave(browser)))
    before = list(EidAttempt.across.values())

    nobody = Client(headers={"host": CALLBACK_HOST})
    answers = [nobody.get(f"{callback_url.path}?{callback_url.query}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert urlsplit(answers[0].headers["Location"]).netloc == "demoklinikka.localhost:8000"
    assert (answers[0].headers["Cache-Control"], answers[0].headers["Referrer-Policy"]) == (
        "no-store",
        "no-referrer",
    )
    assert not nobody.cookies
    assert list(EidAttempt.across.values()) == before
    assert provider.asked["/token"] == 0


@pytest.mark.parametrize("query", ["", "?code=a", "?state=a&code=b", "?state=" + "a" * 5000, "?state=%00"])
def test_callback_that_nobody_began_leads_nowhere(practice: Practice, provider: FakeEid, query: str) -> None:
    response = Client(headers={"host": CALLBACK_HOST}).get(f"/eid/callback/{query}")

    assert response.status_code == 404
    assert "cannot be finished" in text_of(response)
    assert practice.organisation.name not in response.content.decode()


def test_callback_of_a_suspended_organisation_leads_nowhere(
    practice: Practice, browser: Browser, provider: FakeEid
) -> None:
    callback_url = urlsplit(identify(leave(browser)))
    Organisation.objects.filter(pk=practice.organisation.pk).update(is_suspended=True)

    response = Client(headers={"host": CALLBACK_HOST}).get(f"{callback_url.path}?{callback_url.query}")

    assert response.status_code == 404


@pytest.mark.parametrize("path", ["/", "/login/eid/", "/book/", "/manage/"])
def test_callback_host_has_nothing_of_an_organisation(practice: Practice, path: str) -> None:
    assert Client(headers={"host": CALLBACK_HOST}).get(path).status_code == 404


def test_replayed_answer_opens_nothing(browser: Browser, provider: FakeEid) -> None:
    said = way_back(browser)
    first = browser.post(RETURN, said)
    browser.cookies.pop(conf.LOGIN_COOKIE_NAME)

    second = browser.post(RETURN, said)

    assert (first.status_code, second.status_code) == (303, 410)
    assert provider.asked["/token"] == 1
    assert Login.across.count() == 1
    assert not is_let_in(browser)


def test_stolen_answer_opens_nothing_in_another_browser(
    browser: Browser, stranger: Browser, provider: FakeEid
) -> None:
    said = way_back(browser)

    stolen = stranger.post(RETURN, said)
    leave(stranger)  # with a binding of their own
    again = stranger.post(RETURN, said)

    assert (stolen.status_code, again.status_code) == (410, 410)
    assert provider.asked["/token"] == 0
    assert_nobody_is_let_in(stranger, browser)
    assert browser.post(RETURN, said).status_code == 303


def test_answer_of_another_attempt_opens_nothing(browser: Browser, provider: FakeEid) -> None:
    """The provider's code belongs to the attempt whose challenge it was given for."""
    foreign = way_back(browser)["code"]
    own = way_back(browser)

    response = browser.post(RETURN, {**own, "code": foreign})

    assert response.status_code == 403
    assert_nobody_is_let_in(browser)


def test_answer_opens_nothing_at_another_organisation(
    browser: Browser, other_browser: Browser, provider: FakeEid
) -> None:
    said = way_back(browser)
    other_browser.cookies = browser.cookies

    response = other_browser.post(RETURN, said)

    assert response.status_code == 410
    assert provider.asked["/token"] == 0
    assert not Login.across.exists()


def test_form_from_elsewhere_opens_nothing(browser: Browser, provider: FakeEid) -> None:
    said = way_back(browser)
    browser.handler.enforce_csrf_checks = True

    response = browser.post(RETURN, said)

    assert response.status_code == 403
    assert_nobody_is_let_in(browser)
    assert EidAttempt.across.get().used_at is None


def test_attempt_ends_after_ten_minutes(browser: Browser, provider: FakeEid) -> None:
    said = way_back(browser)

    with time_machine.travel(timezone.now() + OPEN_FOR + timedelta(seconds=1)):
        response = browser.post(RETURN, said)

    assert response.status_code == 410
    assert "open for too long" in text_of(response)
    assert_nobody_is_let_in(browser)


def test_attempts_are_forgotten(browser: Browser, other_browser: Browser, provider: FakeEid) -> None:
    leave(browser)
    with time_machine.travel(timezone.now() + KEEP):
        leave(other_browser)
    with time_machine.travel(timezone.now() + OPEN_FOR + KEEP):
        assert forget_attempts() == 1

    assert EidAttempt.across.count() == 1


def test_attempt_keeps_no_secret_that_could_be_used(browser: Browser, provider: FakeEid) -> None:
    state = said_in(leave(browser))["state"]
    attempt = EidAttempt.across.get()

    with connection.cursor() as cursor:
        cursor.execute("SELECT e::text FROM scheduling_eidattempt e")
        (row,) = cursor.fetchone()

    assert bytes(attempt.state_digest) == digest_of(state)
    for secret in (state, attempt.code_verifier, browser.cookies[conf.EID_COOKIE_NAME].value):
        assert secret not in row
        assert secret.encode().hex() not in row


@pytest.mark.parametrize("error", ["access_denied", "server_error", "<script>", "x" * 3000])
def test_provider_that_says_no_leads_to_a_calm_page(browser: Browser, provider: FakeEid, error: str) -> None:
    state = said_in(leave(browser))["state"]
    response = browser.get(RETURN, {"error": error, "state": state})

    text = text_of(response)
    assert response.status_code == 200
    assert "You are not logged in" in text
    assert "nothing has been changed" in text
    assert 'href="/login/"' in response.content.decode()
    assert "<script>" not in response.content.decode()
    assert EidAttempt.across.get().used_at is None


def test_error_of_the_provider_reaches_the_organisations_host(browser: Browser, provider: FakeEid) -> None:
    state = said_in(leave(browser))["state"]

    address = call_back(f"http://{CALLBACK_HOST}/eid/callback/?error=access_denied&state={state}")

    assert said_in(address) == {"error": "access_denied", "state": state}
    assert browser.get(address).status_code == 200


def test_way_back_without_an_answer_leads_to_the_login_page(browser: Browser, provider: FakeEid) -> None:
    response = browser.get(RETURN)

    assert (response.status_code, response.headers["Location"]) == (302, "/login/")


@pytest.mark.parametrize(
    ("name", "value"), [("login", False), ("eid_login", False), ("maintenance_mode", True)]
)
def test_organisation_that_has_it_off_lets_nobody_in(
    practice: Practice, browser: Browser, provider: FakeEid, name: str, value: bool
) -> None:
    said = way_back(browser)
    setattr(practice.organisation.settings, name, value)
    practice.organisation.settings.save()

    answers = [browser.post("/login/eid/"), browser.get(RETURN, said), browser.post(RETURN, said)]

    expected = 503 if name == "maintenance_mode" else 404
    assert [answer.status_code for answer in answers] == [expected] * 3
    assert_nobody_is_let_in(browser)


def test_portal_without_a_provider_has_no_such_login(practice: Practice, browser: Browser) -> None:
    let_in_by_eid(practice.organisation)

    assert browser.post("/login/eid/").status_code == 404
    assert browser.get(RETURN).status_code == 404


def test_login_is_not_begun_by_a_link(browser: Browser, provider: FakeEid) -> None:
    assert browser.get("/login/eid/").status_code == 405
    assert not EidAttempt.across.exists()
