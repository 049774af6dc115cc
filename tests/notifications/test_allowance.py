"""SMS cost money: however many ask, no more are queued than may leave."""

import threading
from collections import Counter

import pytest
from django.db import connections, transaction

from clinics.models import Organisation
from notifications.allowance import MOST_TO_ONE_NUMBER, take_sms_allowance
from notifications.errors import SmsNotAllowed
from notifications.models import Channel, Kind, Message, SmsDay
from tests.factories import make_organisation

NUMBER = "+358401234567"


def refused(organisation: Organisation, to: str = NUMBER) -> str:
    """Which limit refuses one more; empty where none does."""
    try:
        take_sms_allowance(organisation=organisation, to=to)
    except SmsNotAllowed as error:
        return error.limit
    return ""


def queued(organisation: Organisation) -> int:
    return sum(SmsDay.across.filter(organisation=organisation).values_list("queued", flat=True))


@pytest.mark.django_db
def test_allowance_ends_at_the_days_limit_of_one_organisation() -> None:
    organisation = make_organisation("demoklinikka", sms_daily_limit=2)
    other = make_organisation("pikkuhammas")

    assert [refused(organisation) for _ in range(3)] == ["", "", "day"]

    assert queued(organisation) == 2
    assert refused(other) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["+447400123456", "+12015550123", "+99912345", "not a number", ""])
def test_allowance_is_for_chosen_countries_only(number: str) -> None:
    organisation = make_organisation("demoklinikka")

    assert refused(organisation, number) == "country"

    assert queued(organisation) == 0


@pytest.mark.django_db
def test_allowance_of_one_number_ends_before_the_organisations() -> None:
    organisation = make_organisation("demoklinikka")
    for number in range(MOST_TO_ONE_NUMBER):
        Message.across.create(
            organisation=organisation,
            channel=Channel.SMS,
            kind=Kind.CODE,
            to=NUMBER,
            language="fi",
            about=f"booking:{number}",
        )

    assert refused(organisation) == "number"
    assert refused(organisation, "+358407654321") == ""


@pytest.mark.django_db
def test_allowance_rolled_back_is_not_counted() -> None:
    organisation = make_organisation("demoklinikka", sms_daily_limit=1)
    with transaction.atomic():
        assert refused(organisation) == ""
        transaction.set_rollback(True)

    assert refused(organisation) == ""


@pytest.mark.django_db(transaction=True)
def test_allowance_asked_for_at_once_is_never_passed() -> None:
    organisation = make_organisation("demoklinikka", sms_daily_limit=5)
    barrier = threading.Barrier(20)
    outcomes: list[str] = []

    def ask() -> None:
        try:
            barrier.wait()
            outcomes.append(refused(organisation))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(outcomes) == {"": 5, "day": 15}
    assert queued(organisation) == 5
