"""The front page and the questions before the time: one to a page, the choices in the URL."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinics.methods import allowed
from clinics.models import PortalText
from clinics.tenancy import PatientRequest
from scheduling.menu import Menu, menu_of
from scheduling.steps import Choices, asked_steps, choices_in, later_steps, open_step
from scheduling.views.answers import Question, grouped
from scheduling.views.phones import clinic_phones
from scheduling.views.portal_closed import while_open
from scheduling.views.summary import panel_of
from scheduling.views.week import show_week


@allowed("GET")
@while_open
def front(request: PatientRequest) -> HttpResponse:
    """The organisation's welcome, and the first question right there."""
    menu = menu_of(request.organisation)
    welcome = menu.text(
        PortalText.Place.WELCOME, request.LANGUAGE_CODE or "en", request.organisation.default_language
    )
    return next_question(request, menu, Choices(), welcome=welcome, is_front=True)


@allowed("GET")
@while_open
def book(request: PatientRequest) -> HttpResponse:
    """The next open question. Answers that nobody can give (any more) are dropped, and the page says so."""
    menu = menu_of(request.organisation)
    chosen = request.organisation.settings
    asked = choices_in(request.GET)
    unknown = menu.unknown(asked, any_practitioner=chosen.any_practitioner)
    known = asked.without(unknown)
    misfits = menu.misfits(known, order_of_keeping(request))
    return next_question(
        request,
        menu,
        known.without(misfits),
        notice=notice_about(unknown, misfits),
        status=404 if unknown else 200,
    )


def order_of_keeping(request: PatientRequest) -> list[str]:
    """Steps, the one that has just been answered anew first: what does not go with it gives way."""
    steps = asked_steps(request.organisation.settings.step_order)
    fresh = request.GET.get("fresh", "")
    return sorted(steps, key=lambda step: step != fresh)


def notice_about(unknown: list[str], misfits: list[str]) -> str:
    if unknown:
        return _("Something you had chosen is not available any more. Please choose again.")
    if misfits:
        return _("What you chose before does not go with this. Please choose again.")
    return ""


def next_question(
    request: PatientRequest,
    menu: Menu,
    choices: Choices,
    *,
    notice: str = "",
    status: int = 200,
    welcome: PortalText | None = None,
    is_front: bool = False,
) -> HttpResponse:
    """The page of the first question that has more than one answer; single answers are passed over."""
    order = request.organisation.settings.step_order
    change = request.GET.get("change", "")
    while step := open_step(choices, order, change):
        given = choices.without(later_steps(step, order)) if step == change else choices
        question = Question(request.organisation, menu, choices, given, request.LANGUAGE_CODE or "en")
        answers = question.answers(step)
        if step == change or len(answers) != 1:
            context = {
                "question": words_of(step),
                "step": step,
                "groups": grouped(answers),
                "notices": [notice] if notice else [],
                "panel": panel_of(menu, choices, order, request.LANGUAGE_CODE or "en"),
                "phones": clinic_phones(menu),
                "welcome": welcome,
                "is_front": is_front,
            }
            return render(request, "book/question.html", context, status=status)
        choices = choices.with_answer(step, answers[0].value)
    return show_week(request, menu, choices, notice=notice, status=status)


def words_of(step: str) -> str:
    return {
        "clinic": _("Which clinic?"),
        "treatment": _("What do you need?"),
        "practitioner": _("Whom would you like to see?"),
    }[step]
