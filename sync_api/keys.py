"""An agent's public key, and whether something was signed with the private one."""

import copy
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey
from joserfc.jws import JWSRegistry

ALGORITHMS = {"OKP": ["Ed25519", "EdDSA"], "EC": ["ES256"]}
_CURVES = {"OKP": "Ed25519", "EC": "P-256"}
_MEMBERS = {"OKP": ("kty", "crv", "x"), "EC": ("kty", "crv", "x", "y")}


class KeyNotUsable(ValueError):
    """The key is not of a kind that agents may have; the text says why."""


class BadSignature(ValueError):
    """The assertion was not signed with this key, or not in a way that is allowed."""


def public_key(jwk: dict[str, Any]) -> dict[str, Any]:
    """The members of the JWK that matter. Raises KeyNotUsable."""
    kind = jwk.get("kty")
    if not isinstance(kind, str) or jwk.get("crv") != _CURVES.get(kind):
        raise KeyNotUsable("The key must be of kind Ed25519 (OKP) or P-256 (EC).")
    if "d" in jwk:
        raise KeyNotUsable("This is a private key: only its public members may leave the clinic.")
    key = {name: jwk.get(name) for name in _MEMBERS[kind]}
    import_key(key)
    return key


def import_key(jwk: dict[str, Any]) -> OKPKey | ECKey:
    """The key as joserfc uses it. Raises KeyNotUsable."""
    try:
        return OKPKey.import_key(jwk) if jwk["kty"] == "OKP" else ECKey.import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise KeyNotUsable("The key's coordinates are not those of a public key.") from error


class _Registry(JWSRegistry):
    """Knows EdDSA, the older name of Ed25519 that most libraries still write, without a warning each time."""

    algorithms = {**JWSRegistry.algorithms, "EdDSA": copy.copy(JWSRegistry.algorithms["EdDSA"])}


_Registry.algorithms["EdDSA"].security_warning = None


def claims_signed_with(jwk: dict[str, Any], assertion: str) -> dict[str, Any]:
    """The claims of an assertion signed with this key. Raises BadSignature."""
    registry = _Registry(algorithms=ALGORITHMS[jwk["kty"]], strict_check_header=False)
    try:
        return dict(jwt.decode(assertion, import_key(jwk), registry=registry).claims)
    except (JoseError, ValueError, TypeError) as error:
        raise BadSignature("The assertion is not signed with the key of this agent.") from error
