"""SMS cost money: however many ask, no more are queued than may leave."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections, transaction
from django.utils import timezone
from pytest_django import Settings

from clinics.models import Organisation
from notifications.allowance import MOST_TO_ONE_NUMBER, UNIT, Asked, take_sms_allowance
from notifications.errors import SmsNotAllowed
from notifications.models import Channel, Kind, Message, SmsDay, SmsMinute, SmsMonth
from tests.factories import make_organisation

NUMBER = "+358401234567"


def refused(organisation: Organisation, to: str = NUMBER, **more: Any) -> str:
    """Which limit refuses one more; empty where none does."""
    try:
        take_sms_allowance(organisation=organisation, asked=Asked(to, **more))
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


def spent(organisation: Organisation) -> float:
    return (
        float(sum(SmsMonth.across.filter(organisation=organisation).values_list("spent", flat=True))) / UNIT
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "what"),
    [
        ("+35860012345", "premium"),
        ("+358201234567", "universal access"),
        ("+3588001234567", "toll-free"),
        ("+35891234567", "fixed line"),
        ("+4782912345", "premium"),
        ("+46740123456", "pager"),
        ("+4785012345", "voice over the internet"),
        ("+4781021000", "shared cost"),
    ],
)
def test_allowance_is_for_mobile_numbers_only(number: str, what: str) -> None:
    organisation = make_organisation("demoklinikka")

    assert refused(organisation, number) == "type", what

    assert queued(organisation) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["+358401234567", "+358501234567", "+46701234567", "+4740612345"])
def test_allowance_lets_mobiles_of_each_country_have_theirs(number: str) -> None:
    assert refused(make_organisation("demoklinikka"), number) == ""


@pytest.mark.django_db
def test_allowance_of_a_block_of_numbers_ends_within_the_hour(settings: Settings) -> None:
    settings.SMS_PER_BLOCK = 3
    organisation = make_organisation("demoklinikka")
    other = make_organisation("pikkuhammas")

    assert [refused(organisation, f"+3584012345{n:02}") for n in range(5)] == ["", "", "", "block", "block"]

    assert refused(organisation, "+358401234699") == ""
    assert refused(other) == ""
    SmsMinute.across.update(minute=timezone.now() - timedelta(hours=2))
    assert refused(organisation) == ""


@pytest.mark.django_db
def test_allowance_of_an_address_ends_within_the_hour(settings: Settings) -> None:
    settings.SMS_PER_ADDRESS = 2
    organisation = make_organisation("demoklinikka")
    ask = [refused(organisation, f"+35840123{n}567", asked_from="a bot") for n in range(4)]

    assert ask == ["", "", "address", "address"]

    assert refused(organisation, asked_from="a patient") == ""
    assert refused(organisation) == ""
    assert not any(b"bot" in bytes(row.digest) for row in SmsMinute.across.all())


@pytest.mark.django_db
def test_allowance_of_a_month_ends_with_its_money(settings: Settings) -> None:
    settings.SMS_PRICES = {"FI": 4_000, "SE": 1_000}
    organisation = make_organisation("demoklinikka", sms_monthly_cap=1)
    other = make_organisation("pikkuhammas", sms_monthly_cap=0)

    assert refused(organisation, text="x" * 161) == ""
    assert refused(organisation) == "month"
    assert refused(organisation, "+46701234567") == ""
    assert spent(organisation) == 0.9

    assert refused(other) == "month"
    next_month = timezone.now().replace(day=1) + timedelta(days=32)
    assert refused(organisation, at=next_month) == ""


@pytest.mark.django_db
def test_allowance_counts_a_country_without_a_price_as_dear(settings: Settings) -> None:
    settings.SMS_PRICES = {"FI": 700, "SE": 600}
    organisation = make_organisation("demoklinikka")

    assert refused(organisation, "+4740612345") == ""

    assert spent(organisation) == 0.14


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


@pytest.mark.django_db(transaction=True)
def test_money_asked_for_at_once_is_never_passed(settings: Settings) -> None:
    settings.SMS_PRICES = {"FI": 2_000}
    organisation = make_organisation("demoklinikka", sms_monthly_cap=1)
    barrier = threading.Barrier(12)
    outcomes: list[str] = []

    def ask(which: int) -> None:
        try:
            barrier.wait()
            outcomes.append(refused(organisation, f"+35840{which:02}34567"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(which,)) for which in range(10, 22)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(outcomes) == {"": 5, "month": 7}
    assert spent(organisation) == 1.0


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "limit"), [(35, "block"), (59, "block"), (62, "")])
def test_hour_slides_and_does_not_begin_with_the_clocks(settings: Settings, minutes: int, limit: str) -> None:
    """Asked for at ten minutes to, the limit is not another's at ten past."""
    settings.SMS_PER_BLOCK = 2
    organisation = make_organisation("demoklinikka")
    begin = datetime(2026, 3, 3, 9, 30, 59, tzinfo=UTC)
    with time_machine.travel(begin, tick=False):
        assert [refused(organisation) for _ in range(2)] == ["", ""]

    with time_machine.travel(begin + timedelta(minutes=minutes), tick=False):
        assert refused(organisation) == limit


@pytest.mark.django_db
def test_allowance_of_a_day_is_counted_in_money_too(settings: Settings) -> None:
    settings.SMS_PRICES = {"FI": 700}
    organisation = make_organisation("demoklinikka")

    assert [refused(organisation, text="x" * 161), refused(organisation)] == ["", ""]

    assert SmsDay.across.get(organisation=organisation).spent == 2100
