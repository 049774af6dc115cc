"""Requests as bytes and answers as they came: what a check needs, and a client would hide."""

import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from agent import VERSION

Key = OKPKey | ECKey
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
URN = "urn:portal:"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Broken(Exception):
    """A promise is not kept; the text says what came instead."""


class Skipped(Exception):
    """The check cannot be made here; the text says why."""


@dataclass(frozen=True)
class Answer:
    asked: str
    status: int
    headers: httpx.Headers
    content: bytes
    seconds: float

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.content)
        except ValueError:
            raise Broken(
                f"{self.asked} was answered {self.status} with something that is not JSON."
            ) from None

    def member(self, name: str) -> Any:
        document = self.json
        if not isinstance(document, dict) or name not in document:
            raise Broken(f"{self.asked} was answered {self.status} without {name!r}.")
        return document[name]

    def require(self, status: int) -> "Answer":
        """This answer, if it has the status."""
        if self.status != status:
            raise Broken(f"{self.asked} was answered {self.status} instead of {status}: {self.told}")
        return self

    def require_problem(self, status: int, kind: str, pointer: str | None = None) -> "Answer":
        """This answer, if it is a problem document of the kind, with an error that points there."""
        self.require(status)
        if self.headers.get("Content-Type", "").partition(";")[0] != "application/problem+json":
            raise Broken(f"{self.asked}: the problem's Content-Type is not application/problem+json.")
        if self.member("type") != URN + kind:
            raise Broken(f"{self.asked}: the problem is {self.member('type')!r} and not {URN + kind!r}.")
        missing = [name for name in ("title", "status", "detail", "errors") if name not in self.json]
        if missing:
            raise Broken(f"{self.asked}: the problem document lacks {', '.join(missing)}.")
        pointers = [error.get("pointer") for error in self.member("errors")]
        if pointer is not None and pointer not in pointers:
            raise Broken(f"{self.asked}: no error points to {pointer!r}, only to {pointers}.")
        return self

    @property
    def told(self) -> str:
        return self.content[:200].decode(errors="replace")


class Wire:
    """The API's address; a base without a client of its own mind."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/") + "/"
        self._client = httpx.Client(
            transport=transport, timeout=60, headers={"User-Agent": f"sync-conformance/{VERSION}"}
        )

    def close(self) -> None:
        self._client.close()

    def send(
        self, method: str, path: str, content: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        began = time.monotonic()
        try:
            response = self._client.request(method, self.url + path, content=content or None, headers=headers)
        except httpx.TransportError as failure:
            raise Broken(f"{method} {path} was not answered ({type(failure).__name__}).") from None
        seconds = time.monotonic() - began
        asked = f"{method} {path.partition('?')[0]}"
        return Answer(asked, response.status_code, response.headers, response.content, seconds)

    def post(self, path: str, body: object) -> Answer:
        return self.send("POST", path, encoded(body), dict(JSON))


def encoded(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def ed25519_key() -> Key:
    return OKPKey.generate_key("Ed25519")


def p256_key() -> Key:
    return ECKey.generate_key("P-256")


@dataclass
class TrialAgent:
    """One activation of the account, and everything that it may ask, rightly or wrongly."""

    wire: Wire
    agent_id: str
    generation: int
    key: Key
    sequence: int = 0
    token: str = field(default="", repr=False)

    @classmethod
    def activated(cls, wire: Wire, account_key: str, key: Key | None = None) -> "TrialAgent":
        key = key or ed25519_key()
        answer = wire.post("activate", activation(account_key, key)).require(201)
        return cls(wire, str(answer.member("agent_id")), int(answer.member("generation")), key)

    def assertion(self, **changes: object) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.agent_id,
            "sub": self.agent_id,
            "aud": f"{self.wire.url}token",
            "iat": now,
            "exp": now + 120,
            "jti": uuid4().hex,
        }
        kept = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        algorithm = "Ed25519" if isinstance(self.key, OKPKey) else "ES256"
        return jwt.encode({"alg": algorithm}, kept, self.key, algorithms=[algorithm])

    def ask_token(self, assertion: str | None = None, **changes: str) -> Answer:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion or self.assertion(),
            **changes,
        }
        return self.wire.send("POST", "token", urlencode(form).encode(), dict(FORM))

    def ask(
        self, method: str, path: str, body: object = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer:
        if not self.token:
            self.token = str(self.ask_token().require(200).member("access_token"))
        content = raw if raw is not None else b"" if body is None else encoded(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = JSON if content else {}
        return self.wire.send(
            method, path, content, {"Authorization": f"Bearer {self.token}", **kind, **named}
        )

    def numbered(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body with the next number."""
        self.sequence += 1
        return {"sequence": self.sequence, **body}

    def push(self, *windows: object) -> Answer:
        """A push under the next number."""
        return self.ask("PUT", "slots", self.numbered({"windows": list(windows)}))


def activation(account_key: str, key: Key) -> dict[str, object]:
    return {
        "account_key": account_key,
        "public_key": key.as_dict(private=False),
        "machine": {"name": "conformance", "agent_version": VERSION},
    }
