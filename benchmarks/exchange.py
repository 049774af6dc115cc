"""HTTP/1.1 as the load generator speaks it: requests put together once, answers taken apart quickly."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=]+)=([^;\r]*)", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"


class Unexpected(Exception):
    """An answer that is not the one that is to be measured."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, and how long it took to come."""

    status: int
    head: bytes
    body: bytes
    seconds: float

    @property
    def location(self) -> str:
        found = _LOCATION.findall(self.head)
        return found[0].decode() if found else ""

    def cookie(self, name: str) -> str:
        return next((value.decode() for key, value in _COOKIE.findall(self.head) if key.decode() == name), "")

    def require(self, status: int) -> "Answer":
        """Itself. Raises Unexpected for another status."""
        if self.status != status:
            text = self.body.decode(errors="replace")
            raise Unexpected(f"{self.status} instead of {status}: {text[:2000]}")
        return self


def answer_in(received: bytearray, sent_at: float) -> Answer | None:
    """The answer, once all of it has been received."""
    end = received.find(_END_OF_HEAD)
    if end < 0:
        return None
    head = bytes(received[:end])
    length = _LENGTH.search(head)
    body_at = end + len(_END_OF_HEAD)
    if len(received) < body_at + (int(length[1]) if length else 0):
        return None
    return Answer(int(head[9:12]), head, bytes(received[body_at:]), time.perf_counter() - sent_at)


def get(host: str, path: str, headers: Mapping[str, str] | None = None) -> bytes:
    return request("GET", host, path, headers or {})


def post_form(host: str, path: str, fields: Mapping[str, str], cookies: Mapping[str, str]) -> bytes:
    body = urlencode(fields).encode()
    jar = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": jar}
    return request("POST", host, path, headers, body)


def request(method: str, host: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Accept-Language: fi"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + _END_OF_HEAD + body
