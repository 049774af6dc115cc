"""The front page and the questions before the details: one to a page, the choices in the URL."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinics.kept_pages import kept_page
from clinics.measuring import measured
from clinics.methods import allowed
from clinics.models import PortalText
from clinics.tenancy import PatientRequest
from scheduling.forms import instant_of
from scheduling.menu import Menu, menu_of
from scheduling.step_counts import count_step
from scheduling.steps import (
    COMBINED_ORDER,
    PAIR,
    TIME,
    Choices,
    asked_steps,
    choices_in,
    is_last_open,
    later_steps,
    open_step,
)
from scheduling.views.answers import Answer, Offered, Question, grouped, steps_with_any
from scheduling.views.phones import clinic_phones
from scheduling.views.portal_closed import while_open
from scheduling.views.summary import panel_of
from scheduling.views.week import Above, show_week


@allowed("GET")
@measured
@while_open
def front(request: PatientRequest) -> HttpResponse:
    return front_page(request)


def front_page(request: PatientRequest) -> HttpResponse:
    """The organisation's welcome, and the first question right there."""
    menu = menu_of(request.organisation)
    text = menu.text(
        PortalText.Place.WELCOME, request.LANGUAGE_CODE or "en", request.organisation.default_language
    )
    above = Above(welcome=(text.heading, text.body) if text else None, is_front=True)
    return next_question(Way(request, menu), Choices(), above)


@allowed("GET")
@measured
@while_open
def book(request: PatientRequest) -> HttpResponse:
    """The next open question. Answers that nobody can give (any more) are dropped, and the page says so."""
    way = Way(request, menu_of(request.organisation))
    choices, notice, status = way.kept(choices_in(request.GET))
    return next_question(way, choices, Above(notice), status)


@dataclass(frozen=True, slots=True)
class Way:
    """One visitor's way through the questions of one organisation."""

    request: PatientRequest
    menu: Menu

    @property
    def order(self) -> list[str]:
        chosen = self.request.organisation.settings
        return COMBINED_ORDER if chosen.combined_view else chosen.step_order

    @property
    def is_combined(self) -> bool:
        return bool(self.request.organisation.settings.combined_view)

    @property
    def change(self) -> str:
        return self.request.GET.get("change", "")

    def kept(self, asked: Choices) -> tuple[Choices, str, int]:
        """The choices that can be kept together, a notice about the others, and the page's status."""
        any_of = tuple(steps_with_any(self.request.organisation))
        choices, unknown, misfits = kept_choices(self.menu, asked, tuple(self.order_of_keeping()), any_of)
        if self.has_lost_its_time(choices):
            misfits, choices = [*misfits, TIME], choices.without([TIME])
        return choices, notice_about(unknown, misfits), 404 if unknown else 200

    def order_of_keeping(self) -> list[str]:
        """Steps, the one that has just been answered anew first: what does not go with it gives way."""
        fresh = self.request.GET.get("fresh", "")
        return sorted(asked_steps(self.order), key=lambda step: step != fresh)

    def has_lost_its_time(self, choices: Choices) -> bool:
        """Whether the time that was chosen cannot be had with the other choices (any more)."""
        if not choices.at:
            return False
        is_stamp = instant_of(choices.at) is not None
        return not (is_stamp and self.question(choices, choices).first_free("practitioner"))

    def question(self, choices: Choices, given: Choices) -> Question:
        return Question(
            self.request.organisation, self.menu, choices, given, self.request.LANGUAGE_CODE or "en"
        )

    def given(self, choices: Choices, step: str) -> Choices:
        """The choices that the answers to a step have to go with."""
        if step != self.change:
            return choices.without([step])
        return choices.without(PAIR if self.is_combined and step in PAIR else later_steps(step, self.order))

    def offered(self, choices: Choices, step: str) -> Offered:
        return self.question(choices, self.given(choices, step)).offered(step)

    def all_offered(self, choices: Choices, step: str, offered: Offered) -> list[Offered]:
        """What is asked on the page of a step: in the combined view the other question too."""
        steps = PAIR if self.is_combined and step in PAIR else (step,)
        found = [offered if each == step else self.offered(choices, each) for each in steps]
        return [each for each in found if each.step == step or len(each.values) > 1]

    def section(self, choices: Choices, offered: Offered) -> "Section":
        holds = bool(choices.at) and is_last_open(choices, offered.step, self.order)
        return Section(offered.step, words_of(offered.step), grouped(offered.answers()), holds)


