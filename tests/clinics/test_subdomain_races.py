"""However many want an address at the same moment, one gets it, and none gets another's look-alike."""

import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from clinics import subdomains
from clinics.models import FormerSubdomain, Organisation
from clinics.subdomains import Refusal, SubdomainRefused, change_subdomain
from tests.factories import make_organisation
from tests.locks import somebody_waits_for_a_lock
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ["alfa-klinikka", "bertta-klinikka", "celia-klinikka", "daavid-klinikka", "elsa-klinikka"]


def mover(organisation: Organisation, subdomain: str) -> Callable[[], str]:
    def move() -> str:
        try:
            change_subdomain(organisation=organisation, subdomain=subdomain, by="owner@example.com")
        except SubdomainRefused as refused:
            return refused.refusal.value
        return "done"

    return move


@pytest.fixture
def organisations() -> list[Organisation]:
    return [make_organisation(name) for name in NAMES]


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock, and everybody compares before anybody takes."""
    everybody = threading.Barrier(len(NAMES))
    compare = subdomains.why_not

    def why_not_together(*asked: object) -> Refusal | None:
        found = compare(*asked)  # type: ignore[arg-type]
        everybody.wait(timeout=60)
        return found

    monkeypatch.setattr(subdomains, "lock_names", lambda: None)
    monkeypatch.setattr(subdomains, "why_not", why_not_together)


def test_one_of_many_gets_an_address(organisations: list[Organisation]) -> None:
    outcomes = at_once(None, *(mover(organisation, "uusi-klinikka") for organisation in organisations))

    assert Counter(outcomes) == {"done": 1, "taken": 4}
    assert Organisation.objects.filter(subdomain="uusi-klinikka").count() == 1
    assert FormerSubdomain.across.count() == 1


@pytest.mark.usefixtures("unguarded")
def test_one_of_many_gets_an_address_even_without_the_lock(organisations: list[Organisation]) -> None:
    """The unique index is the promise."""
    outcomes = at_once(None, *(mover(organisation, "uusi-klinikka") for organisation in organisations))

    assert Counter(outcomes) == {"done": 1, "taken": 4}
    assert FormerSubdomain.across.count() == 1


ALIKE = ["uusi-klinikka", "uusi-kl1nikka", "uusiklinikka", "uus1-klinikka", "uusi-klinika"]


def test_one_of_many_look_alikes_is_taken(organisations: list[Organisation]) -> None:
    outcomes = at_once(None, *map(mover, organisations, ALIKE))

    assert Counter(outcomes) == {"done": 1, "look_alike": 4}


@pytest.mark.usefixtures("unguarded")
def test_without_the_lock_look_alikes_would_be_taken_together(organisations: list[Organisation]) -> None:
    """The negative control: the race is there."""
    assert Counter(at_once(None, *map(mover, organisations, ALIKE))) == {"done": 5}


def taken_while_it_is_left(organisations: list[Organisation], monkeypatch: pytest.MonkeyPatch) -> str:
    """One organisation leaves its address and, before that is committed, another takes it; what came of it.

    Nobody's comparison can see the other's: there is no lock, and the row waits for the unique index.
    """
    owner, taker, *_others = organisations
    monkeypatch.setattr(subdomains, "lock_names", lambda: None)
    monkeypatch.setattr(subdomains, "why_not", lambda *asked: None)
    left, asked = threading.Event(), threading.Event()

    def leave() -> None:
        with transaction.atomic():
            change_subdomain(organisation=owner, subdomain="uusi-klinikka", by="owner@example.com")
            left.set()
            assert asked.wait(20)
            wait_for_somebody_waiting()

    def take() -> str:
        assert left.wait(20)
        asked.set()
        try:
            Organisation.objects.filter(pk=taker.pk).update(subdomain=NAMES[0])
        except IntegrityError:
            return "taken"
        return "done"

    outcomes = at_once(None, leave, take)
    assert outcomes[0] == "done"
    return outcomes[1]


def wait_for_somebody_waiting() -> None:
    """Until another session waits for what this one has not committed."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if somebody_waits_for_a_lock():
            return
    raise AssertionError("nobody waits")


def test_address_that_is_just_being_left_is_kept(
    organisations: list[Organisation], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert taken_while_it_is_left(organisations, monkeypatch) == "taken"


def test_without_the_trigger_it_would_be_taken(
    organisations: list[Organisation], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    switch = "ALTER TABLE clinics_organisation {} TRIGGER clinics_organisation_subdomain_kept"
    with connection.cursor() as cursor:
        cursor.execute(switch.format("DISABLE"))
        try:
            assert taken_while_it_is_left(organisations, monkeypatch) == "done"
        finally:
            cursor.execute(switch.format("ENABLE"))
