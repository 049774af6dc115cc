"""Wishes: confirmed by a code before anything else is sent, and forgotten when they are over."""

import re
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from clinics.scope import organisation_scope
from notifications.models import Kind, Message
from scheduling.codes import MOST_CODES, MOST_TRIES
from scheduling.errors import CodeExpired, CodeUnsendable, TooManyCodes, TooManyWishes, WrongCode
from scheduling.models import Offer, Wish, WishClinic, WishCode
from scheduling.offers import offer_free_times
from scheduling.wishes import (
    MOST_WISHES,
    WishDetails,
    confirm_wish,
    forget_wishes,
    make_wish,
    resend_wish_code,
    wish_with_key,
)
from tests.conftest import Practice
from tests.factories import BookingFactory, WishFactory, wake

pytestmark = pytest.mark.django_db


def details(practice: Practice, **changes: Any) -> WishDetails:
    values: dict[str, Any] = {
        "treatment": practice.treatment,
        "clinics": [practice.clinic],
        "practitioners": [],
        "weekdays": [0, 1],
        "from_time": time(8),
        "until_time": time(16),
        "latest_on": timezone.now().date() + timedelta(days=28),
        "first_name": "Maija",
        "last_name": "Meikäläinen",
        "language": "fi",
        "mobile": "+358401234567",
        "email": "maija@example.com",
    }
    return WishDetails(**{**values, **changes})


def newest_code() -> str:
    found = re.search(r"\b\d{6}\b", Message.across.filter(kind=Kind.CODE).latest("pk").body)
    assert found
    return found.group()


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def forget_cool_down() -> None:
    WishCode.across.update(created_at=timezone.now() - timedelta(minutes=1))


def test_wish_gets_nothing_but_the_code_until_it_is_confirmed(in_scope: Practice) -> None:
    wake(in_scope.organisation)
    wish = make_wish(organisation=in_scope.organisation, details=details(in_scope))
    offer_free_times(organisation=in_scope.organisation)

    assert {message.kind for message in Message.across.all()} == {Kind.CODE}
    confirm_wish(organisation=in_scope.organisation, wish=wish, code=newest_code())
    offer_free_times(organisation=in_scope.organisation)

    kinds = {message.kind for message in Message.across.all()}
    assert kinds == {Kind.CODE, Kind.WAITING_LIST, Kind.OFFER}
    link = f"{in_scope.organisation.portal_url}waiting/{wish.key}/"
    assert all(link in message.body for message in Message.across.filter(kind=Kind.WAITING_LIST))


def test_address_that_no_code_goes_to_gets_no_message(in_scope: Practice) -> None:
    in_scope.organisation.settings.code_by_sms = False
    wish = make_wish(organisation=in_scope.organisation, details=details(in_scope))
    confirm_wish(organisation=in_scope.organisation, wish=wish, code=newest_code())

    assert {message.channel for message in Message.across.all()} == {"email"}


def test_code_is_stored_as_a_hash_and_kept_from_the_message_once_sent(in_scope: Practice) -> None:
    make_wish(organisation=in_scope.organisation, details=details(in_scope))
    code = WishCode.objects.get()

    assert newest_code().encode() not in bytes(code.digest)
    assert len(bytes(code.salt)) == 16
    assert all(message.is_secret for message in Message.across.all())


def test_code_can_be_tried_five_times(in_scope: Practice) -> None:
    wish = make_wish(organisation=in_scope.organisation, details=details(in_scope))
    code = newest_code()
    for left in reversed(range(MOST_TRIES)):
        with pytest.raises(WrongCode) as wrong:
            confirm_wish(organisation=in_scope.organisation, wish=wish, code=other_than(code))
        assert wrong.value.tries_left == left

    with pytest.raises(CodeExpired):
        confirm_wish(organisation=in_scope.organisation, wish=wish, code=code)
    wish.refresh_from_db()
    assert wish.state == Wish.State.UNCONFIRMED


def test_code_is_valid_for_ten_minutes(in_scope: Practice) -> None:
    wish = make_wish(organisation=in_scope.organisation, details=details(in_scope))
    code = WishCode.objects.get()
    assert code.expires_at - code.created_at == timedelta(minutes=10)
    WishCode.objects.update(
        created_at=timezone.now() - timedelta(minutes=11), expires_at=timezone.now() - timedelta(minutes=1)
    )

    with pytest.raises(CodeExpired):
        confirm_wish(organisation=in_scope.organisation, wish=wish, code=newest_code())


def test_code_of_another_wish_is_wrong(in_scope: Practice) -> None:
    make_wish(organisation=in_scope.organisation, details=details(in_scope))
    code = newest_code()
    second = make_wish(organisation=in_scope.organisation, details=details(in_scope))
    while newest_code() == code:  # one in a million
        second = make_wish(organisation=in_scope.organisation, details=details(in_scope))

    with pytest.raises(WrongCode):
        confirm_wish(organisation=in_scope.organisation, wish=second, code=code)


