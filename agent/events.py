"""Takes what happened on the portal, writes it into the book, and only then acknowledges it."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

from agent.book import Book
from agent.bookings import result_of
from agent.lookups import answer_lookup
from agent.portal import Portal
from agent.problems import PortalError

log = logging.getLogger(__name__)

WAIT_SECONDS = 25

Answers = Sequence[tuple[Mapping[str, Any], Mapping[str, object]]]
"""Events, each with its result."""


class EventReader:
    """Reads the portal's events; an event cut off halfway comes again and changes nothing twice."""

    def __init__(
        self,
        book: Book,
        portal: Portal,
        *,
        on_change: Callable[[], object],
        on_taken: Callable[[str], object],
    ) -> None:
        """``on_taken`` hears whose time the portal changes by itself at an event or its answer."""
        self._book = book
        self._portal = portal
        self._on_change = on_change
        self._on_taken = on_taken
        self.on_answers: Callable[[Answers], object] = lambda answers: None
        """Hears, before the portal does, how each event has been answered."""
        self._unheard: set[str] = set()  # whose time an answer is about that the portal may not have had
        self.writing = Lock()  # held from the first write to the acknowledgement

    def read(self, *, wait: int = WAIT_SECONDS) -> int:
        """Handle what there is, waiting for it at most ``wait`` seconds; the number of events."""
        events = self._portal.events(wait=wait)
        self._doubt(self._unheard)
        if events:
            with self.writing:
                results = [self._handle(event) for event in events]
                self._unheard = set().union(*map(practitioners_touched, events, results))
                answers = list(zip(events, results, strict=True))
                self.on_answers(answers)
                self._on_change()
                self._acknowledge(answers)
            self._doubt(self._unheard)
        return len(events)

    def _doubt(self, practitioners: Iterable[str]) -> None:
        for practitioner in sorted(practitioners):
            self._on_taken(practitioner)
        self._unheard = set()

    def _handle(self, event: Mapping[str, Any]) -> dict[str, object]:
        if event.get("type") == "patient.lookup":
            return answer_lookup(event, self._book, self._portal)
        return result_of(event, self._book)

    def _acknowledge(self, answers: Answers) -> None:
        results = [result for _, result in answers]
        try:
            self._portal.acknowledge(results)
        except PortalError as problem:
            if problem.kind != "already-acknowledged":
                raise
            self._acknowledge_singly(answers)
        counts = Counter(f"{result['outcome']} {result.get('reason', '')}".strip() for result in results)
        log.info(
            "Events: %s.", ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
        )

    def _acknowledge_singly(self, answers: Answers) -> None:
        """One that was answered otherwise before must not hold up the others; how it stands is told anew."""
        for event, result in answers:
            try:
                self._portal.acknowledge([result])
            except PortalError as problem:
                if problem.kind != "already-acknowledged":
                    raise
                log.warning("Event %s had been answered otherwise.", result["event"])
                self.on_answers([(event, {**result, "outcome": "refused"})])


def practitioners_touched(event: Mapping[str, Any], result: Mapping[str, object]) -> set[str]:
    """Whose free time the portal has by itself: what a booking has left is free there at once, and what
    is refused as taken is not."""
    data = event.get("data") or {}
    is_left = event.get("type") in ("booking.moved", "booking.cancelled")
    if not is_left and result.get("reason") != "taken":
        return set()
    places = [data, data.get("old") or {}, data.get("new") or {}]
    return {str(place["practitioner"]) for place in places if place.get("practitioner")}
