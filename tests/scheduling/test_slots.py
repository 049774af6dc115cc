"""Taking over what an agent publishes."""

from datetime import datetime, timedelta

import pytest

from scheduling import free_weeks, slots
from scheduling.free_times import free_times
from scheduling.free_weeks import differing_weeks
from scheduling.holds import hold_time
from scheduling.models import FreeWeek, Slot
from scheduling.slot_times import SlotTime, instant
from scheduling.slots import Published, Window, publish_slots
from scheduling.weeks import monday_of
from tests.conftest import Practice
from tests.factories import CategoryFactory, PractitionerFactory, TreatmentFactory, next_monday_at

pytestmark = pytest.mark.django_db


def window(practice: Practice, start: datetime, end: datetime, *slots: SlotTime) -> Window:
    return Window(practice.practitioner.pk, practice.clinic.pk, start, end, list(slots))


def stored(practice: Practice) -> list[tuple[datetime, datetime]]:
    slots = Slot.across.filter(organisation=practice.organisation).order_by("starts_at")
    return [(slot.starts_at, slot.ends_at) for slot in slots]


def day(practice: Practice, *slots: SlotTime) -> Window:
    return window(practice, next_monday_at(0), next_monday_at(0) + timedelta(days=1), *slots)


def test_push_replaces_what_was_in_the_window(in_scope: Practice) -> None:
    slot = SlotTime.of(next_monday_at(10), next_monday_at(11))

    published = publish_slots(organisation=in_scope.organisation, windows=[day(in_scope, slot)])

    assert published == Published(slots=1, changed_days=1)
    assert stored(in_scope) == [(next_monday_at(10), next_monday_at(11))]
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_push_of_the_same_changes_nothing(in_scope: Practice) -> None:
    before = list(Slot.across.values_list("pk", flat=True))
    slot = SlotTime.of(next_monday_at(8), next_monday_at(16))

    published = publish_slots(organisation=in_scope.organisation, windows=[day(in_scope, slot)])

    assert published == Published(slots=1, changed_days=0)
    assert list(Slot.across.values_list("pk", flat=True)) == before


def test_push_of_an_empty_window_clears_it(in_scope: Practice) -> None:
    publish_slots(organisation=in_scope.organisation, windows=[day(in_scope)])

    assert stored(in_scope) == []
    assert not FreeWeek.across.filter(organisation=in_scope.organisation).exists()


def test_push_cuts_a_slot_at_the_windows_edges(in_scope: Practice) -> None:
    noon = window(in_scope, next_monday_at(11), next_monday_at(13))

    publish_slots(organisation=in_scope.organisation, windows=[noon])

    assert stored(in_scope) == [
        (next_monday_at(8), next_monday_at(11)),
        (next_monday_at(13), next_monday_at(16)),
    ]


def test_push_of_two_windows_leaves_what_lies_between_them(in_scope: Practice) -> None:
    windows = [
        window(in_scope, next_monday_at(9), next_monday_at(10)),
        window(in_scope, next_monday_at(11), next_monday_at(18)),
    ]

    publish_slots(organisation=in_scope.organisation, windows=windows)

    assert stored(in_scope) == [
        (next_monday_at(8), next_monday_at(9)),
        (next_monday_at(10), next_monday_at(11)),
    ]
    assert differing_weeks(organisation=in_scope.organisation) == 0


