"""What patients send back: kept once, tied to what it answers; STOP is heard at once."""

import logging
import re

from django.db import transaction
from django.db.models import Case, QuerySet, Value, When

from clinics.models import OrganisationSettings
from clinics.scope import organisation_scope
from notifications.models import PLANNED, Channel, IncomingMessage, Message, OptOut, Priority, State
from notifications.refusals import lift_opt_out
from notifications.transports.callbacks import Arrival

logger = logging.getLogger(__name__)

_STOP = """
    stop stopall unsubscribe optout
    lopeta lopettakaa seis
    stopp sluta avsluta avregistrera
    slutt avslutt avmeld
"""
STOP_WORDS = frozenset(_STOP.split())
"""In English, Finnish, Swedish and Norwegian, as the first of one or two words: "STOPP SMS"."""
STOP_ALONE = frozenset({"end", "quit", "cancel", "revoke"})
"""English words that carriers know; only if nothing else is said, since patients write so of their times."""
START_WORDS = frozenset({"start", "unstop", "aloita", "starta", "börja", "begynn"})
_LONGEST_TEXT = 2000
_IS_PLANNED = Case(When(kind__in=PLANNED, then=Value(True)), default=Value(False))
_MOST_WORDS = 2


def receive(*, route: str, organisation_id: int | None, arrival: Arrival) -> IncomingMessage | None:
    """The message as it was stored, or None for one that was known already or that is for nobody.

    ``organisation_id`` is None for the operator's account, by whose numbers several organisations may send.
    """
    owner = organisation_id or owner_of(arrival)
    if owner is None:
        logger.warning("A message came by %s to a number that no organisation uses", route)
        return None
    stored: IncomingMessage
    with transaction.atomic():
        stored, is_new = IncomingMessage.across.get_or_create(
            route=route,
            provider_reference=clean(arrival.reference, 255),
            defaults={
                "organisation_id": owner,
                "sender": clean(arrival.sender, 20),
                "to": clean(arrival.to, 20),
                "text": clean(arrival.text, _LONGEST_TEXT),
            },
        )
        if not is_new:
            return None
        tie(stored)
        heed(stored)
    return stored


def clean(text: str, longest: int) -> str:
    """What can be stored of it: neither NUL nor halves of characters."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()[:longest]


def owner_of(arrival: Arrival) -> int | None:
    """Whose number it was sent to; of several, who wrote last to whoever sent it."""
    to = clean(arrival.to, 20)
    owners = set(OrganisationSettings.objects.filter(sms_sender=to).values_list("organisation_id", flat=True))
    if len(owners) <= 1:
        return next(iter(owners), None)
    latest = answerable(clean(arrival.sender, 20)).filter(organisation_id__in=owners, sent_from=to).first()
    return latest.organisation_id if latest else None


def answerable(mobile: str) -> QuerySet[Message]:
    """Messages to this number that could be replied to, the latest first."""
    return Message.across.filter(
        channel=Channel.SMS, to=mobile, replies_allowed=True, sent_at__isnull=False
    ).order_by("-sent_at")


def tie(stored: IncomingMessage) -> None:
    """To the latest message that it can answer."""
    answered = answerable(stored.sender).filter(organisation_id=stored.organisation_id).first()
    if answered is not None:
        IncomingMessage.across.filter(pk=stored.pk).update(answers=answered)
        Message.across.filter(pk=answered.pk, answered_at__isnull=True).update(answered_at=stored.received_at)
        stored.answers = answered


def heed(stored: IncomingMessage) -> None:
    """STOP ends reminders and marketing, those that wait included; START lets them go again.

    What the plan had made wait may be wanted by it again; marketing that was cancelled stays so.
    """
    if is_stop(stored.text):
        OptOut.across.get_or_create(
            organisation_id=stored.organisation_id,
            mobile=stored.sender,
            defaults={"word": stored.text.strip()[:40], "since": stored.received_at},
        )
        Message.across.filter(
            organisation_id=stored.organisation_id,
            channel=Channel.SMS,
            to=stored.sender,
            priority__gte=Priority.REMINDER,
            state=State.WAITING,
            is_secret=False,
        ).update(state=State.CANCELLED, last_error="STOP", is_withdrawn=_IS_PLANNED)
    elif is_start(stored.text):
        with organisation_scope(stored.organisation_id):
            lift_opt_out(organisation=stored.organisation, mobile=stored.sender)


def is_stop(text: str) -> bool:
    said = words_in(text)
    if len(said) == 1 and said[0] in STOP_ALONE:
        return True
    return 1 <= len(said) <= _MOST_WORDS and said[0] in STOP_WORDS


def is_start(text: str) -> bool:
    said = words_in(text)
    return len(said) == 1 and said[0] in START_WORDS


def words_in(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
