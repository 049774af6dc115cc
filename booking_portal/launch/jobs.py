"""Commands that run side by side or are followed line by line, and that end when their starter does."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO

from booking_portal.embedded import ROOT
from booking_portal.servers.base import end_with_parent

# What tests may take to put away the processes that they started.
TIDY_SECONDS = 20.0


@dataclass
class Job:
    """A command whose output is shown only if it fails."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    output: IO[bytes] = field(default_factory=TemporaryFile)
    begun: float = 0.0
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        self.begun = time.monotonic()
        self.process = launch(self.arguments, self.environment, self.output)

    @property
    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    @property
    def has_failed(self) -> bool:
        return self.process is not None and self.process.returncode != 0

    def report(self) -> None:
        """Say how it went."""
        seconds = time.monotonic() - self.begun
        print(f"  {'FAILED' if self.has_failed else 'ok':<6}  {self.name}  {seconds:.1f} s", flush=True)
        if self.has_failed:
            self.output.seek(0)
            print(self.output.read().decode(errors="replace"), flush=True)


def run_jobs(jobs: Sequence[Job], at_once: int) -> list[str]:
    """Run all, so many at once, reporting each; the names of those that failed."""
    waiting, running = list(jobs), list[Job]()
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                running.append(waiting.pop(0))
                running[-1].start()
            time.sleep(0.05)
            for job in [job for job in running if job.has_ended]:
                running.remove(job)
                job.report()
    finally:
        for job in running:
            if job.process is not None:
                end(job.process)
        for job in jobs:
            job.output.close()
    return [job.name for job in jobs if job.has_failed]


@dataclass(frozen=True)
class Followed:
    """How a followed command ended."""

    status: int
    closing_line: str


def follow(arguments: Sequence[str], environment: Mapping[str, str]) -> Followed:
    """Run a command, passing on what it says as it says it."""
    process = launch(arguments, environment, subprocess.PIPE)
    closing_line = ""
    try:
        for line in process.stdout or ():
            pass_on(line)
            closing_line = line.decode(errors="replace").strip() or closing_line
        return Followed(process.wait(), closing_line)
    finally:
        pass_on(end(process))


def pass_on(said: bytes) -> None:
    sys.stdout.buffer.write(said)
    sys.stdout.buffer.flush()


def launch(
    arguments: Sequence[str], environment: Mapping[str, str], output: int | IO[bytes]
) -> "subprocess.Popen[bytes]":
    """Start ``python ARGUMENTS`` in a group of its own, which ends with us however we end."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGINT),
    )


def end(process: "subprocess.Popen[bytes]") -> bytes:
    """Interrupt it if it still runs, give it time to tidy up, and leave nothing of its group.

    Returns what it said meanwhile, which somebody has to read lest it wait for a reader.
    """
    said = b""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            said = process.communicate(timeout=TIDY_SECONDS)[0] or b""
        except subprocess.TimeoutExpired:
            process.kill()
    end_group(process.pid)
    process.wait()
    return said


def end_group(group: int) -> None:
    """End the children that an ended program left behind."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