@pytest.mark.parametrize("hours", [(10,), (9, 10, 12), ()])
def test_push_of_other_times_has_the_rows_stand_for_them(in_scope: Practice, hours: tuple[int, ...]) -> None:
    """As many as there are: the others are new, or go."""
    exam = in_scope.treatment.category.pk
    first = [SlotTime.of(next_monday_at(hour), next_monday_at(hour, 30)) for hour in (8, 15)]
    publish_slots(organisation=in_scope.organisation, windows=[day(in_scope, *first)])
    before = list(Slot.across.filter(organisation=in_scope.organisation).values_list("pk", flat=True))
    second = [SlotTime.of(next_monday_at(hour), next_monday_at(hour, 30), only=(exam,)) for hour in hours]

    published = publish_slots(organisation=in_scope.organisation, windows=[day(in_scope, *second)])

    assert published == Published(slots=len(hours), changed_days=1)
    rows = Slot.across.filter(organisation=in_scope.organisation).order_by("starts_at")
    told = [(row.starts_at, row.ends_at, row.only_categories, row.except_categories) for row in rows]
    assert told == [(next_monday_at(hour), next_monday_at(hour, 30), [exam], None) for hour in hours]
    assert len({row.pk for row in rows} & set(before)) == min(len(before), len(hours))
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_push_in_portions_is_the_same_push(in_scope: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "PORTION", 1)
    monkeypatch.setattr(free_weeks, "PORTION", 1)
    other = PractitionerFactory(organisation=in_scope.organisation)
    slot = SlotTime.of(next_monday_at(10), next_monday_at(11))
    theirs = Window(other.pk, in_scope.clinic.pk, next_monday_at(0), next_monday_at(18), [slot])

    published = publish_slots(organisation=in_scope.organisation, windows=[day(in_scope, slot), theirs])

    assert published == Published(slots=2, changed_days=2)
    weeks = FreeWeek.across.filter(organisation=in_scope.organisation)
    assert set(weeks.values_list("practitioner", flat=True)) == {in_scope.practitioner.pk, other.pk}
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_push_leaves_other_practitioners_and_organisations_alone(
    in_scope: Practice, other_practice: Practice
) -> None:
    publish_slots(organisation=in_scope.organisation, windows=[day(in_scope)])

    assert stored(other_practice) == [(next_monday_at(8), next_monday_at(16))]


def test_push_of_several_windows_of_one_place_applies_each(in_scope: Practice) -> None:
    morning = SlotTime.of(next_monday_at(8), next_monday_at(9))
    later = SlotTime.of(next_monday_at(9) + timedelta(days=2), next_monday_at(10) + timedelta(days=2))
    windows = [
        window(in_scope, next_monday_at(0) + timedelta(days=2), next_monday_at(0) + timedelta(days=3), later),
        day(in_scope, morning),
    ]

    published = publish_slots(organisation=in_scope.organisation, windows=windows)

    assert published == Published(slots=2, changed_days=2)
    assert stored(in_scope) == [(instant(slot.start), instant(slot.end)) for slot in (morning, later)]


def test_push_keeps_categories_apart(in_scope: Practice) -> None:
    organisation = in_scope.organisation
    surgery = CategoryFactory(organisation=organisation)
    operation = TreatmentFactory(organisation=organisation, category=surgery, minutes=60)
    exam = in_scope.treatment.category.pk
    publish_slots(
        organisation=organisation,
        windows=[
            day(
                in_scope,
                SlotTime.of(next_monday_at(8), next_monday_at(9), only=(exam,)),
                SlotTime.of(next_monday_at(9), next_monday_at(10), excepted=(exam,)),
                SlotTime.of(next_monday_at(10), next_monday_at(11)),
            )
        ],
    )

    def hours(treatment: object) -> list[int]:
        times = free_times(
            organisation=organisation,
            clinic=in_scope.clinic,
            treatment=treatment,  # type: ignore[arg-type]
            practitioner=None,
            week=monday_of(next_monday_at(8).date()),
        )
        return [time.starts_at.hour for time in times]

    assert hours(in_scope.treatment) == [8, 8, 10, 10]
    assert hours(operation) == [9, 10]


def test_push_does_not_offer_what_is_booked(in_scope: Practice) -> None:
    hold_time(
        organisation=in_scope.organisation,
        treatment=in_scope.treatment,
        practitioner=in_scope.practitioner,
        clinic=in_scope.clinic,
        starts_at=next_monday_at(9),
        visitor="visitor",
    )
    slot = SlotTime.of(next_monday_at(9), next_monday_at(10))

    publish_slots(organisation=in_scope.organisation, windows=[day(in_scope, slot)])

    times = free_times(
        organisation=in_scope.organisation,
        clinic=in_scope.clinic,
        treatment=in_scope.treatment,
        practitioner=in_scope.practitioner,
        week=monday_of(next_monday_at(8).date()),
    )
    assert [f"{time.starts_at:%H:%M}" for time in times] == ["09:30"]
