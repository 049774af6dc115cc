"""Waiting for what must come true, with an eye on the programs it depends on."""

import time
from collections.abc import Callable, Iterable
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from booking_portal.launch.commands import Failure
from booking_portal.launch.processes import Program

WAIT_SECONDS = 180.0
# So often a program may die while it is being waited for.
ALLOWED_DEATHS = 3


def wait_until(is_so: Callable[[], bool], what: str, programs: Iterable[Program]) -> None:
    """Return when ``is_so``; raises Failure when it takes too long or a program keeps dying."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_so():
        for program in programs:
            program.revive()
            if program.deaths >= ALLOWED_DEATHS:
                raise Failure(f"{program.name} keeps ending: {program.last_words()} (see {program.log}).")
        if time.monotonic() > deadline:
            raise Failure(f"After {WAIT_SECONDS:.0f} seconds still not so: {what} (see .local/log).")
        time.sleep(0.05)


def status_of(url: str, host: str = "") -> int:
    """The HTTP status with which ``url`` answers (as the virtual host ``host``), or 0 if nothing does."""
    request = Request(url, headers={"Host": host} if host else {})  # noqa: S310 - our own addresses
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code
    except (URLError, OSError):
        return 0
