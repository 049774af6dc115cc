"""Short-lived commands that the launcher runs, and what it says when one of them fails."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from booking_portal.embedded import ROOT


class Failure(Exception):
    """Something that must work did not; the text says what, and what to do."""


def run_python(arguments: Sequence[str], environment: Mapping[str, str], given: str = "") -> str:
    """What ``python ARGUMENTS`` printed when it was given this on its standard input.

    Raises Failure with the last thing it said if it failed.
    """
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failure(f"`{' '.join(arguments[:4])}` failed: {last_line(done.stderr or done.stdout)}")
    return done.stdout


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    print(f"  {title} ... ", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print("stopped")
        raise
    print(f"{time.monotonic() - begun:.1f} s", flush=True)
