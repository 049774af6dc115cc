"""Codes to log in with: what a stranger cannot learn, guess or make us spend."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from clinics.models import Organisation
from clinics.scope import organisation_scope
from notifications.models import Channel, Kind, Message, SmsDay
from scheduling import login_codes
from scheduling.codes import COOL_DOWN_SECONDS, MOST_CODES, MOST_TRIES
from scheduling.errors import CodeExpired, TooManyCodes, WrongCode
from scheduling.login_codes import (
    AN_HOUR,
    answer_code,
    ask_code,
    forget_login_codes,
    log_in_with_code,
    unanswered_codes,
)
from scheduling.models import Booking, Login, LoginCode
from scheduling.tasks import sweep_login_codes
from scheduling.telling import VALID_MINUTES
from tests.conftest import Practice
from tests.factories import BookingFactory, BookingPatientFactory
from tests.races import at_once

KNOWN = "+358401234567"
UNKNOWN = "+358407654321"

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(practice: Practice) -> Practice:
    """A practice with a booking whose patient has the known number."""
    make_known(practice)
    return practice


def make_known(practice: Practice, **changes: object) -> Booking:
    booking: Booking = BookingFactory(
        organisation=practice.organisation,
        clinic=practice.clinic,
        practitioner=practice.practitioner,
        treatment=practice.treatment,
        **changes,
    )
    BookingPatientFactory(organisation=practice.organisation, booking=booking, mobile=KNOWN)
    return booking


def ask(practice: Practice, mobile: str = KNOWN, visitor: str = "maija", address: str = "home") -> LoginCode:
    organisation = practice.organisation
    with organisation_scope(organisation.pk):
        ask_code(organisation=organisation, mobile=mobile, visitor=visitor, address=address, language="en")
    code: LoginCode = LoginCode.across.latest("pk")
    return code


def asked_and_answered(practice: Practice, mobile: str = KNOWN, visitor: str = "maija") -> str:
    """The digits that the phone got; none where it got nothing."""
    code = ask(practice, mobile, visitor)
    answer_code(code.pk)
    return digits_for(code)


def digits_for(code: LoginCode) -> str:
    message = Message.across.filter(kind=Kind.LOGIN_CODE, about=f"login:{code.pk}").first()
    found = re.search(r"\b\d{6}\b", message.body) if message else None
    return found.group() if found else ""


def other_than(digits: str) -> str:
    return f"{(int(digits or '0') + 1) % 1_000_000:06}"


def log_in(practice: Practice, digits: str, visitor: str = "maija") -> Login:
    with organisation_scope(practice.organisation.pk):
        return log_in_with_code(organisation=practice.organisation, visitor=visitor, digits=digits)[0]


def outcome(practice: Practice, digits: str, visitor: str = "maija") -> str:
    try:
        return log_in(practice, digits, visitor).method
    except WrongCode as wrong:
        return f"wrong, {wrong.tries_left} left"
    except CodeExpired:
        return "expired"


def test_code_that_was_sent_logs_in_with_the_number(known: Practice) -> None:
    login = log_in(known, asked_and_answered(known))

    assert (login.method, login.mobile.as_e164, login.organisation) == ("sms", KNOWN, known.organisation)
    assert (login.national_id, login.first_name) == (None, "")


def test_code_logs_in_once(known: Practice) -> None:
    digits = asked_and_answered(known)

    assert [outcome(known, digits) for _ in range(2)] == ["sms", "expired"]


def test_unknown_number_gets_nothing_and_costs_nothing(known: Practice) -> None:
    assert asked_and_answered(known, UNKNOWN) == ""

    assert not Message.across.exists()
    assert not SmsDay.across.exists()
    assert LoginCode.across.get().digest is None


def test_asking_does_the_same_for_a_known_and_an_unknown_number(known: Practice) -> None:
    statements = {}
    for mobile in (KNOWN, UNKNOWN):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ask(known, mobile, visitor=mobile)
        statements[mobile] = [shape_of(query["sql"], mobile) for query in captured]

    assert statements[KNOWN] == statements[UNKNOWN]
    rows = LoginCode.across.values("digest", "answered_at", "tries", "used_at", "language")
    assert rows[0] == rows[1]


def shape_of(sql: str, mobile: str) -> str:
    """A statement without its values."""
    return re.sub(r"'[^']*'|\d+", "?", sql.replace(mobile, "?"))


def test_wrong_codes_are_the_same_for_a_known_and_an_unknown_number(known: Practice) -> None:
    wrong = other_than(asked_and_answered(known, KNOWN, "maija"))
    asked_and_answered(known, UNKNOWN, "stranger")
    said, statements = {}, {}
    for visitor in ("maija", "stranger"):
        with CaptureQueriesContext(connection) as captured:
            said[visitor] = [outcome(known, wrong, visitor) for _ in range(MOST_TRIES + 1)]
        statements[visitor] = [shape_of(query["sql"], "") for query in captured]

    assert said["maija"] == said["stranger"]
    assert statements["maija"] == statements["stranger"]
    assert said["maija"] == [*(f"wrong, {left} left" for left in (4, 3, 2, 1, 0)), "expired"]


def test_no_digits_fit_a_code_that_was_never_made(known: Practice) -> None:
    code = ask(known, UNKNOWN)
    answer_code(code.pk)
    code.refresh_from_db()

    hits = sum(
        login_codes.use_code(fresh(code), f"{number:06}") is None for number in range(0, 1_000_000, 997)
    )

    assert hits == 0


def fresh(code: LoginCode) -> LoginCode:
    code.tries = 0
    return code


@pytest.mark.parametrize("state", [Booking.State.HELD, Booking.State.EXPIRED])
def test_number_of_an_unfinished_booking_is_not_known(practice: Practice, state: str) -> None:
    make_known(practice, state=state)

    assert asked_and_answered(practice) == ""


def test_number_past_retention_is_not_known(practice: Practice) -> None:
    long_ago = timezone.now() - timedelta(days=practice.organisation.settings.retention_days + 1)
    make_known(practice, during=(long_ago, long_ago + timedelta(minutes=30)))

    assert asked_and_answered(practice) == ""


def test_number_is_known_to_its_own_organisation_only(known: Practice, other_practice: Practice) -> None:
    assert asked_and_answered(other_practice) == ""
    assert asked_and_answered(known) != ""


def test_code_fits_its_own_browser_organisation_and_number_only(
    known: Practice, other_practice: Practice
) -> None:
    make_known(other_practice)
    digits = asked_and_answered(known)
    others = asked_and_answered(known, UNKNOWN, "stranger")
    at_other = asked_and_answered(other_practice, KNOWN, "maija")

    assert others == ""
    assert outcome(known, digits, "stranger").startswith("wrong")
    assert outcome(known, digits, "nobody") == "expired"
    if at_other != digits:
        assert outcome(other_practice, digits, "maija").startswith("wrong")
    assert outcome(known, digits) == "sms"


def test_code_expires(known: Practice) -> None:
    digits = asked_and_answered(known)

    with time_machine.travel(timezone.now() + timedelta(minutes=VALID_MINUTES, seconds=1)):
        assert outcome(known, digits) == "expired"


def test_new_code_makes_the_old_one_worthless(known: Practice) -> None:
    old = asked_and_answered(known)
    with time_machine.travel(timezone.now() + timedelta(seconds=COOL_DOWN_SECONDS + 1)):
        new = asked_and_answered(known)

        if old != new:
            assert outcome(known, old).startswith("wrong")
        assert outcome(known, new) == "sms"


def test_code_is_stored_as_a_hash_and_its_message_is_secret(known: Practice) -> None:
    digits = asked_and_answered(known)

    stored = LoginCode.across.values().get()
    assert all(digits != value and digits.encode() != value for value in stored.values())
    message = Message.across.get()
    assert (message.channel, message.to, message.is_secret) == (Channel.SMS, KNOWN, True)
    assert message.not_after == stored["expires_at"]


def test_answering_twice_sends_once(known: Practice) -> None:
    code = ask(known)

    for _ in range(2):
        answer_code(code.pk)

    assert Message.across.count() == 1
    assert outcome(known, digits_for(code)) == "sms"


def test_sweep_finds_what_no_bell_rang_for(known: Practice, settings: Settings) -> None:
    code = ask(known)
    assert unanswered_codes(limit=10) == [code.pk]

    answer_code(code.pk)

    assert unanswered_codes(limit=10) == []
    sweep_login_codes()


def test_code_too_old_to_be_typed_is_not_sent(known: Practice) -> None:
    code = ask(known)

    with time_machine.travel(timezone.now() + timedelta(minutes=VALID_MINUTES)):
        answer_code(code.pk)
        assert unanswered_codes(limit=10) == []

    assert not Message.across.exists()


@pytest.mark.parametrize("mobile", [KNOWN, UNKNOWN])
def test_number_and_browser_wait_before_they_ask_again(known: Practice, mobile: str) -> None:
    ask(known, mobile)

    for visitor, number in (("maija", "+358401111111"), ("another", mobile)):
        with pytest.raises(TooManyCodes) as refused:
            ask(known, number, visitor)
        assert refused.value.seconds


@pytest.mark.parametrize("mobile", [KNOWN, UNKNOWN])
def test_number_is_asked_for_so_often_in_an_hour(known: Practice, mobile: str) -> None:
    now = timezone.now()
    for number in range(MOST_CODES):
        with time_machine.travel(now + number * timedelta(minutes=1)):
            ask(known, mobile, visitor=f"visitor {number}", address=f"address {number}")

    with time_machine.travel(now + timedelta(minutes=10)), pytest.raises(TooManyCodes) as refused:
        ask(known, mobile, visitor="yet another", address="elsewhere")

    assert refused.value.seconds is None


def test_address_asks_so_often_in_an_hour(
    known: Practice, other_practice: Practice, settings: Settings
) -> None:
    settings.LOGIN_CODES_PER_ADDRESS = 3
    for number in range(3):
        ask(known, f"+35840100000{number}", visitor=f"visitor {number}")

    with pytest.raises(TooManyCodes):
        ask(known, UNKNOWN, visitor="another")

    ask(known, UNKNOWN, visitor="another", address="elsewhere")
    ask(other_practice, UNKNOWN)
    with time_machine.travel(timezone.now() + AN_HOUR + timedelta(seconds=1)):
        ask(known, "+358402222222", visitor="later")


def test_organisations_limit_of_sms_is_kept_and_told_to_nobody(known: Practice) -> None:
    known.organisation.settings.sms_daily_limit = 0
    known.organisation.settings.save()

    assert asked_and_answered(known) == ""
    assert outcome(known, "123456") == "wrong, 4 left"


def test_old_codes_are_deleted(known: Practice, other_practice: Practice) -> None:
    ask(known)
    with time_machine.travel(timezone.now() + AN_HOUR + timedelta(seconds=1)):
        newer = ask(other_practice)

        assert forget_login_codes() == 1

    assert list(LoginCode.across.values_list("pk", flat=True)) == [newer.pk]


# Many at once

GUESSERS = 24


def guessers_at_once(organisation: Organisation, attempt: Callable[[int], str]) -> Counter[str]:
    return Counter(at_once(organisation, *(partial(attempt, number) for number in range(GUESSERS))))


def guesses_at_once(practice: Practice, digits: str) -> Counter[str]:
    """Everybody guesses wrong, in the browser that asked."""

    def guess(number: int) -> str:
        wrong = f"{(int(digits) + 1 + number) % 1_000_000:06}"
        return outcome(practice, wrong)

    return guessers_at_once(practice.organisation, guess)


@contextmanager
def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The code is read before anybody has counted, and everybody counts from what they read."""
    barrier = threading.Barrier(GUESSERS)

    def unlocked(organisation: Organisation, visitor: str) -> LoginCode | None:
        code = LoginCode.objects.filter(organisation=organisation, visitor=visitor).first()
        barrier.wait()
        return code

    with monkeypatch.context() as patch:
        patch.setattr(login_codes, "newest_code", unlocked)
        yield


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_all_counted(known: Practice) -> None:
    digits = asked_and_answered(known)

    outcomes = guesses_at_once(known, digits)

    wrong = {f"wrong, {left} left": 1 for left in range(MOST_TRIES)}
    assert outcomes == {**wrong, "expired": GUESSERS - MOST_TRIES}
    assert outcome(known, digits) == "expired"


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_without_the_lock_show_the_race(
    known: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = asked_and_answered(known)

    with without_the_lock(monkeypatch):
        outcomes = guesses_at_once(known, digits)

    assert outcomes == {f"wrong, {MOST_TRIES - 1} left": GUESSERS}


@pytest.mark.django_db(transaction=True)
def test_codes_asked_for_at_once_are_no_more_than_may_be(
    known: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_codes, "have_done", lambda *_: None)  # the bell is not what is tried here

    def attempt(number: int) -> str:
        ask_code(
            organisation=known.organisation,
            mobile=KNOWN,
            visitor=f"visitor {number}",
            address=f"address {number}",
            language="en",
        )
        return "asked"

    outcomes = guessers_at_once(known.organisation, attempt)

    assert outcomes == {"asked": 1, "TooManyCodes": GUESSERS - 1}


def test_a_hundred_thousand_guesses_have_few_tries(known: Practice) -> None:
    """Scaled: an hour of guessing at one number, by a new browser whenever the tries are used up."""
    now = timezone.now()
    tried: Counter[str] = Counter()
    for minute in range(0, 60, 2):
        with time_machine.travel(now + timedelta(minutes=minute)):
            visitor = f"guesser {minute}"
            try:
                digits = asked_and_answered(known, KNOWN, visitor)
            except TooManyCodes:
                tried["refused"] += 1
                continue
            for _ in range(20):
                tried[outcome(known, other_than(digits), visitor).partition(",")[0]] += 1

    assert tried["wrong"] == MOST_CODES * MOST_TRIES
    assert tried["sms"] == 0
    assert Message.across.count() == MOST_CODES
