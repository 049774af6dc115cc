"""The answers that a question has: only those with a free time, each with its first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from clinics.models import Organisation
from scheduling.first_free import first_free_by_clinic, first_free_by_practitioner, first_free_by_treatment
from scheduling.menu import Menu
from scheduling.steps import ANY, STEPS, Choices
from scheduling.words import soon


@dataclass(frozen=True, slots=True)
class Answer:
    """One large button of a question."""

    value: str
    name: str
    note: str
    first_free: str
    url: str
    is_chosen: bool
    group: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What has been chosen, and whom the answers are for."""

    organisation: Organisation
    menu: Menu
    choices: Choices
    given: Choices
    """Those of the choices that the answers have to go with."""
    language: str

    def answers(self, step: str) -> list[Answer]:
        """In the clinic admin's order; "anyone" first, where it is offered and there is a choice."""
        first_free = self.first_free(step)
        found = [
            self.answer(step, public_id, thing, first_free[thing.pk])
            for public_id, thing in self.menu.things(step).items()
            if thing.pk in first_free
        ]
        if step == "practitioner" and self.organisation.settings.any_practitioner and len(found) > 1:
            return [self.anybody(min(first_free.values())), *found]
        return found

    def first_free(self, step: str) -> dict[int, datetime]:
        """Id to first free time, given the other choices."""
        clinic, treatment, practitioner = (self.menu.chosen(self.given, other) for other in STEPS)
        if step == "clinic":
            return first_free_by_clinic(
                organisation=self.organisation, treatment=treatment, practitioner=practitioner
            )
        if step == "treatment":
            return first_free_by_treatment(
                organisation=self.organisation, clinic=clinic, practitioner=practitioner
            )
        return first_free_by_practitioner(organisation=self.organisation, clinic=clinic, treatment=treatment)

    def answer(self, step: str, public_id: str, thing: Any, first_free: datetime) -> Answer:
        clinic = thing if step == "clinic" else self.menu.chosen(self.given, "clinic")
        zone = ZoneInfo(clinic.time_zone if clinic else self.organisation.time_zone)
        return Answer(
            value=public_id,
            name=thing.name,
            note=note_on(step, thing),
            first_free=soon(first_free, zone, self.language),
            url=self.url(step, public_id),
            is_chosen=self.choices.answer(step) == public_id,
            group=thing.group.name if step == "clinic" and thing.group else "",
        )

    def url(self, step: str, answer: str) -> str:
        """Where the answer leads; a later choice that does not go with a new answer gives way to it."""
        fresh = {"fresh": step} if self.choices.answer(step) else {}
        return self.choices.with_answer(step, answer).url(**fresh)

    def anybody(self, first_free: datetime) -> Answer:
        clinic = self.menu.chosen(self.given, "clinic")
        zone = ZoneInfo(clinic.time_zone if clinic else self.organisation.time_zone)
        return Answer(
            value=ANY,
            name=_("Anyone"),
            note=_("Shows everybody’s free times"),
            first_free=soon(first_free, zone, self.language),
            url=self.url("practitioner", ANY),
            is_chosen=self.choices.practitioner == ANY,
        )


def note_on(step: str, thing: Any) -> str:
    """The line below an answer's name."""
    if step == "clinic":
        return str(thing.address)
    if step == "treatment":
        return " · ".join(filter(None, [_("%(minutes)d min") % {"minutes": thing.minutes}, thing.price_text]))
    return str(thing.public_title)


def grouped(answers: list[Answer]) -> list[tuple[str, list[Answer]]]:
    """Heading and its answers; without groups one heading that is empty, else the ungrouped come last."""
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.group, []).append(answer)
    ungrouped = groups.pop("", [])
    if not ungrouped:
        return list(groups.items())
    return [*groups.items(), (_("Other clinics") if groups else "", ungrouped)]
