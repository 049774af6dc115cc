"""Money for SMS that runs out, and codes that nobody uses: who is told, once, and what stops."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from clinics.models import Membership, Organisation, User
from clinics.roles import Role
from clinics.scope import organisation_scope
from notifications.allowance import UNIT, Asked, take_sms_allowance
from notifications.errors import SmsNotAllowed
from notifications.models import CodePause, Kind, Message, SmsMonth
from scheduling.models import LoginCode
from scheduling.sms_alarms import PAUSE, are_codes_paused, watch_codes, watch_spending
from tests.conftest import Practice

ABROAD = "+4740612345"


@pytest.fixture
def operator(practice: Practice) -> User:
    owner = User.objects.create_user("owner@example.com", name="Olli")
    Membership(organisation=practice.organisation, user=owner, role=Role.OWNER).save()
    return User.objects.create_superuser("operator@example.com")


def spend(organisation: Organisation, share: float) -> None:
    spent = round(organisation.settings.sms_monthly_cap * UNIT * share)
    month = timezone.now().date().replace(day=1)
    SmsMonth.across.update_or_create(organisation=organisation, month=month, defaults={"spent": spent})


def told(kind: Kind) -> list[str]:
    return sorted(Message.across.filter(kind=kind).values_list("to", flat=True))


def make_codes(organisation: Organisation, *, used: int, unused: int, at: datetime) -> None:
    """Codes to log in with that were sent by SMS."""
    for number in range(used + unused):
        LoginCode.across.create(
            organisation=organisation,
            visitor=str(number),
            address_hash="a",
            mobile=f"+35840{number:07}",
            language="fi",
            salt=bytes(16),
            digest=bytes(32),
            created_at=at,
            answered_at=at,
            expires_at=at + timedelta(minutes=10),
            used_at=at if number < used else None,
        )


def refused(organisation: Organisation, kind: Kind) -> str:
    try:
        take_sms_allowance(organisation=organisation, asked=Asked(ABROAD, kind=kind))
    except SmsNotAllowed as error:
        return error.limit
    return ""


def test_money_that_runs_out_is_told_once_at_each_level(
    practice: Practice, other_practice: Practice, operator: User
) -> None:
    spend(practice.organisation, 0.79)
    spend(other_practice.organisation, 0.5)
    assert watch_spending() == 0

    spend(practice.organisation, 0.81)
    assert [watch_spending() for _ in range(3)] == [1, 0, 0]
    assert told(Kind.SMS_DEAR) == ["operator@example.com", "owner@example.com"]
    assert not told(Kind.SMS_STOPPED)

    spend(practice.organisation, 1)
    assert [watch_spending() for _ in range(3)] == [1, 0, 0]
    assert told(Kind.SMS_STOPPED) == ["operator@example.com", "owner@example.com"]
    assert len(told(Kind.SMS_DEAR)) == 2
    assert {pk for (pk,) in Message.across.values_list("organisation")} == {practice.organisation.pk}


def test_raised_cap_is_told_of_anew(practice: Practice, operator: User) -> None:
    spend(practice.organisation, 0.9)
    watch_spending()
    practice.organisation.settings.sms_monthly_cap *= 2
    practice.organisation.settings.save()

    assert watch_spending() == 0
    spend(practice.organisation, 0.9)

    assert watch_spending() == 1


def test_money_that_is_spent_stops_every_sms(practice: Practice, other_practice: Practice) -> None:
    spend(practice.organisation, 1)

    assert [refused(practice.organisation, kind) for kind in (Kind.CODE, Kind.MOVE)] == ["month", "month"]

    assert refused(other_practice.organisation, Kind.CODE) == ""


def test_codes_that_nobody_uses_pause_and_the_operator_is_told_once(
    practice: Practice, other_practice: Practice, operator: User
) -> None:
    half_an_hour_ago = timezone.now() - timedelta(minutes=30)
    make_codes(practice.organisation, used=5, unused=15, at=half_an_hour_ago)
    make_codes(other_practice.organisation, used=6, unused=14, at=half_an_hour_ago)

    assert [watch_codes() for _ in range(3)] == [1, 0, 0]

    assert told(Kind.CODES_PAUSED) == ["operator@example.com"]
    with organisation_scope(practice.organisation.pk):
        assert are_codes_paused(practice.organisation)
    with organisation_scope(other_practice.organisation.pk):
        assert not are_codes_paused(other_practice.organisation)
    assert [refused(practice.organisation, kind) for kind in (Kind.CODE, Kind.LOGIN_CODE)] == ["codes"] * 2
    assert refused(practice.organisation, Kind.CONFIRMATION) == ""
    assert refused(other_practice.organisation, Kind.CODE) == ""


@pytest.mark.parametrize(("used", "unused", "minutes"), [(0, 19, 30), (6, 14, 30), (0, 30, 5), (0, 30, 70)])
def test_codes_go_on_where_little_is_known(practice: Practice, used: int, unused: int, minutes: int) -> None:
    make_codes(
        practice.organisation, used=used, unused=unused, at=timezone.now() - timedelta(minutes=minutes)
    )

    assert watch_codes() == 0

    assert refused(practice.organisation, Kind.CODE) == ""


def test_pause_ends_by_itself_and_the_same_codes_make_no_other(practice: Practice, operator: User) -> None:
    make_codes(practice.organisation, used=0, unused=20, at=timezone.now() - timedelta(minutes=40))
    watch_codes()
    CodePause.across.update(until=timezone.now() - timedelta(minutes=20))

    assert refused(practice.organisation, Kind.CODE) == ""
    assert watch_codes() == 0

    make_codes(practice.organisation, used=0, unused=20, at=timezone.now() - timedelta(minutes=15))
    assert watch_codes() == 1
    assert CodePause.across.get().until > timezone.now() + PAUSE - timedelta(minutes=1)
    assert len(told(Kind.CODES_PAUSED)) == 2
