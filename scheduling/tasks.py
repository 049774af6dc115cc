"""Work that runs by the clock; doing any of it twice does it once."""

import logging

from celery import shared_task

from clinics.models import Organisation
from clinics.scope import organisation_scope
from scheduling.free_weeks import differing_weeks, rebuild_free_weeks
from scheduling.holds import release_all_expired_holds
from scheduling.retention import forget_addresses, forget_details

log = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def release_expired_holds() -> None:
    """Gives back the times whose holds have run out."""
    release_all_expired_holds()


@shared_task(ignore_result=True)
def verify_free_weeks() -> None:
    """Proves the weeks worked out beforehand equal to a fresh calculation; reports and mends what differs."""
    for organisation in Organisation.objects.select_related("settings"):
        with organisation_scope(organisation.pk):
            differing = differing_weeks(organisation=organisation)
            if differing:
                log.error("organisation %s has %s free weeks that differ", organisation.pk, differing)
                rebuild_free_weeks(organisation=organisation)


@shared_task(ignore_result=True)
def forget_expired_details() -> None:
    """Deletes what patients typed and no longer need, and what retention has run out for."""
    forget_details()
    forget_addresses()
