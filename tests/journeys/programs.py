"""Processes that the journeys start, kill without warning, and start again."""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

from booking_portal.launch.processes import Program


@dataclass
class Killable(Program):
    """A program whose whole group can be killed, frozen and thawed; nobody revives it but the test."""

    logs: Path = field(default_factory=Path)

    @classmethod
    def like(cls, program: Program, logs: Path) -> "Killable":
        return cls(program.name, program.arguments, program.environment, logs=logs)

    @property
    def log(self) -> Path:
        return self.logs / f"{self.name}.log"

    def kill(self) -> None:
        """``kill -9``, for the program and all its children; returns when it is gone."""
        assert self.process is not None
        self.signal(signal.SIGKILL)
        self.process.wait()
        self.end_group()

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> None:
        assert self.is_running, f"{self.name} has ended by itself: {self.last_words()}"
        assert self.process is not None
        os.killpg(self.process.pid, number)
