"""The portal's sync API, version 1, as an agent sees it: one method for each thing it can ask."""

import gzip
import time
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx
from joserfc import jwt

from agent import VERSION
from agent.clock import seconds_ahead
from agent.identity import Identity, create_key
from agent.problems import PortalError, TokenRefused, TryLater, problem_in
from agent.wire import encoded
from agent.words import _

LOOPBACK = ("127.0.0.1", "::1", "localhost")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 120
RENEW_SECONDS = 60  # a token is renewed this long before it ends
ANSWER_SECONDS = 30.0
GZIP_FROM_BYTES = 1_000
JSON_HEADERS = {"Content-Type": "application/json"}

Answer = dict[str, Any]


class UnsafeAddress(Exception):
    """The API's address would carry personal data over the network in the clear."""


def activate(*, api_url: str, account_key: str, machine: str) -> Identity:
    """A new identity, known to the portal; any earlier agent of the account is replaced by it."""
    key = create_key()
    body = {
        "account_key": account_key,
        "public_key": key.as_dict(private=False),
        "machine": {"name": machine, "agent_version": VERSION},
    }
    with _client(api_url) as client:
        answer = _exchange(client, "POST", "activate", content=encoded(body), headers=JSON_HEADERS)
    return Identity(
        agent_id=answer["agent_id"],
        generation=answer["generation"],
        organisation=answer["organisation"]["name"],
        api_url=api_url,
        private_key=dict(key.as_dict(private=True)),
    )


class Portal:
    """The portal for one activated agent; safe to share between threads."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._key = identity.key
        self._client = _client(identity.api_url)
        self._token = ""
        self._token_ends_at = 0.0
        self._token_lock = Lock()

    def close(self) -> None:
        self._client.close()

    def status(self) -> Answer:
        return self._ask("GET", "status")

    def put_catalogue(self, body: bytes) -> Answer:
        """Send a catalogue that has been written down already, byte for byte."""
        return self._ask("PUT", "catalogue", content=body)

    def put_slots(self, body: bytes) -> Answer:
        """The same of a push."""
        return self._ask("PUT", "slots", content=body)

    def events(self, *, wait: int, limit: int = 100) -> list[dict[str, Any]]:
        """The events not yet acknowledged, oldest first; none after ``wait`` silent seconds."""
        answer = self._ask(
            "GET", "events", params={"wait": wait, "limit": limit}, seconds=wait + ANSWER_SECONDS
        )
        events = answer.get("events")
        return events if isinstance(events, list) else []

    def acknowledge(self, results: Sequence[Mapping[str, object]]) -> Answer:
        return self._ask("POST", "events/ack", content=encoded({"results": list(results)}))

    def put_lookup(self, lookup: str, answer: Mapping[str, object]) -> Answer:
        return self._ask("PUT", f"lookups/{quote(lookup, safe='')}", content=encoded(dict(answer)))

    def bookings(self) -> Iterator[Answer]:
        """The bookings that the book should have, as the portal has them."""
        params: dict[str, str | int] = {"limit": 1_000}
        while True:
            answer = self._ask("GET", "bookings", params=params)
            yield from answer["bookings"]
            if not answer["next"]:
                break
            params["after"] = answer["next"]

    def put_booking(self, booking: str, body: Mapping[str, object]) -> Answer:
        """Say how a booking stands in the book; how the portal has it then."""
        return self._ask("PUT", f"bookings/{quote(booking, safe='')}", content=encoded(dict(body)))

    def _ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes = b"",
        params: Mapping[str, str | int] | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> Answer:
        """The answer; a token refused is replaced by a new one, once."""
        body, headers = _packed(content)
        for last_try in (False, True):
            token = self._current_token()
            authorised = {**headers, "Authorization": f"Bearer {token}"}
            try:
                return _exchange(
                    self._client,
                    method,
                    path,
                    content=body,
                    params=params,
                    headers=authorised,
                    seconds=seconds,
                )
            except TokenRefused:
                if last_try:
                    raise
                self._discard(token)
        raise AssertionError("the second try either answers or raises")

    def _current_token(self) -> str:
        with self._token_lock:
            if time.monotonic() > self._token_ends_at - RENEW_SECONDS:
                self._fetch_token()
            return self._token

    def _discard(self, token: str) -> None:
        with self._token_lock:
            if self._token == token:  # else the other thread has renewed it already
                self._token_ends_at = 0.0

    def _fetch_token(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(),
        }
        answer = _exchange(self._client, "POST", "token", form=form)
        self._token = answer["access_token"]
        self._token_ends_at = time.monotonic() + float(answer["expires_in"])

    def _assertion(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self._identity.agent_id,
            "sub": self._identity.agent_id,
            "aud": str(self._client.base_url.join("token")),
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
            "jti": uuid4().hex,
        }
        return jwt.encode({"alg": "Ed25519"}, claims, self._key, algorithms=["Ed25519"])


def clock_ahead(api_url: str) -> float | None:
    """By how many seconds this machine's clock is ahead of the portal's; None where that is not known."""
    with _client(api_url) as client:
        return seconds_ahead(client)


def _client(api_url: str) -> httpx.Client:
    address = urlsplit(api_url)
    is_local = address.hostname in LOOPBACK
    if address.scheme != "https" and not (is_local and address.scheme == "http"):
        raise UnsafeAddress(_("The API's address must begin with https://."))
    return httpx.Client(
        base_url=api_url.rstrip("/") + "/",
        headers={"User-Agent": f"booking-agent/{VERSION}", "Accept": "application/json"},
        trust_env=not is_local,  # a proxy cannot reach this machine's own address
    )


def _exchange(
    client: httpx.Client,
    method: str,
    path: str,
    *,
    content: bytes | None = None,
    form: Mapping[str, str] | None = None,
    params: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = ANSWER_SECONDS,
) -> Answer:
    """One request and its JSON answer; TryLater when the portal cannot be reached."""
    try:
        response = client.request(
            method, path, content=content or None, data=form, params=params, headers=headers, timeout=seconds
        )
    except httpx.TransportError as failure:
        raise TryLater(
            _("The portal cannot be reached ({trouble}).", trouble=type(failure).__name__)
        ) from None
    if not response.is_success:
        raise problem_in(response)
    try:
        answer = response.json()
    except ValueError:
        raise TryLater(_("The portal's answer is not JSON.")) from None
    if not isinstance(answer, dict):
        raise PortalError(_("The portal's answer is not a JSON object."))
    return answer


def _packed(content: bytes) -> tuple[bytes, dict[str, str]]:
    if len(content) < GZIP_FROM_BYTES:
        return content, dict(JSON_HEADERS) if content else {}
    return gzip.compress(content, 6, mtime=0), {**JSON_HEADERS, "Content-Encoding": "gzip"}
