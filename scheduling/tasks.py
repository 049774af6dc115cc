"""Work that runs by the clock; doing any of it twice does it once."""

import logging

from celery import shared_task

from clinics.models import Organisation
from clinics.retention import forget_audit
from clinics.scope import organisation_scope
from notifications.bell import have_done
from scheduling.appointment_changes import forget_changes
from scheduling.day_numbers import keep_day_numbers
from scheduling.eid_logins import forget_attempts
from scheduling.events import close_lapsed_lookups
from scheduling.free_weeks import differing_weeks, rebuild_free_weeks
from scheduling.holds import release_all_expired_holds
from scheduling.login_codes import TASK as ANSWER_CODE
from scheduling.login_codes import answer_code, forget_login_codes, unanswered_codes
from scheduling.logins import forget_logins
from scheduling.mailings import unwritten_mailings
from scheduling.mailings import write_mailing as write_out
from scheduling.models import Wish
from scheduling.offers import offer_free_times
from scheduling.reminder_plans import organisations_to_plan, plan_all
from scheduling.retention import forget_addresses, forget_desk_acts, forget_details
from scheduling.sms_alarms import watch_codes, watch_spending
from scheduling.wishes import forget_wishes

log = logging.getLogger(__name__)
_BATCH = 100


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
    forget_wishes()
    forget_attempts()
    forget_changes()


@shared_task(ignore_result=True)
def close_lookups() -> None:
    """Closes the agents' events for lookups that nobody waits for any more."""
    close_lapsed_lookups()


@shared_task(ignore_result=True, acks_late=True)
def offer_times(organisation_id: int) -> None:
    """Offers what is free to one organisation's waiting list."""
    with organisation_scope(organisation_id):
        offer_free_times(organisation=Organisation.objects.select_related("settings").get(pk=organisation_id))


@shared_task(ignore_result=True)
def sweep_waiting_lists() -> None:
    """The same for every organisation where somebody waits: no bell has to be heard."""
    waiting = Wish.across.filter(state=Wish.State.WAITING).values_list("organisation_id", flat=True)
    for organisation_id in sorted(set(waiting.distinct())):
        offer_times(organisation_id)


@shared_task(ignore_result=True, acks_late=True)
def answer_login_code(code_id: int) -> None:
    """Sends the code that somebody asked for to log in, where the clinic knows the number."""
    answer_code(code_id)


@shared_task(ignore_result=True)
def sweep_login_codes() -> None:
    """Rings for the codes that no bell rang for."""
    for code_id in unanswered_codes(limit=_BATCH):
        have_done(ANSWER_CODE, code_id, answer_code)


@shared_task(ignore_result=True)
def forget_ended_logins() -> None:
    """Deletes logins that have ended, with what they saw, and codes that nobody can use."""
    forget_logins()
    forget_login_codes()


@shared_task(ignore_result=True)
def watch_sms() -> None:
    """Pauses codes that nobody uses, and tells of money for SMS that runs out."""
    watch_codes()
    watch_spending()


@shared_task(ignore_result=True)
def forget_old_audit() -> None:
    """Takes out of the audit log what its organisation keeps no longer, acts at the desk included."""
    forget_audit(besides=forget_desk_acts())


@shared_task(ignore_result=True)
def keep_numbers() -> None:
    """Keeps what was booked on the days that are over, for the statistics of each organisation."""
    for organisation in Organisation.objects.all():
        with organisation_scope(organisation.pk):
            keep_day_numbers(organisation=organisation)


@shared_task(ignore_result=True, acks_late=True)
def plan_all_reminders() -> None:
    """Goes through the coming bookings of organisations in which reminders have to follow a change."""
    for organisation_id in organisations_to_plan():
        plan_all(organisation_id)


@shared_task(ignore_result=True, acks_late=True)
def write_mailing(mailing_id: int) -> None:
    """Writes the messages of what somebody has sent by hand."""
    write_out(mailing_id)


@shared_task(ignore_result=True, acks_late=True)
def write_mailings() -> None:
    """The same for those that no bell was heard for, or whose worker died."""
    for mailing_id in unwritten_mailings():
        write_out(mailing_id)
