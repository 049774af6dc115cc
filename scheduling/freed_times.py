"""The bell for the waiting list: rung by whatever may have made time free."""

from functools import partial

from django.db import transaction

from clinics.models import Organisation
from notifications.bell import told_a_worker
from scheduling.models import Wish

TASK = "scheduling.tasks.offer_times"


def ring_for_waiting(*, organisation: Organisation) -> None:
    """Has free times offered to who waits for them, once the transaction commits.

    One small query where nobody waits. A bell that is not heard loses nothing: the sweep comes by.
    """
    if Wish.objects.filter(organisation=organisation, state=Wish.State.WAITING).exists():
        transaction.on_commit(partial(told_a_worker, TASK, organisation.pk), robust=True)
