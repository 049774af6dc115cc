"""What is kept in memory is never stale: every change raises the organisation's version."""

import pytest

from clinics.models import Organisation, PractitionerClinic
from clinics.scope import organisation_scope
from clinics.tenancy import organisation_at
from scheduling.menu import menu_of
from scheduling.models import Treatment
from tests.conftest import Practice
from tests.factories import ClinicFactory, TreatmentFactory
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db


def version_of(practice: Practice) -> int:
    return Organisation.objects.get(pk=practice.organisation.pk).version


def test_every_kind_of_change_raises_the_version(practice: Practice, other_practice: Practice) -> None:
    others = version_of(other_practice)
    versions = [version_of(practice)]
    for change in (
        lambda: ClinicFactory(organisation=practice.organisation),
        lambda: Treatment.across.filter(pk=practice.treatment.pk).update(name="Renamed"),
        lambda: PractitionerClinic.across.create(
            organisation=practice.organisation, practitioner=practice.practitioner, clinic=practice.clinic
        ),
        lambda: PractitionerClinic.across.filter(organisation=practice.organisation).delete(),
        practice.organisation.settings.save,
        lambda: Organisation.objects.filter(pk=practice.organisation.pk).update(name="Renamed"),
    ):
        change()
        versions.append(version_of(practice))

    assert versions == sorted(set(versions))
    assert version_of(other_practice) == others


def test_stale_copy_cannot_lower_the_version(practice: Practice) -> None:
    stale = Organisation.objects.get(pk=practice.organisation.pk)
    ClinicFactory(organisation=practice.organisation)
    before = version_of(practice)
    stale.name = "Renamed"
    stale.save()

    assert version_of(practice) > before


def test_menu_is_read_again_only_after_a_change(
    practice: Practice, django_assert_num_queries: object
) -> None:
    organisation = Organisation.objects.get(pk=practice.organisation.pk)
    with organisation_scope(organisation.pk):
        menu_of(organisation)
        with django_assert_num_queries(0):  # type: ignore[operator]
            menu_of(organisation)
    added = TreatmentFactory(organisation=practice.organisation)
    changed = Organisation.objects.get(pk=practice.organisation.pk)
    with organisation_scope(organisation.pk):
        assert str(added.public_id) in menu_of(changed).treatments
        assert str(added.public_id) not in menu_of(organisation).treatments


def test_change_is_on_the_next_page(practice: Practice, browser: Browser) -> None:
    browser.get("/")
    practice.organisation.name = "Another name"
    practice.organisation.save()

    assert "Another name" in text_of(browser.get("/"))


def test_request_cannot_change_what_others_see(practice: Practice, browser: Browser) -> None:
    organisation = organisation_at(practice.host)
    assert organisation
    organisation.name = "Changed in passing"
    organisation.settings.maintenance_mode = True

    assert "Changed in passing" not in text_of(browser.get("/"))
    assert browser.get("/").status_code == 200
