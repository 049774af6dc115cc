"""Which SMS may leave: each costs money, and a stranger can ask for codes. These limits fail closed.

Counted when a message is queued, in the caller's transaction: what is rolled back is not counted. One
statement counts by all of them: the function take_sms of migration 0002. What is cancelled before it left
is given back (given_back.py).
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import phonenumbers
from django.conf import settings
from django.utils import timezone
from phonenumbers import PhoneNumberType

from clinics.models import Organisation
from clinics.prepared import ask
from notifications.errors import SmsNotAllowed
from notifications.gsm import sms_length
from notifications.models import Kind, Message

MOST_TO_ONE_NUMBER = 20
"""SMS to one number from one organisation within a day and a night."""
CODES = {Kind.CODE, Kind.LOGIN_CODE}
_TAKE = "take_sms(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::bytea, %s)"
UNIT = 10_000
"""Money is counted in so many parts of the currency."""
MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
"""The second is for countries whose numbers do not tell; nothing dearer is in either."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one SMS is, as far as limits go."""

    to: str
    text: str = ""
    kind: Kind | str = ""
    asked_from: str = ""
    """Stands for the remote address of who asked for it, if anybody did."""
    at: datetime | None = None
    """When it is to leave, if later."""


@dataclass(frozen=True, slots=True)
class Counted:
    """On which day, and as how much money, an SMS was counted."""

    day: date
    cost: int

    def note_on(self, message: Message) -> None:
        """So that it can be given back."""
        message.sms_day, message.sms_cost = self.day, self.cost


def take_sms_allowance(*, organisation: Organisation, asked: Asked) -> Counted:
    """Counts one SMS to the E.164 number ``asked.to``. Raises SmsNotAllowed, and counts nothing then."""
    (outcome,) = take_sms_allowances(organisation=organisation, asked=[asked])
    if isinstance(outcome, SmsNotAllowed):
        raise outcome
    return outcome


def take_sms_allowances(
    *, organisation: Organisation, asked: Sequence[Asked]
) -> list[Counted | SmsNotAllowed]:
    """Counts several SMS in their order; in the place of each that no limit lets go stands which one.

    One that is to leave later counts on that day and in that month, and not against what may go now.

    The organisation's count for the month is one row that is locked until the caller commits, so that
    however many ask at once, no more leave than may.
    """
    outcomes = [within_rules(organisation, each) for each in asked]
    both = zip(asked, outcomes, strict=True)
    countable = [(each, found) for each, found in both if isinstance(found, Counted)]
    limits = iter(limits_reached(organisation, countable))
    return [
        SmsNotAllowed(limit) if isinstance(found, Counted) and (limit := next(limits)) else found
        for found in outcomes
    ]


def within_rules(organisation: Organisation, asked: Asked) -> Counted | SmsNotAllowed:
    """As what it will be counted, if it goes to a mobile in a country that the organisation sends to."""
    country, is_mobile_number = kind_of_number(asked.to)
    if country is None or country not in organisation.settings.sms_countries:
        return SmsNotAllowed("country")
    if not is_mobile_number:
        return SmsNotAllowed("type")
    day = (asked.at or timezone.now()).date()
    return Counted(day, price_of(country) * sms_length(asked.text).parts)


def region_of(number: str) -> str | None:
    """The country that a number belongs to, as two letters; None for no valid number."""
    return kind_of_number(number)[0]


def is_mobile(number: str) -> bool:
    """Whether a valid number is an ordinary mobile, not premium, shared cost, internet or pager."""
    return kind_of_number(number)[1]


@lru_cache(maxsize=64)
def kind_of_number(number: str) -> tuple[str | None, bool]:
    """Country and whether it is a mobile: asked several times for each booking, and slow to say."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None, False
    return phonenumbers.region_code_for_number(parsed), phonenumbers.number_type(parsed) in MOBILE


def price_of(country: str) -> int:
    """What one part of an SMS costs; unknown is dear."""
    prices: dict[str, int] = settings.SMS_PRICES
    return prices.get(country) or 2 * max(prices.values(), default=UNIT)


def limits_reached(organisation: Organisation, asked: Sequence[tuple[Asked, Counted]]) -> list[str]:
    """Which limit forbids each of them, or empty where it is now counted; one question for all."""
    if not asked:
        return []
    now = timezone.now()
    values = [value for each, counted in asked for value in values_of(organisation, each, counted, now)]
    row = ask(f"SELECT {', '.join([_TAKE] * len(asked))}", values).row()
    return [] if row is None else list(row)


def values_of(organisation: Organisation, asked: Asked, counted: Counted, now: datetime) -> list[Any]:
    """What ``take_sms`` is asked about, in its order."""
    return [
        organisation.pk,
        asked.to,
        asked.kind in CODES,
        asked.at is None,
        now,
        now - timedelta(days=1),
        MOST_TO_ONE_NUMBER,
        counted.day,
        organisation.settings.sms_daily_limit,
        counted.cost,
        organisation.settings.sms_monthly_cap * UNIT,
        digest_of("block", asked.to[:-2]),
        settings.SMS_PER_BLOCK,
        digest_of("address", asked.asked_from) if asked.asked_from else None,
        settings.SMS_PER_ADDRESS,
    ]


def digest_of(what: str, value: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"sms:{what}:{value}".encode(), "sha256")
