"""The agent looks after itself: the portal's state every minute, clock and versions hourly."""

import logging
import time
from pathlib import Path

from agent import VERSION, clock, logs
from agent.activity import Activity, facts_of
from agent.portal import Portal, clock_ahead
from agent.problems import PortalError, Superseded

log = logging.getLogger(__name__)

STATUS_SECONDS = 60.0
CHECK_SECONDS = 3600.0


class Caretaker:
    """Called again and again; each call says after how many seconds the next is due."""

    def __init__(self, home: Path, portal: Portal, activity: Activity, *, api_url: str) -> None:
        self._portal = portal
        self._activity = activity
        self._api_url = api_url
        self._check_due_at = float("-inf")
        earlier = facts_of(home)
        self._version_before = earlier.version if earlier else VERSION

    def __call__(self) -> float:
        if time.monotonic() >= self._check_due_at:
            is_known = self._check()
            self._check_due_at = time.monotonic() + (CHECK_SECONDS if is_known else STATUS_SECONDS)
        try:
            self._portal.status()
        except Superseded:
            raise
        except PortalError as trouble:
            log.info("The portal does not tell its state. (%s)", trouble)
        return STATUS_SECONDS

    def _check(self) -> bool:
        """Whether the portal's clock could be read; else it is tried again before the hour is over."""
        ahead = clock_ahead(self._api_url)
        self._activity.clock_is(ahead)
        log.info("Self-check: %s. %s", ", ".join(logs.about().splitlines()), clock.told(ahead))
        if self._version_before != VERSION:
            log.info("This agent was version %s before.", self._version_before)
            self._version_before = VERSION
        return ahead is not None
