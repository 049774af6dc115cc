"""A provider that takes JSON, on a real socket: remembers what it was asked, and answers as told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class FakeRest:
    """``usual`` makes the answer to a body; ``answers`` come first, as statuses and bodies."""

    usual: Any
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)

    def answer(self, body: Any) -> tuple[int, str]:
        return self.answers.pop(0) if self.answers else (200, json.dumps(self.usual(body)))


class Handler(BaseHTTPRequestHandler):
    rest: FakeRest
    protocol_version = "HTTP/1.1"
    wbufsize = 65536

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.rest.asked.append(Asked(self.path, dict(self.headers), body))
        status, text = self.rest.answer(body)
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keeps the tests' output clean."""


@contextmanager
def running_rest(usual: Any) -> Iterator[FakeRest]:
    rest = FakeRest(usual)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"rest": rest}))
    rest.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield rest
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
