"""Prepares ``.venv`` for bin/demo and bin/test; runs on nothing but Python's own library."""

import fcntl
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def run(module: str, requirements: Sequence[str]) -> NoReturn:
    """Become ``python -m module`` inside ``.venv``, with these requirements files installed in it."""
    # Turned into an exception, so that a pip that is running is stopped with us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        prepare(requirements)
    except KeyboardInterrupt:
        sys.exit(130)
    os.chdir(ROOT)
    keep_bytecode()
    os.execv(PYTHON, [str(PYTHON), "-m", module, *sys.argv[1:]])


def keep_bytecode() -> None:
    """Where no bytecode may be written beside its source, write it elsewhere: each of the many processes that
    we start would compile everything again, which takes three times as long as all else it does to start."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ |= {"PYTHONPYCACHEPREFIX": str(ROOT / ".local" / "bytecode")}


def prepare(requirements: Sequence[str]) -> None:
    """Make ``.venv`` and install what is not installed yet."""
    with alone():
        if not runs(PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
            step("making .venv", make_environment)
        for name in requirements:
            if not is_installed(name):
                step(f"installing {name} (only when it has changed)", partial(install, name))


def make_environment() -> None:
    """A new virtual environment; without a pip of its own where Debian has left out what brings one."""
    options = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", *options, VENV], check=False)
    if made.returncode:
        sys.exit("Python could not make .venv: see above (on Debian, apt-get install python3-venv helps).")


def install(name: str) -> None:
    """Install the pinned packages of one requirements file, and remember its text."""
    installed = subprocess.run(
        [
            *pip(),
            *("install", "-q", "-q", "--disable-pip-version-check", "--no-input", "--no-compile"),
            *("-r", ROOT / name),
        ],
        check=False,
    )
    if installed.returncode:
        sys.exit(f"{name} could not be installed: see above, check the network connection, and run it again.")
    record_of(name).write_bytes((ROOT / name).read_bytes())


def pip() -> list[str]:
    """The command that installs into ``.venv``: its own pip, or else the pip of the Python that runs this."""
    if runs(PYTHON, "-c", "import pip"):
        return [str(PYTHON), "-m", "pip"]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    sys.exit("pip is missing: install it (on Debian, apt-get install python3-venv) and run this again.")


def is_installed(name: str) -> bool:
    record = record_of(name)
    return record.exists() and record.read_bytes() == (ROOT / name).read_bytes()


def record_of(name: str) -> Path:
    return VENV / f"installed-{name}"


def runs(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def step(title: str, work: Callable[[], None]) -> None:
    """Do one piece of work that takes its time, saying so."""
    print(f"  {title} ... ", end="", flush=True)
    begun = time.monotonic()
    work()
    print(f"{time.monotonic() - begun:.1f} s")


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other bin/demo or bin/test prepares ``.venv``."""
    directory = ROOT / ".local"
    directory.mkdir(exist_ok=True)
    with (directory / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
