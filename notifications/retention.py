"""Messages hold names, numbers and addresses, so they go when their organisation's time for that is up."""

from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.utils import timezone

from notifications.models import FINAL_STATES, Message


def forget_messages() -> int:
    """Delete what was written longer ago than its organisation keeps personal data; how many messages.

    What is still to be sent stays until it has been.
    """
    kept_for = ExpressionWrapper(
        F("organisation__settings__retention_days") * Value(timedelta(days=1)), output_field=DurationField()
    )
    done = Message.across.filter(state__in=FINAL_STATES).annotate(kept_for=kept_for)
    old = done.filter(created_at__lt=timezone.now() - F("kept_for")).values("pk")
    forgotten, _by_model = Message.across.filter(pk__in=old).delete()
    return forgotten
