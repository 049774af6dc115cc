"""Getting in: account keys, generations, and what superseded and suspended agents are told."""

import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import timezone

from clinics.accounts import issue_account_key
from clinics.models import Organisation
from sync_api.limits import EVERYBODY, OVERALL
from sync_api.models import ActivationCount, Agent
from tests.factories import make_organisation
from tests.sync_api.client import (
    Body,
    DjangoTransport,
    Key,
    SyncAgent,
    activation_body,
    ed25519_key,
    p256_key,
    post_json,
)


def test_activate_answers_with_agent_and_organisation(transport: DjangoTransport, account_key: str) -> None:
    answer = post_json(transport, "activate", activation_body(account_key, ed25519_key()))

    agent = Agent.across.get()
    assert answer.status == 201
    assert answer.json() == {
        "agent_id": str(agent.public_id),
        "generation": 1,
        "organisation": {
            "name": "Demoklinikka",
            "subdomain": "demoklinikka",
            "time_zone": "Europe/Helsinki",
        },
    }
    assert answer.headers["Cache-Control"].split(", ")[-1] == "private"


@pytest.mark.parametrize("key", [ed25519_key(), p256_key()], ids=["Ed25519", "P-256"])
def test_activate_keeps_only_the_public_members(
    transport: DjangoTransport, account_key: str, key: Key
) -> None:
    SyncAgent.activated(transport, account_key, key)

    assert set(Agent.across.get().public_key) <= {"kty", "crv", "x", "y"}


def test_activate_again_supersedes_the_earlier_agent(transport: DjangoTransport, account_key: str) -> None:
    first = SyncAgent.activated(transport, account_key)
    assert first.status().status == 200

    second = SyncAgent.activated(transport, account_key)

    assert (first.generation, second.generation) == (1, 2)
    for answer in (first.status(), first.ask_token(), first.events(), first.put_slots(1)):
        assert (answer.status, answer.kind) == (409, "agent-superseded")
    assert second.status().status == 200


def test_activate_leaves_another_organisations_agent_alone(
    transport: DjangoTransport, account_key: str, other_agent: SyncAgent
) -> None:
    SyncAgent.activated(transport, account_key)

    assert other_agent.status().json()["organisation"]["subdomain"] == "pikkuhammas"


def test_activate_says_the_same_for_unknown_and_revoked_keys(
    transport: DjangoTransport, account_key: str
) -> None:
    issue_account_key(organisation=Organisation.objects.get())

    answers = [
        post_json(transport, "activate", activation_body(key, ed25519_key()))
        for key in (account_key, "nobody-ever-had-this", "x")
    ]

    assert {answer.status for answer in answers} == {401}
    assert {answer.kind for answer in answers} == {"account-key-invalid"}
    assert len({answer.content for answer in answers}) == 1


def test_activate_refuses_a_suspended_account(transport: DjangoTransport, account_key: str) -> None:
    Organisation.objects.update(is_suspended=True)

    answer = post_json(transport, "activate", activation_body(account_key, ed25519_key()))

    assert (answer.status, answer.kind) == (403, "account-suspended")


def test_suspended_accounts_agent_is_told_so(agent: SyncAgent) -> None:
    assert agent.status().status == 200
    Organisation.objects.update(is_suspended=True)

    for answer in (agent.status(), agent.ask_token()):
        assert (answer.status, answer.kind) == (403, "account-suspended")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"account_key": None}, "/account_key"),
        ({"account_key": "a\0b"}, "/account_key"),
        ({"machine": {"name": "x"}}, "/machine/agent_version"),
        ({"machine": {"name": "x" * 201, "agent_version": "1"}}, "/machine/name"),
        ({"public_key": {"kty": "RSA", "crv": "P-256", "x": "x"}}, "/public_key/kty"),
        ({"public_key": {"kty": "OKP", "crv": "P-256", "x": "x"}}, "/public_key"),
        ({"public_key": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}}, "/public_key"),
        ({"public_key": {"kty": "OKP", "crv": "Ed25519", "x": "ÄÄ"}}, "/public_key"),
        ({"public_key": {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}}, "/public_key"),
        ({"public_key": {"kty": "EC", "crv": "P-256", "x": "AAAA"}}, "/public_key"),
    ],
)
def test_activate_points_at_what_is_wrong(
    transport: DjangoTransport, account_key: str, change: Body, pointer: str
) -> None:
    answer = post_json(transport, "activate", activation_body(account_key, ed25519_key()) | change)

    assert (answer.status, answer.kind, answer.pointers) == (422, "invalid-body", [pointer])
    assert not Agent.across.exists()


def test_activate_refuses_a_private_key(transport: DjangoTransport, account_key: str) -> None:
    key = ed25519_key()
    body = activation_body(account_key, key) | {"public_key": key.as_dict(private=True)}

    answer = post_json(transport, "activate", body)

    assert (answer.status, answer.pointers) == (422, ["/public_key"])
    assert "private" in answer.json()["detail"]


def test_activate_is_limited_by_the_minute(transport: DjangoTransport, account_key: str) -> None:
    minute = timezone.now().replace(second=0, microsecond=0)
    for ahead in (0, 1):  # the next minute may begin meanwhile
        ActivationCount.objects.create(who=EVERYBODY, minute=minute + timedelta(minutes=ahead), count=OVERALL)

    answer = post_json(transport, "activate", activation_body(account_key, ed25519_key()))

    assert (answer.status, answer.kind) == (429, "rate-limited")
    assert int(answer.headers["Retry-After"]) > 0
    assert not Agent.across.exists()


@pytest.mark.django_db(transaction=True)
def test_activations_at_once_take_turns() -> None:
    account_key = issue_account_key(organisation=make_organisation("demoklinikka"))
    barrier = Barrier(6)
    generations: list[int] = []

    def activate() -> None:
        try:
            barrier.wait()
            body = activation_body(account_key, ed25519_key())
            generations.append(post_json(DjangoTransport(), "activate", body).json()["generation"])
        finally:
            connections.close_all()

    threads = [Thread(target=activate) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(generations) == [1, 2, 3, 4, 5, 6]
    assert Agent.across.get(superseded_at=None).generation == 6


def test_activate_ignores_unknown_members(transport: DjangoTransport, account_key: str) -> None:
    body = activation_body(account_key, ed25519_key()) | {"future": {"deep": [1]}}

    assert post_json(transport, "activate", body).status == 201


def test_activate_reads_utf_8(transport: DjangoTransport, account_key: str) -> None:
    body = activation_body(account_key, ed25519_key())
    body["machine"]["name"] = "Vastaanoton tietokone, äö"
    raw = json.dumps(body, ensure_ascii=False).encode()

    answer = transport.send("POST", "activate", raw, {"Content-Type": "application/json; charset=utf-8"})

    assert answer.status == 201
    assert Agent.across.get().machine_name == "Vastaanoton tietokone, äö"
