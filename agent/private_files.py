"""Files that only the agent's own user may read: written whole or not at all."""

import os
import stat
from pathlib import Path

from agent.words import _

OTHERS = stat.S_IRWXG | stat.S_IRWXO
KNOWS_MODES = os.name != "nt"  # on Windows the folder's access list does this: see docs/agent.md


class OpenToOthers(Exception):
    """Somebody else on this machine could read what only the agent may."""


def make_private_folder(folder: Path) -> None:
    """The folder, for its owner only; one that is there already is closed to others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if KNOWS_MODES and folder.stat().st_mode & OTHERS:
        folder.chmod(0o700)


def write_private(path: Path, content: bytes) -> None:
    """Put the whole file in place or none of it, readable by its owner alone from the first byte."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync_folder(path.parent)


def require_private(path: Path) -> None:
    """OpenToOthers where anybody but the owner may read, change or enter ``path``."""
    if KNOWS_MODES and path.stat().st_mode & OTHERS:
        mode = "700" if path.is_dir() else "600"
        raise OpenToOthers(
            _(
                "Others on this machine can read {path}; run `chmod {mode} {path}` first.",
                path=path,
                mode=mode,
            )
        )


def _sync_folder(folder: Path) -> None:
    if not KNOWS_MODES:  # Windows keeps no handle on folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
