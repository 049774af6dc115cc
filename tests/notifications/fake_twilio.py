"""A local Twilio on a real socket: takes messages, lists them, reports on them, and misbehaves when told to.

In a test it runs on threads beside it. As a program (``python -m tests.notifications.fake_twilio``) it
misbehaves by chance, and tells at ``/count`` what it has taken.
"""

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from queue import SimpleQueue
from urllib.parse import parse_qs, urlencode, urlsplit

from twilio.request_validator import RequestValidator

SID = "AC" + "0" * 32
TOKEN = "a-token"
STATUSES = ("queued", "sent", "delivered")


@dataclass
class Answer:
    """How to answer a request to send: with an error, slowly, or by hanging up, having taken it or not."""

    status: int = 201
    body: str = ""
    takes_it: bool = False
    hangs_up: bool = False
    seconds: float = 0.0


@dataclass
class Mischief:
    """How often it misbehaves, as shares of the requests to send; the same again with the same seed."""

    slow: float = 0.0
    seconds: float = 0.3
    breaks: float = 0.0
    """Takes it, and answers 500."""
    hangs_up: float = 0.0
    refuses: float = 0.0
    """Answers 503, and has not taken it."""
    chance: random.Random = field(default_factory=lambda: random.Random(5))

    def answer(self) -> Answer:
        seconds = self.seconds if self.chance.random() < self.slow else 0.0
        fate = self.chance.random()
        if fate < self.breaks:
            return Answer(500, "{}", takes_it=True, seconds=seconds)
        if fate < self.breaks + self.hangs_up:
            return Answer(takes_it=True, hangs_up=True, seconds=seconds)
        if fate < self.breaks + self.hangs_up + self.refuses:
            return Answer(503, "{}", seconds=seconds)
        return Answer(takes_it=True, seconds=seconds)


@dataclass
class FakeTwilio:
    url: str = ""
    taken: list[dict[str, str]] = field(default_factory=list)
    by_recipient: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    """What the next requests to send get; ``mischief`` or a plain success when there is nothing left."""
    mischief: Mischief | None = None
    listings: int = 0
    connections: int = 0
    callback_port: int = 0
    """Where the host that we are told to call really is; 0: nobody is called."""
    callbacks: "SimpleQueue[tuple[str, dict[str, str]]]" = field(default_factory=SimpleQueue)
    reported: Counter[int] = field(default_factory=Counter)
    """How the calls were answered."""
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
                "status_callback": form.get("StatusCallback", ""),
                "status": "queued",
                "date_created": format_datetime(datetime.now(tz=UTC)),
            }
            self.taken.insert(0, message)
            self.by_recipient.setdefault(form["To"], []).insert(0, message)
        if self.callback_port and message["status_callback"]:
            self.queue_reports(message)
        return message

    def queue_reports(self, message: dict[str, str]) -> None:
        """In any order, some of them twice."""
        chance = self.mischief.chance if self.mischief else random.Random(5)
        statuses = [*STATUSES, chance.choice(STATUSES)]
        chance.shuffle(statuses)
        for status in statuses:
            self.callbacks.put((message["status_callback"], report(message, status)))

    def texts(self) -> list[str]:
        """What a telephone would show, oldest first."""
        return [message["body"] for message in reversed(self.taken)]


def report(message: dict[str, str], status: str, **more: str) -> dict[str, str]:
    """The fields of a status callback."""
    own = {"MessageSid": message["sid"], "SmsSid": message["sid"], "MessageStatus": status}
    return {
        **own,
        "SmsStatus": status,
        "To": message["to"],
        "From": message["from"],
        "AccountSid": SID,
        **more,
    }


def signature(address: str, fields: dict[str, str], token: str = TOKEN) -> str:
    """What stands in X-Twilio-Signature."""
    return str(RequestValidator(token).compute_signature(address, fields))


def call(port: int, address: str, fields: dict[str, str]) -> int:
    """Posts to a public address that is really on this machine; the answer's status, 0 for none."""
    parts = urlsplit(address)
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature(address, fields),
    }
    try:
        connection.request("POST", parts.path, urlencode(fields), headers)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


class Handler(BaseHTTPRequestHandler):
    twilio: FakeTwilio
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # an answer leaves in one piece

    def setup(self) -> None:
        super().setup()
        with self.twilio.lock:
            self.twilio.connections += 1

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        if self.path != f"/2010-04-01/Accounts/{SID}/Messages.json":
            return self.reply(404, "{}")
        answer = self.next_answer()
        taken = self.twilio.take(form) if answer.takes_it else {}
        if answer.seconds:
            time.sleep(answer.seconds)
        if answer.hangs_up:
            self.close_connection = True
            return None
        return self.reply(answer.status, answer.body or json.dumps(taken))

    def next_answer(self) -> Answer:
        with self.twilio.lock:
            if self.twilio.answers:
                return self.twilio.answers.pop(0)
            return self.twilio.mischief.answer() if self.twilio.mischief else Answer(takes_it=True)

    def do_GET(self) -> None:
        if self.path == "/count":
            return self.reply(200, json.dumps(self.figures()))
        self.twilio.listings += 1
        to = parse_qs(urlsplit(self.path).query)["To"][0]
        found = self.twilio.by_recipient.get(to, [])[:50]
        return self.reply(
            200, json.dumps({"messages": found, "next_page_uri": None, "page": 0, "page_size": 50})
        )

    def figures(self) -> dict[str, object]:
        with self.twilio.lock:
            bodies = [message["body"] for message in self.twilio.taken]
        left = self.twilio.callbacks.qsize()
        reported = {str(status): many for status, many in self.twilio.reported.items()}
        return {"bodies": bodies, "listings": self.twilio.listings, "reported": reported, "left": left}

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

    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def bound(twilio: FakeTwilio, port: int = 0) -> Server:
    server = Server(("127.0.0.1", port), type("Bound", (Handler,), {"twilio": twilio}))
    twilio.url = f"http://127.0.0.1:{server.server_address[1]}"
    return server


@contextmanager
def running_twilio() -> Iterator[FakeTwilio]:
    twilio = FakeTwilio()
    server = bound(twilio)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield twilio
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def keep_calling(twilio: FakeTwilio) -> None:
    """Reports until it is answered, as Twilio does for a while."""
    while True:
        address, fields = twilio.callbacks.get()
        status = call(twilio.callback_port, address, fields)
        twilio.reported[status] += 1
        if status == 0 or status >= 500:
            time.sleep(0.2)
            twilio.callbacks.put((address, fields))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--callback-port", type=int, default=0)
    parser.add_argument("--mischief", type=json.loads, default={})
    options = parser.parse_args()
    twilio = FakeTwilio(callback_port=options.callback_port, mischief=Mischief(**options.mischief))
    if twilio.callback_port:
        threading.Thread(target=keep_calling, args=(twilio,), daemon=True).start()
    bound(twilio, options.port).serve_forever()


if __name__ == "__main__":
    main()
