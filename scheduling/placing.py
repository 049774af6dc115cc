"""Holding a time for who does not mind where, or with whom, it is."""

from datetime import datetime

from clinics.models import Practitioner
from scheduling.errors import TimeNotOffered, TimeTaken
from scheduling.free_anywhere import Wanted, free_places
from scheduling.holds import hold_time
from scheduling.models import Booking


def hold_anywhere(*, wanted: Wanted, starts_at: datetime, visitor: str) -> Booking:
    """Holds ``starts_at`` at one of the clinics, with the least loaded who is free there.

    ``wanted`` names one treatment. Raises TimeTaken where nobody is free any more, TooManyHolds for a
    visitor who hoards.
    """
    (treatment,) = wanted.treatments
    clinics = {clinic.pk: clinic for clinic in wanted.clinics}
    places = free_places(wanted, starts_at)
    people = Practitioner.objects.filter(organisation=wanted.organisation).in_bulk(
        {practitioner for _, practitioner in places}
    )
    for clinic, practitioner in places:
        try:
            return hold_time(
                organisation=wanted.organisation,
                treatment=treatment,
                practitioner=people[practitioner],
                clinic=clinics[clinic],
                starts_at=starts_at,
                visitor=visitor,
            )
        except (TimeTaken, TimeNotOffered):
            continue
    raise TimeTaken(starts_at)
