"""Messages hold names, numbers and addresses, so they go when their organisation's time for that is up."""

from collections import Counter
from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.utils import timezone

from clinics.models import RetentionJob
from clinics.retention import note_run
from notifications.models import FINAL_STATES, IncomingMessage, Mailing, Message, SmsMinute

KEEP_DRAFTS = timedelta(days=1)
"""What somebody has begun to send by hand and not sent."""


def forget_messages() -> int:
    """Delete what was written or received longer ago than its organisation keeps messages; how many.

    What is still to be sent stays until it has been.
    """
    kept_for = ExpressionWrapper(
        F("organisation__settings__message_retention_days") * Value(timedelta(days=1)),
        output_field=DurationField(),
    )
    done = Message.across.filter(state__in=FINAL_STATES).annotate(kept_for=kept_for)
    old = dict(
        done.filter(created_at__lt=timezone.now() - F("kept_for")).values_list("pk", "organisation_id")
    )
    replies = IncomingMessage.across.annotate(kept_for=kept_for)
    old_replies = dict(
        replies.filter(received_at__lt=timezone.now() - F("kept_for")).values_list("pk", "organisation_id")
    )
    IncomingMessage.across.filter(pk__in=old_replies).delete()
    Message.across.filter(pk__in=old).delete()
    SmsMinute.across.filter(minute__lt=timezone.now() - timedelta(days=1)).delete()
    forget_mailings()
    note_run(RetentionJob.MESSAGES, Counter([*old.values(), *old_replies.values()]))
    return len(old) + len(old_replies)


def forget_mailings() -> int:
    """Deletes drafts of yesterday and what was sent by hand longer ago than messages are kept; how many."""
    drafts = Mailing.across.filter(state=Mailing.State.DRAFT, created_at__lt=timezone.now() - KEEP_DRAFTS)
    kept_for = ExpressionWrapper(
        F("organisation__settings__message_retention_days") * Value(timedelta(days=1)),
        output_field=DurationField(),
    )
    over = Mailing.across.filter(state__in=[Mailing.State.DONE, Mailing.State.STOPPED]).annotate(
        kept_for=kept_for
    )
    old = over.filter(created_at__lt=timezone.now() - F("kept_for"))
    ids = [*drafts.values_list("pk", flat=True), *old.values_list("pk", flat=True)]
    Mailing.across.filter(pk__in=ids).delete()
    return len(ids)
