"""Who this agent is: its private key and what the portal called it, in a file only it may read."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

FILE_NAME = "identity.json"


class NotActivated(Exception):
    """The home folder holds no identity."""


class AlreadyActivated(Exception):
    """The home folder holds an identity already."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What activation made; ``database`` is here too because its URL may hold a password."""

    agent_id: str
    generation: int
    organisation: str
    api_url: str
    database: str
    private_key: dict[str, Any]

    @property
    def key(self) -> OKPKey:
        return OKPKey.import_key(self.private_key)


def create_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519")


def prepare_home(home: Path, *, again: bool) -> None:
    """Make the folder, for its owner only; AlreadyActivated unless ``again``."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (home / FILE_NAME).exists() and not again:
        raise AlreadyActivated(f"{home} holds an activated agent; --again replaces it.")


def load_identity(home: Path) -> Identity:
    """The identity of an activated home folder; NotActivated."""
    try:
        return Identity(**json.loads((home / FILE_NAME).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise NotActivated(f"{home} holds no activated agent; run `activate` first.") from None


def save_identity(home: Path, identity: Identity) -> None:
    """Put the whole file in place or none of it, readable by its owner from the first byte."""
    draft = home / f"{FILE_NAME}.new"
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(asdict(identity), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(home / FILE_NAME)
    _sync_folder(home)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows keeps no handle on folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
