"""A portal on a real socket that speaks the sync protocol and can be told to misbehave."""

import gzip
import json
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

ACCOUNT_KEY = "demo-account-key"


@dataclass
class PortalState:
    """What the portal holds, and what it shall do wrong next."""

    agents: dict[str, OKPKey] = field(default_factory=dict)
    superseded: set[str] = field(default_factory=set)
    tokens: dict[str, str] = field(default_factory=dict)
    catalogues: list[dict[str, Any]] = field(default_factory=list)
    counts_catalogues: bool = True
    """Older portals take a catalogue whatever its number."""
    sequence: int = 0
    last_body: bytes = b""
    received: list[tuple[int, bytes]] = field(default_factory=list)  # every push that arrived, taken or not
    windows: dict[tuple[str, str, str], list[dict[str, Any]]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    results: dict[int, dict[str, Any]] = field(default_factory=dict)
    lookups: dict[str, dict[str, Any]] = field(default_factory=dict)
    told_bookings: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    standing: list[dict[str, Any]] = field(default_factory=list)  # what the book should have
    bookings: dict[str, dict[str, Any]] = field(default_factory=dict)  # as the portal has them
    lose_answers_to: list[str] = field(default_factory=list)  # paths: done, but the answer is cut off
    problems_for: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    polls: int = 0
    requests: int = 0
    tokens_issued: int = 0


class FakePortal:
    """Listens on a free port of this machine for as long as the ``with`` lasts."""

    def __init__(self) -> None:
        self.state = PortalState()
        self.changed = Condition()
        self.is_closing = False
        portal = self

        class Handler(Requests):
            owner = portal

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=[0.02])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/sync/v1/"

    def __enter__(self) -> "FakePortal":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self.changed:
            self.is_closing = True
            self.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def tell(self, event_type: str, **data: object) -> int:
        """Queue an event for the agent; its number."""
        with self.changed:
            number = len(self.state.events) + 1
            self.state.events.append({"id": number, "type": event_type, "data": data})
            self.changed.notify_all()
            return number

    def wait_until(self, condition: Any, seconds: float = 60) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, seconds), "the portal never came to that state"

    def slots_of(self, practitioner: str) -> list[tuple[str, str]]:
        """Start and end of all that the practitioner has free, in order."""
        windows = list(self.state.windows.items())
        return sorted(
            (slot["start"], slot["end"]) for key, slots in windows if key[0] == practitioner for slot in slots
        )


class Problem(Exception):
    def __init__(self, status: int, kind: str, **more: object) -> None:
        super().__init__(kind)
        self.status = status
        self.document = {
            "type": f"urn:portal:{kind}",
            "status": status,
            "title": kind,
            "detail": kind,
            **more,
        }


