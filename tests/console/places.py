"""What tests of clinics and practitioners in the console have in common."""

from typing import Any

from clinics.models import Clinic, Practitioner, PractitionerClinic
from tests.conftest import Practice
from tests.factories import ClinicFactory, PractitionerFactory
from tests.pages.conftest import Answer


def typed_in(response: Answer) -> dict[str, object]:
    """What a browser would send if the page's form were submitted as it stands."""
    form = response.context["form"]  # type: ignore[attr-defined]
    sent: dict[str, object] = {"seen": form["seen"].value()}
    for name in form.own_fields():
        value = form[name].value()
        if value not in (False, None):
            sent[name] = "on" if value is True else value
    return sent


def clinics_in_order(practice: Practice, count: int, **fields: Any) -> list[Clinic]:
    """So many clinics more, placed after the practice's own as an agent's catalogue would."""
    return [
        ClinicFactory(organisation=practice.organisation, position=number + 1, **fields)
        for number in range(count)
    ]


def colleagues(practice: Practice, count: int, **fields: Any) -> list[Practitioner]:
    return [
        PractitionerFactory(organisation=practice.organisation, position=number + 1, **fields)
        for number in range(count)
    ]


def works_at(practitioner: Practitioner, clinic: Clinic) -> None:
    PractitionerClinic.across.create(
        organisation_id=clinic.organisation_id, practitioner=practitioner, clinic=clinic
    )


def names_of(rows: Any) -> list[str]:
    return [row.name for row in rows]
