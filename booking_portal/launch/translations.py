"""Turns the translations (``locale/*/LC_MESSAGES/*.po``) into what gettext reads, without gettext's tools.

``python -m booking_portal.launch.translations`` compiles what has changed.
"""

from collections.abc import Iterator
from pathlib import Path

import polib

from booking_portal.embedded import ROOT


def compile_translations() -> int:
    """Compile every file that is newer than its result; returns how many there were."""
    stale = [source for source in sources() if is_stale(source)]
    for source in stale:
        draft = source.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(draft))
        draft.replace(source.with_suffix(".mo"))
    return len(stale)


def sources() -> Iterator[Path]:
    """All translations of the project."""
    yield from sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po"))


def is_stale(source: Path) -> bool:
    result = source.with_suffix(".mo")
    return not result.exists() or result.stat().st_mtime < source.stat().st_mtime


if __name__ == "__main__":
    print(f"{compile_translations()} translations compiled")
