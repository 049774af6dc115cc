"""Our own key, by which the provider of electronic identities knows us."""

import json
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

ClientKey = RSAKey | ECKey
_BY_CURVE = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}


class KeyUnusable(Exception):
    """What is given as our private key is none that can sign."""


def client_key() -> ClientKey:
    """Our private key, from the settings or the file that they name. Raises KeyUnusable."""
    if settings.EID_PRIVATE_KEY:
        return key_from(settings.EID_PRIVATE_KEY)
    try:
        return key_from(Path(settings.EID_PRIVATE_KEY_FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise KeyUnusable from None


@lru_cache(maxsize=4)
def key_from(text: str) -> ClientKey:
    """A private RSA or EC key, written as PEM or as a JWK. Raises KeyUnusable, which never shows it."""
    try:
        key = import_key(json.loads(text)) if text.lstrip().startswith("{") else key_from_pem(text.encode())
    except (JoseError, UnsupportedAlgorithm, ValueError, TypeError):
        raise KeyUnusable from None
    if not isinstance(key, RSAKey | ECKey) or not key.is_private or not algorithm_of(key):
        raise KeyUnusable
    return key


def key_from_pem(pem: bytes) -> ClientKey:
    match load_pem_private_key(pem, password=None):
        case RSAPrivateKey():
            return RSAKey.import_key(pem)
        case EllipticCurvePrivateKey():
            return ECKey.import_key(pem)
    raise KeyUnusable


def algorithm_of(key: ClientKey) -> str:
    """What the key signs with: as its JWK says, else what goes with its kind; empty where nothing does."""
    if key.alg:
        return str(key.alg)
    return "RS256" if isinstance(key, RSAKey) else _BY_CURVE.get(key.curve_name, "")
