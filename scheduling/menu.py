"""What an organisation lets its patients choose from, kept in memory until any of it changes.

Kept by the organisation's version, which the database raises with every change of the tables that are
read here (migration 0003), so that a page never shows what is no longer so and nothing needs flushing.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from clinics.models import Clinic, Organisation, PortalText, Practitioner, PractitionerClinic
from scheduling.models import Treatment
from scheduling.offerings import Limits
from scheduling.steps import ANY, STEPS, Choices

MOST_KEPT = 1024
Thing = Clinic | Treatment | Practitioner


@dataclass(frozen=True, eq=False)
class Menu:
    """Published clinics, treatments and practitioners by public id, in the clinic admin's order.

    As long as nothing changes it is the same object, so that what is made from it can be kept by it.

    The objects are shared between requests: they are for reading only.
    """

    clinics: dict[str, Clinic]
    treatments: dict[str, Treatment]
    practitioners: dict[str, Practitioner]
    workplaces: dict[int, set[int]]
    """Practitioner id to the ids of the clinics they work at; absent: not known, so any."""
    limits: Limits
    texts: dict[tuple[str, str], PortalText]
    """Place and language to the organisation's own words."""

    def things(self, step: str) -> dict[str, Any]:
        """Public id to clinic, treatment or practitioner."""
        things: dict[str, Any] = getattr(self, f"{step}s")
        return things

    def chosen(self, choices: Choices, step: str) -> Any:
        """What the answer to a step stands for; None for no answer, and for "any"."""
        return self.things(step).get(choices.answer(step))

    def unknown(self, choices: Choices, *, any_practitioner: bool) -> list[str]:
        """Steps whose answers nobody can give: never there, another organisation's, or no longer offered."""
        return [
            step
            for step in STEPS
            if choices.answer(step)
            and choices.answer(step) not in self.things(step)
            and not (any_practitioner and step == "practitioner" and choices.answer(step) == ANY)
        ]

    def misfits(self, choices: Choices, order: Iterable[str]) -> list[str]:
        """Steps whose answers do not go with the answers before them."""
        kept = Choices()
        found = []
        for step in order:
            wider = kept.with_answer(step, choices.answer(step))
            if self.goes_together(wider):
                kept = wider
            else:
                found.append(step)
        return found

    def goes_together(self, choices: Choices) -> bool:
        clinic, treatment, practitioner = (self.chosen(choices, step) for step in STEPS)
        return (
            self.is_given_at(treatment, clinic)
            and self.is_given_by(treatment, practitioner)
            and self.works_at(practitioner, clinic)
        )

    def is_given_at(self, treatment: Treatment | None, clinic: Clinic | None) -> bool:
        if treatment is None or clinic is None or treatment.at_all_clinics:
            return True
        return clinic.pk in self.limits.clinics[treatment.pk]

    def is_given_by(self, treatment: Treatment | None, practitioner: Practitioner | None) -> bool:
        if treatment is None or practitioner is None or treatment.by_all_practitioners:
            return True
        return practitioner.pk in self.limits.practitioners[treatment.pk]

    def works_at(self, practitioner: Practitioner | None, clinic: Clinic | None) -> bool:
        if practitioner is None or clinic is None:
            return True
        return clinic.pk in self.workplaces.get(practitioner.pk, {clinic.pk})

    def text(self, place: str, language: str, default_language: str) -> PortalText | None:
        """The organisation's words for a place, in the language or else in its own."""
        return self.texts.get((place, language)) or self.texts.get((place, default_language))


def menu_of(organisation: Organisation) -> Menu:
    """The organisation's menu; six queries where it has changed, none where it has not."""
    return _kept_menu(organisation.pk, organisation.public_id, organisation.version)


@lru_cache(maxsize=MOST_KEPT)
def _kept_menu(organisation_id: int, _public_id: uuid.UUID, _version: int) -> Menu:
    published: dict[str, Any] = {
        "organisation_id": organisation_id,
        "is_published": True,
        "retired_at": None,
    }
    return Menu(
        clinics=by_public_id(
            Clinic.objects.filter(**published)
            .select_related("group")
            .order_by("group__position", "group__name", "position", "name")
        ),
        treatments=by_public_id(Treatment.objects.filter(**published)),
        practitioners=by_public_id(Practitioner.objects.filter(**published)),
        workplaces=workplaces_of(organisation_id),
        limits=Limits.of(Organisation(pk=organisation_id)),
        texts={
            (text.place, text.language): text
            for text in PortalText.objects.filter(organisation_id=organisation_id, clinic=None)
        },
    )


def by_public_id(things: Iterable[Any]) -> dict[str, Any]:
    return {str(thing.public_id): thing for thing in things}


def workplaces_of(organisation_id: int) -> dict[int, set[int]]:
    places: dict[int, set[int]] = defaultdict(set)
    rows = PractitionerClinic.objects.filter(organisation_id=organisation_id)
    for practitioner, clinic in rows.values_list("practitioner_id", "clinic_id"):
        places[practitioner].add(clinic)
    return dict(places)
