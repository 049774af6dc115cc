"""A real PostgreSQL and a real Redis for whoever names none, kept below ``.local/``.

Any number of programs may use the servers at once. Each holds a shared lock on a file for as long as it
lives, so the kernel counts the users, and forgets one that was killed. A keeper process of their own
(``servers/keeper.py``) starts a server, starts it again if it dies, and stops it when the last user has gone.
"""

import atexit
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# How long a leaving last user waits for the server to have stopped.
STOP_SECONDS = 10.0


class ServerUnavailable(RuntimeError):
    """An embedded server could not be started; the text says why and what to do."""


@dataclass(frozen=True)
class Places:
    """Where the programs that share one server leave their marks."""

    local: Path
    server: str

    @property
    def run(self) -> Path:
        return self.local / "run"

    @property
    def users(self) -> Path:
        """Held shared by every user, and alone by a keeper that is stopping the server."""
        return self.run / f"{self.server}.users"

    @property
    def keeper(self) -> Path:
        """Held by the keeper while it lives."""
        return self.run / f"{self.server}.keeper"

    @property
    def starting(self) -> Path:
        """Held while a user looks for a keeper and starts one."""
        return self.run / f"{self.server}.starting"

    @property
    def url(self) -> Path:
        """Written by the keeper once the server answers."""
        return self.run / f"{self.server}.url"

    @property
    def log(self) -> Path:
        return self.local / "log" / f"{self.server}.log"


@dataclass(frozen=True)
class Use:
    """This process's use of one server: the lock it holds, and in which process it was taken."""

    lock: int
    process: int


_uses: dict[Places, Use] = {}


def local_dir() -> Path:
    """The directory for everything made while running: ``LOCAL_DIR``, or ``.local`` in the project."""
    return (ROOT / os.environ.get("LOCAL_DIR", ".local")).resolve()


def database_url() -> str:
    """The URL of a PostgreSQL database ``portal`` that runs now, owned by a role that is no superuser."""
    return use(Places(local_dir(), "postgres"))


def redis_url() -> str:
    """The URL of a Redis that runs now, with its password."""
    return use(Places(local_dir(), "redis"))


def use(places: Places) -> str:
    """Start the server or join the running one, and hold it until this process ends; harmless if repeated.

    Raises ServerUnavailable.
    """
    places.run.mkdir(parents=True, exist_ok=True)
    places.log.parent.mkdir(exist_ok=True)
    with held(places.starting):
        hold(places)
        if not is_held(places.keeper):
            start_keeper(places)
    return places.url.read_text()


def hold(places: Places) -> None:
    """Count this process among the server's users."""
    if places in _uses:
        return
    lock = open_lock(places.users)
    fcntl.flock(lock, fcntl.LOCK_SH)
    _uses[places] = Use(lock, os.getpid())
    atexit.register(leave, places)


def start_keeper(places: Places) -> None:
    """Start a keeper, which returns to us once its server answers and lives on in the background."""
    keeper = subprocess.run(
        [sys.executable, "-m", "booking_portal.servers.keeper", places.server, str(places.local)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if keeper.returncode:
        raise ServerUnavailable(keeper.stderr.strip())


def leave(places: Places) -> None:
    """Give the server up, and wait until it has stopped if nobody else uses it.

    A forked child shares its parent's lock and leaves it alone.
    """
    held_here = _uses.get(places)
    if held_here is None or held_here.process != os.getpid():
        return
    del _uses[places]
    os.close(held_here.lock)
    if not is_used(places):
        wait_until_stopped(places)


def is_used(places: Places) -> bool:
    """Whether any program still uses the server: others share the lock, a stopping keeper does not."""
    return is_held(places.users) and not is_held(places.users, against=fcntl.LOCK_SH)


def wait_until_stopped(places: Places) -> None:
    """Return when the keeper has gone, or after STOP_SECONDS."""
    deadline = time.monotonic() + STOP_SECONDS
    while is_held(places.keeper) and time.monotonic() < deadline:
        time.sleep(0.02)


def is_held(path: Path, against: int = fcntl.LOCK_EX) -> bool:
    """Whether somebody's lock on ``path`` stands in the way of one of the kind ``against``."""
    lock = open_lock(path)
    try:
        fcntl.flock(lock, against | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold ``path`` alone, waiting for whoever holds it now."""
    lock = open_lock(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        with suppress(OSError):
            os.close(lock)


def open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise ServerUnavailable(
            f"{path} belongs to another user: run this as that user, or remove the directory .local."
        ) from error