class Requests(BaseHTTPRequestHandler):
    owner: FakePortal
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body of an answer are two writes

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_PUT(self) -> None:
        self.answer()

    def answer(self) -> None:
        state = self.owner.state
        state.requests += 1
        path = urlsplit(self.path).path.removeprefix("/sync/v1/")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        try:
            with self.owner.changed:
                document = self.handle_path(path, body)
                self.owner.changed.notify_all()
        except Problem as problem:
            self.send_json(problem.status, problem.document)
            return
        if path in state.lose_answers_to:
            state.lose_answers_to.remove(path)
            self.close_connection = True
            return
        self.send_json(201 if path == "activate" else 200, document)

    def send_json(self, status: int, document: dict[str, Any]) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def handle_path(self, path: str, body: bytes) -> dict[str, Any]:
        state = self.owner.state
        if state.problems_for.get(path):
            raise Problem(*state.problems_for[path].pop(0))
        if path == "activate":
            return self.activate(json.loads(body))
        if path == "token":
            return self.token(parse_qs(body.decode()))
        self.require_agent()
        if path == "status":
            return {
                "time": "2026-11-23T08:00:00+02:00",
                "portal": {"url": "https://demoklinikka.example/", "state": "open"},
                "last_push": None,
                "sequence": state.sequence,
                "pending_events": len(self.waiting()),
            }
        if path.startswith("lookups/"):
            state.lookups[path.removeprefix("lookups/")] = json.loads(body)
            return {"appointments": 0}
        if path == "bookings":
            return {"bookings": state.standing, "next": None}
        if path.startswith("bookings/"):
            return self.booking(path.removeprefix("bookings/"), json.loads(body))
        handlers = {
            "catalogue": self.catalogue,
            "slots": self.slots,
            "events": self.events,
            "events/ack": self.acknowledge,
        }
        return handlers[path](body)

    def activate(self, body: dict[str, Any]) -> dict[str, Any]:
        state = self.owner.state
        if body["account_key"] != ACCOUNT_KEY:
            raise Problem(401, "account-key-invalid")
        assert "d" not in body["public_key"]
        state.superseded |= set(state.agents)
        generation = len(state.agents) + 1
        agent = f"agent-{generation}"
        state.agents[agent] = OKPKey.import_key(body["public_key"])
        state.sequence = 0
        organisation = {
            "name": "Demoklinikka",
            "subdomain": "demoklinikka",
            "time_zone": "Europe/Helsinki",
        }
        return {"agent_id": agent, "generation": generation, "organisation": organisation}

    def token(self, form: dict[str, list[str]]) -> dict[str, Any]:
        state = self.owner.state
        assertion = form["client_assertion"][0]
        agent = next(
            name for name, key in reversed(state.agents.items()) if self.is_signed_by(assertion, name, key)
        )
        if agent in state.superseded:
            raise Problem(409, "agent-superseded")
        state.tokens_issued += 1
        token = f"token-{state.tokens_issued}"
        state.tokens[token] = agent
        return {"access_token": token, "token_type": "Bearer", "expires_in": 900}

    def is_signed_by(self, assertion: str, agent: str, key: OKPKey) -> bool:
        try:
            claims = jwt.decode(assertion, key, algorithms=["Ed25519"]).claims
        except (ValueError, JoseError):
            return False
        assert claims["iss"] == claims["sub"] == agent
        assert claims["aud"] == f"{self.owner.url}token"
        assert time.time() < claims["exp"] <= time.time() + 300
        assert claims["jti"]
        return True

    def require_agent(self) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        agent = self.owner.state.tokens.get(token)
        if agent is None:
            raise Problem(401, "token-invalid")
        if agent in self.owner.state.superseded:
            raise Problem(409, "agent-superseded")

    def booking(self, booking: str, body: dict[str, Any]) -> dict[str, Any]:
        state = self.owner.state
        state.told_bookings.append((booking, body))
        stands = state.bookings.setdefault(booking, {})
        before = dict(stands)
        stands |= {"state": body["state"].replace("moved", "booked")}
        stands |= {name: body[name] for name in ("start", "end", "practitioner", "clinic") if name in body}
        return {"changed": stands != before, "overlaps": [], **stands}

    def catalogue(self, body: bytes) -> dict[str, Any]:
        state = self.owner.state
        counts = {"created": 1, "updated": 0, "retired": 0}
        catalogue = json.loads(body)
        if not state.counts_catalogues or "sequence" not in catalogue:
            state.catalogues.append(catalogue)
            return counts
        if self.was_taken(body):
            return {**counts, "created": 0, "sequence": state.sequence, "replayed": True}
        state.catalogues.append(catalogue)
        state.sequence, state.last_body = catalogue["sequence"], body
        return {**counts, "sequence": state.sequence}

    def slots(self, body: bytes) -> dict[str, Any]:
        state = self.owner.state
        push = json.loads(body)
        state.received.append((push["sequence"], body))
        if self.was_taken(body):
            return {"sequence": state.sequence, "replayed": True}
        for window in push["windows"]:
            state.windows[window["practitioner"], window["clinic"], window["from"]] = window["slots"]
        state.sequence, state.last_body = push["sequence"], body
        return {"sequence": state.sequence, "slots": 0, "changed_days": 0}

    def was_taken(self, body: bytes) -> bool:
        state, sequence = self.owner.state, json.loads(body)["sequence"]
        if sequence <= state.sequence and body != state.last_body:
            raise Problem(409, "stale-sequence", sequence=state.sequence)
        return bool(sequence <= state.sequence)

    def waiting(self) -> list[dict[str, Any]]:
        state = self.owner.state
        return [event for event in state.events if event["id"] not in state.results]

    def events(self, _body: bytes) -> dict[str, Any]:
        asked = parse_qs(urlsplit(self.path).query)
        wait, limit = float(asked["wait"][0]), int(asked["limit"][0])
        self.owner.state.polls += 1
        self.owner.changed.notify_all()
        self.owner.changed.wait_for(lambda: self.waiting() or self.owner.is_closing, wait)
        return {"events": self.waiting()[:limit], "cursor": len(self.owner.state.events)}

    def acknowledge(self, body: bytes) -> dict[str, Any]:
        state = self.owner.state
        results = json.loads(body)["results"]
        if any(state.results.get(result["event"], result) != result for result in results):
            raise Problem(409, "already-acknowledged")
        state.results |= {result["event"]: result for result in results}
        return {"acknowledged": len(results)}
