"""Which SMS may leave: each costs money, and a stranger can ask for codes. These limits fail closed.

Counted when a message is queued, in the caller's transaction: what is rolled back is not counted. One
statement counts by all of them: the function take_sms of migration 0002. What is cancelled before it left
is given back (given_back.py).
"""

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import phonenumbers
from django.conf import settings
from django.db import connection
from django.utils import timezone
from phonenumbers import PhoneNumberType

from clinics.models import Organisation
from notifications.errors import SmsNotAllowed
from notifications.gsm import sms_length
from notifications.models import Kind, Message

MOST_TO_ONE_NUMBER = 20
"""SMS to one number from one organisation within a day and a night."""
CODES = {Kind.CODE, Kind.LOGIN_CODE}
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
    """Counts one SMS to the E.164 number ``asked.to``. Raises SmsNotAllowed and counts nothing past a limit.

    One that is to leave later counts on that day and in that month, and not against what may go now.

    The organisation's count for the month is one row that is locked until the caller commits, so that
    however many ask at once, no more leave than may.
    """
    country = region_of(asked.to)
    if country is None or country not in organisation.settings.sms_countries:
        raise SmsNotAllowed("country")
    if not is_mobile(asked.to):
        raise SmsNotAllowed("type")
    counted = Counted((asked.at or timezone.now()).date(), price_of(country) * sms_length(asked.text).parts)
    limit = limit_reached(organisation, asked, counted)
    if limit:
        raise SmsNotAllowed(limit)
    return counted


def region_of(number: str) -> str | None:
    """The country that a number belongs to, as two letters; None for no valid number."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None


def is_mobile(number: str) -> bool:
    """Whether a valid number is an ordinary mobile, not premium, shared cost, internet or pager."""
    return phonenumbers.number_type(phonenumbers.parse(number)) in MOBILE


def price_of(country: str) -> int:
    """What one part of an SMS costs; unknown is dear."""
    prices: dict[str, int] = settings.SMS_PRICES
    return prices.get(country) or 2 * max(prices.values(), default=UNIT)


def limit_reached(organisation: Organisation, asked: Asked, counted: Counted) -> str:
    """Which limit forbids it, or empty where it is now counted."""
    now = timezone.now()
    values = {
        "organisation": organisation.pk,
        "number": asked.to,
        "is_code": asked.kind in CODES,
        "is_now": asked.at is None,
        "now": now,
        "since": now - timedelta(days=1),
        "most": MOST_TO_ONE_NUMBER,
        "day": counted.day,
        "days_limit": organisation.settings.sms_daily_limit,
        "cost": counted.cost,
        "cap": organisation.settings.sms_monthly_cap * UNIT,
        "block": digest_of("block", asked.to[:-2]),
        "block_limit": settings.SMS_PER_BLOCK,
        "address": digest_of("address", asked.asked_from) if asked.asked_from else None,
        "address_limit": settings.SMS_PER_ADDRESS,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT take_sms({', '.join(f'%({name})s' for name in values)})", values)
        return str(cursor.fetchone()[0])


def digest_of(what: str, value: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"sms:{what}:{value}".encode(), "sha256")
