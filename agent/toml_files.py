"""Reads TOML that people write, and says in one sentence where it is wrong and what to do."""

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from agent.words import _

T = TypeVar("T")

WORDS: Mapping[type, str] = {str: _("text in quotes"), int: _("a whole number"), bool: _("true or false")}


class ConfigurationError(Exception):
    """A file says what cannot be meant; the text names the file, the key and what to do."""


class TomlFile:
    """The text and the meaning of one file."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigurationError where there is no such file, or it is no TOML."""
        self.path = path
        try:
            self._text = path.read_text(encoding="utf-8")
            self.content = tomllib.loads(self._text)
        except FileNotFoundError:
            raise ConfigurationError(_("{file} is missing; write it or mend its name.", file=path)) from None
        except (OSError, UnicodeDecodeError) as trouble:
            raise ConfigurationError(
                _("{file} cannot be read ({trouble}); mend its rights or name.", file=path, trouble=trouble)
            ) from None
        except tomllib.TOMLDecodeError as trouble:
            raise ConfigurationError(
                _("{file} is not TOML: {trouble}; mend that line.", file=path, trouble=trouble)
            ) from None

    def root(self) -> "Section":
        return Section(self, "", self.content)

    def refuse(self, section: str, key: str, problem: str) -> NoReturn:
        """Raise ConfigurationError about a key; ``problem`` ends with what to do."""
        line = self._line_of(section, key)
        file = self.path.name
        where = _("{file}, line {line}", file=file, line=line) if line else file
        named = f"[{section}] {key}".strip() if section else key
        raise ConfigurationError(_("{where}: {key} {problem}.", where=where, key=named, problem=problem))

    def _line_of(self, section: str, key: str) -> int:
        """Where the key stands, or else its section; 0 where neither does."""
        lines = self._text.splitlines()
        begins, header = 0, ""
        for part in section.split(".") if section else []:
            name, _, number = part.partition(" ")
            header = f"{header}.{name}".lstrip(".")
            found = [at for at, line in enumerate(lines[begins:], begins + 1) if _header_in(line) == header]
            begins = found[int(number or 1) - 1] if len(found) >= int(number or 1) else begins
        for at, line in enumerate(lines[begins:], begins + 1):
            if _header_in(line):
                break
            if re.match(rf'\s*"?{re.escape(key)}"?\s*=', line):
                return at
        return begins


def _header_in(line: str) -> str:
    """``books`` where the line is ``[[books]]``."""
    header = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line)
    return header[1] if header else ""


class Section:
    """One table of a file, whose keys are asked for by name and kind."""

    def __init__(self, file: TomlFile, name: str, content: Mapping[str, Any]) -> None:
        self.file = file
        self.name = name  # "books 2" is the second [[books]]
        self._content = content

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def keys(self) -> Collection[str]:
        return self._content.keys()

    def refuse(self, key: str, problem: str) -> NoReturn:
        self.file.refuse(self.name, key, problem)

    def allow(self, keys: Collection[str]) -> None:
        """Refuse a key that nobody reads, since it is most likely misspelt."""
        for key in self._content:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                problem = (
                    _("is not known here; did you mean {key}", key=near[0])
                    if near
                    else _("is not known here; known are {keys}", keys=", ".join(sorted(keys)))
                )
                self.refuse(key, problem)

    def get(self, key: str, kind: type[T], default: T) -> T:
        """The key's value, or ``default`` where it is not given."""
        return self.need(key, kind) if key in self._content else default

    def need(self, key: str, kind: type[T]) -> T:
        value = self._content.get(key)
        if value is None:
            self.refuse(key, _("is missing; add it"))
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.refuse(key, _("must be {kind}; change it", kind=WORDS.get(kind, kind.__name__)))
        return value

    def number(self, key: str, default: float) -> float:
        value = self._content.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            self.refuse(key, _("must be a number above zero; change it"))
        return float(value)

    def texts(self, key: str) -> list[str] | None:
        """A list of texts; None where it is not given."""
        value = self._content.get(key)
        if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            self.refuse(key, _('must be a list such as ["a", "b"]; change it'))
        return value

    def clock(self, key: str) -> time:
        """A time of day, written 08:00:00 or "08:00"."""
        value = self._content.get(key)
        if isinstance(value, str):
            value = _clock(value)
        if not isinstance(value, time):
            self.refuse(
                key,
                _('must be a time of day such as "08:00"; change it')
                if key in self
                else _('must be a time of day such as "08:00"; add it'),
            )
        return value

    def day(self, key: str, default: date | None) -> date | None:
        """A day, written 2026-11-23."""
        value = self._content.get(key, default)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            self.refuse(key, _("must be a day such as 2026-11-23; change it"))
        return value

    def choice(self, key: str, options: Collection[str], default: str | None = None) -> str:
        value = self.need(key, str) if default is None else self.get(key, str, default)
        if value not in options:
            self.refuse(key, _("must be one of {options}; change it", options=", ".join(options)))
        return value

    def section(self, key: str) -> "Section":
        """A table below this one; empty where it is not given."""
        value = self._content.get(key, {})
        if not isinstance(value, dict):
            self.refuse(key, _("must be a table; write [{key}] above its keys", key=key))
        return Section(self.file, f"{self.name}.{key}".lstrip("."), value)

    def sections(self, key: str) -> "list[Section]":
        """The tables of a list; empty where there is none."""
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.refuse(key, _("must be tables; write [[{key}]] above the keys of each", key=key))
        return [
            Section(self.file, f"{self.name}.{key}".lstrip(".") + f" {number}", one)
            for number, one in enumerate(value, start=1)
        ]


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
