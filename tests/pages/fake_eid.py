"""A provider of electronic identities on this machine: OpenID Connect over real HTTP, as brokers speak it.

It checks what a real one checks (the client's assertion, PKCE, the callback's address, that a code is used
once), and can be told to lie in every way that a token can.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

CLIENT_ID = "booking-portal"
CLIENT_KEY = ECKey.generate_key("P-256")
PROVIDER_KEY = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig"})
MAIJA = {"hetu": "131052-308T", "given_name": "Maija", "family_name": "Meikäläinen"}
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_WAIT = 3

Answer = tuple[int, bytes, dict[str, str]]


class Refused(Exception):
    """What a real provider would answer with an error."""


@dataclass
class FakeEid:
    """What was asked, and how the next answers are to differ from the truth."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=lambda: dict(MAIJA))
    changes: dict[str, Any] = field(default_factory=dict)
    """Claims of the ID token that are to be others; None leaves one out."""
    header: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any], dict[str, Any]], str] | None = None
    """Makes a token of header and claims in a way of its own."""
    signing_key: ECKey | RSAKey = field(default_factory=lambda: PROVIDER_KEY)
    keys: list[ECKey | RSAKey] = field(default_factory=lambda: [PROVIDER_KEY])
    client_key: ECKey | RSAKey = field(default_factory=lambda: CLIENT_KEY)
    description: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Path to an answer in place of the right one."""
    slow: set[str] = field(default_factory=set)
    wake: threading.Event = field(default_factory=threading.Event)
    asked: Counter[str] = field(default_factory=Counter)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    used_assertions: set[str] = field(default_factory=set)
    made: list[str] = field(default_factory=list)
    """Every secret that was given out or received."""

    def get(self, path: str, query: dict[str, str]) -> Answer:
        match path:
            case "/.well-known/openid-configuration":
                return as_json(self.described())
            case "/jwks":
                return as_json({"keys": [key.as_dict(private=False) for key in self.keys]})
            case "/authorize":
                return self.authorized(query)
            case "/userinfo":
                return as_json({"sub": "maija", **self.userinfo})
        return 404, b"", {}

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            **self.description,
        }

    def authorized(self, asked: dict[str, str]) -> Answer:
        """Maija is there already, and agrees at once."""
        assert asked["client_id"] == CLIENT_ID
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return 302, b"", {"Location": f"{asked['redirect_uri']}?{back}"}

    def exchanged(self, sent: dict[str, str]) -> Answer:
        try:
            self.require_client(sent)
        except (Refused, JoseError, KeyError):
            return as_json({"error": "invalid_client"}, 401)
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or not fits(asked, sent):
            return as_json({"error": "invalid_grant"}, 400)
        access_token = secrets.token_urlsafe(24)
        id_token = self.id_token(asked, access_token)
        self.made += [access_token, id_token, sent["code"], sent["code_verifier"], asked["state"]]
        return as_json({"access_token": access_token, "token_type": "Bearer", "id_token": id_token})

    def require_client(self, sent: dict[str, str]) -> None:
        if sent["client_assertion_type"] != ASSERTION_TYPE:
            raise Refused
        public = type(self.client_key).import_key(self.client_key.as_dict(private=False))
        token = jwt.decode(sent["client_assertion"], public, algorithms=["ES256", "RS256", "PS256"])
        claims, now = token.claims, time.time()
        is_ours = claims["iss"] == claims["sub"] == CLIENT_ID and claims["aud"] == f"{self.issuer}/token"
        is_fresh = now - 5 <= claims["exp"] <= now + 300 and claims["jti"] not in self.used_assertions
        if not is_ours or not is_fresh or token.header["kid"] != self.client_key.thumbprint():
            raise Refused
        self.used_assertions.add(claims["jti"])

    def id_token(self, asked: dict[str, str], access_token: str) -> str:
        now = int(time.time())
        header = {"alg": "ES256", "kid": self.signing_key.kid, **self.header}
        claims = {
            "iss": self.issuer,
            "sub": "maija",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "acr": asked["acr_values"].split()[0],
            "at_hash": create_half_hash(access_token, "ES256").decode(),
            **self.person,
            **self.changes,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {name: value for name, value in header.items() if value is not None}
        if self.sign is not None:
            return self.sign(header, claims)
        return jwt.encode(header, claims, self.signing_key, algorithms=[header["alg"]])


def fits(asked: dict[str, str], sent: dict[str, str]) -> bool:
    """The code goes with the callback and with PKCE's secret (RFC 7636 §4.6)."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest())
    return (
        sent["grant_type"] == "authorization_code"
        and sent["redirect_uri"] == asked["redirect_uri"]
        and challenge.rstrip(b"=").decode() == asked["code_challenge"]
    )


def as_json(said: dict[str, Any], status: int = 200) -> Answer:
    return status, json.dumps(said).encode(), {"Content-Type": "application/json"}


def first_values(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


class Server(ThreadingHTTPServer):
    fake: FakeEid


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.answer(address.path, lambda: self.server.fake.get(address.path, first_values(address.query)))

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(self.path, lambda: self.server.fake.exchanged(first_values(sent)))

    def answer(self, path: str, right: Callable[[], Answer]) -> None:
        fake = self.server.fake
        fake.asked[path] += 1
        if path in fake.slow:
            fake.wake.wait(LONGEST_WAIT)
        wrong = fake.answers.get(path)
        status, body, headers = (*wrong, {}) if wrong else right()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Keeps quiet."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            """Whoever asked waits no longer."""


@contextmanager
def running() -> Iterator[FakeEid]:
    fake = FakeEid()
    server = Server(("127.0.0.1", 0), Handler)
    server.fake = fake
    fake.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield fake
    finally:
        fake.wake.set()
        server.shutdown()
        server.server_close()
