"""The provider of electronic identities, asked over HTTP: what it says of itself, its keys, its tokens.

Nothing that it answers is believed for longer than an hour, and nothing is waited for long: a provider
that is away must not keep the portal's own pages waiting.
"""

import json
import ssl
import time
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from authlib.oauth2.rfc7523.client import ASSERTION_TYPE
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from scheduling.eid import CountryEid
from scheduling.eid_keys import KeyUnusable, algorithm_of, client_key
from scheduling.errors import EidAway, EidRefused

PublicKey = RSAKey | ECKey | OKPKey
KEPT_SECONDS = 3600
REST_SECONDS = 10
"""After a failure the provider is left alone for so long."""
ANEW_SECONDS = 60
"""Keys that nobody knows make us ask for the keys again, so often at most."""
ASSERTION_SECONDS = 60
MOST_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Provider:
    """What the provider says of itself (OpenID Connect Discovery 1.0 §3), as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    id_token: str
    access_token: str


@dataclass
class KnownProvider:
    """One issuer, as it was when last asked."""

    issuer: str
    lock: Lock = field(default_factory=Lock)
    provider: Provider | None = None
    keys: list[PublicKey] = field(default_factory=list)
    provider_at: float = -KEPT_SECONDS
    keys_at: float = -KEPT_SECONDS
    anew_at: float = -ANEW_SECONDS
    failed_at: float = -REST_SECONDS

    def itself(self) -> Provider:
        with self.lock:
            return self._itself()

    def key(self, kid: str | None, algorithm: str) -> PublicKey | None:
        """The key that signs under this name; one that is new is asked for, but not again and again."""
        with self.lock:
            uri = self._itself().jwks_uri
            if is_old(self.keys_at, KEPT_SECONDS):
                self._learn_keys(uri)
            found = chosen(self.keys, kid, algorithm)
            if found is None and is_old(self.anew_at, ANEW_SECONDS):
                self.anew_at = time.monotonic()
                self._learn_keys(uri)
                found = chosen(self.keys, kid, algorithm)
            return found

    def _itself(self) -> Provider:
        if self.provider is None or is_old(self.provider_at, KEPT_SECONDS):
            self.provider = described(self.issuer, self._asked(discovery_url(self.issuer)))
            self.provider_at = time.monotonic()
        return self.provider

    def _learn_keys(self, uri: str) -> None:
        self.keys = public_keys(self._asked(uri))
        self.keys_at = time.monotonic()

    def _asked(self, url: str) -> dict[str, Any]:
        if not is_old(self.failed_at, REST_SECONDS):
            raise EidAway
        try:
            return answer_of(*ask("GET", url))
        except EidAway:
            self.failed_at = time.monotonic()
            raise


def is_old(since: float, seconds: float) -> bool:
    return time.monotonic() - since >= seconds


@lru_cache(maxsize=8)
def known_provider(issuer: str) -> KnownProvider:
    """One for each issuer and process."""
    return KnownProvider(issuer)


def discovery_url(issuer: str) -> str:
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def described(issuer: str, said: dict[str, Any]) -> Provider:
    """Raises EidAway where the issuer names another, or addresses less safe than its own."""
    needed = [said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if said.get("issuer") != issuer or not all(is_as_safe(url, issuer) for url in needed):
        raise EidAway
    authorization, token, jwks = map(str, needed)
    userinfo = said.get("userinfo_endpoint", "")
    return Provider(issuer, authorization, token, jwks, userinfo if is_as_safe(userinfo, issuer) else "")


def is_as_safe(url: Any, issuer: str) -> bool:
    """An address over TLS; without it only where the issuer has none itself."""
    if not isinstance(url, str):
        return False
    try:
        address = urlsplit(url)
    except ValueError:
        return False
    return bool(address.netloc) and address.scheme in ("https", urlsplit(issuer).scheme)


def public_keys(said: dict[str, Any]) -> list[PublicKey]:
    """Those of the provider's keys that can prove a signature; others, such as shared ones, do not count."""
    listed = said.get("keys")
    if not isinstance(listed, list):
        raise EidAway
    return [key for entry in listed if (key := public_key(entry)) is not None]