def test_new_code_replaces_the_old_one_after_a_while(in_scope: Practice) -> None:
    wish = make_wish(organisation=in_scope.organisation, details=details(in_scope))
    with pytest.raises(TooManyCodes) as too_soon:
        resend_wish_code(organisation=in_scope.organisation, wish=wish)
    assert 0 < (too_soon.value.seconds or 0) <= 30

    forget_cool_down()
    resend_wish_code(organisation=in_scope.organisation, wish=wish)
    confirm_wish(organisation=in_scope.organisation, wish=wish, code=newest_code())
    confirm_wish(organisation=in_scope.organisation, wish=wish, code=newest_code())
    assert Message.across.filter(kind=Kind.WAITING_LIST).count() == 2


def test_one_address_gets_few_codes_within_an_hour_however_many_wishes(in_scope: Practice) -> None:
    for number in range(MOST_CODES):
        typed = details(in_scope, email=f"maija{number}@example.com")
        make_wish(organisation=in_scope.organisation, details=typed)

    with pytest.raises(TooManyCodes) as refused:
        make_wish(organisation=in_scope.organisation, details=details(in_scope))
    assert refused.value.seconds is None
    assert Wish.objects.count() == MOST_CODES


def test_code_of_a_wish_counts_against_the_address_it_is_asked_from(
    in_scope: Practice, settings: Settings
) -> None:
    settings.SMS_PER_ADDRESS = 1
    first, second = (details(in_scope, email="", mobile=f"+35840123{n}567") for n in (1, 2))
    make_wish(organisation=in_scope.organisation, details=first, asked_from="somewhere")

    with pytest.raises(CodeUnsendable):
        make_wish(organisation=in_scope.organisation, details=second, asked_from="somewhere")

    make_wish(organisation=in_scope.organisation, details=second, asked_from="elsewhere")


def test_wish_that_no_code_can_reach_is_not_made(in_scope: Practice) -> None:
    in_scope.organisation.settings.sms_daily_limit = 0
    with pytest.raises(CodeUnsendable):
        make_wish(organisation=in_scope.organisation, details=details(in_scope, email=""))

    assert not Wish.objects.exists()


def test_one_address_waits_for_a_few_things_at_once(in_scope: Practice) -> None:
    for _ in range(MOST_WISHES):
        WishFactory(organisation=in_scope.organisation, treatment=in_scope.treatment)
    wish = make_wish(organisation=in_scope.organisation, details=details(in_scope))

    with pytest.raises(TooManyWishes):
        confirm_wish(organisation=in_scope.organisation, wish=wish, code=newest_code())
    wish.refresh_from_db()
    assert wish.state == Wish.State.UNCONFIRMED


def test_wish_of_another_organisation_is_not_found(in_scope: Practice, other_practice: Practice) -> None:
    foreign = WishFactory(organisation=other_practice.organisation, treatment=other_practice.treatment)

    with pytest.raises(Wish.DoesNotExist):
        wish_with_key(organisation=in_scope.organisation, key=foreign.key)


def test_rows_of_two_organisations_never_belong_together(
    practice: Practice, other_practice: Practice
) -> None:
    wish = WishFactory(organisation=practice.organisation, treatment=practice.treatment)
    booking = BookingFactory(organisation=other_practice.organisation)
    with organisation_scope(practice.organisation.pk):
        rows = [
            Wish(**{**fields_of(wish), "treatment": other_practice.treatment}),
            WishClinic(organisation=practice.organisation, wish=wish, clinic=other_practice.clinic),
            Offer(
                organisation=practice.organisation,
                wish=wish,
                booking=booking,
                starts_at=timezone.now(),
                expires_at=timezone.now(),
            ),
        ]
        for row in rows:
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save(force_insert=True)


def fields_of(wish: Wish) -> dict[str, Any]:
    names = ("organisation", "weekdays", "latest_on", "email", "consented_at", "language")
    return {name: getattr(wish, name) for name in names}


@pytest.mark.parametrize(
    ("values", "is_kept"),
    [
        ({}, True),
        ({"latest_on": timezone.now().date() - timedelta(days=2)}, True),
        ({"latest_on": date(2020, 1, 1)}, False),
        ({"state": Wish.State.ENDED, "ended_at": timezone.now() - timedelta(days=4)}, False),
        ({"state": Wish.State.ENDED, "ended_at": timezone.now()}, True),
    ],
)
def test_wish_is_forgotten_days_after_it_is_over(
    practice: Practice, values: dict[str, Any], is_kept: bool
) -> None:
    WishFactory(organisation=practice.organisation, treatment=practice.treatment, **values)

    assert forget_wishes() == (0 if is_kept else 1)
    assert Wish.across.exists() == is_kept


def test_wish_that_nobody_confirmed_is_forgotten_in_hours(practice: Practice) -> None:
    wish = WishFactory(
        organisation=practice.organisation, treatment=practice.treatment, state=Wish.State.UNCONFIRMED
    )
    assert forget_wishes() == 0
    Wish.across.filter(pk=wish.pk).update(created_at=timezone.now() - timedelta(hours=3))

    assert forget_wishes() == 1


def test_national_id_is_encrypted(practice: Practice) -> None:
    wish = WishFactory(
        organisation=practice.organisation, treatment=practice.treatment, national_id="131052-308T"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT national_id FROM scheduling_wish WHERE id = %s", [wish.pk])
        (stored,) = cursor.fetchone()

    assert b"131052" not in bytes(stored)
    wish.refresh_from_db()
    assert wish.national_id == "131052-308T"
