"""Where the passphrase comes from that opens the agent's private key."""

import os
import secrets
from pathlib import Path

from agent.private_files import require_private, write_private
from agent.words import _

CREDENTIAL = "agent-passphrase"  # systemd's LoadCredential= and LoadCredentialEncrypted=
FILE_NAME = "passphrase"


class NoPassphrase(Exception):
    """The private key is sealed and nobody has said with what."""


def passphrase_for(home: Path) -> str:
    """The passphrase of this home's key; NoPassphrase, OpenToOthers.

    A credential of systemd comes first, then the file and the text that the
    environment names, then the file that `setup` has made in the home.
    """
    given = _given(home)
    if not given:
        raise NoPassphrase(
            _(
                "The key in {home} is sealed: name the file with its passphrase in AGENT_PASSPHRASE_FILE.",
                home=home,
            )
        )
    return given


def passphrase_or_new(home: Path) -> str:
    """The passphrase that is given, or a new random one in a file of the home."""
    given = _given(home)
    if given:
        return given
    made = secrets.token_urlsafe(32)
    write_private(home / FILE_NAME, made.encode())
    return made


def _given(home: Path) -> str:
    return _from_systemd() or _from_environment() or _from_file(home / FILE_NAME)


def _from_systemd() -> str:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / CREDENTIAL if folder else None
    # systemd itself keeps others out, and its files' modes do not say so.
    return _text_of(path) if path and path.exists() else ""


def _from_environment() -> str:
    named = os.environ.get("AGENT_PASSPHRASE_FILE")
    if not named:
        return os.environ.get("AGENT_PASSPHRASE", "")
    if not Path(named).exists():
        raise NoPassphrase(
            _("{file}, which AGENT_PASSPHRASE_FILE names, does not exist; make it, mode 0600.", file=named)
        )
    return _from_file(Path(named))


def _from_file(path: Path) -> str:
    if not path.exists():
        return ""
    require_private(path)
    return _text_of(path)


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()
