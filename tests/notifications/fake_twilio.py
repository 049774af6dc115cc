"""A local Twilio on a real socket: takes messages, lists them, and misbehaves when told to."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, urlsplit

SID = "AC" + "0" * 32
TOKEN = "a-token"


@dataclass
class Answer:
    """How to answer a request to send: with an error, or by hanging up, having taken it or not."""

    status: int = 201
    body: str = ""
    takes_it: bool = False
    hangs_up: bool = False


@dataclass
class FakeTwilio:
    url: str = ""
    taken: list[dict[str, str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    """What the next requests to send get; a plain success when there is nothing left."""
    listings: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def take(self, form: dict[str, str]) -> dict[str, str]:
        with self.lock:
            message = {
                "sid": f"SM{next(self.numbers):032}",
                "to": form["To"],
                "from": form["From"],
                "body": form["Body"],
                "validity_period": form.get("ValidityPeriod", ""),
                "status": "queued",
                "date_created": format_datetime(datetime.now(tz=UTC)),
            }
            self.taken.insert(0, message)
        return message

    def texts(self) -> list[str]:
        """What a telephone would show, oldest first."""
        return [message["body"] for message in reversed(self.taken)]


class Handler(BaseHTTPRequestHandler):
    twilio: FakeTwilio

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        if self.path != f"/2010-04-01/Accounts/{SID}/Messages.json":
            return self.reply(404, "{}")
        answer = self.twilio.answers.pop(0) if self.twilio.answers else Answer(takes_it=True)
        taken = self.twilio.take(form) if answer.takes_it else {}
        if answer.hangs_up:
            self.close_connection = True
            return None
        return self.reply(answer.status, answer.body or json.dumps(taken))

    def do_GET(self) -> None:
        self.twilio.listings += 1
        to = parse_qs(urlsplit(self.path).query)["To"][0]
        found = [message for message in self.twilio.taken if message["to"] == to]
        self.reply(200, json.dumps({"messages": found, "next_page_uri": None, "page": 0, "page_size": 50}))

    def reply(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keeps the tests' output clean."""


class Server(ThreadingHTTPServer):
    """Does not complain of clients that were killed before they heard the answer."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def running_twilio() -> Iterator[FakeTwilio]:
    twilio = FakeTwilio()
    server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"twilio": twilio}))
    twilio.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield twilio
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
