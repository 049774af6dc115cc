"""Messages are kept as long as their organisation keeps personal data, and no longer."""

from datetime import timedelta

from django.utils import timezone

from clinics.models import Organisation
from notifications.models import Message, State
from notifications.retention import forget_messages
from tests.notifications.conftest import Queued


def test_forget_deletes_what_is_done_and_old_by_each_organisations_rule(
    waiting: Queued, organisation: Organisation, other_organisation: Organisation
) -> None:
    other_organisation.settings.message_retention_days = 30
    other_organisation.settings.save()
    now = timezone.now()
    long_ago = now - timedelta(days=60)
    sent = {"state": State.SENT, "sent_at": now}
    waiting(organisation=other_organisation, created_at=long_ago, **sent)
    kept = [
        waiting(organisation=other_organisation, **sent),
        waiting(organisation=other_organisation, created_at=long_ago),
        waiting(created_at=long_ago, **sent),
    ]

    assert forget_messages() == 1
    assert set(Message.across.values_list("pk", flat=True)) == {message.pk for message in kept}
