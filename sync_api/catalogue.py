"""Taking a catalogue: what it names is there, what it no longer names is retired."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Model
from django.utils import timezone

from clinics.models import Clinic, Organisation, Practitioner, PractitionerClinic
from clinics.own_details import from_agent
from scheduling.free_weeks import rebuild_free_weeks
from scheduling.models import (
    Category,
    Resource,
    Treatment,
    TreatmentClinic,
    TreatmentPractitioner,
    TreatmentResource,
)
from sync_api.locks import lock_sync
from sync_api.models import Agent
from sync_api.references import require_consistent
from sync_api.schemas import CatalogueIn
from sync_api.sequences import digest_of, note_taken, was_taken
from sync_api.tokens import require_in_service

Answer = dict[str, Any]
Fields = dict[str, Any]
Ids = dict[str, int]
"""The agent's id to the row's."""


@dataclass
class Tally:
    """Which rows a catalogue has made, changed and retired, each counted once."""

    created: set[tuple[type[Model], int]] = field(default_factory=set)
    updated: set[tuple[type[Model], int]] = field(default_factory=set)
    retired: set[tuple[type[Model], int]] = field(default_factory=set)

    def counts(self) -> dict[str, int]:
        return {
            "created": len(self.created),
            "updated": len(self.updated - self.created),
            "retired": len(self.retired),
        }

    def __bool__(self) -> bool:
        return bool(self.created or self.updated or self.retired)


def take_catalogue(*, organisation: Organisation, agent: Agent, catalogue: CatalogueIn) -> Answer:
    """Makes the organisation's catalogue this one; counts what that created, updated and retired.

    One with a number is taken in order with the pushes. Raises InvalidBody, UnknownId or StaleSequence, and
    AgentSuperseded where another agent was activated meanwhile.
    """
    sequence, digest = catalogue.sequence, digest_of({"catalogue": catalogue.model_dump()})
    require_consistent(catalogue)
    with transaction.atomic():
        lock_sync(organisation)
        now = Agent.objects.select_related("organisation").get(organisation=organisation, pk=agent.pk)
        require_in_service(now)
        if sequence is not None and was_taken(now, sequence, digest):
            return {**Tally().counts(), "sequence": sequence, "replayed": True}
        tally = Keeper(organisation).store(catalogue)
        if tally:
            rebuild_free_weeks(organisation=organisation)
        if sequence is None:
            return tally.counts()
        note_taken(organisation=organisation, agent=agent, sequence=sequence, digest=digest)
    return {**tally.counts(), "sequence": sequence}


class Keeper:
    """Stores one catalogue for one organisation, in a number of queries that does not grow with it."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.now: datetime = timezone.now()
        self.tally = Tally()

    def store(self, catalogue: CatalogueIn) -> Tally:
        clinics = self.store_clinics(catalogue)
        practitioners = self.store_practitioners(catalogue, clinics)
        categories = self.rows(Category, {entry.id: {"name": entry.name} for entry in catalogue.categories})
        resources = self.rows(
            Resource,
            {
                entry.id: {"name": entry.name, "clinic_id": clinics[entry.clinic]}
                for entry in catalogue.resources
            },
        )
        self.store_treatments(catalogue, clinics, practitioners, categories, resources)
        return self.tally

    def store_clinics(self, catalogue: CatalogueIn) -> Ids:
        return self.rows(
            Clinic,
            {entry.id: entry.model_dump(exclude={"id"}) for entry in catalogue.clinics},
            new={"is_published": self.organisation.settings.publish_new_clinics},
            has_position=True,
        )

    def store_practitioners(self, catalogue: CatalogueIn, clinics: Ids) -> Ids:
        practitioners = self.rows(
            Practitioner,
            {entry.id: {"name": entry.name, "title": entry.title} for entry in catalogue.practitioners},
            new={"is_published": self.organisation.settings.publish_new_practitioners},
            has_position=True,
        )
        self.links(
            PractitionerClinic,
            "practitioner_id",
            "clinic_id",
            {
                practitioners[entry.id]: {clinics[clinic] for clinic in entry.clinics}
                for entry in catalogue.practitioners
            },
            Practitioner,
        )
        return practitioners

    def store_treatments(
        self, catalogue: CatalogueIn, clinics: Ids, practitioners: Ids, categories: Ids, resources: Ids
    ) -> None:
        treatments = self.rows(
            Treatment,
            {
                entry.id: {
                    **entry.model_dump(exclude={"id", "category", "resources", "clinics", "practitioners"}),
                    "category_id": categories[entry.category],
                    "at_all_clinics": entry.clinics is None,
                    "by_all_practitioners": entry.practitioners is None,
                }
                for entry in catalogue.treatments
            },
            has_position=True,
        )
        for through, target, ids, member in (
            (TreatmentResource, "resource_id", resources, "resources"),
            (TreatmentClinic, "clinic_id", clinics, "clinics"),
            (TreatmentPractitioner, "practitioner_id", practitioners, "practitioners"),
        ):
            wanted = {
                treatments[entry.id]: {ids[name] for name in getattr(entry, member) or ()}
                for entry in catalogue.treatments
            }
            self.links(through, "treatment_id", target, wanted, Treatment)

    def rows(
        self,
        model: Any,
        wanted: Mapping[str, Fields],
        *,
        new: Fields | None = None,
        has_position: bool = False,
    ) -> Ids:
        """Makes the model's rows those that are wanted; the row ids of these.

        They are locked by their ids, so that nobody puts own words before the agent's in between.
        """
        locked = model.objects.filter(organisation=self.organisation).order_by("pk").select_for_update()
        stored = {row.external_id: row for row in locked}
        self.retire(model, [row for name, row in stored.items() if name not in wanted])
        self.change(model, [(stored[name], fields) for name, fields in wanted.items() if name in stored])
        added = [
            model(organisation=self.organisation, external_id=name, **fields, **(new or {}))
            for name, fields in wanted.items()
            if name not in stored
        ]
        if has_position:
            self.place_last(model, added)
        model.objects.bulk_create(added)
        self.tally.created.update((model, row.pk) for row in added)
        return {row.external_id: row.pk for row in (*stored.values(), *added)}

    def place_last(self, model: Any, added: Iterable[Any]) -> None:
        """New rows stand after those that are there, in the order of the body."""
        stored = model.objects.filter(organisation=self.organisation)
        last: int | None = stored.aggregate(last=Max("position"))["last"]
        for position, row in enumerate(added, start=0 if last is None else last + 1):
            row.position = position

    def retire(self, model: Any, rows: Iterable[Any]) -> None:
        gone = [row.pk for row in rows if row.retired_at is None]
        if gone:
            model.objects.filter(organisation=self.organisation, pk__in=gone).update(retired_at=self.now)
        self.tally.retired.update((model, pk) for pk in gone)

    def change(self, model: Any, pairs: Iterable[tuple[Any, Fields]]) -> None:
        """Gives rows their fields, and brings back those that were retired."""
        changed = []
        names: set[str] = {"retired_at"}
        for row, fields in pairs:
            placed = from_agent(row, fields) if model is Clinic else fields
            wanted = {**placed, "retired_at": None}
            if any(getattr(row, name) != value for name, value in wanted.items()):
                changed.append(row)
                names.update(placed)
                for name, value in wanted.items():
                    setattr(row, name, value)
        if changed:
            model.objects.bulk_update(changed, [name.removesuffix("_id") for name in names])
        self.tally.updated.update((model, row.pk) for row in changed)

    def links(
        self, through: Any, owner: str, target: str, wanted: Mapping[int, set[int]], owner_model: type[Model]
    ) -> None:
        """Makes the links of these owners those that are wanted; an owner whose links change is updated."""
        rows = through.objects.filter(organisation=self.organisation, **{f"{owner}__in": list(wanted)})
        stored = {(row[0], row[1]): row[2] for row in rows.values_list(owner, target, "pk")}
        pairs = {(one, other) for one, others in wanted.items() for other in others}
        gone = [pk for pair, pk in stored.items() if pair not in pairs]
        if gone:
            through.objects.filter(organisation=self.organisation, pk__in=gone).delete()
        added = sorted(pairs - stored.keys())
        through.objects.bulk_create(
            through(organisation=self.organisation, **{owner: one, target: other}) for one, other in added
        )
        touched = (stored.keys() - pairs) | set(added)
        self.tally.updated.update((owner_model, one) for one, _other in touched)
