"""The line between agent and portal: real HTTP, on which requests and answers go astray to order."""

from collections import Counter
from collections.abc import Callable
from enum import StrEnum

import httpx


class Fault(StrEnum):
    """What becomes of one request."""

    LOST_REQUEST = "request lost"
    LOST_ANSWER = "answer lost after it was applied"
    TWICE = "request arrived twice"
    LATE = "request arrived late, after others"
    BUSY = "portal answered 503"
    KILLED_BEFORE = "agent killed before it sent"
    KILLED_AFTER = "agent killed before it heard"


BEFORE = (Fault.LOST_REQUEST, Fault.LATE, Fault.KILLED_BEFORE)
"""The portal has nothing of the request when these happen."""


class Killed(BaseException):
    """The agent's process is gone, in the midst of whatever it did; nothing in it can catch this."""


class Line(httpx.BaseTransport):
    """Carries requests to a server on this machine that is known by another name.

    ``faults`` are used up one a request. ``meanwhile`` is called once, when the next answer is on its way.
    """

    def __init__(self, port: int, host: str) -> None:
        self._real = httpx.HTTPTransport()
        self._port, self._host = port, host
        self.faults: list[Fault | None] = []
        self.late: list[httpx.Request] = []
        self.happened: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self.meanwhile: Callable[[], object] | None = None

    def close(self) -> None:
        """Stays open for the next agent; see ``hang_up``."""

    def hang_up(self) -> None:
        self._real.close()

    def mend(self) -> None:
        """From here on nothing goes wrong, and nothing that was on its way arrives any more."""
        self.faults.clear()
        self.late.clear()

    def deliver_late(self) -> None:
        """What had been held up arrives now, the youngest first; nobody waits for the answers."""
        while self.late:
            self._carry(self.late.pop())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(port=self._port)
        request.headers["Host"] = self._host
        self.requests[f"{request.method} {request.url.path.split('/', 3)[-1].split('/')[0]}"] += 1
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            self.happened[fault] += 1
        if fault in BEFORE:
            self._stop(request, fault)
        if fault is Fault.BUSY:
            return httpx.Response(503, headers={"Retry-After": "1"})
        if fault is Fault.TWICE:
            self._carry(request)
        response = self._carry(request)
        if fault is Fault.LOST_ANSWER:
            raise httpx.ReadError("lost")
        if fault is Fault.KILLED_AFTER:
            raise Killed
        return response

    def _stop(self, request: httpx.Request, fault: Fault) -> None:
        if fault is Fault.KILLED_BEFORE:
            raise Killed
        if fault is Fault.LATE:
            self.late.append(request)
            raise httpx.ReadTimeout("late")
        raise httpx.ConnectError("lost")

    def _carry(self, request: httpx.Request) -> httpx.Response:
        response = self._real.handle_request(request)
        response.read()
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return response
