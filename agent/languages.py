"""Which language to speak: the one that was chosen, else the browser's or the machine's, else English."""

import ctypes
import locale
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from agent.words import ENGLISH, LANGUAGES

SAME = {"no": "nb", "nn": "nb"}
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def of_home(home: Path) -> str:
    """What ``agent.toml`` says; empty where it says nothing, or cannot be read, which is told elsewhere."""
    try:
        chosen = tomllib.loads((home / "agent.toml").read_text(encoding="utf-8")).get("language")
    except (OSError, ValueError):
        return ""
    return chosen if chosen in LANGUAGES else ""


def of_machine(environment: Mapping[str, str] = os.environ) -> str:
    """The language that this machine, or who is logged in on it, is set to."""
    named = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    return _known([named or _of_windows()]) or ENGLISH


def of_browser(accepted: str) -> str:
    """The first of an Accept-Language header (RFC 9110 §12.5.4) that is spoken here; empty if none is."""
    weighed = []
    for part in accepted.split(","):
        name, _, weight = part.partition(";")
        found = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", weight) if weight else None
        weighed.append((float(found[1]) if found else 1.0, name.strip()))
    return _known(name for weight, name in sorted(weighed, key=lambda one: -one[0]) if weight)


def _known(names: Iterable[str]) -> str:
    """The first that is spoken here: ``fi`` of fi_FI.UTF-8 or fi-FI."""
    for name in names:
        short = re.split(r"[-_.@]", name.lower())[0]
        short = SAME.get(short, short)
        if short in LANGUAGES:
            return short
    return ""


def _of_windows() -> str:
    """Windows says it by a number; other systems by the variables alone."""
    if sys.platform == "win32":
        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return ""
