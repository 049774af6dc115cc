"""An old catalogue and a newer one at the same moment, on real connections: the newer one stands."""

import threading
from collections.abc import Callable

import pytest

from clinics.models import Practitioner
from sync_api import catalogue as taking
from sync_api.catalogue import take_catalogue
from sync_api.models import Agent
from sync_api.problems import StaleSequence
from sync_api.schemas import CatalogueIn
from sync_api.sequences import was_taken
from tests.conftest import Practice
from tests.races import at_once
from tests.sync_api.client import catalogue_body

ROUNDS = 3

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent(practice: Practice) -> Agent:
    found: Agent = Agent.across.create(organisation=practice.organisation, generation=1, public_key={})
    return found


def sender(agent: Agent, sequence: int, name: str) -> Callable[[], object]:
    body = {**catalogue_body(), "sequence": sequence}
    body["practitioners"][0]["name"] = name
    whole = CatalogueIn.model_validate(body)
    return lambda: take_catalogue(organisation=agent.organisation, agent=agent, catalogue=whole)


def stands(agent: Agent) -> tuple[str, int]:
    """What the practitioner is called, and the last number."""
    agent.refresh_from_db()
    return Practitioner.across.get(external_id="p1").name, agent.last_sequence


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_newer_catalogue_stands_whoever_was_first(practice: Practice, agent: Agent, round_: int) -> None:
    old, new = at_once(practice.organisation, sender(agent, 1, "Old"), sender(agent, 2, "New"))

    assert new == "done"
    assert old == "done" or old.startswith(StaleSequence.__name__)
    assert stands(agent) == ("New", 2)


def test_without_the_lock_the_older_one_undoes_the_newer(
    practice: Practice, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both look at the number before either writes, and the old one is the slower."""
    both_looked, new_is_in = threading.Barrier(2), threading.Event()
    send_new = sender(agent, 2, "New")

    def look_and_dawdle(found: Agent, sequence: int, digest: str) -> bool:
        taken = was_taken(found, sequence, digest)
        both_looked.wait(timeout=60)
        if sequence == 1:
            new_is_in.wait(timeout=60)
        return taken

    def send_and_tell() -> None:
        send_new()
        new_is_in.set()

    monkeypatch.setattr(taking, "lock_sync", lambda _organisation: None)
    monkeypatch.setattr(taking, "was_taken", look_and_dawdle)

    assert at_once(practice.organisation, sender(agent, 1, "Old"), send_and_tell) == ["done", "done"]
    assert stands(agent) == ("Old", 1)
