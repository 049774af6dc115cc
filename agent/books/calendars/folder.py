"""Calendars that are folders of .ics files, as many calendar programs and vdirsyncer keep them."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from agent.book import BookUnavailable
from agent.books.calendars.shelf import ChangedMeanwhile, Item
from agent.intervals import Interval
from agent.words import _


class Folder:
    """One folder for each calendar, below ``root``; a file may hold one event or many."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def check(self, calendar: str) -> None:
        folder = self._root / calendar
        if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise BookUnavailable(
                _("{folder} is no folder that the agent may read and write; make it one.", folder=folder)
            )

    def version(self, calendar: str) -> str:
        with _readable(self._root / calendar):
            marks = [(path.name, path.stat()) for path in self._files(calendar)]
        lines = [f"{name} {mark.st_mtime_ns} {mark.st_size}" for name, mark in marks]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def items(self, calendar: str, during: Interval) -> Sequence[Item]:
        with _readable(self._root / calendar):
            return [_item(path) for path in self._files(calendar)]

    def find(self, calendar: str, name: str) -> Item | None:
        path = self._root / calendar / name
        with _readable(path):
            return _item(path) if path.exists() else None

    def put(self, calendar: str, name: str, text: str, *, instead_of: Item | None) -> None:
        path = self._root / calendar / name
        draft = path.with_name(f".{name}.new")
        with _readable(path):
            _write(draft, text)
            try:
                if instead_of is None:
                    os.link(draft, path)  # unlike a rename, this replaces nothing
                else:
                    self._require_same(path, instead_of)
                    draft.replace(path)
            except FileExistsError:
                raise ChangedMeanwhile(name) from None
            finally:
                draft.unlink(missing_ok=True)

    def remove(self, calendar: str, item: Item) -> None:
        path = self._root / calendar / item.name
        with _readable(path):
            self._require_same(path, item)
            path.unlink()

    def close(self) -> None:
        """Nothing is held open."""

    def _files(self, calendar: str) -> Iterator[Path]:
        yield from sorted(path for path in (self._root / calendar).iterdir() if path.suffix == ".ics")

    @staticmethod
    def _require_same(path: Path, known: Item) -> None:
        if not path.exists() or _item(path).tag != known.tag:
            raise ChangedMeanwhile(path.name)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileExistsError, ChangedMeanwhile):
        raise
    except (OSError, UnicodeDecodeError) as trouble:
        raise BookUnavailable(
            _("The calendar {path} cannot be used ({trouble}).", path=path, trouble=type(trouble).__name__)
        ) from None


def _item(path: Path) -> Item:
    text = path.read_text(encoding="utf-8")
    return Item(path.name, text, hashlib.sha256(text.encode()).hexdigest())


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
