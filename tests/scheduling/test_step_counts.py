"""Counting pages: in memory first, in the database later, and never who saw them."""

from collections import Counter
from datetime import date

import pytest

from scheduling.models import StepCount
from scheduling.step_counts import MOST_KEPT, StepCounter, count_step, write, write_counts
from tests.conftest import Practice
from tests.pages.conftest import Browser

DAY = date(2026, 11, 2)


def test_counts_are_added_to_those_of_other_processes(practice: Practice, other_practice: Practice) -> None:
    ours, theirs = practice.organisation.pk, other_practice.organisation.pk
    write(Counter({(ours, DAY, "time"): 2, (theirs, DAY, "time"): 1}))
    write(Counter({(ours, DAY, "time"): 3, (ours, DAY, "clinic"): 1}))

    counted = StepCount.across.order_by("organisation_id", "step").values_list(
        "organisation_id", "step", "shown"
    )

    assert list(counted) == sorted([(ours, "clinic", 1), (ours, "time", 5), (theirs, "time", 1)])


def test_counts_of_an_organisation_that_is_gone_are_dropped(practice: Practice) -> None:
    write(
        Counter(
            {(practice.organisation.pk + 1000, DAY, "time"): 2, (practice.organisation.pk, DAY, "time"): 1}
        )
    )

    assert [count.shown for count in StepCount.across.all()] == [1]


@pytest.mark.django_db
def test_writing_nothing_asks_nothing() -> None:
    write(Counter())

    assert not StepCount.across.exists()


def test_counter_gives_its_numbers_when_it_is_full() -> None:
    counter = StepCounter()

    given = [counter.add((number, DAY, "time")) for number in range(MOST_KEPT)]

    assert given[:-1] == [None] * (MOST_KEPT - 1)
    assert given[-1] is not None
    assert given[-1].total() == MOST_KEPT
    assert not counter.take()


def test_pages_of_steps_are_counted(practice: Practice) -> None:
    write_counts()  # what other tests have left in this process
    StepCount.across.all().delete()

    Browser(practice.host).get("/")
    count_step(organisation=practice.organisation, step="practitioner")
    write_counts()

    counted = StepCount.across.values_list("organisation_id", "step", "shown")
    assert sorted(counted) == [
        (practice.organisation.pk, "practitioner", 1),
        (practice.organisation.pk, "time", 1),
    ]
