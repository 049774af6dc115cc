"""What has to be true of an ID token before a word in it is believed (OpenID Connect Core 1.0 §3.1.3.7)."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core.util import create_half_hash
from joserfc import jwe, jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jws import extract_compact
from joserfc.jwt import JWTClaimsRegistry

from scheduling.eid_keys import ClientKey
from scheduling.eid_provider import PublicKey
from scheduling.errors import EidRefused

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures that only the provider can make: nothing with a shared secret, and never "none"."""
ENCRYPTION = [
    *("RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"),
    *("A128GCM", "A256GCM", "A128CBC-HS256", "A256CBC-HS512"),
]
SKEW = 60
"""Seconds by which the provider's clock may differ from ours."""
FindKey = Callable[[str | None, str], PublicKey | None]


@dataclass(frozen=True, slots=True)
class Expected:
    """What this one token has to say."""

    issuer: str
    client_id: str
    nonce: str
    acr_values: tuple[str, ...]
    access_token: str


def verified_claims(token: str, *, expected: Expected, find_key: FindKey) -> dict[str, Any]:
    """What the token says, once all of it is as it must be. Raises EidRefused."""
    header, claims = signed_content(token, find_key)
    try:
        registry(expected).validate(claims)
    except ClaimError as wrong:
        raise EidRefused(f"claim {wrong.claim}") from None
    require_audience(claims, expected.client_id)
    require_words(claims, expected)
    require_access_token(claims, expected.access_token, header["alg"])
    return claims


def signed_content(token: str, find_key: FindKey) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token that bears the provider's own signature."""
    try:
        header = extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError, AttributeError):
        raise EidRefused("form") from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise EidRefused("algorithm")
    if not isinstance(kid, str | None):
        raise EidRefused("form")
    key = find_key(kid, algorithm)
    if key is None:
        raise EidRefused("unknown key")
    try:
        return header, jwt.decode(token, key, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, TypeError):
        raise EidRefused("signature") from None


def registry(expected: Expected) -> JWTClaimsRegistry:
    return JWTClaimsRegistry(
        leeway=SKEW,
        iss={"essential": True, "value": expected.issuer},
        sub={"essential": True},
        aud={"essential": True, "value": expected.client_id},
        exp={"essential": True},
        iat={"essential": True},
    )


def require_audience(claims: dict[str, Any], client_id: str) -> None:
    """The token is ours; where it is for others too, the provider has to say that it was issued to us."""
    is_shared = isinstance(claims["aud"], list) and set(claims["aud"]) != {client_id}
    if (is_shared or "azp" in claims) and claims.get("azp") != client_id:
        raise EidRefused("claim azp")


def require_words(claims: dict[str, Any], expected: Expected) -> None:
    """Bound to this attempt, and by the means that were asked for."""
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise EidRefused("claim nonce")
    if not isinstance(claims.get("acr"), str) or claims["acr"] not in expected.acr_values:
        raise EidRefused("claim acr")


def require_access_token(claims: dict[str, Any], access_token: str, algorithm: str) -> None:
    """The access token that came along belongs to this ID token, where that says anything about it."""
    if "at_hash" not in claims:
        return
    expected = create_half_hash(access_token, algorithm).decode()
    if not isinstance(claims["at_hash"], str) or claims["at_hash"].rstrip("=") != expected:
        raise EidRefused("claim at_hash")


def opened(token: str, key: ClientKey) -> str:
    """The signed token inside an encrypted one, as the Finnish Trust Network wants it; else the token."""
    if token.count(".") != 4:
        return token
    try:
        inner = jwe.decrypt_compact(token, key, algorithms=ENCRYPTION).plaintext or b""
        return inner.decode()
    except (JoseError, ValueError, TypeError):
        raise EidRefused("encryption") from None
