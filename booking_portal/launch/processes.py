"""Programs that are started, watched, started again when they die, and stopped together."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from booking_portal.embedded import ROOT, local_dir
from booking_portal.launch.jobs import end_group
from booking_portal.servers.base import end_with_parent

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
# Who has run for so long is not failing to start any more.
STEADY_SECONDS = 30.0
STOP_SECONDS = 6.0


@dataclass
class Program:
    """One program with a log file; while it is watched, a death is followed by a new start."""

    name: str
    arguments: Sequence[str]
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    deaths: int = 0

    def start(self) -> None:
        """Start it in a group of its own, which Ctrl-C does not reach and which can be ended whole."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGTERM),
            )
        self.started_at = time.monotonic()

    @property
    def log(self) -> Path:
        return local_dir() / "log" / f"{self.name}.log"

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def revive(self) -> None:
        """Start it again if it has died, at growing intervals if it keeps dying."""
        if self.is_running:
            return
        age = time.monotonic() - self.started_at
        if age > STEADY_SECONDS:
            self.pause = FIRST_PAUSE_SECONDS
        if age < self.pause:
            return
        self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        self.deaths += 1
        self.end_group()
        self.start()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.is_running:
            self.process.terminate()

    def wait(self, deadline: float) -> None:
        """Return when it has ended, by force at the deadline; nothing of its group is left."""
        if self.process is None:
            return
        try:
            self.process.wait(max(deadline - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.end_group()

    def end_group(self) -> None:
        """End the children that a killed program left behind."""
        if self.process is not None:
            end_group(self.process.pid)

    def last_words(self) -> str:
        """The last line of its log that says something."""
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return lines[-1].strip() if lines else "it said nothing"


def stop_all(programs: Iterable[Program]) -> None:
    """Ask all to stop, the last started first, and return when none is left."""
    waiting = list(programs)[::-1]
    for program in waiting:
        program.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for program in waiting:
        program.wait(deadline)
