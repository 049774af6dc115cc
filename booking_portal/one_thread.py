"""Django by ASGI with one thread for each request, from its first middleware to its last."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import IO, Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

THREADS = 32
"""Requests that are answered at the same moment; agents that wait are none."""


class OneThread(ASGIHandler):
    """As Django's own, but a request is answered as under WSGI, by a thread that is there already.

    Nothing here is asynchronous but the wait around it (sync_api/long_poll.py). Django would make a thread
    for each request, and go there and back for each middleware: two thirds of what a poll costs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.threads = ThreadPoolExecutor(THREADS, "request")

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self.threads, copy_context().run, self.answer, scope, body)
        await self.send_response(answer, send)

    def answer(self, scope: Any, body: IO[bytes]) -> HttpResponse:
        """The answer, whole and closed: the thread's database connection is given back."""
        with body:
            set_script_prefix(get_script_prefix(scope))
            signals.request_started.send(sender=self.__class__, scope=scope)
            request, refusal = self.create_request(scope, body)
            response: Any = self.get_response(request) if request else refusal
            response._handler_class = self.__class__  # noqa: SLF001 - who closes says by whom it was answered
            try:
                return whole(response)
            finally:
                response.close()


def whole(response: HttpResponseBase) -> HttpResponse:
    """The same with its content read, where it would have been read while it is sent."""
    if isinstance(response, HttpResponse):
        return response
    content: Any = response
    found = HttpResponse(b"".join(content), status=response.status_code, headers=dict(response.headers))
    found.cookies = response.cookies
    return found
