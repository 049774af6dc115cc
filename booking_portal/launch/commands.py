"""Short-lived commands that the launcher runs, and what it says when one of them fails."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from booking_portal.embedded import ROOT


class Failure(Exception):
    """Something that must work did not; the text says what, and what to do."""


@dataclass(frozen=True)
class Command:
    """A command that runs while its starter does something else."""

    arguments: Sequence[str]
    process: "subprocess.Popen[str]"

    def finish(self, given: str = "") -> str:
        """What it printed, given this on its standard input; raises Failure with the last thing it said."""
        printed, complained = self.process.communicate(given)
        if self.process.returncode:
            raise Failure(f"`{' '.join(self.arguments[:4])}` failed: {last_line(complained or printed)}")
        return printed


def begin_python(arguments: Sequence[str], environment: Mapping[str, str]) -> Command:
    """Start ``python ARGUMENTS``."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Command(arguments, process)


def run_python(arguments: Sequence[str], environment: Mapping[str, str], given: str = "") -> str:
    """What ``python ARGUMENTS`` printed; raises Failure."""
    return begin_python(arguments, environment).finish(given)


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
