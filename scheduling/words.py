"""Days and times as a page says them: today and tomorrow by name, weekdays in full for who listens."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext

from scheduling.dates import clock, day_and_clock, short_day, which_of_two, written

_SPOKEN_DAY = {"fi": "l j. E", "sv": "l j F", "nb": "l j. F", "en": "l j F"}
_AT = {"fi": "{} klo {}", "sv": "{} kl. {}", "nb": "{} kl. {}", "en": "{}, {}"}
_CLOCK = {"fi": "{}.{:02}", "sv": "{:02}:{:02}", "nb": "{:02}.{:02}", "en": "{}:{:02}"}


@lru_cache(maxsize=4096)
def day_names(day: date, language: str) -> tuple[str, str]:
    """The short and the spoken name of a day, as every week page needs them of several."""
    return short_day(day, language), spoken_day(day, language)


def spoken_day(day: date, language: str) -> str:
    """``maanantai 23. marraskuuta``, ``Monday 23 November``."""
    return written(day, _SPOKEN_DAY, language)


def spoken_day_in_year(day: date, language: str) -> str:
    """``maanantai 23. marraskuuta 2026``, ``Monday 23 November 2026``."""
    return f"{spoken_day(day, language)} {day.year}"


def at(day: str, time: str, language: str) -> str:
    """``maanantai 23. marraskuuta klo 8.30``: a day and a time that are words already."""
    return _AT[language].format(day, time)


def quick_clock(local: datetime, language: str) -> str:
    """As ``clock``, for the hundreds of times on a page: ``local`` is by the clinic's clock already."""
    return _CLOCK[language].format(local.hour, local.minute) + which_of_two(local, language)


def soon(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """``tomorrow, 8:30`` or ``Mon 23 Nov, 8:30``, in the active language, which is ``language``."""
    days = (instant.astimezone(zone).date() - timezone.now().astimezone(zone).date()) // timedelta(days=1)
    if days not in (0, 1):
        return day_and_clock(instant, zone, language)
    return at(gettext("tomorrow") if days else gettext("today"), clock(instant, zone, language), language)
