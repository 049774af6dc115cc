"""Sending by hand: prepared as a draft, sent once however often it is asked for, written in batches.

Who gets it is settled when it is prepared, and looked at once more when each message is written: who has
said no in between gets none. All SMS are counted against the limits at once, when it is sent.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from fractions import Fraction
from functools import partial
from math import ceil
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Mod
from django.utils import timezone

from clinics.models import Organisation, User
from clinics.scope import organisation_scope
from notifications.bell import have_done, wake_a_worker
from notifications.given_back import give_back_unwritten
from notifications.mailings import Progress, cancel_waiting_of, progress_of, take_allowance_for
from notifications.models import Channel, Mailing
from notifications.outbox import insert_and_ring
from notifications.quiet_hours import moment_to_send, quiet_of
from scheduling.desk import note
from scheduling.errors import ChangedMeanwhile
from scheduling.mailing_texts import FEW, GOES_WITHIN, Writer
from scheduling.models import Recipient
from scheduling.models.desk import Act
from scheduling.recipients import CANCELLED, Candidate, sort_out, unwanted_by

BATCH = 200
"""Messages that are written in one transaction."""
MOST_MEASURED = 500
"""Messages whose length is looked at for the estimate."""
TASK = "scheduling.tasks.write_mailing"


@transaction.atomic
def begin_mailing(
    *,
    organisation: Organisation,
    kind: str,
    channel: str,
    candidates: Iterable[Candidate],
    member: User,
) -> Mailing:
    """A draft to those of the candidates to whom it may go; who else there was is counted by the reason."""
    candidates = list(candidates)
    found = sort_out(
        organisation=organisation,
        channel=channel,
        kind=kind,
        candidates=candidates,
        is_single=len(candidates) == 1,
    )
    mailing: Mailing = Mailing.objects.create(
        organisation=organisation,
        kind=kind,
        channel=channel,
        member=member,
        who=str(member)[:254],
        left_out=dict(found.left_out),
        many=len(found.going),
    )
    Recipient.objects.bulk_create([recipient_of(mailing, each) for each in found.going], batch_size=1000)
    return mailing


def recipient_of(mailing: Mailing, candidate: Candidate) -> Recipient:
    return Recipient(
        organisation_id=mailing.organisation_id,
        mailing=mailing,
        booking_id=candidate.booking_id,
        to=candidate.to,
        language=candidate.language,
    )


def languages_of(organisation: Organisation, mailing: Mailing) -> list[str]:
    """In which languages it is written, those of the organisation first and in its order."""
    rows = Recipient.objects.filter(organisation=organisation, mailing=mailing)
    spoken = set(rows.values_list("language", flat=True).distinct())
    return [code for code in organisation.languages if code in spoken]


def word_mailing(
    *, organisation: Organisation, mailing: Mailing, words: dict[str, dict[str, str]]
) -> Mailing:
    """Stores the words, and what the SMS will take and cost. Raises ChangedMeanwhile once it is sent."""
    with transaction.atomic():
        locked = locked_mailing(organisation, mailing)
        if locked.state != Mailing.State.DRAFT:
            raise ChangedMeanwhile
        locked.words = words
        locked.parts, locked.cost = estimate(organisation, locked)
        locked.save(update_fields=["words", "parts", "cost"])
    return locked


def estimate(organisation: Organisation, mailing: Mailing) -> tuple[int, int]:
    """Parts of SMS, and their price in ten-thousandths; nothing for e-mail.

    Of very many some are measured, evenly spread, so that nobody waits for the page.
    """
    if mailing.channel != Channel.SMS:
        return 0, 0
    writer = Writer(organisation, mailing, timezone.now())
    rows, step = recipients_of(organisation, mailing), -(-mailing.many // MOST_MEASURED)
    if step > 1:
        rows = rows.alias(turn=Mod(F("pk"), step)).filter(turn=0)
    measured = parts = cost = 0
    for recipients in in_batches(rows):
        for one in writer.write(recipients):
            measured += 1
            parts += one.parts
            cost += one.cost
    share = Fraction(mailing.many, measured or 1)
    return ceil(parts * share), ceil(cost * share)


def recipients_of(organisation: Organisation, mailing: Mailing) -> QuerySet[Recipient]:
    rows: QuerySet[Recipient] = Recipient.objects.filter(organisation=organisation, mailing=mailing)
    return rows.order_by("pk")


def in_batches(rows: QuerySet[Recipient]) -> Iterator[list[Recipient]]:
    last = 0
    while found := list(rows.filter(pk__gt=last)[:BATCH]):
        yield found
        last = found[-1].pk


def stamp_of(mailing: Mailing) -> str:
    """Stands for what its sender has been shown of it."""
    shown = [mailing.words, mailing.left_out, mailing.many, mailing.parts, mailing.cost]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


def leaves_at(organisation: Organisation, *, ignores_quiet: bool = False) -> datetime:
    """When the first of it would go, were it sent now."""
    now = timezone.now()
    if ignores_quiet:
        return now
    moment = moment_to_send(
        now,
        quiet=quiet_of(organisation),
        zone=ZoneInfo(organisation.time_zone),
        earliest=now,
        latest=now + GOES_WITHIN,
    )
    return moment or now


def send_mailing(
    *, organisation: Organisation, mailing: Mailing, seen: str, ignores_quiet: bool, who: str
) -> bool:
    """Sends it as it was seen; False where that was done before, so that a second press sends nothing.

    Raises ChangedMeanwhile where the draft is not as it was shown, and SmsNotAllowed past a limit.
    """
    with transaction.atomic():
        locked = locked_mailing(organisation, mailing)
        if locked.state != Mailing.State.DRAFT:
            return False
        if stamp_of(locked) != seen or not locked.many or not locked.words:
            raise ChangedMeanwhile
        if locked.channel == Channel.SMS:
            take_allowance_for(
                organisation=organisation,
                many=locked.many,
                cost=locked.cost,
                leaves_at=leaves_at(organisation, ignores_quiet=ignores_quiet),
            )
        locked.state, locked.sent_at = Mailing.State.SENDING, timezone.now()
        locked.ignores_quiet = ignores_quiet
        locked.save(update_fields=["state", "sent_at", "ignores_quiet"])
        note(organisation=organisation, act=Act.MAILED, who=who, kind=locked.kind, many=locked.many)
        if locked.many <= FEW:
            while write_batch(organisation, locked):
                pass
        else:
            transaction.on_commit(partial(have_done, TASK, locked.pk, write_mailing), robust=True)
    return True


def locked_mailing(organisation: Organisation, mailing: Mailing) -> Mailing:
    """Locked: of two who press at once the second sees what the first did."""
    found: Mailing = Mailing.objects.select_for_update().get(organisation=organisation, pk=mailing.pk)
    return found


def write_mailing(mailing_id: int) -> None:
    """Writes all messages of a mailing that was sent, in batches; twice writes each once."""
    mailing = Mailing.across.filter(pk=mailing_id).first()
    if mailing is None:
        return
    with organisation_scope(mailing.organisation_id):
        organisation = Organisation.objects.select_related("settings").get(pk=mailing.organisation_id)
        while write_next(organisation, mailing.pk):
            pass
    wake_a_worker()


def unwritten_mailings() -> list[int]:
    """Sent, but not all of it is written: no bell was heard, or a worker died."""
    rows = Mailing.across.filter(state=Mailing.State.SENDING).order_by("sent_at")
    return list(rows.values_list("pk", flat=True))


def write_next(organisation: Organisation, mailing_id: int) -> bool:
    """One batch in a transaction of its own, unless another worker is at it; whether there may be more."""
    with transaction.atomic():
        rows = Mailing.objects.select_for_update(skip_locked=True).filter(organisation=organisation)
        mailing = rows.filter(pk=mailing_id, state=Mailing.State.SENDING).first()
        return mailing is not None and write_batch(organisation, mailing)


def write_batch(organisation: Organisation, mailing: Mailing) -> bool:
    """Writes the messages of the next recipients of a locked mailing, who go; False once there are none."""
    recipients = list(recipients_of(organisation, mailing)[:BATCH])
    if not recipients:
        mailing.state, mailing.words = Mailing.State.DONE, {}
        mailing.save(update_fields=["state", "words"])
        return False
    unwanted = unwanted_by(
        organisation=organisation,
        channel=mailing.channel,
        kind=mailing.kind,
        addresses=[row.to for row in recipients],
    )
    left_out = Counter(unwanted[row.to] for row in recipients if row.to in unwanted)
    going = [row for row in recipients if row.to not in unwanted]
    done = list(Writer(organisation, mailing, mailing.sent_at or timezone.now()).write(going))
    left_out.update(one.reason for one in done if one.reason)
    messages = [one.message for one in done if one.message]
    if messages:
        insert_and_ring(messages)
    Recipient.objects.filter(organisation=organisation, pk__in=[row.pk for row in recipients]).delete()
    leave_out(mailing, left_out)
    return True


def leave_out(mailing: Mailing, more: Counter[str]) -> None:
    """Counts who does not get it after all."""
    if not more:
        return
    mailing.left_out = dict(Counter(mailing.left_out) + more)
    mailing.many = max(0, mailing.many - more.total())
    mailing.save(update_fields=["left_out", "many"])


def stop_mailing(*, organisation: Organisation, mailing: Mailing, who: str) -> int:
    """Cancels what still waits of it, written or not; how many messages. What is just leaving leaves."""
    with transaction.atomic():
        locked = locked_mailing(organisation, mailing)
        if locked.state not in (Mailing.State.SENDING, Mailing.State.DONE):
            return 0
        unwritten, _by_model = recipients_of(organisation, locked).delete()
        if unwritten and locked.channel == Channel.SMS:
            give_back_unwritten(
                organisation_id=organisation.pk,
                day=Writer(organisation, locked, locked.sent_at or timezone.now()).counted_on,
                many=unwritten,
                cost=locked.cost * unwritten // max(locked.many, 1),
            )
        many = unwritten + cancel_waiting_of(organisation=organisation, mailing=locked)
        if not many:
            return 0
        leave_out(locked, Counter({CANCELLED: unwritten} if unwritten else {}))
        locked.state, locked.words = Mailing.State.STOPPED, {}
        locked.save(update_fields=["state", "words"])
        note(organisation=organisation, act=Act.STOPPED, who=who, kind=locked.kind, many=many)
    return many


def how_far(*, organisation: Organisation, mailing: Mailing) -> Progress:
    """What has become of its messages so far."""
    unwritten = recipients_of(organisation, mailing).count()
    return progress_of(organisation=organisation, mailing=mailing, unwritten=unwritten)
