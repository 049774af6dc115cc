"""Rows inserted with what belongs to them in one go: all of it or nothing."""

import pghistory
import pytest
from django.db import DataError, connection

from clinics.inserting import ask_to_insert, insert_unless_conflict
from clinics.models import ClinicGroup
from clinics.prepared import ask, together
from tests.conftest import Practice

pytestmark = pytest.mark.django_db(transaction=True)
_PLANNED = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%AS bookable%%' AND name <> ''"


def planned() -> int:
    """How many statements of these tests the server has planned for good; the question itself is none."""
    with connection.cursor() as cursor:
        cursor.execute(_PLANNED)
        return int(cursor.fetchone()[0])


def insert_and_divide_by_nothing(row: ClinicGroup) -> None:
    with together():
        ask_to_insert(row)
        ask("SELECT 1 / %s::int", [0])


def test_row_stays_out_where_what_follows_it_fails(practice: Practice) -> None:
    row = ClinicGroup(organisation=practice.organisation, name="Pohjoinen")
    with pytest.raises(DataError):
        insert_and_divide_by_nothing(row)

    assert not ClinicGroup.across.exists()


def test_row_that_is_there_already_is_not_inserted_again(practice: Practice) -> None:
    first, again = (ClinicGroup(organisation=practice.organisation, name="Pohjoinen") for _ in range(2))

    assert [insert_unless_conflict(first), insert_unless_conflict(again)] == [True, False]
    assert ClinicGroup.across.get() == first
    assert again.pk is None


def test_statement_is_planned_once_however_large_its_numbers_are() -> None:
    asked = [ask("SELECT %s::bigint AS bookable", [number]).row() for number in (1, 100_000, 10**12)]

    assert asked == [(1,), (100_000,), (10**12,)]
    assert planned() == 1


def test_nothing_is_planned_for_good_where_the_operator_says_so() -> None:
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    options["prepares"] = False
    try:
        with together():
            asked = ask("SELECT %s::bigint AS bookable", [1])
        assert (asked.row(), planned()) == ((1,), 0)
    finally:
        options["prepares"] = True
        connection.close()


def test_who_inserts_is_noted_though_statements_are_planned(practice: Practice) -> None:
    """The note is a command of its own before the statement."""
    with pghistory.context(maker="somebody"), together():
        asked = ask("SELECT %s::bigint AS bookable", [1])
        ask_to_insert(ClinicGroup(organisation=practice.organisation, name="Pohjoinen"))

    assert (asked.row(), planned()) == ((1,), 0)
    assert ClinicGroup.across.get().name == "Pohjoinen"
