"""Waiting for what must come true, without ever sleeping for luck."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LOOK_SECONDS = 0.05


def eventually(look: Callable[[], T], what: str, *, seconds: float = 60) -> T:
    """What ``look`` finds, once it finds anything; fails the test with ``what`` when it takes too long."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"After {seconds:.0f} seconds still not so: {what}")
        time.sleep(LOOK_SECONDS)
    return found
