"""Another agent, as somebody else would write it who has read nothing but the protocol.

It shares no code with ours and none with the portal; its book is a dictionary. What it cannot do with
the words of the protocol alone, the protocol does not say well enough.
"""

import gzip
import json
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Json = dict[str, Any]


class ProblemFound(Exception):
    """A problem document (RFC 9457)."""

    def __init__(self, answer: httpx.Response) -> None:
        self.document: Json = answer.json()
        self.kind: str = self.document.get("type", self.document.get("error", ""))
        self.status = answer.status_code
        super().__init__(f"{answer.status_code} {self.kind}: {self.document.get('detail')}")


@dataclass
class Wire:
    """Activation, tokens, and JSON there and back."""

    base: str
    http: httpx.Client
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))
    agent_id: str = ""
    bearer: str = ""
    bearer_ends: float = 0.0

    def activate(self, account_key: str) -> Json:
        told = self.send(
            "POST",
            "activate",
            {
                "account_key": account_key,
                "public_key": self.key.as_dict(private=False),
                "machine": {"name": "second", "agent_version": "0.0-second"},
            },
        )
        self.agent_id = told["agent_id"]
        return told

    def renew(self) -> None:
        now = int(time.time())
        claims = {
            "iss": self.agent_id,
            "sub": self.agent_id,
            "aud": self.base + "token",
            "exp": now + 240,
            "jti": str(uuid.uuid4()),
        }
        answer = self.http.post(
            self.base + "token",
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": BEARER,
                "client_assertion": jwt.encode({"alg": "ES256"}, claims, self.key),
            },
        )
        if answer.status_code != 200:
            raise ProblemFound(answer)
        told = answer.json()
        assert told["token_type"] == "Bearer"
        self.bearer, self.bearer_ends = told["access_token"], time.monotonic() + told["expires_in"] - 30

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        if time.monotonic() >= self.bearer_ends:
            self.renew()
        try:
            return self.send(method, path, body)
        except ProblemFound as problem:
            if problem.kind != "urn:portal:token-invalid":
                raise
        self.renew()
        return self.send(method, path, body)

    def send(self, method: str, path: str, body: Json | None) -> Json:
        headers = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        packed = b""
        if body is not None:
            packed = gzip.compress(json.dumps(body).encode())
            headers |= {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        answer = self.http.request(method, self.base + path, content=packed, headers=headers, timeout=60)
        if answer.status_code >= 400:
            raise ProblemFound(answer)
        told: Json = answer.json()
        return told


@dataclass
class Visit:
    """A line of the book. Times are compared as instants, whatever offset they are written with."""

    number: str
    start: datetime
    end: datetime
    practitioner: str
    clinic: str
    booking: str | None = None
    mobile: str = ""
    treatment: str | None = None
    is_off: bool = False

    def meets(self, start: datetime, end: datetime, practitioner: str) -> bool:
        return not self.is_off and self.practitioner == practitioner and self.start < end and start < self.end


@dataclass
class SecondAgent:
    """The book, and what becomes of the portal's events in it."""

    wire: Wire
    opening: tuple[datetime, datetime]
    practitioner: str
    clinic: str
    catalogue: Json
    visits: list[Visit] = field(default_factory=list)
    sequence: int = 0

    # Up

    def put_catalogue(self) -> Json:
        return self.wire.ask("PUT", "catalogue", self.catalogue)

    def free(self) -> list[Json]:
        """What of the opening hours nobody has."""
        begin, close = self.opening
        found = []
        for visit in sorted((one for one in self.visits if not one.is_off), key=lambda one: one.start):
            if visit.start > begin:
                found.append({"start": begin.isoformat(), "end": visit.start.isoformat()})
            begin = max(begin, visit.end)
        if begin < close:
            found.append({"start": begin.isoformat(), "end": close.isoformat()})
        return found

    def put_slots(self, *, again: bool = False) -> Json:
        """``again``: as an agent does that did not hear the answer."""
        self.sequence += 0 if again else 1
        begin, close = self.opening
        window = {
            "practitioner": self.practitioner,
            "clinic": self.clinic,
            "from": begin.isoformat(),
            "to": close.isoformat(),
            "slots": self.free(),
        }
        return self.wire.ask("PUT", "slots", {"sequence": self.sequence, "windows": [window]})

    # Down

    def events(self, wait: int = 0) -> list[Json]:
        told: list[Json] = self.wire.ask("GET", f"events?wait={wait}")["events"]
        return told

    def work(self) -> list[Json]:
        """All that waits, written and then acknowledged; the results."""
        results = [self.result(event) for event in self.events()]
        if results:
            assert self.wire.ask("POST", "events/ack", {"results": results}) == {"acknowledged": len(results)}
            self.put_slots()
        return results

    def result(self, event: Json) -> Json:
        data = event["data"]
        if event["type"] == "patient.lookup":
            self.answer_lookup(data)
            return {"event": event["id"], "outcome": "accepted"}
        found = self.visit_of(data)
        if event["type"].endswith(("cancelled", "cancel")):
            if found:
                found.is_off = True
            return self.accepted(event, found)
        if event["type"] == "booking.created":
            return self.accepted(event, found) if found else self.enter(event)
        return self.move(event, found)

    def visit_of(self, data: Json) -> Visit | None:
        """Its own earlier write, by the booking; what the clinic made, by the appointment."""
        by_booking = (one for one in self.visits if data.get("booking") and one.booking == data["booking"])
        by_number = (one for one in self.visits if one.number == data.get("appointment"))
        return next(by_booking, None) or next(by_number, None)

    def enter(self, event: Json) -> Json:
        data = event["data"]
        start, end = datetime.fromisoformat(data["start"]), datetime.fromisoformat(data["end"])
        if any(one.meets(start, end, data["practitioner"]) for one in self.visits):
            return {"event": event["id"], "outcome": "refused", "reason": "taken"}
        visit = Visit(
            f"n{len(self.visits) + 1}",
            start,
            end,
            data["practitioner"],
            data["clinic"],
            booking=data["booking"],
            mobile=data["patient"]["mobile"] or "",
            treatment=data["treatment"],
        )
        self.visits.append(visit)
        return self.accepted(event, visit)

    def move(self, event: Json, found: Visit | None) -> Json:
        new = event["data"]["new"]
        start, end = datetime.fromisoformat(new["start"]), datetime.fromisoformat(new["end"])
        if found is None or found.is_off:
            return {"event": event["id"], "outcome": "refused", "reason": "other", "detail": "Not there."}
        if any(one.meets(start, end, new["practitioner"]) for one in self.visits if one is not found):
            return {"event": event["id"], "outcome": "refused", "reason": "taken"}
        found.start, found.end = start, end
        found.practitioner, found.clinic = new["practitioner"], new["clinic"]
        found.booking = found.booking or event["data"].get("booking")
        return self.accepted(event, found)

    def accepted(self, event: Json, visit: Visit | None) -> Json:
        told = {"event": event["id"], "outcome": "accepted"}
        return {**told, "appointment": visit.number} if visit else told

    def answer_lookup(self, data: Json) -> Json:
        theirs = [one for one in self.visits if one.mobile and one.mobile == data["mobile"]]
        answer: Json = {"found": bool(theirs)}
        if theirs:
            answer["patient"] = {"first_name": "Maija", "last_name": "Meikäläinen", "mobile": data["mobile"]}
            answer["appointments"] = [
                {
                    "id": one.number,
                    "booking": one.booking,
                    "clinic": one.clinic,
                    "practitioner": one.practitioner,
                    "treatment": one.treatment,
                    "start": one.start.isoformat(),
                    "end": one.end.isoformat(),
                    "text": "",
                    "move_allowed": True,
                    "cancel_allowed": True,
                }
                for one in theirs
                if not one.is_off
            ]
        return self.wire.ask("PUT", f"lookups/{data['lookup']}", answer)

    # The desk

    def desk_change(self, booking: str, **change: Any) -> Json:
        return self.wire.ask("PUT", f"bookings/{booking}", change)
