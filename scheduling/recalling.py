"""Who should come again: whose last visit is so long ago, with none coming."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Upper
from django.utils import timezone

from clinics.models import Organisation
from scheduling.desk_lists import ClinicIds, made_bookings
from scheduling.models import Booking, BookingPatient, Treatment
from scheduling.weeks import midnight

STANDS = [Booking.State.BOOKED, Booking.State.ARRIVED]
DAYS_A_MONTH = 365.25 / 12
MOST_MONTHS = 60


def todays_bookings(*, organisation: Organisation, clinic_ids: ClinicIds) -> QuerySet[Booking]:
    """What stands for today, by the organisation's clock."""
    zone = ZoneInfo(organisation.time_zone)
    today = timezone.now().astimezone(zone).date()
    rows = made_bookings(organisation, clinic_ids).filter(
        state__in=STANDS,
        during__startswith__gte=midnight(today, zone),
        during__startswith__lt=midnight(today + timedelta(days=1), zone),
    )
    return rows.order_by("during__startswith", "pk")


def bookings_to_recall(
    *, organisation: Organisation, clinic_ids: ClinicIds, months: int, treatment: Treatment | None
) -> QuerySet[Booking]:
    """Each one's last visits of the treatment, or of any, where they are at least so many months ago.

    Somebody is who has the same name and the same number or e-mail address: a family may share these. Who
    has been back since, or has anything coming, at whichever clinic, is not among them.
    """
    since = timezone.now() - timedelta(days=months * DAYS_A_MONTH)
    visits = made_bookings(organisation, clinic_ids).filter(
        state__in=STANDS, during__startswith__lt=since, patient__isnull=False
    )
    if treatment is not None:
        visits = visits.filter(treatment=treatment)
    visits = visits.alias(upper_last=Upper("patient__last_name"), upper_first=Upper("patient__first_name"))
    visits = visits.exclude(Exists(came_back(organisation, since, treatment)))
    return visits.order_by("-during__startswith", "-pk")


def came_back(
    organisation: Organisation, since: datetime, treatment: Treatment | None
) -> QuerySet[BookingPatient]:
    """The same person's visits since then; of another treatment only those that are still to come."""
    counts = Q()
    if treatment is not None:
        counts = Q(booking__treatment=treatment) | Q(booking__during__startswith__gte=timezone.now())
    same_address = Q(mobile=OuterRef("patient__mobile")) & ~Q(mobile="")
    same_address |= Q(email__iexact=OuterRef("patient__email")) & ~Q(email="")
    rows = BookingPatient.objects.filter(
        counts,
        same_address,
        organisation=organisation,
        booking__state__in=STANDS,
        booking__during__startswith__gte=since,
    )
    rows = rows.alias(last=Upper("last_name"), first=Upper("first_name"))
    found: QuerySet[BookingPatient] = rows.filter(last=OuterRef("upper_last"), first=OuterRef("upper_first"))
    return found
