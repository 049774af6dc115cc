"""Tells the portal what the desk did in the book to bookings that came from the portal.

What the portal has answered last of each booking is kept in the agent's home. Only what stands otherwise in
the book is told, and told again after a crash: the portal takes the same twice for once.
"""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from agent.book import Book, PortalBooking, TellsOfPortalBookings
from agent.events import Answers
from agent.portal import Portal
from agent.problems import NotOffered, PortalError
from agent.push_state import DOUBTED, PushState
from agent.wire import encoded

log = logging.getLogger(__name__)

LOOKED_BACK = timedelta(days=7)  # whether a patient came is often noted after the visit
LONG_AGO = timedelta(days=400)  # what the desk has moved into the past is not gone
AT_ONCE = 20  # told before the events get their turn
NOT_TAKEN = ("unknown-id", "invalid-body")


class DeskChanges:
    """Looks through the book's portal bookings; every step may be cut off and taken up again."""

    def __init__(self, book: Book, portal: Portal, state: PushState, *, writing: Lock) -> None:
        """``writing`` is held while an event is written and answered: nothing is told in between."""
        self._book = book
        self._portal = portal
        self._state = state
        self._writing = writing
        self._is_older = False  # than this agent: the portal does not know bookings by the book

    def follow(self, answers: Answers) -> bool:
        """Note what the portal has by itself of the bookings in events that are about to be answered.

        Whether some have to be told anew: what was refused, the portal may make up for in its own way.
        """
        known = self._state.told_bookings()
        accepted, refused = {}, []
        for event, result in answers:
            booking = str((event.get("data") or {}).get("booking") or "")
            if booking and result["outcome"] == "refused":
                refused.append(booking)
            elif booking and (standing := self._standing_after(event)):
                accepted[booking] = f"{DOUBTED}{standing}" if _is_doubted(known, booking) else standing
        self._state.note_bookings(accepted)
        self._state.doubt_bookings(refused)
        return bool(refused)

    def _standing_after(self, event: Mapping[str, Any]) -> str:
        """How the portal has the booking that an event is about; empty where the book cannot tell of it."""
        data = event["data"]
        if event["type"] == "booking.cancelled":
            return "cancelled"
        place = data.get("new") or data
        return _answered({"state": "booked", **place}) if self._tells_of(place) else ""

    def _tells_of(self, place: Mapping[str, Any]) -> bool:
        book = self._book
        return isinstance(book, TellsOfPortalBookings) and book.tells_of(str(place["practitioner"]))

    def meet(self, now: datetime) -> None:
        """Learn how the portal has the bookings that the book should have.

        The agent's home may be new, and either side an older copy of itself: whatever differs is told next.
        """
        with self._writing:
            try:
                standing = {str(one["booking"]): one for one in self._portal.bookings()}
            except NotOffered:
                log.info("The portal does not say which of its bookings the book should have.")
                self._is_older = True
                return
            self._is_older = False
            known = self._state.told_bookings()
            self._state.note_bookings(
                {
                    booking: _answered(one)
                    for booking, one in standing.items()
                    if self._tells_of(one) and not _is_doubted(known, booking)
                }
            )
            self._state.doubt_bookings(
                booking for booking in known.keys() - standing.keys() if _is_to_come(known[booking], now)
            )

    def tell(self, now: datetime) -> int:
        """Tell the portal of every booking that it has otherwise than the book; how many."""
        told: set[str] = set()
        book = self._book
        while isinstance(book, TellsOfPortalBookings):
            with self._writing:
                news = self._news(book, now, told)
                for entry in news[:AT_ONCE]:
                    self._tell(entry)
                    told.add(entry.booking)
            if len(news) <= AT_ONCE:
                break
        if told:
            log.info("Told the portal how %s of its bookings stand in the book.", len(told))
        return len(told)

    def _news(self, book: TellsOfPortalBookings, now: datetime, told: set[str]) -> list[PortalBooking]:
        known = self._state.told_bookings()
        entries = book.portal_bookings(ended_after=now - LOOKED_BACK)
        gone = known.keys() - {entry.booking for entry in entries}
        if any(_is_to_come(known[booking], now) for booking in gone):
            long_ago = book.portal_bookings(ended_after=now - LONG_AGO)
            entries += [entry for entry in long_ago if entry.booking in gone]
        self._tell_missing(known, {entry.booking for entry in entries}, now)
        return [
            entry
            for entry in entries
            if entry.booking not in told and known.get(entry.booking) != _standing(entry)
        ]

    def _tell_missing(self, known: Mapping[str, str], there: set[str], now: datetime) -> None:
        """What the portal has and the book has no more: somebody at the clinic has to say what is right."""
        gone = known.keys() - there
        for booking in sorted(gone):
            if _is_to_come(known[booking], now) and self._tells_of(_place_in(known[booking])):
                try:
                    self._portal.put_booking(booking, {"state": "missing"})
                except PortalError as problem:
                    if not self._is_answer(problem):
                        raise
                log.warning("The book has lost one of the portal's bookings; the portal has been told.")
                self._state.forget_bookings([booking])
        self._state.forget_bookings(gone)

    def _is_answer(self, problem: PortalError) -> bool:
        """Whether asking again would be answered no otherwise."""
        return problem.kind in NOT_TAKEN or (self._is_older and isinstance(problem, NotOffered))

    def _tell(self, entry: PortalBooking) -> None:
        known = self._state.told_bookings().get(entry.booking)
        try:
            answer = self._portal.put_booking(entry.booking, _body(entry, known))
        except PortalError as problem:
            if not self._is_answer(problem):
                raise
            log.warning(
                "The portal did not take how one of its bookings stands in the book (%s).", problem.kind
            )
            self._state.note_bookings({entry.booking: _standing(entry)})
        else:
            self._state.note_bookings({entry.booking: _answered(answer)})


