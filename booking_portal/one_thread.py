"""Django by ASGI with one thread for each request, from its first middleware to its last."""

from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class OneThread(ASGIHandler):
    """As Django's own, but the middleware is the same as under WSGI.

    Nothing here is asynchronous but the wait around it. Django would go to a thread and back for each
    middleware, some twenty times for a request, which is half of what a poll costs.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        answer: Any = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        found: HttpResponseBase = answer
        return found
