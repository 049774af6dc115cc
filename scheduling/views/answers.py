"""The answers that a question has: only those with a free time, each with its first."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from clinics.models import Clinic, Organisation
from scheduling.first_free import ASKED, EVERYBODY, FirstTimes, earliest_by, first_free_seen
from scheduling.forms import instant_of
from scheduling.free_anywhere import Wanted, free_answers
from scheduling.menu import Menu
from scheduling.steps import ANY, Choices
from scheduling.views.phones import readable
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
    text: str = ""
    """More about it, in the organisation's own words."""
    photo: str = ""
    """Address of a picture."""


@dataclass(frozen=True, slots=True)
class Question:
    """What has been chosen, and whom the answers are for."""

    organisation: Organisation
    menu: Menu
    choices: Choices
    given: Choices
    """Those of the choices that the answers have to go with."""
    language: str

    def offered(self, step: str) -> "Offered":
        """The question's answers, which are put together only for a page that is not kept."""
        return Offered(self, step, *self.first_free_seen(step))

    def first_free(self, step: str) -> Mapping[int, datetime]:
        """Id to first free time, given the other choices; to the time itself where that is one of them."""
        return self.first_free_seen(step)[0]

    def first_free_seen(self, step: str) -> tuple[Mapping[int, datetime], Hashable]:
        """The same with what it was made of, which is compared more quickly."""
        starts_at = instant_of(self.given.at)
        if starts_at is not None:
            found = dict.fromkeys(free_answers(self.wanted(), step, starts_at), starts_at)
            return found, tuple(found.items())
        seen: tuple[FirstTimes, ...] = first_free_seen(
            organisation=self.organisation,
            clinics=self.candidates(step, "clinic"),
            treatments=self.candidates(step, "treatment"),
            practitioner_ids=self.practitioner_ids(step),
        )
        return earliest_by(seen, key=ASKED.index(step)), seen

    def candidates(self, step: str, other: str) -> list[Any]:
        """Among which clinics or treatments a time is looked for, for the answers to a step."""
        chosen = self.menu.chosen(self.given, other)
        if chosen is not None and other != step:
            return [chosen]
        return list(self.menu.things(other).values())

    def practitioner_ids(self, step: str) -> list[int] | None:
        """With whom; None: with anybody."""
        if step == "practitioner":
            return EVERYBODY
        chosen = self.menu.chosen(self.given, "practitioner")
        return None if chosen is None else [chosen.pk]

    def wanted(self) -> Wanted:
        return Wanted(
            self.organisation,
            self.menu.clinics_for(self.given),
            self.menu.treatments_for(self.given),
            self.menu.chosen(self.given, "practitioner"),
        )

    def when(self, clinic: Clinic | None, first_free: datetime) -> str:
        """The first free time in words, by the clinic's clock; nothing where the time is chosen already."""
        if self.given.at:
            return ""
        zone = ZoneInfo(clinic.time_zone) if clinic else self.menu.zone(self.given)
        return soon(first_free, zone, self.language)

    def answer(self, step: str, public_id: str, thing: Any, first_free: datetime) -> Answer:
        clinic = thing if step == "clinic" else self.menu.chosen(self.given, "clinic")
        return Answer(
            value=public_id,
            name=thing.name,
            note=note_on(step, thing),
            first_free=self.when(clinic, first_free),
            url=self.url(step, public_id),
            is_chosen=self.choices.answer(step) == public_id,
            group=thing.group.name if step == "clinic" and thing.group else "",
            text=text_of(step, thing),
            photo=self.menu.photos.get(thing.pk, "") if step == "practitioner" else "",
        )

    def url(self, step: str, answer: str) -> str:
        """Where the answer leads; a later choice that does not go with a new answer gives way to it."""
        fresh = {"fresh": step} if self.choices.answer(step) else {}
        return self.choices.with_answer(step, answer).url(**fresh)

    def anybody(self, step: str, first_free: datetime) -> Answer:
        return Answer(
            value=ANY,
            name=_("Any clinic") if step == "clinic" else _("Anyone"),
            note=_("Shows the free times of all clinics")
            if step == "clinic"
            else _("Shows everybody’s free times"),
            first_free=self.when(self.menu.chosen(self.given, "clinic"), first_free),
            url=self.url(step, ANY),
            is_chosen=self.choices.answer(step) == ANY,
        )


@dataclass(frozen=True)
class Offered:
    """The answers that a question has, and when each is free first."""

    question: Question
    step: str
    first_free: Mapping[int, datetime]
    seen: Hashable
    """What the times follow from."""

    @cached_property
    def found(self) -> list[tuple[str, Any]]:
        """Public id and thing of each, in the clinic admin's order."""
        things = self.question.menu.things(self.step)
        return [(public_id, thing) for public_id, thing in things.items() if thing.pk in self.first_free]

    @property
    def has_any(self) -> bool:
        """Whether "any" is offered, and a choice."""
        return self.step in steps_with_any(self.question.organisation) and len(self.found) > 1

    @property
    def values(self) -> list[str]:
        """What each answer puts into the URL; "any" comes first."""
        return [*([ANY] if self.has_any else []), *(public_id for public_id, _ in self.found)]

    @property
    def made_of(self) -> tuple[Any, ...]:
        """All that the answers follow from, beside the choices and the menu."""
        return (self.step, self.seen)

    def answers(self) -> list[Answer]:
        """In the clinic admin's order; "any" first, where it is offered and there is a choice."""
        step, question = self.step, self.question
        found = [
            question.answer(step, public_id, thing, self.first_free[thing.pk])
            for public_id, thing in self.found
        ]
        if self.has_any:
            return [question.anybody(step, min(self.first_free.values())), *found]
        return found


def steps_with_any(organisation: Organisation) -> list[str]:
    """The steps to which "any" is an answer, by the organisation's settings."""
    chosen = organisation.settings
    offered = {"clinic": chosen.any_clinic, "practitioner": chosen.any_practitioner}
    return [step for step, is_offered in offered.items() if is_offered]


def note_on(step: str, thing: Any) -> str:
    """The line below an answer's name."""
    if step == "clinic":
        return " · ".join(filter(None, [thing.address, readable(thing.phone)]))
    if step == "treatment":
        return " · ".join(filter(None, [_("%(minutes)d min") % {"minutes": thing.minutes}, thing.price_text]))
    return str(thing.public_title)


def text_of(step: str, thing: Any) -> str:
    """The clinic admin's own words beside an answer."""
    own = {"clinic": "opening_hours", "practitioner": "description"}.get(step)
    return str(getattr(thing, own)) if own else ""


def grouped(answers: list[Answer]) -> list[tuple[str, list[Answer]]]:
    """Heading and its answers; without groups one heading that is empty, else the ungrouped come last."""
    groups: dict[str, list[Answer]] = {}
    anywhere = [answer for answer in answers if answer.value == ANY]
    for answer in answers:
        if answer.value != ANY:
            groups.setdefault(answer.group, []).append(answer)
    ungrouped = groups.pop("", [])
    if not groups:
        return [("", [*anywhere, *ungrouped])] if answers else []
    found = [("", anywhere)] if anywhere else []
    found += groups.items()
    return [*found, (_("Other clinics"), ungrouped)] if ungrouped else found
