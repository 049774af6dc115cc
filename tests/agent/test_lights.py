"""The three lights: green when all is well, else one sentence that says what to do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent import clock
from agent.activity import Activity, Facts
from agent.care import Caretaker
from agent.identity import Identity
from agent.lights import lights
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
