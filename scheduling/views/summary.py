""" "Your choices": what stands beside every step, and where each of it can be changed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from scheduling.menu import Menu
from scheduling.models import Booking
from scheduling.steps import ANY, Choices, asked_steps


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


def choices_made(menu: Menu, choices: Choices, order: list[str]) -> list[Choice]:
    """What has been chosen, in the organisation's order, each with the way to change it."""
    return [
        Choice(step, label_of(step), name_of(menu, choices, step), choices.url(change=step))
        for step in asked_steps(order)
        if choices.answer(step)
    ]


def name_of(menu: Menu, choices: Choices, step: str) -> str:
    if choices.answer(step) == ANY:
        return _("Anyone")
    return str(menu.chosen(choices, step).name)


def choices_held(booking: Booking, when: str, order: list[str]) -> list[Choice]:
    """What is being booked."""
    texts = {
        "clinic": booking.clinic.name,
        "treatment": booking.treatment.name,
        "practitioner": booking.practitioner.name,
        "time": when,
    }
    return [Choice(step, label_of(step), texts[step]) for step in [*asked_steps(order), "time"]]
