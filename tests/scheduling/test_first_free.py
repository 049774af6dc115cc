"""The first free time of everybody: asked in one go, and the same as asking one by one."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from clinics.models import Practitioner
from scheduling.first_free import EVERYBODY, first_free, first_free_seen
from tests.conftest import Practice
from tests.factories import PractitionerFactory, next_monday_at, publish

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def staffed(in_scope: Practice, other_practice: Practice) -> Practice:
    """Somebody is free this week, in both, the next week, weeks later, at odd times, never; one is hidden."""
    organisation, clinic = in_scope.organisation, in_scope.clinic
    monday = next_monday_at(9) - 7 * DAY
    for days in ([4], [6], [4, 7], [8], [30], [0, 8], [11, 30]):
        who = PractitionerFactory(organisation=organisation)
        starts = [monday + day * DAY for day in days]
        publish(organisation, who, clinic, *((start, start + timedelta(hours=1)) for start in starts))
    odd = PractitionerFactory(organisation=organisation)
    start = monday + 5 * DAY + timedelta(minutes=3)
    publish(organisation, odd, clinic, (start, start + timedelta(minutes=31)))
    hidden = PractitionerFactory(organisation=organisation)
    publish(organisation, hidden, clinic, (monday + 4 * DAY, monday + 5 * DAY))
    Practitioner.across.filter(pk=hidden.pk).update(is_published=False)
    PractitionerFactory(organisation=organisation)
    return in_scope


@pytest.mark.parametrize("weekends", [True, False])
@pytest.mark.parametrize("days", [0, 2.9, 3.1, 4.4, 5, 6.4, 6.9, 7.3])
def test_first_times_of_everybody_are_those_of_each(staffed: Practice, days: float, weekends: bool) -> None:
    organisation = staffed.organisation
    organisation.settings.weekend_booking = weekends
    organisation.settings.save()
    here: dict[str, Any] = {
        "organisation": organisation,
        "clinics": [staffed.clinic],
        "treatments": [staffed.treatment],
    }
    published = list(Practitioner.objects.filter(organisation=organisation, is_published=True))

    with time_machine.travel(next_monday_at(0) - 7 * DAY + days * DAY, tick=False):
        together = first_free_seen(**here, practitioner_ids=EVERYBODY)
        one_by_one = [first_free(**here, practitioners=[who]) for who in published]

    found = {asked: moment for first in together for asked, moment in first.moments.items()}
    assert found == {asked: moment for each in one_by_one for asked, moment in each.items()}
    assert len(found) >= 4
