"""What a database answers, made into what the agent counts with; anything else is a WrongKind."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime
from sqlalchemy.types import TypeEngine

from agent.words import _

LONGEST_ID = 64  # the protocol's
ONE_DAY = timedelta(days=1)
# How SQLAlchemy writes moments into SQLite, which compares them letter by letter.
SQLITES_FORM = "%Y-%m-%d %H:%M:%S.%f"
A_MOMENT = _("a date with its time (where it is text, say under [times] of which format)")
STATES = ("booked", "cancelled", "arrived", "no_show")


class WrongKind(Exception):
    """The value is not of the kind that is needed."""


@dataclass(frozen=True, slots=True)
class Times:
    """How the database writes moments: in which zone (None: with an offset), and as text of which form."""

    zone: ZoneInfo | None
    form: str = ""

    def earliest(self, value: Any) -> datetime:
        return min(self._readings(value))

    def latest(self, value: Any) -> datetime:
        """The same, but for the hour that a local clock shows twice: then the later one."""
        return max(self._readings(value))

    def written(self, moment: datetime) -> datetime | str:
        if self.zone is None:
            local = moment.astimezone(UTC)
        else:
            local = moment.astimezone(self.zone).replace(tzinfo=None)
        return local.strftime(self.form) if self.form else local

    @property
    def column(self) -> TypeEngine[Any] | None:
        """The type to send moments as; None sends the text as it is."""
        return None if self.form else DateTime(timezone=self.zone is None)

    def _readings(self, value: Any) -> list[datetime]:
        moment = self._moment(value)
        if moment.tzinfo is not None:
            return [moment.astimezone(UTC)]
        if self.zone is None:
            raise WrongKind
        return [moment.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)]

    def _moment(self, value: Any) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.strptime(value, self.form or SQLITES_FORM)  # noqa: DTZ007 - the zone comes later
        except (TypeError, ValueError):
            raise WrongKind from None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of column: what to call it, and how its values are read."""

    words: str
    read: Callable[[Any, Times], Any]
    default: Any = None  # where an optional column is missing or has no value


def _identifier(value: Any, _times: Times) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | UUID | Decimal):
        raise WrongKind
    text = str(value).strip()
    if not 1 <= len(text) <= LONGEST_ID:
        raise WrongKind
    return text


def _text(value: Any, _times: Times) -> str:
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        raise WrongKind
    return str(value).strip()


def _whole(value: Any, _times: Times) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        raise WrongKind
    return int(value)


def _above_zero(value: Any, times: Times) -> int:
    number = _whole(value, times)
    if number < 1:
        raise WrongKind
    return number


def _weekday(value: Any, times: Times) -> int:
    number = _whole(value, times)
    if not 0 <= number <= 6:
        raise WrongKind
    return number


def _boolean(value: Any, _times: Times) -> bool:
    if value not in (0, 1):
        raise WrongKind
    return bool(value)


def _clock(value: Any, _times: Times) -> time:
    """Also what MariaDB gives, a length of time; 24:00 is 00:00."""
    if isinstance(value, timedelta) and timedelta() <= value <= ONE_DAY:
        return (datetime(1, 1, 1, tzinfo=UTC) + value % ONE_DAY).time()
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    try:
        return time.fromisoformat("00:00" if value == "24:00" else value)
    except (TypeError, ValueError):
        raise WrongKind from None


def _day(value: Any, _times: Times) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise WrongKind from None


def _zone_name(value: Any, times: Times) -> str:
    try:
        return str(ZoneInfo(_text(value, times)))
    except (ValueError, OSError, KeyError):
        raise WrongKind from None


def _state(value: Any, times: Times) -> str:
    if _text(value, times) not in STATES:
        raise WrongKind
    return _text(value, times)


IDENTIFIER = Kind(_("an id of 1 to {most} characters", most=LONGEST_ID), _identifier)
TEXT = Kind(_("text"), _text, default="")
WHOLE = Kind(_("a whole number"), _whole)
MINUTES = Kind(_("a whole number above zero"), _above_zero)
EVERY_WEEKS = Kind(_("a whole number above zero"), _above_zero, default=1)
WEEKDAY = Kind(_("a number from 0, which is Monday, to 6"), _weekday)
TRUE_OR_FALSE = Kind(_("true or false, or 1 or 0"), _boolean, default=True)
FALSE_OR_TRUE = Kind(_("true or false, or 1 or 0"), _boolean, default=False)
START = Kind(A_MOMENT, lambda value, times: times.earliest(value))
END = Kind(A_MOMENT, lambda value, times: times.latest(value))
CLOCK = Kind(_("a time of day"), _clock)
FIRST_DAY = Kind(_("a date"), _day, default=date.min)
LAST_DAY = Kind(_("a date"), _day)
STATE = Kind(_("one of {options}", options=", ".join(STATES)), _state, default="booked")
ZONE_NAME = Kind(_("a time zone such as Europe/Helsinki"), _zone_name)
