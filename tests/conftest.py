"""Two organisations, so that every test can show that one does not reach the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase, override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from whitenoise.base import WhiteNoise

from clinics.models import Clinic, Organisation, Practitioner
from clinics.scope import organisation_scope
from scheduling.models import Treatment
from tests.databases import emptying, migrated_template
from tests.factories import (
    ClinicFactory,
    PractitionerFactory,
    TreatmentFactory,
    make_organisation,
    next_monday_at,
    publish,
)

# No test is about how fast anything is, and a busy machine is no fault.
hypothesis_settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("portal")


@dataclass(frozen=True)
class Practice:
    """An organisation with one clinic, one practitioner and one treatment of 30 minutes."""

    organisation: Organisation
    clinic: Clinic
    practitioner: Practitioner
    treatment: Treatment

    @property
    def host(self) -> str:
        return f"{self.organisation.subdomain}.localhost:8000"


def open_practice(subdomain: str) -> Practice:
    """A practice with Monday after next published from 8 to 16 o'clock."""
    organisation = make_organisation(subdomain)
    practice = Practice(
        organisation,
        ClinicFactory(organisation=organisation, external_id="c1"),
        PractitionerFactory(organisation=organisation, external_id="p1"),
        TreatmentFactory(organisation=organisation, external_id="t1"),
    )
    publish(organisation, practice.practitioner, practice.clinic, (next_monday_at(8), next_monday_at(16)))
    return practice


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Lets each worker's database be a copy of a migrated one."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Lets tests empty the audit log between them, which the database otherwise refuses."""
    connection.settings_dict["OPTIONS"]["options"] = "-c portal.audit_retention=on"
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """What makes a password slow to guess would take a third of a second for each of the tests' people.

    The portal that the journeys start keeps its own.
    """
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_looked_through_once() -> Iterator[None]:
    """Each test client loads the middleware anew, and WhiteNoise would look at every static file again."""
    look = WhiteNoise.update_files_dictionary
    found: dict[tuple[str, str], dict[str, object]] = {}

    def look_once(noise: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in found:
            look(noise, root, prefix)
            found[root, prefix] = dict(noise.files)
        noise.files |= found[root, prefix]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", look_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def rows_deleted_after_transactions() -> Iterator[None]:
    """What a test has committed is deleted after it; Django would truncate every table there is."""

    def delete_rows(_case: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute(emptying())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", delete_rows)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_counting_beside_tests() -> None:
    """What pages count is written when a test asks for it, never by a thread of its own in another one."""
    settings.STEP_COUNT_SECONDS = float("inf")


@pytest.fixture
def practice(db: None) -> Practice:
    return open_practice("demoklinikka")


@pytest.fixture
def other_practice(db: None) -> Practice:
    return open_practice("pikkuhammas")


@pytest.fixture
def in_scope(practice: Practice) -> Iterator[Practice]:
    """The first practice, with its organisation in scope."""
    with organisation_scope(practice.organisation.pk):
        yield practice
