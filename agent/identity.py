"""Who this agent is: what the portal called it and its private key, sealed in a file only it may read."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from agent.passphrases import passphrase_for, passphrase_or_new
from agent.private_files import make_private_folder, require_private, write_private
from agent.sealing import FOR_RANDOM_PASSPHRASES, CannotUnseal, seal, unseal
from agent.words import _

FILE_NAME = "identity.json"
SEALED = "sealed_key"


class NotActivated(Exception):
    """The home folder holds no identity."""


class AlreadyActivated(Exception):
    """The home folder holds an identity already."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What activation made."""

    agent_id: str
    generation: int
    organisation: str
    api_url: str
    private_key: dict[str, Any] = field(repr=False)

    @property
    def key(self) -> OKPKey:
        return OKPKey.import_key(self.private_key)

    @property
    def name(self) -> str:
        """What tells this activation from every other."""
        return f"{self.agent_id} {self.generation}"


def create_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519")


def is_activated(home: Path) -> bool:
    return (home / FILE_NAME).exists()


def prepare_home(home: Path, *, again: bool) -> None:
    """Make the folder, for its owner only; AlreadyActivated unless ``again``."""
    make_private_folder(home)
    if is_activated(home) and not again:
        raise AlreadyActivated(_("{home} holds an activated agent; --again replaces it.", home=home))


def load_identity(home: Path) -> Identity:
    """The identity of an activated home folder; NotActivated, OpenToOthers, CannotUnseal."""
    path = home / FILE_NAME
    if not path.exists():
        raise NotActivated(_("{home} holds no activated agent; run `setup` first.", home=home))
    require_private(home)
    require_private(path)
    document = json.loads(path.read_text(encoding="utf-8"))
    if SEALED in document:
        return _unsealed(home, document)
    raise NotActivated(
        _("The key in {home} lies open; run `setup --again` to make one that is sealed.", home=home)
    )


def save_identity(home: Path, identity: Identity) -> None:
    """Put the identity in place, its key sealed with the passphrase that is given or a new one."""
    document = asdict(identity)
    key = json.dumps(document.pop("private_key")).encode()
    document[SEALED] = seal(key, passphrase_or_new(home), FOR_RANDOM_PASSPHRASES)
    write_private(home / FILE_NAME, json.dumps(document, indent=1).encode())


def _unsealed(home: Path, document: dict[str, Any]) -> Identity:
    try:
        key = json.loads(unseal(document.pop(SEALED), passphrase_for(home)))
    except CannotUnseal:
        raise CannotUnseal(
            _(
                "The passphrase does not open the key in {home}; "
                "give the one it was made with, or set up again.",
                home=home,
            )
        ) from None
    return Identity(**document, private_key=key)
