"""Scoped managers refuse to work for nobody; the database keeps organisations' rows apart."""

import pytest
from django.db import IntegrityError, transaction

from clinics.errors import OrganisationNotInScope
from clinics.models import Clinic, ClinicGroup, PractitionerClinic
from clinics.scope import organisation_scope
from scheduling.models import Booking, Slot, Treatment
from tests.conftest import Practice
from tests.factories import BookingFactory, next_monday_at

pytestmark = pytest.mark.django_db


def test_manager_without_a_scope_raises(practice: Practice) -> None:
    with pytest.raises(OrganisationNotInScope):
        Clinic.objects.count()


def test_manager_in_a_scope_sees_its_organisation_only(practice: Practice, other_practice: Practice) -> None:
    with organisation_scope(practice.organisation.pk):
        assert list(Clinic.objects.all()) == [practice.clinic]
        with organisation_scope(other_practice.organisation.pk):
            assert list(Clinic.objects.all()) == [other_practice.clinic]
        assert list(Clinic.objects.all()) == [practice.clinic]


def test_manager_across_sees_every_organisation(practice: Practice, other_practice: Practice) -> None:
    assert set(Clinic.across.all()) == {practice.clinic, other_practice.clinic}


def test_related_manager_without_a_scope_raises(practice: Practice) -> None:
    booking = BookingFactory(
        organisation=practice.organisation,
        clinic=practice.clinic,
        practitioner=practice.practitioner,
        treatment=practice.treatment,
    )

    with pytest.raises(OrganisationNotInScope):
        booking.codes.count()


@pytest.mark.parametrize("foreign", ["clinic", "practitioner", "treatment"])
def test_booking_cannot_join_rows_of_two_organisations(
    practice: Practice, other_practice: Practice, foreign: str
) -> None:
    parts = {
        "clinic": practice.clinic,
        "practitioner": practice.practitioner,
        "treatment": practice.treatment,
        foreign: getattr(other_practice, foreign),
    }

    with pytest.raises(IntegrityError, match=f"booking_{foreign}_same_organisation"), transaction.atomic():
        BookingFactory(organisation=practice.organisation, **parts)

    assert not Booking.across.exists()


def test_slot_cannot_join_rows_of_two_organisations(practice: Practice, other_practice: Practice) -> None:
    with pytest.raises(IntegrityError, match="slot_clinic_same_organisation"), transaction.atomic():
        Slot.across.create(
            organisation=practice.organisation,
            practitioner=practice.practitioner,
            clinic=other_practice.clinic,
            starts_at=next_monday_at(8),
            ends_at=next_monday_at(9),
        )


def test_practitioner_cannot_work_at_another_organisations_clinic(
    practice: Practice, other_practice: Practice
) -> None:
    with pytest.raises(IntegrityError, match="practitioner_clinic_same_organisation"), transaction.atomic():
        PractitionerClinic.across.create(
            organisation=practice.organisation,
            practitioner=practice.practitioner,
            clinic=other_practice.clinic,
        )


def test_clinic_cannot_stand_in_another_organisations_group(
    practice: Practice, other_practice: Practice
) -> None:
    group = ClinicGroup.across.create(organisation=other_practice.organisation, name="Turku")

    with pytest.raises(IntegrityError, match="clinic_group_same_organisation"), transaction.atomic():
        Clinic.across.filter(pk=practice.clinic.pk).update(group=group)


def test_treatment_cannot_have_another_organisations_category(
    practice: Practice, other_practice: Practice
) -> None:
    with pytest.raises(IntegrityError, match="treatment_category_same_organisation"), transaction.atomic():
        Treatment.across.filter(pk=practice.treatment.pk).update(category=other_practice.treatment.category)