def _body(entry: PortalBooking, known: str | None) -> dict[str, object]:
    """What the portal has so already it neither changes nor tells anybody of."""
    told: dict[str, object] = {"state": entry.state, "notify_patient": entry.tells_patient}
    if entry.state == "cancelled":
        return told
    place = entry.place
    if entry.state == "booked" and known is not None:
        told["state"] = "moved"
    return {
        **told,
        "start": place.during.start.isoformat(),
        "end": place.during.end.isoformat(),
        "practitioner": place.practitioner,
        "clinic": place.clinic,
    }


def _standing(entry: PortalBooking) -> str:
    """How it stands, so that equal texts mean the same; where it was does not matter once it is cancelled."""
    if entry.state == "cancelled":
        return "cancelled"
    place = entry.place
    return _written(entry.state, place.during.start, place.during.end, place.practitioner, place.clinic)


def _place_in(standing: str) -> dict[str, str]:
    """Whom the portal had the booking with."""
    return {"practitioner": json.loads(standing.removeprefix(DOUBTED))[3]}


def _is_doubted(known: Mapping[str, str], booking: str) -> bool:
    return known.get(booking, "").startswith(DOUBTED)


def _is_to_come(standing: str, now: datetime) -> bool:
    standing = standing.removeprefix(DOUBTED)
    return standing != "cancelled" and datetime.fromisoformat(json.loads(standing)[2]) > now


def _answered(answer: Mapping[str, Any]) -> str:
    if answer["state"] in ("cancelled", "refused"):
        return "cancelled"
    start, end = (datetime.fromisoformat(str(answer[name])) for name in ("start", "end"))
    return _written(str(answer["state"]), start, end, str(answer["practitioner"]), str(answer["clinic"]))


def _written(state: str, start: datetime, end: datetime, practitioner: str, clinic: str) -> str:
    times = (moment.astimezone(UTC).isoformat(timespec="seconds") for moment in (start, end))
    return encoded([state, *times, practitioner, clinic]).decode()
