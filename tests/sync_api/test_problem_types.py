"""Every problem type of the protocol can be met, with the status that the protocol gives it."""

from collections.abc import Callable
from typing import Any

import pytest

from clinics.accounts import issue_account_key
from clinics.models import Organisation
from sync_api import limits
from sync_api.bodies import MOST_BYTES
from sync_api.limits import Allowances
from sync_api.suspension import lock_out, suspend
from tests.conftest import Practice
from tests.scheduling.booked import booked
from tests.sync_api.client import Answered, SyncAgent, activation_body, post_json, window

pytestmark = pytest.mark.django_db

Meet = Callable[[SyncAgent], Answered]
DESCRIBED = {
    "invalid-body": 422,
    "unknown-id": 422,
    "too-large": 413,
    "stale-sequence": 409,
    "already-acknowledged": 409,
    "agent-superseded": 409,
    "account-suspended": 403,
    "token-invalid": 401,
    "rate-limited": 429,
    "account-key-invalid": 401,
}


def stale(agent: SyncAgent) -> Answered:
    agent.put_slots(2, window())
    return agent.put_slots(1, window())


def otherwise(agent: SyncAgent) -> Answered:
    agent.acknowledge({"event": 1, "outcome": "accepted", "appointment": "a1"})
    return agent.acknowledge({"event": 1, "outcome": "refused"})


def superseded(agent: SyncAgent) -> Answered:
    agent.status()
    SyncAgent.activated(agent.transport, issue_account_key(organisation=Organisation.objects.get()))
    return agent.status()


def suspended(agent: SyncAgent) -> Answered:
    agent.status()
    suspend(organisation=Organisation.objects.get())
    return agent.status()


def locked_out(agent: SyncAgent) -> Answered:
    agent.status()
    lock_out(organisation=Organisation.objects.get())
    return agent.status()


def too_often(agent: SyncAgent) -> Answered:
    limits._allowances = Allowances(per_second=0.1, most=3)
    return [agent.status() for _ in range(4)][-1]


MET: dict[str, Meet] = {
    "invalid-body": lambda agent: agent.put_catalogue({}),
    "unknown-id": lambda agent: agent.put_slots(1, window(practitioner="nobody")),
    "too-large": lambda agent: agent.ask("PUT", "slots", raw=b" " * (MOST_BYTES + 1)),
    "stale-sequence": stale,
    "already-acknowledged": otherwise,
    "agent-superseded": superseded,
    "account-suspended": suspended,
    "token-invalid": locked_out,
    "rate-limited": too_often,
    "account-key-invalid": lambda agent: post_json(
        agent.transport, "activate", activation_body("nobody", agent.key)
    ),
}


@pytest.fixture(autouse=True)
def own_allowances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_allowances", Allowances(50, 1000))


@pytest.mark.parametrize("kind", DESCRIBED)
def test_problem_is_met(in_scope: Practice, practice_agent: SyncAgent, kind: str) -> None:
    booked(in_scope)

    answer = MET[kind](practice_agent)

    document: dict[str, Any] = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status, document["status"]) == (DESCRIBED[kind], DESCRIBED[kind])
    assert document["type"] == f"urn:portal:{kind}"
    assert document["title"]
    assert document["detail"].endswith(".")
    assert all(set(error) == {"pointer", "detail"} for error in document["errors"])
    assert ("Retry-After" in answer.headers) == (kind == "rate-limited")
    assert document.get("sequence") == (2 if kind == "stale-sequence" else None)


def test_agent_locked_out_gets_no_token_until_activated_anew(
    practice: Practice, practice_agent: SyncAgent
) -> None:
    lock_out(organisation=practice.organisation)

    answer = practice_agent.ask_token()

    assert (answer.status, answer.json()["error"]) == (401, "invalid_client")
    assert "locked out" in answer.json()["error_description"]
    assert lock_out(organisation=practice.organisation) is False


def test_allowance_grows_back_and_is_ones_own() -> None:
    allowed = Allowances(per_second=2, most=2)

    assert [allowed.wait_of("one", 0), allowed.wait_of("one", 0), allowed.wait_of("one", 0)] == [0, 0, 0.5]
    assert allowed.wait_of("other", 0) == 0
    assert allowed.wait_of("one", 0.5) == 0
    assert allowed.wait_of("one", 0.5) == 0.5
