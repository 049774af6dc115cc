"""The load generator against a real server: every script gets its own answers, in order."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from benchmarks.exchange import Answer, Unexpected, get, post_form
from benchmarks.load import Address, NotAnswered, Script, drive


class Echo(BaseHTTPRequestHandler):
    """Answers with the address and the body it was sent, and hangs up when asked to."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/hang-up":
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        text = self.path.encode() + b" " + body
        self.send_response(302)
        self.send_header("Location", self.path)
        self.send_header("Set-Cookie", "visitor=somebody; Path=/")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
        """Nothing is written down."""


@pytest.fixture
def server() -> Iterator[Address]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield ("127.0.0.1", running.server_address[1])
        running.shutdown()


def ask(paths: list[str], answers: list[Answer]) -> Script:
    for path in paths:
        answer = yield get("localhost", path)
        answers.append(answer)


def test_drive_gives_every_script_its_own_answers_in_order(server: Address) -> None:
    found: list[list[Answer]] = [[], [], []]
    drive([(server, ask([f"/{n}/{step}" for step in range(3)], found[n])) for n in range(3)])

    assert [[answer.location for answer in answers] for answers in found] == [
        [f"/{n}/{step}" for step in range(3)] for n in range(3)
    ]


def test_drive_ends_with_its_scripts_and_cuts_off_those_behind(server: Address) -> None:
    behind, before = list[Answer](), list[Answer]()
    endless = ask(["/behind"] * 1_000_000, behind)
    drive([(server, ask(["/before"], before))], behind=[(server, endless)], lead_seconds=0.1)

    assert len(before) == 1
    assert behind


def test_answer_has_status_body_and_cookies(server: Address) -> None:
    found: list[Answer] = []

    def script() -> Script:
        found.append((yield post_form("localhost", "/form", {"a": "ä"}, {"b": "c"})))

    drive([(server, script())])

    assert found[0].body == b"/form a=%C3%A4"
    assert found[0].cookie("visitor") == "somebody"
    with pytest.raises(Unexpected):
        found[0].require(200)


def test_server_that_hangs_up_is_told(server: Address) -> None:
    with pytest.raises((NotAnswered, ConnectionResetError)):
        drive([(server, ask(["/hang-up"], []))])
