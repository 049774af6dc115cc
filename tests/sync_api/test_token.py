"""The token endpoint: RFC 7523 assertions in, RFC 6749 answers out."""

import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import OctKey

from sync_api.models import UsedAssertion
from tests.sync_api.client import (
    ASSERTION_TYPE,
    FORM,
    Answered,
    Body,
    DjangoTransport,
    Key,
    SyncAgent,
    ed25519_key,
    p256_key,
)
from tests.sync_api.conftest import TimeMachineAt


def error_of(answer: Answered) -> tuple[int, str]:
    return answer.status, answer.json()["error"]


@pytest.mark.parametrize(
    ("key", "alg"),
    [
        (ed25519_key(), "Ed25519"),
        (ed25519_key(), "EdDSA"),
        (p256_key(), "ES256"),
    ],
    ids=["Ed25519", "EdDSA", "ES256"],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_token_is_given_for_a_signed_assertion(
    transport: DjangoTransport, account_key: str, key: Key, alg: str
) -> None:
    agent = SyncAgent.activated(transport, account_key, key)

    answer = agent.ask_token(agent.assertion(alg))

    token = answer.json()
    assert answer.status == 200
    assert token == {"access_token": token["access_token"], "token_type": "Bearer", "expires_in": 900}
    assert "no-store" in answer.headers["Cache-Control"]
    agent.access_token = token["access_token"]
    assert agent.status().status == 200


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grant_type": None}, (400, "invalid_request")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"client_assertion_type": None}, (400, "invalid_request")),
        ({"client_assertion_type": "urn:other"}, (400, "invalid_request")),
        ({"client_assertion": None}, (400, "invalid_request")),
        ({"client_assertion": "a.b.c"}, (401, "invalid_client")),
        ({"client_assertion": "not a jwt"}, (401, "invalid_client")),
        ({"client_assertion": "e30.e30.\0"}, (401, "invalid_client")),
        ({"client_assertion": "e30." + "W1tb" * 3000 + ".e30"}, (401, "invalid_client")),
    ],
)
def test_token_refuses_malformed_requests(
    agent: SyncAgent, change: dict[str, str | None], error: tuple[int, str]
) -> None:
    answer = agent.ask_token(**change)

    assert error_of(answer) == error
    assert answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": None},
        {"sub": None},
        {"iss": "somebody"},
        {"iss": "somebody", "sub": "somebody"},
        {"iss": "00000000-0000-4000-8000-000000000000", "sub": "00000000-0000-4000-8000-000000000000"},
        {"aud": None},
        {"aud": "https://elsewhere.example/token"},
        {"aud": ["https://elsewhere.example/token"]},
        {"aud": [settings.API_URL + "token", "https://elsewhere.example/token"]},
        {"aud": settings.API_URL + "token/"},
        {"aud": {"a": 1}},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 10**30},
        {"exp": -1},
        {"iat": [1]},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 257},
    ],
)
def test_token_refuses_wrong_claims(agent: SyncAgent, claims: Body) -> None:
    assert error_of(agent.ask_token(agent.assertion(**claims))) == (401, "invalid_client")


@pytest.mark.parametrize("aud", [settings.API_URL + "token", [settings.API_URL + "token"]])
def test_token_takes_the_audience_alone_or_as_a_list(agent: SyncAgent, aud: object) -> None:
    assert agent.ask_token(agent.assertion(aud=aud)).status == 200


@pytest.mark.parametrize(
    ("claim", "seconds"),
    [
        ("exp", -50),
        ("exp", 350),
        ("iat", 50),
        ("nbf", 50),
        ("iat", -10_000),
    ],
)
def test_token_forgives_a_minute_of_skew(agent: SyncAgent, claim: str, seconds: int) -> None:
    assertion = agent.assertion(**{claim: int(time.time()) + seconds})

    assert agent.ask_token(assertion).status == 200


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -70), ("exp", 370), ("iat", 70), ("nbf", 70)])
def test_token_says_the_servers_time_past_the_skew(agent: SyncAgent, claim: str, seconds: int) -> None:
    answer = agent.ask_token(agent.assertion(**{claim: int(time.time()) + seconds}))

    assert error_of(answer) == (401, "invalid_client")
    assert f"clock reads {timezone.now():%Y-%m-%dT%H:}" in answer.json()["error_description"]


def test_token_takes_an_assertion_once(agent: SyncAgent) -> None:
    assertion = agent.assertion()
    assert agent.ask_token(assertion).status == 200

    again = agent.ask_token(assertion)

    assert error_of(again) == (401, "invalid_client")
    assert "used already" in again.json()["error_description"]


def test_token_takes_the_same_jti_of_two_agents(agent: SyncAgent, other_agent: SyncAgent) -> None:
    for each in (agent, other_agent):
        assert each.ask_token(each.assertion(jti="the-same")).status == 200


def test_token_forgets_assertions_that_are_too_old_anyway(agent: SyncAgent) -> None:
    agent.ask_token()
    UsedAssertion.across.update(expires_at=timezone.now() - timedelta(seconds=1))

    agent.ask_token()

    assert UsedAssertion.across.count() == 1


def test_token_refuses_another_agents_signature(agent: SyncAgent, other_agent: SyncAgent) -> None:
    agent.key, own = other_agent.key, agent.key
    assert own != agent.key

    assert error_of(agent.ask_token()) == (401, "invalid_client")


@pytest.mark.parametrize("alg", ["HS256", "none"])
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_token_refuses_other_algorithms(agent: SyncAgent, alg: str) -> None:
    public = OctKey.import_key(str(agent.key.as_dict(private=False)["x"]))
    forged = jwt.encode({"alg": alg}, agent.claims(), public, algorithms=[alg])

    assert error_of(agent.ask_token(forged)) == (401, "invalid_client")


def test_token_refuses_a_parameter_given_twice(agent: SyncAgent, transport: DjangoTransport) -> None:
    fields = [
        ("grant_type", "client_credentials"),
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", agent.assertion()),
    ]

    answer = transport.send("POST", "token", urlencode(fields).encode(), {"Content-Type": FORM})

    assert error_of(answer) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json"),
        (b"", FORM),
        (b"\xff=\xff", FORM),
        (b"grant_type=%ff", FORM),
        (b"&".join([b"a=b"] * 50), FORM),
        (b"\x00" * 100, FORM),
    ],
)
def test_token_refuses_what_is_no_form(
    transport: DjangoTransport, db: None, content: bytes, kind: str
) -> None:
    answer = transport.send("POST", "token", content, {"Content-Type": kind})

    assert error_of(answer) == (400, "invalid_request")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp4", "Bearer ä", "Bearer a.b"]
)
def test_requests_without_a_valid_token_are_401(transport: DjangoTransport, db: None, header: str) -> None:
    headers = {"Authorization": header} if header else {}

    answer = transport.send("GET", "status", b"", headers)

    assert (answer.status, answer.kind) == (401, "token-invalid")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_token_ends_after_fifteen_minutes(agent: SyncAgent, time_machine_at: TimeMachineAt) -> None:
    assert agent.status().status == 200
    with time_machine_at(seconds=890):
        assert agent.status().status == 200
    with time_machine_at(seconds=910):
        assert (agent.status().status, agent.status().kind) == (401, "token-invalid")


def test_token_of_one_organisation_shows_only_its_own(agent: SyncAgent, other_agent: SyncAgent) -> None:
    assert agent.status().json()["organisation"]["subdomain"] == "demoklinikka"
    assert other_agent.status().json()["organisation"]["subdomain"] == "pikkuhammas"
