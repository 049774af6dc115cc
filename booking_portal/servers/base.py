"""What an embedded server is: a process that is prepared, started, watched and stopped by its keeper."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from booking_portal.embedded import Places, ServerUnavailable

START_SECONDS = 60.0
PR_SET_PDEATHSIG = 1


class Server:
    """One server process in ``.local/<name>``."""

    name: str
    title: str
    stop_signals: tuple[signal.Signals, ...]
    uid: int | None = None
    gid: int | None = None

    def __init__(self, places: Places) -> None:
        self.places = places
        self.data = places.local / self.name
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid_file(self) -> Path:
        raise NotImplementedError

    @property
    def url(self) -> str:
        raise NotImplementedError

    def prepare(self) -> None:
        """Make what the server needs before it can start."""

    def command(self) -> list[str]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        raise NotImplementedError

    def furnish(self) -> None:
        """Put in what its users expect to find, once it answers."""

    def start(self) -> None:
        """Return when the server answers and its URL stands in its place; raises ServerUnavailable."""
        self.end_leftover()
        self.prepare()
        self.launch()
        self.furnish()
        write_privately(self.places.url, self.url)

    def launch(self) -> None:
        """Start the process, again and again if need be: a killed predecessor may still be on its way out."""
        deadline = time.monotonic() + START_SECONDS
        while not (self.is_running() and self.is_ready()):
            if time.monotonic() > deadline:
                raise ServerUnavailable(f"{self.title} did not start: {self.last_words()}")
            if not self.is_running():
                self.process = self.spawn(self.command())
            time.sleep(0.05)

    def spawn(self, command: list[str]) -> "subprocess.Popen[bytes]":
        """Start ``command`` so that it ends with this process, however this process ends."""
        with self.places.log.open("ab") as log:
            return subprocess.Popen(
                command,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent(self.stop_signals[0]),
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """End the server, less and less politely."""
        for request in (*self.stop_signals, signal.SIGKILL):
            if self.process is None or self.process.poll() is not None:
                return
            self.process.send_signal(request)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                continue

    def end_leftover(self) -> None:
        """End a server that outlived a killed keeper; forget a process id that is somebody else's by now."""
        process = self.recorded_process()
        if process is None:
            return
        if not works_in(process, self.data):
            self.pid_file.unlink()
            return
        for request in (self.stop_signals[0], signal.SIGKILL):
            process.send_signal(request)
            if not psutil.wait_procs([process], timeout=10)[1]:
                return

    def recorded_process(self) -> psutil.Process | None:
        try:
            return psutil.Process(int(self.pid_file.read_text().split()[0]))
        except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            return None

    def last_words(self) -> str:
        lines = self.places.log.read_text(errors="replace").splitlines()
        return f"{lines[-1] if lines else 'it said nothing'} (the whole of it: {self.places.log})."


def works_in(process: psutil.Process, directory: Path) -> bool:
    """Whether ``process`` is the server of ``directory``: both servers make it their working directory."""
    try:
        return Path(process.cwd()) == directory
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return False


def write_privately(path: Path, text: str) -> None:
    """Put ``text`` in place at once, readable by its owner alone."""
    draft = path.with_name(f"{path.name}.new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def clean_environment() -> dict[str, str]:
    """The environment without what would steer PostgreSQL's programs elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def end_with_parent(request: signal.Signals) -> Callable[[], object] | None:
    """What a new process runs to be sent ``request`` when its parent dies; Linux only."""
    if sys.platform != "linux":
        return None
    library, parent = ctypes.CDLL(None), os.getpid()

    def ask() -> None:
        library.prctl(PR_SET_PDEATHSIG, request)
        if os.getppid() != parent:  # it died before it could be asked about
            os.kill(os.getpid(), signal.SIGKILL)

    return ask
