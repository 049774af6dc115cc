"""Holding a time for who does not mind at which clinic it is."""

from datetime import datetime

from scheduling.errors import TimeNotOffered, TimeTaken
from scheduling.free_anywhere import Wanted, free_places
from scheduling.holds import hold_time
from scheduling.models import Booking


def hold_anywhere(*, wanted: Wanted, starts_at: datetime, visitor: str, address: str = "") -> Booking:
    """Holds ``starts_at`` at the clinic of the least loaded who is free, else at the next one.

    ``wanted`` names one treatment. Raises TimeTaken where nobody is free any more, TooManyHolds for a
    visitor who hoards.
    """
    (treatment,) = wanted.treatments
    clinics = {clinic.pk: clinic for clinic in wanted.clinics}
    for place in dict.fromkeys(clinic for clinic, _ in free_places(wanted, starts_at)):
        try:
            return hold_time(
                organisation=wanted.organisation,
                treatment=treatment,
                practitioner=wanted.practitioner,
                clinic=clinics[place],
                starts_at=starts_at,
                visitor=visitor,
                address=address,
            )
        except (TimeTaken, TimeNotOffered):
            continue
    raise TimeTaken(starts_at)
