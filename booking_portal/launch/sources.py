"""A fingerprint of the sources that a prepared database and its static files depend on."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from booking_portal.embedded import ROOT

MIGRATIONS = ("requirements.txt", "*/migrations/*.py")
STATIC_FILES = ("requirements.txt", "static/**/*")


def fingerprint(patterns: tuple[str, ...]) -> str:
    """A digest of the names and contents of all files that match."""
    digest = hashlib.sha256()
    for path in matching(patterns):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def matching(patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(path for path in ROOT.glob(pattern) if path.is_file())
