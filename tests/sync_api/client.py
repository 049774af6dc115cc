"""A small agent for tests: it signs its assertions as any agent would, and speaks through any transport.

``DjangoTransport`` calls the application in this process; ``HttpTransport`` a server at an address.
"""

import json
import time
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import httpx
from django.conf import settings
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

Body = dict[str, Any]
Key = OKPKey | ECKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Answered:
    status: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def kind(self) -> str:
        """The problem's type without its prefix."""
        return str(self.json()["type"]).removeprefix("urn:portal:")

    @property
    def pointers(self) -> list[str]:
        return [error["pointer"] for error in self.json()["errors"]]


class Transport(Protocol):
    def send(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> Answered: ...


class DjangoTransport:
    """The application in this process, at the API's host name."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)
        self.host = urlsplit(settings.API_URL).netloc

    def send(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> Answered:
        headers = dict(headers)
        kind = headers.pop("Content-Type", "")
        response = self.client.generic(
            method, f"/sync/v1/{path}", content, content_type=kind, headers={"Host": self.host, **headers}
        )
        return Answered(response.status_code, dict(response.headers), response.content)


class HttpTransport:
    """A server; its address ends with a slash, like API_URL."""

    def __init__(self, api_url: str) -> None:
        self.client = httpx.Client(base_url=api_url, trust_env=False, timeout=40)

    def send(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> Answered:
        response = self.client.request(method, path, content=content, headers=headers)
        return Answered(response.status_code, dict(response.headers), response.content)


def ed25519_key() -> Key:
    return OKPKey.generate_key("Ed25519")


def p256_key() -> Key:
    return ECKey.generate_key("P-256")


def activation_body(account_key: str, key: Key) -> Body:
    return {
        "account_key": account_key,
        "public_key": key.as_dict(private=False),
        "machine": {"name": "front desk", "agent_version": "1.0"},
    }


@dataclass
class SyncAgent:
    """One activated agent, and everything that it may ask."""

    transport: Transport
    agent_id: str
    generation: int
    key: Key
    api_url: str = field(default_factory=lambda: settings.API_URL)
    access_token: str = ""

    @classmethod
    def activated(
        cls, transport: Transport, account_key: str, key: Key | None = None, **more: Any
    ) -> "SyncAgent":
        key = key or ed25519_key()
        answer = post_json(transport, "activate", activation_body(account_key, key))
        assert answer.status == 201, answer.content
        return cls(transport, answer.json()["agent_id"], answer.json()["generation"], key, **more)

    def claims(self, **changes: Any) -> Body:
        now = int(time.time())
        claims = {
            "iss": self.agent_id,
            "sub": self.agent_id,
            "aud": f"{self.api_url}token",
            "iat": now,
            "exp": now + 120,
            "jti": uuid4().hex,
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def assertion(self, alg: str = "", /, **changes: Any) -> str:
        alg = alg or ("Ed25519" if isinstance(self.key, OKPKey) else "ES256")
        return jwt.encode({"alg": alg}, self.claims(**changes), self.key, algorithms=[alg])

    def ask_token(self, assertion: str | None = None, **changes: str | None) -> Answered:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion or self.assertion(),
            **changes,
        }
        content = urlencode({name: value for name, value in form.items() if value is not None}).encode()
        return self.transport.send("POST", "token", content, {"Content-Type": FORM})

    def ask(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Answered:
        if not self.access_token:
            answer = self.ask_token()
            assert answer.status == 200, answer.content
            self.access_token = answer.json()["access_token"]
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if content else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        all_headers = {"Authorization": f"Bearer {self.access_token}", **kind, **named}
        return self.transport.send(method, path, content, all_headers)

    def status(self) -> Answered:
        return self.ask("GET", "status")

    def put_catalogue(self, body: Any) -> Answered:
        return self.ask("PUT", "catalogue", body)

    def put_slots(self, sequence: int, *windows: Body) -> Answered:
        return self.ask("PUT", "slots", {"sequence": sequence, "windows": list(windows)})

    def events(self, **parameters: int) -> Answered:
        return self.ask("GET", f"events?{urlencode(parameters)}" if parameters else "events")

    def acknowledge(self, *results: Body) -> Answered:
        return self.ask("POST", "events/ack", {"results": list(results)})


def post_json(transport: Transport, path: str, body: Any) -> Answered:
    return transport.send("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})


def catalogue_body() -> Body:
    """A practice of one clinic, two practitioners and two treatments."""
    return {
        "clinics": [
            {
                "id": "c1",
                "name": "Demoklinikka",
                "address": "Testikatu 1, 00100 Helsinki",
                "phone": "+358 9 555 0100",
                "email": "info@example.com",
                "time_zone": "Europe/Helsinki",
            }
        ],
        "practitioners": [
            {"id": "p1", "name": "Aino Aalto", "title": "Hammaslääkäri", "clinics": ["c1"]},
            {"id": "p2", "name": "Eino Elo", "title": "Suuhygienisti", "clinics": ["c1"]},
        ],
        "categories": [{"id": "exam", "name": "Tarkastus"}, {"id": "surgery", "name": "Leikkaus"}],
        "resources": [{"id": "xray", "clinic": "c1", "name": "X-ray room"}],
        "treatments": [
            {
                "id": "t1",
                "name": "Tarkastus 30 min",
                "minutes": 30,
                "category": "exam",
                "appointment_text": "Nettivaraus",
                "move_allowed": True,
                "cancel_allowed": True,
                "move_within_days": 30,
                "resources": [],
                "clinics": None,
                "practitioners": None,
            },
            {
                "id": "t2",
                "name": "Leikkaus 60 min",
                "minutes": 60,
                "category": "surgery",
                "appointment_text": "",
                "move_allowed": False,
                "cancel_allowed": False,
                "move_within_days": None,
                "resources": ["xray"],
                "clinics": ["c1"],
                "practitioners": ["p1"],
            },
        ],
    }


def slot(start: str, end: str, **more: Any) -> Body:
    """A slot on Monday 7 December 2026, by hours and minutes."""
    return {"start": f"2026-12-07T{start}:00+02:00", "end": f"2026-12-07T{end}:00+02:00", **more}


def window(*slots: Body, **changes: Any) -> Body:
    """A window around the week from Monday 7 December 2026."""
    return {
        "practitioner": "p1",
        "clinic": "c1",
        "from": "2026-12-07T00:00:00+02:00",
        "to": "2026-12-14T00:00:00+02:00",
        "slots": list(slots),
        **changes,
    }
