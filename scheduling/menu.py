"""What an organisation lets its patients choose from, kept in memory until any of it changes.

Kept by the organisation's version, which the database raises with every change of the tables that are
read here (migration 0002), so that a page never shows what is no longer so and nothing needs flushing.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from clinics.models import Clinic, Draft, Organisation, Picture, PortalText, Practitioner, PractitionerClinic
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
    photos: dict[int, str]
    """Practitioner id to the address of the photo, of those who have agreed to its being shown."""
    texts: dict[tuple[str, str], PortalText]
    """Place and language to the organisation's own words."""
    clinic_texts: dict[tuple[int, str], PortalText]
    """Clinic id and language to that clinic's own words."""
    names: dict[str, dict[str, str]]
    """Step to the agent's ids of its things, with the public id of each: links may use either."""

    def things(self, step: str) -> dict[str, Any]:
        """Public id to clinic, treatment or practitioner."""
        things: dict[str, Any] = getattr(self, f"{step}s")
        return things

    def by_pk(self, step: str) -> dict[int, Any]:
        """The same by primary key."""
        return self._by_pk[step]

    @cached_property
    def _by_pk(self) -> dict[str, dict[int, Any]]:
        return {step: {thing.pk: thing for thing in self.things(step).values()} for step in STEPS}

    def chosen(self, choices: Choices, step: str) -> Any:
        """What the answer to a step stands for; None for no answer, and for "any"."""
        return self.things(step).get(choices.answer(step))

    def named(self, choices: Choices) -> Choices:
        """The choices with public ids, where a link named things by the agent's own."""
        for step in STEPS:
            choices = choices.with_answer(step, self.public_id_of(step, choices.answer(step)))
        return choices

    def public_id_of(self, step: str, answer: str) -> str:
        known = answer.lower()
        if known in self.things(step) or known == ANY:
            return known
        return self.names[step].get(answer, answer)

    def unknown(self, choices: Choices, *, any_of: Collection[str]) -> list[str]:
        """Steps whose answers nobody can give: never there, another organisation's, or no longer offered.

        ``any_of`` are the steps to which "any" is an answer.
        """
        return [
            step
            for step in STEPS
            if (answer := choices.answer(step))
            and answer not in self.things(step)
            and not (answer == ANY and step in any_of)
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

    def clinic_text(self, clinic: Clinic | None, language: str, default_language: str) -> PortalText | None:
        """The clinic's own text, else the organisation's for any clinic."""
        if clinic is not None:
            for code in (language, default_language):
                if own := self.clinic_texts.get((clinic.pk, code)):
                    return own
        return self.text(PortalText.Place.CLINIC, language, default_language)

    def with_words(self, draft: Draft) -> "Menu":
        """The same menu with words that are being tried out."""
        return replace(
            self,
            texts={**self.texts, **draft.texts},
            clinic_texts={**self.clinic_texts, **draft.clinic_texts},
        )

    def clinics_for(self, choices: Choices) -> list[Clinic]:
        """The clinic that was chosen, else every one that goes with the other choices."""
        return self.fitting(choices, "clinic")

    def treatments_for(self, choices: Choices) -> list[Treatment]:
        """The treatment that was chosen, else every one that goes with the other choices."""
        return self.fitting(choices, "treatment")

    @cached_property
    def zones(self) -> list[ZoneInfo]:
        """By whose clocks anything on the menu goes."""
        return [ZoneInfo(name) for name in sorted({clinic.time_zone for clinic in self.clinics.values()})]

    def zone(self, choices: Choices) -> ZoneInfo:
        """By whose clock times are shown: the chosen clinic's, else the one most clinics go by."""
        clinic = self.chosen(choices, "clinic")
        zones = Counter(each.time_zone for each in ([clinic] if clinic else self.clinics.values()))
        return ZoneInfo(zones.most_common(1)[0][0] if zones else "UTC")

    def fitting(self, choices: Choices, step: str) -> list[Any]:
        chosen = self.chosen(choices, step)
        if chosen is not None:
            return [chosen]
        return [
            thing
            for public_id, thing in self.things(step).items()
            if self.goes_together(choices.with_answer(step, public_id))
        ]


def menu_of(organisation: Organisation) -> Menu:
    """The organisation's menu; seven queries where it has changed, none where it has not."""
    menu = _kept_menu(organisation.pk, organisation.public_id, organisation.version)
    return menu if organisation.draft is None else menu.with_words(organisation.draft)


@lru_cache(maxsize=MOST_KEPT)
def _kept_menu(organisation_id: int, _public_id: uuid.UUID, _version: int) -> Menu:
    published: dict[str, Any] = {
        "organisation_id": organisation_id,
        "is_published": True,
        "retired_at": None,
    }
    clinics = by_public_id(
        Clinic.objects.filter(**published)
        .select_related("group")
        .order_by("group__position", "group__name", "position", "name")
    )
    treatments = by_public_id(Treatment.objects.filter(**published))
    practitioners = by_public_id(Practitioner.objects.filter(**published))
    texts = list(PortalText.objects.filter(organisation_id=organisation_id))
    return Menu(
        clinics=clinics,
        treatments=treatments,
        practitioners=practitioners,
        workplaces=workplaces_of(organisation_id),
        limits=Limits.of(Organisation(pk=organisation_id)),
        photos=photos_of(organisation_id),
        texts={(text.place, text.language): text for text in texts if text.clinic_id is None},
        clinic_texts={(text.clinic_id, text.language): text for text in texts if text.clinic_id is not None},
        names={
            step: {thing.external_id: public_id for public_id, thing in things.items()}
            for step, things in zip(STEPS, (clinics, treatments, practitioners), strict=True)
        },
    )


def photos_of(organisation_id: int) -> dict[int, str]:
    pictures = Picture.objects.filter(
        organisation_id=organisation_id, practitioner__consent_given_at__isnull=False
    )
    return {picture.practitioner_id: picture.url for picture in pictures.defer("content")}


def by_public_id(things: Iterable[Any]) -> dict[str, Any]:
    return {str(thing.public_id): thing for thing in things}


def workplaces_of(organisation_id: int) -> dict[int, set[int]]:
    places: dict[int, set[int]] = defaultdict(set)
    rows = PractitionerClinic.objects.filter(organisation_id=organisation_id)
    for practitioner, clinic in rows.values_list("practitioner_id", "clinic_id"):
        places[practitioner].add(clinic)
    return dict(places)