@lru_cache(maxsize=512)
def kept_choices(
    menu: Menu, asked: Choices, order: tuple[str, ...], any_of: tuple[str, ...]
) -> tuple[Choices, list[str], list[str]]:
    """What can be kept of the choices, and the steps whose answers nobody can give or do not go with others.

    As long as a menu is the same object, the answer is the same; the lists are for reading only.
    """
    named = menu.named(asked)
    unknown = menu.unknown(named, any_of=any_of)
    known = named.without(unknown)
    misfits = menu.misfits(known, order)
    return known.without(misfits), unknown, misfits


@dataclass(frozen=True, slots=True)
class Section:
    """A question with its answers."""

    step: str
    words: str
    groups: list[tuple[str, list[Answer]]]
    holds: bool
    """Whether the answer is the last, so that it holds the time."""


def notice_about(unknown: list[str], misfits: list[str]) -> str:
    if unknown:
        return _("Something you had chosen is not available any more. Please choose again.")
    if misfits == [TIME]:
        return _("The time you had chosen is not free any more. Please choose another.")
    if misfits:
        return _("What you chose before does not go with this. Please choose again.")
    return ""


def next_question(way: Way, choices: Choices, above: Above, status: int = 200) -> HttpResponse:
    """The page of the first question that has more than one answer; single answers are passed over."""
    while step := open_step(choices, way.order, way.change):
        if step == TIME:
            count_step(organisation=way.request.organisation, step=step)
            return show_week(way.request, way.menu, choices.without([TIME]), above=above, status=status)
        offered = way.offered(choices, step)
        if step == way.change or len(offered.values) != 1:
            count_step(organisation=way.request.organisation, step=step)
            return show_question(way, choices, way.all_offered(choices, step, offered), above, status)
        choices = choices.with_answer(step, offered.values[0])
    return show_chosen_time(way, choices, above, status)


def show_question(
    way: Way, choices: Choices, questions: list[Offered], above: Above, status: int
) -> HttpResponse:
    now = timezone.now()
    made_of = (
        choices,
        above,
        tuple(offered.made_of for offered in questions),
        tuple(now.astimezone(zone).date() for zone in way.menu.zones),
    )
    return kept_page(
        way.request,
        "book/question.html",
        made_of,
        lambda: question_context(way, choices, questions, above),
        status=status,
    )


def question_context(way: Way, choices: Choices, questions: list[Offered], above: Above) -> dict[str, Any]:
    """What the template shows; follows from the page's address and from what it is made of."""
    language = way.request.LANGUAGE_CODE or "en"
    sections = [way.section(choices, offered) for offered in questions]
    asks_for_treatment = any(section.step == "treatment" for section in sections)
    return {
        "question": sections[0].words if len(sections) == 1 else _("What do you need, and from whom?"),
        "sections": sections,
        "has_answers": all(section.groups for section in sections),
        "notices": [above.notice] if above.notice else [],
        "panel": panel_of(way.menu, choices, way.order, language),
        "phones": clinic_phones(way.menu),
        "chosen": choices.fields(),
        "clinic_text": asks_for_treatment
        and way.menu.clinic_text(
            way.menu.chosen(choices, "clinic"), language, way.request.organisation.default_language
        ),
        "welcome": above.welcome,
        "is_front": above.is_front,
    }


def show_chosen_time(way: Way, choices: Choices, above: Above, status: int) -> HttpResponse:
    """Everything is chosen, the time too: one button that holds it, since following a link holds nothing."""
    context = {
        "notices": [above.notice] if above.notice else [],
        "panel": panel_of(way.menu, choices, way.order, way.request.LANGUAGE_CODE or "en"),
        "chosen": choices.fields(),
    }
    return render(way.request, "book/chosen.html", context, status=status)


def words_of(step: str) -> str:
    return {
        "clinic": _("Which clinic?"),
        "treatment": _("What do you need?"),
        "practitioner": _("Whom would you like to see?"),
    }[step]
