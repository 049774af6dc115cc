"""How long a login lasts, and that its key opens it at its own organisation only."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from clinics.models import Organisation
from clinics.scope import organisation_scope
from scheduling.logins import IDLE, LONGEST, end_login, forget_logins, login_with, start_login
from scheduling.models import Login
from tests.conftest import Practice

NUMBER = "+358401234567"


def begin(organisation: Organisation) -> str:
    with organisation_scope(organisation.pk):
        return start_login(organisation=organisation, method=Login.Method.SMS, mobile=NUMBER)[1]


def find(organisation: Organisation, key: str) -> Login | None:
    with organisation_scope(organisation.pk):
        return login_with(organisation=organisation, key=key)


def test_login_opens_at_its_own_organisation_only(practice: Practice, other_practice: Practice) -> None:
    key = begin(practice.organisation)

    assert find(practice.organisation, key) is not None
    assert find(other_practice.organisation, key) is None


@pytest.mark.parametrize("key", ["", "x", "0" * 43])
def test_login_is_not_opened_by_another_key(practice: Practice, key: str) -> None:
    begin(practice.organisation)

    assert find(practice.organisation, key) is None


def test_login_ends_when_it_is_not_used(practice: Practice) -> None:
    key = begin(practice.organisation)

    with time_machine.travel(timezone.now() + IDLE + timedelta(seconds=1)):
        assert find(practice.organisation, key) is None


def test_login_lasts_while_it_is_used_but_not_for_ever(practice: Practice) -> None:
    key, begun_at = begin(practice.organisation), timezone.now()

    steps = int(LONGEST / timedelta(minutes=20))
    used = []
    for step in range(steps + 3):
        with time_machine.travel(begun_at + step * timedelta(minutes=20)):
            used.append(find(practice.organisation, key) is not None)

    assert used == [True] * steps + [False] * 3


def test_logout_deletes_the_login(practice: Practice) -> None:
    key = begin(practice.organisation)
    login = find(practice.organisation, key)
    assert login is not None

    with organisation_scope(practice.organisation.pk):
        end_login(organisation=practice.organisation, login=login)

    assert find(practice.organisation, key) is None
    assert not Login.across.exists()


def test_forgetting_deletes_logins_that_have_ended(practice: Practice, other_practice: Practice) -> None:
    begin(practice.organisation)
    with time_machine.travel(timezone.now() + IDLE):
        begin(other_practice.organisation)

        assert forget_logins() == 1

    assert [login.organisation_id for login in Login.across.all()] == [other_practice.organisation.pk]
