"""Keeps the portal's picture of the free time equal to the book's, sending only what changed."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from queue import SimpleQueue
from zoneinfo import ZoneInfo

from agent.book import Book, Catalogue
from agent.portal import Answer, Portal
from agent.problems import PortalError, StaleSequence
from agent.push_state import Pending, PushState, WindowKey
from agent.windows import Horizon, Window, empty_window, week_name, windows_of
from agent.wire import digest_of, encoded

log = logging.getLogger(__name__)

WEEKS_AHEAD = 26
MOST_SLOTS = 20_000
MOST_BYTES = 8 * 1024 * 1024
MOST_WINDOWS = 2_000
ROOM_FOR_FRAME = 1_000  # bytes around the windows of a push


class Pusher:
    """Pushes one book to one portal; every step may be cut off at any moment and taken up again."""

    def __init__(
        self, book: Book, portal: Portal, state: PushState, *, weeks_ahead: int = WEEKS_AHEAD
    ) -> None:
        self._book = book
        self._portal = portal
        self._state = state
        self._weeks_ahead = weeks_ahead
        self._doubted: SimpleQueue[str] = SimpleQueue()
        self._is_new = True  # a process before this one may have died with its doubts
        self._share = 1  # the part of the greatest push that is used; halved when one was too large

    def meet(self) -> None:
        """Learn where the portal stands, which may have been set back to an older copy of itself."""
        taken = self._portal.status().get("sequence") or 0
        ours = self._state.sequence
        is_in_step = taken == ours or (taken == ours - 1 and self._state.pending is not None)
        if not is_in_step:
            log.warning("The portal is at push %s, not %s: sending everything anew.", taken, ours)
            self._state.adopt(taken)

    def doubt(self, practitioner: str) -> None:
        """Have this practitioner's time sent anew at the next push; may be called from another thread."""
        self._doubted.put(practitioner)

    def push(self, now: datetime) -> int:
        """Bring the portal up to date; the number of windows sent."""
        self._resend()
        if self._is_new:
            self._state.doubt_all()
        while not self._doubted.empty():
            self._state.doubt(self._doubted.get())
        catalogue = self._book.catalogue()
        horizon = Horizon(now, self._weeks_ahead)
        zones = {clinic.id: ZoneInfo(clinic.time_zone) for clinic in catalogue.clinics}
        windows = list(windows_of(self._book.diaries(horizon.during), zones, horizon))
        # Time withdrawn goes first, while the portal still knows whose it was.
        sent = self._clear_withdrawn({window.key for window in windows}, zones, horizon)
        self._push_catalogue(catalogue)
        accepted = self._state.accepted()
        sent += self._send([window for window in windows if accepted.get(window.key) != window.digest])
        self._is_new = False
        return sent

    def _resend(self) -> None:
        pending = self._state.pending
        if pending is not None:
            self._deliver(pending)

    def _clear_withdrawn(self, current: set[WindowKey], zones: dict[str, ZoneInfo], horizon: Horizon) -> int:
        gone = [key for key in self._state.accepted() if key not in current]
        weeks = {week_name(monday) for zone in zones.values() for monday in horizon.mondays(zone)}
        sent = self._send(
            [
                empty_window(key, zones[key.clinic])
                for key in gone
                if key.week in weeks and key.clinic in zones
            ]
        )
        self._state.forget(gone)
        return sent

    def _push_catalogue(self, catalogue: Catalogue) -> None:
        whole = asdict(catalogue)
        digest = digest_of(whole)
        if digest == self._state.catalogue:
            return
        sequence = self._state.sequence + 1
        body = encoded({"sequence": sequence, **whole})
        self._state.begin_catalogue(sequence, body, digest)
        answer = self._deliver(Pending(sequence, body, is_catalogue=True))
        counts = [answer.get(name) for name in ("created", "updated", "retired")]
        log.info("Catalogue sent: %s created, %s updated, %s retired.", *counts)

    def _send(self, windows: Sequence[Window]) -> int:
        for batch in batches(
            windows, most_slots=MOST_SLOTS // self._share, most_bytes=MOST_BYTES // self._share
        ):
            sequence = self._state.sequence + 1
            body = encoded({"sequence": sequence, "windows": [window.body for window in batch]})
            self._state.begin(sequence, body, {window.key: window.digest for window in batch})
            self._deliver(Pending(sequence, body, is_catalogue=False))
            slots = sum(window.slots for window in batch)
            log.info("Push %s: %s windows with %s slots.", sequence, len(batch), slots)
        return len(windows)

    def _deliver(self, pending: Pending) -> Answer:
        """Send what was written down before; raises what the portal refused, having made up for it."""
        try:
            if pending.is_catalogue:
                answer = self._portal.put_catalogue(pending.body)
            else:
                answer = self._portal.put_slots(pending.body)
        except StaleSequence as stale:
            self._state.adopt(stale.sequence)
            raise
        except PortalError as refused:
            self._make_up_for(refused.kind, pending)
            raise
        self._state.settle()
        if pending.is_catalogue and answer.get("sequence") != pending.sequence:
            self._state.free_number()  # an older portal, which counts pushes only
        return answer

    def _make_up_for(self, kind: str, pending: Pending) -> None:
        if kind == "too-large":
            self._share *= 2
        if kind == "unknown-id" and not pending.is_catalogue:  # the portal knows another catalogue
            self._state.adopt(self._state.sequence - 1)
        elif kind in ("too-large", "unknown-id", "invalid-body"):
            self._state.drop_pending()


def batches(windows: Iterable[Window], *, most_slots: int, most_bytes: int) -> Iterator[list[Window]]:
    """The windows in pushes that the portal takes; a window is never cut in two."""
    batch: list[Window] = []
    slots, size = 0, ROOM_FOR_FRAME
    for window in windows:
        length = len(encoded(window.body)) + 1
        too_many = slots + window.slots > most_slots or len(batch) == MOST_WINDOWS
        if batch and (too_many or size + length > most_bytes):
            yield batch
            batch, slots, size = [], 0, ROOM_FOR_FRAME
        batch.append(window)
        slots, size = slots + window.slots, size + length
    if batch:
        yield batch