def public_key(entry: Any) -> PublicKey | None:
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
        return None
    try:
        key = import_key(entry)
    except (JoseError, ValueError, TypeError):
        return None
    return key if isinstance(key, RSAKey | ECKey | OKPKey) else None


def chosen(keys: list[PublicKey], kid: str | None, algorithm: str) -> PublicKey | None:
    """The key of that name; without a name the only one there is."""
    fitting = [key for key in keys if key.alg in (None, algorithm) and (kid is None or key.kid == kid)]
    return fitting[0] if len(fitting) == 1 else None


def authorization_url(
    provider: Provider, *, eid: CountryEid, state: str, nonce: str, code_verifier: str, language: str
) -> str:
    """Where the patient identifies themselves, and is sent back from to the callback."""
    return str(
        prepare_grant_uri(
            provider.authorization_endpoint,
            client_id=settings.EID_CLIENT_ID,
            response_type="code",
            redirect_uri=settings.EID_CALLBACK_URL,
            scope=settings.EID_SCOPE,
            state=state,
            nonce=nonce,
            acr_values=" ".join(eid.acr_values),
            ui_locales=language,
            code_challenge=create_s256_code_challenge(code_verifier),
            code_challenge_method="S256",
        )
    )


def redeemed(provider: Provider, *, code: str, code_verifier: str) -> Tokens:
    """What the code is worth. Raises EidRefused where it is worth nothing, EidAway where nobody says."""
    status, body = ask(
        "POST",
        provider.token_endpoint,
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": settings.EID_CALLBACK_URL,
            "code_verifier": code_verifier,
            "client_id": settings.EID_CLIENT_ID,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": client_assertion(provider),
        },
    )
    if status == 400 and error_in(body) == "invalid_grant":
        raise EidRefused("invalid_grant")
    said = answer_of(status, body)
    id_token, access_token = said.get("id_token"), said.get("access_token") or ""
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        raise EidAway
    return Tokens(id_token, access_token)


def client_assertion(provider: Provider) -> str:
    """Shows the provider that it is us who ask (RFC 7523 §2.2), for a minute and once."""
    try:
        key = client_key()
    except KeyUnusable:
        raise EidAway from None
    return str(
        private_key_jwt_sign(
            key,
            client_id=settings.EID_CLIENT_ID,
            token_endpoint=provider.token_endpoint,
            alg=algorithm_of(key),
            header={"kid": key.kid or key.thumbprint()},
            expires_in=ASSERTION_SECONDS,
        )
    )


def user_info(provider: Provider, access_token: str, subject: str) -> dict[str, Any]:
    """What the provider says besides; nothing unless it is about the same person (Core 1.0 §5.3.2)."""
    if not provider.userinfo_endpoint or not access_token:
        return {}
    headers = {"Authorization": f"Bearer {access_token}"}
    said = answer_of(*ask("GET", provider.userinfo_endpoint, headers=headers))
    if said.get("sub") != subject:
        raise EidRefused("userinfo sub")
    return said


def answer_of(status: int, body: bytes) -> dict[str, Any]:
    """The JSON object of a good answer. Raises EidAway for every other."""
    said = parsed(body)
    if status != 200 or said is None:
        raise EidAway
    return said


def error_in(body: bytes) -> str:
    return str((parsed(body) or {}).get("error", ""))


def parsed(body: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def ask(
    method: str, url: str, *, data: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Status and body, within the time and the size that there is. Raises EidAway. Follows no redirect."""
    ends_at = time.monotonic() + settings.EID_SECONDS
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
    try:
        with (
            httpx.Client(verify=tls(), timeout=settings.EID_SECONDS) as client,
            client.stream(method, url, data=data, headers=sent) as response,
        ):
            return response.status_code, whole_body(response, ends_at)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
        raise EidAway from None


def whole_body(response: httpx.Response, ends_at: float) -> bytes:
    body = b""
    for part in response.iter_raw():
        body += part
        if len(body) > MOST_BYTES or time.monotonic() > ends_at:
            raise EidAway
    return body


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()
