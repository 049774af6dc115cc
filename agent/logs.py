"""The agent's log: nothing personal goes in, and what might is struck out on its way; fit to be sent on."""

import io
import json
import logging
import os
import platform
import sys
import traceback
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from agent import VERSION
from agent.activity import facts_of
from agent.private_files import make_private_folder, write_private
from agent.redaction import without_personal_data
from agent.words import ENGLISH, speaking

FOLDER = "log"
FILE_NAME = "agent.log"
MOST_BYTES = 1_000_000
FILES_KEPT = 5
PACKAGES = ("httpx", "joserfc", "SQLAlchemy", "cryptography")


class CarefulFormatter(logging.Formatter):
    """Of an error it says where and of what kind, never its own words, which may quote the book."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have written it out in full
        with speaking(ENGLISH):
            return without_personal_data(super().format(record))

    def formatException(  # noqa: N802 - the standard library's name
        self, ei: tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
    ) -> str:
        kind, _, trace = ei
        frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(trace)]
        return f"{kind.__name__ if kind else 'Error'} at {' > '.join(frames)}"


def begin_log(home: Path | None) -> None:
    """Log to stderr, and where a home is given to files there: five of a megabyte, then the oldest goes."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if home is not None:
        handlers.append(file_handler(home))
    for handler in handlers:
        handler.setFormatter(CarefulFormatter())
    logging.basicConfig(handlers=handlers, level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)


def file_handler(home: Path) -> logging.Handler:
    os.umask(0o077)  # for the files that it will begin later, too
    make_private_folder(home / FOLDER)
    path = home / FOLDER / FILE_NAME
    path.touch(mode=0o600)
    return RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=FILES_KEPT, encoding="utf-8")


def write_bundle(home: Path, target: Path) -> list[str]:
    """Pack what a support person needs to see; the names of what is in it."""
    contents = {
        "about.txt": about(),
        "activity.json": _activity(home),
        **{path.name: _log(path) for path in sorted((home / FOLDER).glob(f"{FILE_NAME}*"))},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in contents.items():
            bundle.writestr(name, content)
    write_private(target, packed.getvalue())
    return list(contents)


def about() -> str:
    """The versions of everything that matters, a line each."""
    lines = [f"agent {VERSION}", f"Python {platform.python_version()}", platform.platform()]
    return "\n".join([*lines, *(_package(name) for name in PACKAGES)]) + "\n"


def last_lines(home: Path, number: int) -> Sequence[str]:
    path = home / FOLDER / FILE_NAME
    return _log(path).splitlines()[-number:] if path.exists() else []


def _log(path: Path) -> str:
    return without_personal_data(path.read_text(encoding="utf-8", errors="replace"))


def _activity(home: Path) -> str:
    facts = facts_of(home)
    told = asdict(facts) if facts else {}
    careful = {
        name: without_personal_data(value) if isinstance(value, str) else value
        for name, value in told.items()
    }
    return json.dumps(careful, indent=1)


def _package(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} missing"
