"""The three lights: green when all is well, else one sentence that says what to do."""

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent import clock
from agent.activity import Activity, Facts
from agent.care import Caretaker
from agent.cli import main
from agent.configuration import load_configuration
from agent.identity import Identity
from agent.lights import lights
from agent.page.opening import open_page
from agent.problems import Superseded
from agent.watched_portal import WatchedPortal
from tests.agent.fake_portal import FakePortal

NOW = datetime.now(UTC)
WELL = {"heard_at": NOW.isoformat(), "portal_state": "open", "clock_ahead_seconds": 0.4}


def colours(**facts: object) -> list[bool]:
    return [light.is_green for light in lights(Facts(**{**WELL, **facts}), "Demoklinikka.", now=NOW)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "green"),
    [
        ({}, [True, True, True]),
        ({"trouble_kind": "agent-superseded", "trouble": "409"}, [False, True, True]),
        ({"trouble_kind": "account-suspended", "trouble": "403"}, [False, True, True]),
        ({"trouble_kind": "token-refused", "trouble": "401"}, [False, True, True]),
        ({"trouble": "The portal cannot be reached (ConnectError)."}, [True, False, True]),
        ({"heard_at": ""}, [True, False, True]),
        ({"heard_at": (NOW - timedelta(minutes=5)).isoformat()}, [True, False, True]),
        ({"clock_ahead_seconds": -400 * 86_400.0}, [True, False, True]),
        ({"clock_ahead_seconds": None}, [True, True, True]),
        ({"portal_state": "maintenance"}, [True, True, False]),
        ({"portal_state": "unpublished"}, [True, True, False]),
        ({"portal_state": ""}, [True, True, False]),
    ],
)
def test_each_trouble_has_its_light(facts: dict[str, object], green: list[bool]) -> None:
    assert colours(**facts) == green


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.3, "agrees with"),
        (-30.0, "30 seconds behind"),
        (90.0, "90 seconds ahead of the portal's: set it"),
        (-7200.0, "2 hours behind"),
        (366 * 86_400.0, "366 days ahead of"),
        (None, "could not be read"),
    ],
)
def test_clock_is_told_in_a_sentence(seconds: float | None, words: str) -> None:
    assert words in clock.told(seconds)


def test_care_learns_state_and_clock_and_hears_of_a_successor(
    identity: Identity, home: Path, fake_portal: FakePortal
) -> None:
    activity = Activity()
    portal = WatchedPortal(identity, activity)
    care = Caretaker(home, portal, activity, api_url=identity.api_url)

    assert care() == 60
    facts = activity.facts
    assert (facts.portal_state, facts.portal_url) == ("open", "https://demoklinikka.example/")
    assert facts.clock_ahead_seconds is not None
    assert abs(facts.clock_ahead_seconds) < 5

    fake_portal.state.superseded |= set(fake_portal.state.agents)
    with pytest.raises(Superseded):
        care()
    assert [light.is_green for light in lights(activity.facts, "")] == [False, True, True]
    portal.close()


def test_status_tells_what_the_agent_has_noted(
    identity: Identity, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    activity = Activity(home)
    activity.pushed(sequence=41, slots=3, weeks=2)
    assert told(home, capsys)["running"] is True

    activity.stopped()

    noted = told(home, capsys)
    assert noted["running"] is False
    assert noted["last_push"] == activity.facts.last_push_at
    assert noted["last_pull"] is None
    assert Activity(home).facts.last_push_at == activity.facts.last_push_at


def told(home: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    assert main(["status", "--home", str(home), "--json"]) == 0
    answer: dict[str, object] = json.loads(capsys.readouterr().out)
    return answer


def test_same_words_again_and_again_are_one_entry() -> None:
    activity = Activity()
    for _ in range(3):
        activity.sent("A change")

    (entry,) = activity.entries
    assert (entry.words, entry.times) == ("A change", 3)


def test_agent_works_without_its_page_where_the_port_is_taken(identity: Identity, home: Path) -> None:
    configuration = load_configuration(home)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert open_page(port, identity, configuration, Activity(), poke=lambda: None) is None
    assert open_page(0, identity, configuration, Activity(), poke=lambda: None) is None
