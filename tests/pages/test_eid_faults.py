"""A provider that is away, slow or out of its mind: a plain page, and nothing personal in any log."""

import json
import logging
from collections.abc import Iterator

import pytest
from django.db import connection
from joserfc.jwk import ECKey, RSAKey
from pytest_django.fixtures import Settings

from scheduling.eid_provider import described, known_provider
from scheduling.errors import EidAway
from scheduling.models import EidAttempt, Login
from tests.conftest import Practice
from tests.pages import fake_eid
from tests.pages.conftest import Answer, Browser, text_of
from tests.pages.eid_patient import eid_from, is_let_in, let_in_by_eid, log_in, way_back
from tests.pages.fake_eid import MAIJA, FakeEid

pytestmark = pytest.mark.django_db

DISCOVERY = "/.well-known/openid-configuration"
RETURN = "/login/eid/return/"
NONSENSE = [
    (500, b""),
    (503, b"<h1>Down</h1>"),
    (404, b"{}"),
    (302, b""),
    (200, b""),
    (200, b"<html>"),
    (200, b"[]"),
    (200, b'{"issuer": 1, "keys": 2, "id_token": 3}'),
    (200, b'{"a": ' * 5000),
    (200, b"\xff\xfe"),
    (200, b" " * 2_000_000),
]


@pytest.fixture
def provider(practice: Practice) -> Iterator[FakeEid]:
    let_in_by_eid(practice.organisation)
    with fake_eid.running() as fake, eid_from(fake.issuer):
        yield fake


def assert_away(browser: Browser, response: Answer) -> None:
    """The page says so, whom to call, and where else to go."""
    text = text_of(response)
    assert response.status_code == 503
    assert "Identification does not work just now" in text
    assert "+358 9 555 0100" in text
    assert 'href="/login/"' in response.content.decode()
    assert response.headers["Retry-After"] == "60"
    assert not is_let_in(browser)
    assert not Login.across.exists()


@pytest.mark.parametrize("answer", NONSENSE)
def test_provider_that_describes_itself_in_nonsense_is_away(
    browser: Browser, provider: FakeEid, answer: tuple[int, bytes]
) -> None:
    provider.answers[DISCOVERY] = answer

    assert_away(browser, browser.post("/login/eid/"))
    assert not EidAttempt.across.exists()


@pytest.mark.parametrize("path", ["/jwks", "/token"])
@pytest.mark.parametrize("answer", NONSENSE[::3])
def test_provider_that_answers_nonsense_on_the_way_back_is_away(
    browser: Browser, provider: FakeEid, path: str, answer: tuple[int, bytes]
) -> None:
    provider.answers[path] = answer

    assert_away(browser, log_in(browser))


def test_provider_that_tells_nothing_of_the_person_is_away(browser: Browser, provider: FakeEid) -> None:
    provider.person, provider.answers["/userinfo"] = {}, (500, b"")

    assert_away(browser, log_in(browser))


@pytest.mark.parametrize("path", [DISCOVERY, "/jwks", "/token"])
def test_provider_that_is_slow_is_away(
    browser: Browser, provider: FakeEid, settings: Settings, path: str
) -> None:
    settings.EID_SECONDS = 0.2
    provider.slow.add(path)

    assert_away(browser, browser.post("/login/eid/") if path == DISCOVERY else log_in(browser))


def test_provider_that_cannot_be_reached_is_away(practice: Practice, browser: Browser) -> None:
    let_in_by_eid(practice.organisation)
    with fake_eid.running() as fake:
        gone = fake.issuer
    with eid_from(gone):
        assert_away(browser, browser.post("/login/eid/"))


def test_provider_that_failed_is_left_alone_for_a_moment(browser: Browser, provider: FakeEid) -> None:
    provider.answers[DISCOVERY] = (500, b"")
    for _ in range(3):
        assert_away(browser, browser.post("/login/eid/"))

    assert provider.asked[DISCOVERY] == 1


