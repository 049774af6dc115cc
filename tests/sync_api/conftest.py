"""Two activated agents of two organisations, whose catalogues look alike."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from clinics.accounts import issue_account_key
from tests.conftest import Practice
from tests.factories import make_organisation
from tests.sync_api.client import DjangoTransport, SyncAgent, catalogue_body

TimeMachineAt = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def transport() -> DjangoTransport:
    return DjangoTransport()


@pytest.fixture
def account_key(db: None) -> str:
    return issue_account_key(organisation=make_organisation("demoklinikka"))


@pytest.fixture
def agent(transport: DjangoTransport, account_key: str) -> SyncAgent:
    """An agent that has just been activated, of an organisation without anything."""
    return SyncAgent.activated(transport, account_key)


@pytest.fixture
def other_agent(transport: DjangoTransport, db: None) -> SyncAgent:
    return SyncAgent.activated(transport, issue_account_key(organisation=make_organisation("pikkuhammas")))


@pytest.fixture
def stocked_agent(agent: SyncAgent) -> SyncAgent:
    """The agent, after it has sent its catalogue."""
    assert agent.put_catalogue(catalogue_body()).status == 200
    return agent


@pytest.fixture
def practice_agent(practice: Practice, transport: DjangoTransport) -> SyncAgent:
    """The agent of the practice that has bookings."""
    return SyncAgent.activated(transport, issue_account_key(organisation=practice.organisation))


@pytest.fixture
def other_practice_agent(other_practice: Practice, transport: DjangoTransport) -> SyncAgent:
    return SyncAgent.activated(transport, issue_account_key(organisation=other_practice.organisation))


@pytest.fixture
def time_machine_at() -> TimeMachineAt:
    """``time_machine_at(seconds=…)``: inside it is so much later."""

    def later(**ahead: int) -> AbstractContextManager[object]:
        return time_machine.travel(timezone.now() + timedelta(**ahead), tick=True)

    return later
