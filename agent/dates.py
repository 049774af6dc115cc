"""Days and times as each language writes them."""

from dataclasses import dataclass
from datetime import date, datetime

from agent.words import language

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Manner:
    """How one language writes them; ``short`` is a day of this year."""

    weekdays: str
    clock: str
    short: str
    whole: str
    moment: str


MANNERS = {
    "en": Manner(
        "Mon Tue Wed Thu Fri Sat Sun", "{0.hour}:{0:%M}", "{0.day} {1}", "{0.day} {1} {0.year}", "{}, {}"
    ),
    "fi": Manner(
        "ma ti ke to pe la su",
        "{0.hour}.{0:%M}",
        "{0.day}.{0.month}.",
        "{0.day}.{0.month}.{0.year}",
        "{} klo {}",
    ),
    "sv": Manner(
        "mån tis ons tors fre lör sön", "{0:%H:%M}", "{0.day}/{0.month}", "{0:%Y-%m-%d}", "{} kl. {}"
    ),
    "nb": Manner(
        "man. tir. ons. tor. fre. lør. søn.", "{0:%H:%M}", "{0.day}.{0.month}.", "{0:%d.%m.%Y}", "{} kl. {}"
    ),
}


def clock(moment: datetime, *, seconds: bool = False) -> str:
    shown = _manner().clock.format(moment)
    return f"{shown}{':' if ':' in shown else '.'}{moment:%S}" if seconds else shown


def short_day(day: date) -> str:
    """With its weekday."""
    return f"{weekday(day)} {_manner().short.format(day, MONTHS[day.month - 1])}"


def whole_day(day: date) -> str:
    return _manner().whole.format(day, MONTHS[day.month - 1])


def weekday(day: date) -> str:
    return _manner().weekdays.split()[day.weekday()]


def span_of_days(first: date, last: date) -> str:
    """Both days; the year once, where the language can leave it out of the first."""
    if language() == "sv":
        return f"{whole_day(first)} – {whole_day(last)}"
    return f"{_manner().short.format(first, MONTHS[first.month - 1])} – {whole_day(last)}"


def moment(at: datetime) -> str:
    return _manner().moment.format(whole_day(at), clock(at))


def _manner() -> Manner:
    return MANNERS[language()]