def test_provider_that_has_recovered_is_asked_again(browser: Browser, provider: FakeEid) -> None:
    provider.answers[DISCOVERY] = (500, b"")
    browser.post("/login/eid/")
    provider.answers.clear()
    known_provider(provider.issuer).failed_at -= 60

    assert log_in(browser).status_code == 303


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "ftp://127.0.0.1/"},
        {"jwks_uri": ""},
        {"jwks_uri": None},
        {"token_endpoint": "http://[::1"},
    ],
)
def test_provider_that_is_not_who_it_should_be_is_away(
    browser: Browser, provider: FakeEid, said: dict[str, object]
) -> None:
    provider.description = said

    assert_away(browser, browser.post("/login/eid/"))


def test_provider_over_tls_may_not_lead_to_where_there_is_none() -> None:
    said = {
        "issuer": "https://id.example",
        "authorization_endpoint": "https://id.example/authorize",
        "token_endpoint": "http://id.example/token",
        "jwks_uri": "https://id.example/jwks",
    }

    with pytest.raises(EidAway):
        described("https://id.example", said)
    assert described("https://id.example", {**said, "token_endpoint": "https://id.example/t"})


def test_code_that_is_worth_nothing_is_refused(browser: Browser, provider: FakeEid) -> None:
    said = way_back(browser)
    provider.codes.clear()

    response = browser.post(RETURN, said)

    assert response.status_code == 403
    assert not Login.across.exists()


@pytest.mark.parametrize("method", ["wrong key", "no key"])
def test_provider_that_does_not_know_us_is_away(
    browser: Browser, provider: FakeEid, settings: Settings, method: str
) -> None:
    said = way_back(browser)
    stranger = ECKey.generate_key("P-256")
    settings.EID_PRIVATE_KEY = json.dumps(stranger.as_dict(private=True)) if method == "wrong key" else "x"

    assert_away(browser, browser.post(RETURN, said))


@pytest.mark.parametrize("form", ["PEM", "JWK"])
def test_key_may_be_rsa_in_either_form(
    browser: Browser, provider: FakeEid, settings: Settings, form: str
) -> None:
    key = RSAKey.generate_key(2048)
    provider.client_key = key
    as_text = {"PEM": key.as_pem(private=True).decode(), "JWK": json.dumps(key.as_dict(private=True))}
    settings.EID_PRIVATE_KEY = as_text[form]

    assert log_in(browser).status_code == 303


@pytest.mark.parametrize(
    "changes", [{}, {"nonce": "another"}, {"hetu": "131052-308U"}, {"acr": "urn:se"}, {"aud": "another"}]
)
def test_nothing_of_the_login_is_written_down(
    browser: Browser,
    provider: FakeEid,
    caplog: pytest.LogCaptureFixture,
    changes: dict[str, str],
) -> None:
    """The canary: neither the number nor a token, whatever the level and however it ends."""
    said = way_back(browser)
    provider.changes = changes
    caplog.clear()
    caplog.set_level(logging.DEBUG)

    browser.post(RETURN, said)

    secrets = [*provider.made, MAIJA["hetu"], "131052-308U", MAIJA["family_name"]]
    assert len(provider.made) == 5
    assert [secret for secret in secrets if secret in caplog.text] == []
    assert ("was refused" in caplog.text) is bool(changes)


def test_number_stands_in_the_encrypted_column_only(browser: Browser, provider: FakeEid) -> None:
    log_in(browser)

    with connection.cursor() as cursor:
        for table in ("scheduling_login", "scheduling_eidattempt", "django_session"):
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608 - names of ours
            for (row,) in cursor.fetchall():
                assert MAIJA["hetu"] not in row
                assert MAIJA["hetu"].encode().hex() not in row
    assert Login.across.get().national_id == MAIJA["hetu"]


@pytest.mark.parametrize("name", ["code", "state", "error", "next", "iss"])
@pytest.mark.parametrize(
    "value", ["\x00", "a" * 5000, "<script>alert(1)</script>", "ÿþ", "\r\nSet-Cookie: a=b"]
)
def test_bad_values_are_answered_clearly(browser: Browser, provider: FakeEid, name: str, value: str) -> None:
    browser.raise_request_exception = False
    for sent in ({name: value}, {"code": "a", "state": "b", name: value}):
        responses = [
            browser.post("/login/eid/", sent),
            browser.get(RETURN, sent),
            browser.post(RETURN, sent),
            browser.get("/eid/callback/", sent, headers={"host": "login.localhost:8000"}),
        ]
        assert [response.status_code for response in responses if response.status_code >= 500] == []
        assert not any(b"<script>alert" in response.content for response in responses)
