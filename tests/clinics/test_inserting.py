"""Rows inserted with what belongs to them in one round trip: all of it or nothing."""

import pytest
from django.db import DataError

from clinics.inserting import inserted
from clinics.models import ClinicGroup
from tests.conftest import Practice

pytestmark = pytest.mark.django_db(transaction=True)


def test_row_stays_out_where_what_follows_it_fails(practice: Practice) -> None:
    with pytest.raises(DataError):
        inserted(ClinicGroup(organisation=practice.organisation, name="Pohjoinen"), "; SELECT 1 / %s", [0])

    assert not ClinicGroup.across.exists()


def test_row_that_is_there_already_is_not_inserted_again(practice: Practice) -> None:
    first, again = (ClinicGroup(organisation=practice.organisation, name="Pohjoinen") for _ in range(2))

    assert [inserted(first), inserted(again)] == [True, False]
    assert ClinicGroup.across.get() == first
    assert again.pk is None
