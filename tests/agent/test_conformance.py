"""`agent conformance`: this portal keeps every promise, and a portal that does not is found out by name."""

import json
from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings

from agent.cli import main
from agent.conformance import command
from agent.conformance.checks import CHECKS, Trial, outcomes
from agent.conformance.wire import Wire
from clinics.accounts import issue_account_key
from sync_api.sandbox import open_sandbox
from tests.agent.fake_portal import ACCOUNT_KEY, FakePortal
from tests.factories import make_organisation
from tests.sync_api.client import DjangoTransport

HEADERS_THAT_MATTER = {"content-type", "content-encoding", "authorization"}
NEEDS_AN_EVENT_LOOP = {"events-are-waited-for"}
"""Tried in tests/sync_api/test_openapi.py, with a server of its own."""


class InProcess(httpx.BaseTransport):
    """Calls this portal without a server."""

    def __init__(self) -> None:
        self.portal = DjangoTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().removeprefix("/sync/v1/")
        headers = {
            name.title(): value for name, value in request.headers.items() if name in HEADERS_THAT_MATTER
        }
        answer = self.portal.send(request.method, path, request.read(), headers)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.content)


@pytest.fixture
def wire(db: None) -> Iterator[Wire]:
    """This portal, in this process."""
    wire = Wire(settings.API_URL, transport=InProcess())
    yield wire
    wire.close()


def broken(trial: Trial) -> dict[str, str]:
    """The promises that are not kept, and what came instead."""
    wanted = [one for one in CHECKS if one.name not in NEEDS_AN_EVENT_LOOP]
    return {
        outcome.check.name: f"{outcome.state}: {outcome.detail}"
        for outcome in outcomes(trial, wanted)
        if outcome.state != "kept"
    }


def test_this_portal_keeps_every_promise(wire: Wire) -> None:
    _, key = open_sandbox(name="Author", subdomain="tryout")
    trial = Trial(wire, key)

    assert command.is_sandbox(trial)
    assert broken(trial) == {}


def test_every_promise_has_a_name_and_words_of_its_own() -> None:
    assert len({one.name for one in CHECKS}) == len({one.promise for one in CHECKS}) == len(CHECKS) > 40
    assert all(one.promise.endswith(".") for one in CHECKS)


def test_portal_that_cuts_corners_is_found_out_by_name() -> None:
    with FakePortal() as portal:
        wire = Wire(portal.url)
        found = broken(Trial(wire, ACCOUNT_KEY))
        wire.close()

    corners = {
        "description-is-published",
        "token-takes-an-assertion-once",
        "status-is-whole",
        "catalogue-is-idempotent",
        "catalogue-is-all-or-nothing",
        "unknown-values-are-errors",
        "slots-are-counted",
        "slots-refuse-unknown-ids",
        "bodies-have-a-limit",
        "answers-to-unknown-events-are-refused",
        "unknown-bookings-are-refused",
    }
    assert corners <= set(found)
    assert {"token-is-given", "no-answers-are-fine", "categories-may-be-null"}.isdisjoint(found)
    assert found["bookings-are-told-whole"].startswith("skipped: Needs a booking")


def test_account_that_is_no_sandbox_is_left_alone(wire: Wire, capsys: pytest.CaptureFixture[str]) -> None:
    organisation = make_organisation("demoklinikka")
    trial = Trial(wire, issue_account_key(organisation=organisation))

    assert command.try_portal(trial, replaces=False) == 2
    assert "--replace-agent" in capsys.readouterr().err
    assert trial.agents == []


def test_report_is_for_people_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    with FakePortal() as portal:
        asked = ["conformance", "--url", portal.url, "--account-key", ACCOUNT_KEY, "--replace-agent"]
        only = ["--only", "token-is-given", "--only", "status-is-whole"]

        assert main([*asked, *only]) == 1
        told = capsys.readouterr().out
        assert main([*asked, *only, "--json"]) == 1
        document = json.loads(capsys.readouterr().out)
        assert main([*asked, "--only", "token-is-given"]) == 0
        assert main([*asked, "--only", "nothing"]) == 2

    assert "kept     token-is-given" in told
    assert "BROKEN   status-is-whole" in told
    assert told.splitlines()[-1] == "1 kept, 1 broken, 0 skipped."
    assert [check["state"] for check in document["checks"]] == ["kept", "broken"]
