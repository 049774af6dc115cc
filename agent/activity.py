"""What the agent has done of late, in counts and times: for its page and for `agent status`.

Nothing in here names a patient, so that all of it may be shown and sent to a support person.
"""

import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from agent import VERSION
from agent.private_files import write_private
from agent.redaction import without_personal_data
from agent.words import Words, _, listed, ngettext, restored, stored

FILE_NAME = "activity.json"
SAID = "book_trouble_said"  # in the file: the same in a form that can be said in another language
MOST_ENTRIES = 60
EVENT_WORDS: Mapping[str, Callable[[int], Words]] = {
    "booking.created": lambda number: ngettext("{number} new booking", "{number} new bookings", number),
    "booking.moved": lambda number: ngettext("{number} moved booking", "{number} moved bookings", number),
    "booking.cancelled": lambda number: ngettext(
        "{number} cancelled booking", "{number} cancelled bookings", number
    ),
    "appointment.move": lambda number: ngettext(
        "{number} moved appointment", "{number} moved appointments", number
    ),
    "appointment.cancel": lambda number: ngettext(
        "{number} cancelled appointment", "{number} cancelled appointments", number
    ),
    "patient.lookup": lambda number: ngettext("{number} patient login", "{number} patient logins", number),
}
OUTCOME_WORDS: Mapping[str, Words] = {
    "accepted": _("accepted"),
    "refused (taken)": _("refused (time taken)"),
    "refused (not-allowed)": _("refused (not allowed)"),
    "refused (other)": _("refused (other reason)"),
}
ALIVE_LATELY = timedelta(seconds=150)  # it looks after itself every minute


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that went over the line: ``direction`` is up, down or trouble."""

    at: str
    direction: str
    words: str
    times: int = 1


@dataclass
class Facts:
    """The newest of everything; moments are RFC 3339 in UTC, empty where it never happened."""

    version: str = VERSION
    started_at: str = ""
    alive_at: str = ""
    last_push_at: str = ""
    last_pull_at: str = ""
    heard_at: str = ""
    sequence: int = 0
    slots_pushed: int = 0
    trouble: str = ""
    trouble_kind: str = ""
    book_trouble: str = ""
    portal_state: str = ""
    portal_url: str = ""
    pending_events: int = 0
    clock_ahead_seconds: float | None = None
    outcomes: dict[str, int] = field(default_factory=dict)


class Activity:
    """Shared by the agent's threads; written down for other processes where a home is given."""

    def __init__(self, home: Path | None = None) -> None:
        self._home = home
        self._lock = Lock()
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        earlier = (facts_of(home) if home else None) or Facts()
        self._facts = Facts(
            started_at=_now(),
            last_push_at=earlier.last_push_at,
            last_pull_at=earlier.last_pull_at,
            sequence=earlier.sequence,
        )
        self._has_stopped = False

    @property
    def facts(self) -> Facts:
        with self._lock:
            return Facts(**asdict(self._facts))

    @property
    def entries(self) -> list[Entry]:
        """The newest first."""
        with self._lock:
            return list(reversed(self._entries))

    def heard(self) -> None:
        """The portal has answered."""
        with self._lock:
            self._facts.heard_at = _now()
            self._facts.trouble = self._facts.trouble_kind = ""

    def pushed(self, *, sequence: int, slots: int, weeks: int) -> None:
        with self._lock:
            self._facts.last_push_at = _now()
            self._facts.sequence = sequence
            self._facts.slots_pushed += slots
        words = _(
            "Push {sequence}: {weeks} with {stretches}",
            sequence=sequence,
            weeks=ngettext("{number} week", "{number} weeks", weeks),
            stretches=ngettext("{number} free stretch", "{number} free stretches", slots),
        )
        self._note("up", words)

    def sent(self, words: str) -> None:
        """Something else than free time has gone up."""
        self._note("up", words)

    def pulled(self, types: Iterable[str]) -> None:
        with self._lock:
            self._facts.last_pull_at = _now()
        for kind, number in sorted(Counter(types).items()):
            self._note("down", _events(kind, number))
        self._save()

    def answered(self, outcomes: Iterable[str]) -> None:
        counts = Counter(outcomes)
        with self._lock:
            self._facts.outcomes = dict(Counter(self._facts.outcomes) + counts)
        self._note("up", _("Answered: {outcomes}", outcomes=outcomes_told(counts)))

    def failed(self, words: str, *, kind: str = "") -> None:
        """The portal could not be reached, or has refused something, by the problem's type."""
        words = _careful(words)
        with self._lock:
            is_new = words != self._facts.trouble
            self._facts.trouble, self._facts.trouble_kind = words, kind
        if is_new:
            self._note("trouble", words)

    def book_failed(self, words: str) -> None:
        """The appointment book cannot be used; empty where it can again."""
        with self._lock:
            is_new = words != self._facts.book_trouble
            self._facts.book_trouble = words
        if is_new and words:
            self._note("trouble", words)

    def learned(self, status: Mapping[str, Any]) -> None:
        """The portal's answer to `status`."""
        portal = status.get("portal") or {}
        with self._lock:
            self._facts.portal_state = str(portal.get("state") or "")
            self._facts.portal_url = str(portal.get("url") or "")
            self._facts.sequence = int(status.get("sequence") or 0)
            self._facts.pending_events = int(status.get("pending_events") or 0)
        self._save()

    def clock_is(self, seconds_ahead: float | None) -> None:
        with self._lock:
            self._facts.clock_ahead_seconds = seconds_ahead
        self._save()

    def stopped(self) -> None:
        """The agent ends in an orderly way."""
        self._has_stopped = True
        self._save()

    def _note(self, direction: str, words: str) -> None:
        with self._lock:
            last = self._entries[-1] if self._entries else None
            is_same = last is not None and (last.direction, last.words) == (direction, words)
            times = self._entries.pop().times + 1 if is_same else 1
            self._entries.append(Entry(_now(), direction, words, times))
        self._save()

    def _save(self) -> None:
        if self._home is None:
            return
        with self._lock:
            self._facts.alive_at = "" if self._has_stopped else _now()
            document = {**asdict(self._facts), "entries": [asdict(one) for one in self._entries]}
            content = json.dumps({**document, SAID: stored(self._facts.book_trouble)})
            with suppress(OSError):  # a full disk must not keep the agent from its work
                write_private(self._home / FILE_NAME, content.encode())


def is_running(facts: Facts) -> bool:
    """Whether the agent that wrote these facts has been alive of late."""
    if not facts.alive_at:
        return False
    return datetime.now(UTC) - datetime.fromisoformat(facts.alive_at) < ALIVE_LATELY


def facts_of(home: Path) -> Facts | None:
    """What the agent of this home wrote down last, running or not."""
    try:
        document = json.loads((home / FILE_NAME).read_text(encoding="utf-8"))
        facts = Facts(**{name: document[name] for name in Facts.__dataclass_fields__ if name in document})
        facts.book_trouble = restored(document.get(SAID, facts.book_trouble))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return facts


def outcomes_told(counts: Mapping[str, int]) -> Words:
    """How many events were answered how."""
    return listed(
        _("{number} {outcome}", number=number, outcome=OUTCOME_WORDS.get(outcome, outcome))
        for outcome, number in sorted(counts.items())
    )


def _events(kind: str, number: int) -> str:
    told = EVENT_WORDS.get(kind)
    return told(number) if told else f"{number} {kind}"


def _careful(words: str) -> str:
    return (
        words.with_gaps(without_personal_data) if isinstance(words, Words) else without_personal_data(words)
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
