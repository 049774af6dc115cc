"""A bot that has codes sent, by many numbers, prefixes and addresses; needs Django set up."""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connections, transaction
from django.utils import timezone

from clinics.models import Organisation
from clinics.scope import organisation_scope
from notifications.allowance import UNIT, is_mobile, region_of
from notifications.claims import due_messages
from notifications.errors import SmsNotAllowed
from notifications.models import Channel, Kind, Message, SmsMonth
from notifications.outbox import queue_message

ABROAD = ["+447400", "+12015550", "+88213", "+2526", "+21261", "+3725"]
NOT_MOBILE = ["+358600", "+35820", "+3588001", "+35891", "+47829", "+478501", "+46900", "+46740"]
MOBILE = ["+35840", "+35850", "+35844", "+46701", "+46731", "+47406", "+47916"]
BLOCKS = ["+3584012345", "+3585098765"]


@dataclass
class Figures:
    """What came of it; money in the currency of SMS_PRICES."""

    asked: int
    outcomes: Counter[str] = field(default_factory=Counter)
    spent: float = 0.0
    cap: float = 0.0
    queued: int = 0
    wrong: int = 0
    """Queued to another country or to what is no mobile."""
    other_seconds: float = 0.0
    """How long another organisation's code took to be queued in the midst of it, at worst."""
    other_place: int = 0
    """Its place among what is due, by what has to be sent before it, at worst."""

    @property
    def is_right(self) -> bool:
        return self.spent <= self.cap and not self.wrong and self.other_seconds < 5 and self.other_place <= 2

    def __str__(self) -> str:
        return (
            f"{self.asked} codes asked for: {dict(self.outcomes.most_common())}.\n"
            f"{self.queued} queued, estimated at {self.spent:.2f} of {self.cap:.2f}; {self.wrong} to a"
            f" forbidden country or type.\n"
            f"A code elsewhere: within {self.other_seconds:.2f} s, place {self.other_place} in the queue."
        )


def number(chance: random.Random) -> str:
    """Much of it to blocks of numbers, as bots do; some abroad, some to what is no mobile."""
    start = chance.choices([MOBILE, BLOCKS, ABROAD, NOT_MOBILE], [6, 2, 1, 1])[0]
    prefix = chance.choice(start)
    length = {"+46": 12, "+47": 11}.get(prefix[:3], 13)
    return prefix + "".join(chance.choices("0123456789", k=length - len(prefix)))


def ask(organisation: Organisation, to: str, about: str, asked_from: str) -> str:
    """Which limit refused the code; empty where it is queued."""
    try:
        with transaction.atomic():
            queue_message(
                organisation=organisation,
                kind=Kind.CODE,
                channel=Channel.SMS,
                to=to,
                language="fi",
                values={"code": "123456", "minutes": "10", "clinic": organisation.name},
                about=about,
                not_after=timezone.now() + timedelta(minutes=10),
                asked_from=asked_from,
            )
    except SmsNotAllowed as refused:
        return refused.limit
    return ""


def pump(target: Organisation, other: Organisation, *, requests: int, threads: int) -> Figures:
    """Asks so often from so many threads; ten times meanwhile somebody else asks elsewhere."""
    figures, turn, asking = Figures(requests), iter(range(requests)), threading.Lock()

    def bot(seed: int) -> None:
        chance = random.Random(seed)
        found: Counter[str] = Counter()
        try:
            with organisation_scope(target.pk):
                while True:
                    with asking:
                        which = next(turn, None)
                    if which is None:
                        break
                    found[
                        ask(target, number(chance), f"pump:{which}", f"bot {chance.randrange(200)}")
                        or "queued"
                    ] += 1
        finally:
            with asking:
                figures.outcomes += found
            connections.close_all()

    bots = [threading.Thread(target=bot, args=(seed,)) for seed in range(threads)]
    for each in bots:
        each.start()
    for patient in range(10):
        ask_elsewhere(other, patient, figures)
    for each in bots:
        each.join()
    ask_elsewhere(other, 10, figures)
    judge(target, figures)
    return figures


def ask_elsewhere(other: Organisation, patient: int, figures: Figures) -> None:
    began = timezone.now()
    with organisation_scope(other.pk):
        if ask(other, f"+35844{patient:02}34567", f"patient:{patient}", f"patient {patient}"):
            figures.other_seconds = float("inf")
    figures.other_seconds = max(figures.other_seconds, (timezone.now() - began).total_seconds())
    own = set(Message.across.filter(organisation=other).values_list("pk", flat=True))
    places = [place for place, due in enumerate(due_messages(limit=50), 1) if due in own]
    figures.other_place = max(figures.other_place, places[0] if places else 51)


def judge(target: Organisation, figures: Figures) -> None:
    """By what is in the database."""
    to = list(Message.across.filter(organisation=target).values_list("to", flat=True))
    allowed = target.settings.sms_countries
    figures.queued = len(to)
    figures.wrong = sum(region_of(each) not in allowed or not is_mobile(each) for each in to)
    figures.spent = sum(SmsMonth.across.filter(organisation=target).values_list("spent", flat=True)) / UNIT
    figures.cap = target.settings.sms_monthly_cap
