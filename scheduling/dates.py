"""Days and times as each language writes them, always by the clinic's clock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import formats, translation

_DAY = {"fi": "D j.n.", "sv": "D j M", "nb": "D j. M", "en": "D j M"}
_LONG_DAY = {"fi": "l j.n.Y", "sv": "l j F Y", "nb": "l j. F Y", "en": "l j F Y"}
_TIME = {"fi": "{0}.{1:02}", "sv": "{0:02}:{1:02}", "nb": "{0:02}.{1:02}", "en": "{0}:{1:02}"}
_TWICE = {
    "fi": ("kesäaikaa", "talviaikaa"),
    "sv": ("sommartid", "vintertid"),
    "nb": ("sommertid", "vintertid"),
    "en": ("summer time", "winter time"),
}
_LATEST_CHANGE = 4
"""No clock in Europe is turned back to a later hour, so most times need no further question."""
_JOINED = {"fi": "{} klo {}", "sv": "{} kl. {}", "nb": "{} kl. {}", "en": "{}, {}"}


def short_day(day: date, language: str) -> str:
    """``ma 23.11.``, ``mån 23 nov``, ``man 23. nov``, ``Mon 23 Nov``."""
    return written(day, _DAY, language)


def long_day(day: date, language: str) -> str:
    """``maanantai 23.11.2026``, ``Monday 23 November 2026``."""
    return written(day, _LONG_DAY, language)


def clock(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """``8.30`` or ``08:30``, by the clock of ``zone``."""
    local = instant.astimezone(zone)
    return _TIME[language].format(local.hour, local.minute) + which_of_two(local, language)


def which_of_two(local: datetime, language: str) -> str:
    """`` (summer time)`` or `` (winter time)`` in the hour that comes twice when clocks are turned back."""
    if local.hour > _LATEST_CHANGE:
        return ""
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return f" ({_TWICE[language][local.fold]})"


def day_and_clock(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """``ma 23.11. klo 8.30``, ``Mon 23 Nov, 8:30``."""
    local = instant.astimezone(zone)
    return _JOINED[language].format(written(local, _DAY, language), clock(instant, zone, language))


def written(value: date, patterns: dict[str, str], language: str) -> str:
    """Nordic languages write weekdays and months small; Django's Swedish and Norwegian months are not."""
    with translation.override(language):
        words = formats.date_format(value, patterns[language])
    return words if language == "en" else words.lower()


def weekday_name(weekday: int, language: str) -> str:
    """``maanantai``, ``Monday``; 0 is Monday."""
    return written(date(2024, 1, 1 + weekday), dict.fromkeys(_DAY, "l"), language)
