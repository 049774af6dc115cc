""" "Your choices": what stands beside every step, and where each of it can be changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from scheduling.dates import day_and_clock
from scheduling.forms import instant_of
from scheduling.menu import Menu
from scheduling.models import Booking
from scheduling.steps import ANY, TIME, Choices, asked_steps


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of "your choices"."""

    step: str
    label: str
    text: str
    change_url: str = ""
    """The page to choose anew; while a time is held, a button that gives it back goes there."""


def label_of(step: str) -> str:
    return {
        "clinic": _("Clinic"),
        "treatment": _("Treatment"),
        "practitioner": _("Practitioner"),
        "time": _("Time"),
    }[step]


@dataclass(frozen=True, slots=True)
class Panel:
    """ "Your choices" as the pages show them: in a line, and one below the other."""

    brief: str
    full: SafeString


def panel_of(menu: Menu, choices: Choices, order: list[str], language: str) -> Panel | None:
    """What has been chosen, in the organisation's order; None where that is nothing."""
    return _kept_panel(menu, choices, tuple(order), language)


@lru_cache(maxsize=4096)
def _kept_panel(menu: Menu, choices: Choices, order: tuple[str, ...], _language: str) -> Panel | None:
    made = choices_made(menu, choices, order)
    if not made:
        return None
    full = render_to_string("book/_choices.html", {"choices": made})
    return Panel(" · ".join(choice.text for choice in made), mark_safe(full))  # noqa: S308 - a template's


def choices_made(menu: Menu, choices: Choices, order: Iterable[str]) -> list[Choice]:
    """What has been chosen, each with the way to change it."""
    return [
        Choice(step, label_of(step), name_of(menu, choices, step), choices.url(change=step))
        for step in order
        if choices.answer(step)
    ]


def name_of(menu: Menu, choices: Choices, step: str) -> str:
    if choices.answer(step) == ANY:
        return _("Any clinic") if step == "clinic" else _("Anyone")
    if step == TIME:
        return time_in_words(menu, choices)
    return str(menu.chosen(choices, step).name)


def time_in_words(menu: Menu, choices: Choices) -> str:
    starts_at = instant_of(choices.at)
    return day_and_clock(starts_at, menu.zone(choices), get_language() or "en") if starts_at else ""


def choices_held(booking: Booking, when: str, order: list[str]) -> list[Choice]:
    """What is being booked."""
    texts = {
        "clinic": booking.clinic.name,
        "treatment": booking.what,
        "practitioner": booking.practitioner.name,
        "time": when,
    }
    return [Choice(step, label_of(step), texts[step]) for step in [*asked_steps(order), "time"]]
