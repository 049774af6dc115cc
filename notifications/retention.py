"""Messages hold names, numbers and addresses, so they go when their organisation's time for that is up."""

from collections import Counter
from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.utils import timezone

from clinics.models import RetentionJob
from clinics.retention import note_run
from notifications.models import FINAL_STATES, IncomingMessage, Message, SmsMinute


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
    note_run(RetentionJob.MESSAGES, Counter([*old.values(), *old_replies.values()]))
    return len(old) + len(old_replies)
