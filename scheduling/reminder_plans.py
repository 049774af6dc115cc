"""Going through an organisation's coming bookings after a change that their reminders follow from.

The row of the plan says how far that has come, so that a worker that dies loses a batch at most, and a
change meanwhile begins it anew.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from clinics.models import Organisation
from clinics.models.settings import LONGEST_AHEAD
from clinics.scope import organisation_scope
from scheduling.models import Booking, ReminderPlan
from scheduling.reminders import THANKED_WITHIN, plan_reminders

BATCH = 100


def organisations_to_plan() -> list[int]:
    """Whose bookings have to be gone through, who has waited longest first."""
    return list(ReminderPlan.across.order_by("asked_at").values_list("organisation_id", flat=True))


def plan_all(organisation_id: int) -> None:
    """Plans the reminders of all of an organisation's coming bookings, in batches; twice changes nothing."""
    while plan_batch(organisation_id):
        pass


def plan_batch(organisation_id: int) -> bool:
    """Plans those of the next bookings; False once there is nothing more to do.

    Each booking in a transaction of its own: holding several, with the days' counts of SMS that they take,
    would wait in a circle with patients who book. Several workers at once do the same twice, to no effect.
    """
    plan = ReminderPlan.across.filter(organisation=organisation_id).first()
    if plan is None:
        return False
    with organisation_scope(organisation_id):
        organisation = Organisation.objects.select_related("settings").get(pk=organisation_id)
        ids = next_bookings(organisation, plan.reached)
        for booking_id in ids:
            plan_one(organisation, booking_id)
    mine = ReminderPlan.across.filter(pk=plan.pk, asked_at=plan.asked_at)
    if len(ids) == BATCH:
        mine.update(reached=ids[-1])
        return True
    deleted, _by_model = mine.delete()
    return deleted == 0


def next_bookings(organisation: Organisation, reached: int) -> list[int]:
    """The ids of a batch of what reminders or thanks may wait for."""
    return list(
        coming(organisation).filter(pk__gt=reached).order_by("pk").values_list("pk", flat=True)[:BATCH]
    )


def coming(organisation: Organisation) -> QuerySet[Booking]:
    since = timezone.now() - timedelta(hours=LONGEST_AHEAD) - THANKED_WITHIN
    found: QuerySet[Booking] = Booking.objects.filter(
        organisation=organisation,
        state__in=[Booking.State.BOOKED, Booking.State.ARRIVED],
        during__endswith__gt=since,
    )
    return found


@transaction.atomic
def plan_for_number(organisation_id: int, mobile: str) -> None:
    """Plans what may be sent to this number again, for all of its coming bookings.

    All of them are locked before anything is counted, so that nobody who has one waits for a count of ours.
    """
    with organisation_scope(organisation_id):
        organisation = Organisation.objects.select_related("settings").get(pk=organisation_id)
        found = coming(organisation).select_related("clinic", "practitioner", "treatment", "patient")
        theirs = found.filter(patient__mobile=mobile).select_for_update(of=("self",)).order_by("pk")
        for booking in sorted(theirs, key=lambda booking: booking.starts_at):
            plan_reminders(organisation=organisation, booking=booking)


@transaction.atomic
def plan_one(organisation: Organisation, booking_id: int) -> None:
    """Plans the booking's reminders, unless it has been cancelled in this moment."""
    found = coming(organisation).select_related("clinic", "practitioner", "treatment", "patient")
    booking = found.select_for_update(of=("self",)).filter(pk=booking_id).first()
    if booking is not None:
        plan_reminders(organisation=organisation, booking=booking)
