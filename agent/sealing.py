"""Seals what must not be read at rest: scrypt (RFC 7914) for the passphrase, AES-GCM for the rest."""

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from agent.words import _

SALT_BYTES = 16
NONCE_BYTES = 12
KEY_BYTES = 32
SCHEME = b"booking-agent sealed 1"  # bound to the content, so that nothing else passes for it


class CannotUnseal(Exception):
    """The passphrase is not the one, or what was sealed has been changed."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What scrypt is to cost: 128 · ``n`` · 8 bytes of memory, ``p`` times over."""

    n: int
    p: int

    def is_bearable(self) -> bool:
        """So that a file from elsewhere cannot ask for all of the machine's memory."""
        is_power_of_two = self.n > 1 and self.n & (self.n - 1) == 0
        return is_power_of_two and self.n <= 2**17 and 1 <= self.p <= 16


FOR_RANDOM_PASSPHRASES = Effort(2**14, 1)
FOR_TYPED_PASSPHRASES = Effort(2**15, 3)


def seal(content: bytes, passphrase: str, effort: Effort = FOR_TYPED_PASSPHRASES) -> dict[str, Any]:
    """A document fit for JSON that only the passphrase opens."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    sealed = AESGCM(_key(passphrase, salt, effort)).encrypt(nonce, content, SCHEME)
    return {
        "scrypt": {"n": effort.n, "r": 8, "p": effort.p, "salt": _written(salt)},
        "nonce": _written(nonce),
        "sealed": _written(sealed),
    }


def unseal(document: dict[str, Any], passphrase: str) -> bytes:
    """What was sealed; CannotUnseal."""
    try:
        stretched = document["scrypt"]
        effort = Effort(int(stretched["n"]), int(stretched["p"]))
        salt, nonce, sealed = (
            b64decode(text, validate=True)
            for text in (stretched["salt"], document["nonce"], document["sealed"])
        )
        if not effort.is_bearable():
            raise CannotUnseal(_("What was sealed asks for more memory than is sensible; it is damaged."))
        return AESGCM(_key(passphrase, salt, effort)).decrypt(nonce, sealed, SCHEME)
    except (KeyError, TypeError, ValueError):
        raise CannotUnseal(_("What was sealed is damaged; fetch it from where it was made.")) from None
    except InvalidTag:
        raise CannotUnseal(_("The passphrase is not the right one; try again.")) from None


def seal_document(document: dict[str, Any], passphrase: str) -> bytes:
    """A whole file's content for somebody to carry to another machine."""
    return json.dumps(seal(json.dumps(document).encode(), passphrase), indent=1).encode()


def unseal_document(content: bytes, passphrase: str) -> dict[str, Any]:
    """What ``seal_document`` was given; CannotUnseal."""
    try:
        document = json.loads(content)
    except ValueError:
        raise CannotUnseal(_("The file is none that an agent has written.")) from None
    if not isinstance(document, dict):
        raise CannotUnseal(_("The file is none that an agent has written."))
    opened: dict[str, Any] = json.loads(unseal(document, passphrase))
    return opened


def _key(passphrase: str, salt: bytes, effort: Effort) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=effort.n, r=8, p=effort.p).derive(passphrase.encode())


def _written(content: bytes) -> str:
    return b64encode(content).decode()
