"""A load generator: one thread, many kept connections, and a script for what each of them asks.

It has to be small beside what it measures: the floor without a query shows what it can do.
"""

import selectors
import socket
import time
from collections.abc import Generator, Sequence
from contextlib import suppress

from benchmarks.exchange import Answer, answer_in

Address = tuple[str, int]
Script = Generator[bytes, Answer, None]
"""Yields requests, and is sent the answer to each."""
Asked = tuple[Address, Script]

_CHUNK = 256 * 1024
_PATIENCE_SECONDS = 60.0


class NotAnswered(Exception):
    """A server hung up, or took longer than anybody would wait."""


class Connection:
    """One kept connection and the script that it follows."""

    def __init__(self, address: Address, script: Script) -> None:
        self.address = address
        self.script = script
        self.socket = socket.create_connection(address, timeout=_PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.sent_at = 0.0

    def begin(self) -> bool:
        """Sends the first request; False where there is none."""
        return self.follow(None)

    def read(self) -> bool:
        """Takes what has come, and sends the next request after a whole answer; False after the last."""
        chunk = self.socket.recv(_CHUNK)
        if not chunk:
            raise NotAnswered(f"{self.address} hung up.")
        self.received += chunk
        answer = answer_in(self.received, self.sent_at)
        if answer is None:
            return True
        self.received.clear()
        return self.follow(answer)

    def follow(self, answer: Answer | None) -> bool:
        try:
            request = next(self.script) if answer is None else self.script.send(answer)
        except StopIteration:
            return False
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)
        return True


def drive(scripts: Sequence[Asked], *, behind: Sequence[Asked] = (), lead_seconds: float = 0.0) -> None:
    """Follows the scripts to their ends, all at once; those ``behind`` start earlier, and are cut off."""
    with selectors.DefaultSelector() as selector:
        background = [Connection(*asked) for asked in behind]
        foreground = [Connection(*asked) for asked in scripts]
        try:
            start(selector, background)
            turn(selector, until=time.perf_counter() + lead_seconds, waiting=set())
            start(selector, foreground)
            turn(selector, until=None, waiting=set(foreground))
        finally:
            for connection in (*background, *foreground):
                connection.socket.close()
                connection.script.close()


def start(selector: selectors.BaseSelector, connections: Sequence[Connection]) -> None:
    for connection in connections:
        if connection.begin():
            selector.register(connection.socket, selectors.EVENT_READ, connection)


def turn(selector: selectors.BaseSelector, *, until: float | None, waiting: set[Connection]) -> None:
    """Serves all connections until this moment or, without one, until none is ``waiting`` any more."""
    while waiting if until is None else time.perf_counter() < until:
        left = _PATIENCE_SECONDS if until is None else max(0.0, until - time.perf_counter())
        ready = selector.select(left)
        if not ready and until is None:
            raise NotAnswered("No server answers any more.")
        for key, _ in ready:
            connection: Connection = key.data
            if not connection.read():
                with suppress(KeyError):
                    selector.unregister(connection.socket)
                waiting.discard(connection)
