"""The long poll: waits outside Django, so that a waiting agent costs no thread and no database connection.

Django answers ``GET events`` at once, always. Where nothing was to be told it says, in an object that
travels with the request, for whom and how long to wait; then the wait is here, and Django is asked again
when something has happened.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from sync_api.bodies import MOST_BYTES
from sync_api.listener import Listener

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_SECONDS = 30
TURNS = 16
"""How many polls Django answers at the same moment; the others wait for their turn without a thread."""
MOST_DISCARDED = 4 * MOST_BYTES

_SCOPE_KEY = "sync_api.poll"


@dataclass
class Poll:
    """What the view says of waiting: nothing, or for whom and how long."""

    organisation_id: int = 0
    seconds: int = 0


def wait_for_events(request: HttpRequest, *, organisation_id: int, seconds: int) -> None:
    """Asks for the request to be answered later; without an event loop around it, it is answered now."""
    poll = getattr(request, "scope", {}).get(_SCOPE_KEY)
    if poll is not None:
        poll.organisation_id, poll.seconds = organisation_id, min(seconds, MOST_SECONDS)


def answer_now(request: HttpRequest) -> None:
    """Takes that back: the request is answered as it is."""
    poll = getattr(request, "scope", {}).get(_SCOPE_KEY)
    if poll is not None:
        poll.seconds = 0


@dataclass
class Answer:
    """A whole answer, kept until it is known that it shall be sent."""

    poll: Poll
    messages: list[Message] = field(default_factory=list)

    async def take(self, message: Message) -> None:
        self.messages.append(message)


class LongPoll:
    """The ASGI application: Django, and around it the wait for events."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.listener = Listener()
        self.turns = asyncio.Semaphore(TURNS)
        self.is_stopping = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["type"] == "http" and scope["method"] == "GET" and scope["path"].endswith("/events"):
            await self.answer_poll(scope, receive, send)
        else:
            await self.application(scope, Bounded(receive), send)

    async def live(self, receive: Receive, send: Send) -> None:
        """Starts with the server, and on its way down lets every waiting agent go."""
        await receive()
        self.listener.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.is_stopping = True
        await self.listener.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def answer_poll(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.listener.start()
        await Bounded(receive).discard()
        gone = asyncio.ensure_future(hung_up(receive))
        try:
            answer = await self.answer_in_time(scope, gone)
        finally:
            gone.cancel()
        if answer is not None:
            for message in answer.messages:
                await send(message)

    async def answer_in_time(self, scope: Scope, gone: "asyncio.Future[None]") -> Answer | None:
        """Django's answer, once it tells something or the wait is over; None if nobody listens."""
        began = asyncio.get_running_loop().time()
        while not gone.done():
            mark = self.listener.mark
            answer = await self.ask(scope)
            left = began + answer.poll.seconds - asyncio.get_running_loop().time()
            if left <= 0 or self.is_stopping or not await self.told(answer.poll, mark, left, gone):
                return None if gone.done() else answer
        return None

    async def ask(self, scope: Scope) -> Answer:
        answer = Answer(Poll())
        async with self.turns:
            await self.application({**scope, _SCOPE_KEY: answer.poll}, NoBody(), answer.take)
        return answer

    async def told(self, poll: Poll, mark: int, seconds: float, gone: "asyncio.Future[None]") -> bool:
        """Waits; whether something may have happened before the time was over or the agent hung up."""
        told = asyncio.ensure_future(self.listener.told(poll.organisation_id, mark))
        try:
            await asyncio.wait([told, gone], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            return told.done() and not gone.done()
        finally:
            told.cancel()


async def hung_up(receive: Receive) -> None:
    """Returns when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


class NoBody:
    """Hands Django an empty body, and then nothing more."""

    def __init__(self) -> None:
        self.is_told = False

    async def __call__(self) -> Message:
        if self.is_told:
            await asyncio.get_running_loop().create_future()
        self.is_told = True
        return {"type": "http.request", "body": b"", "more_body": False}


class Bounded:
    """Hands on one byte more than a body may have, and reads past the rest: no body fills memory or disk."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.passed = 0
        self.discarded = 0

    async def __call__(self) -> Message:
        message = await self.receive()
        if message["type"] != "http.request":
            return message
        body = message.get("body", b"")[: MOST_BYTES + 1 - self.passed]
        self.passed += len(body)
        if self.passed > MOST_BYTES and message.get("more_body"):
            await self.discard()
            message = {**message, "more_body": False}
        return {**message, "body": body}

    async def discard(self) -> None:
        """Reads what is left of the body, up to MOST_DISCARDED bytes."""
        while self.discarded <= MOST_DISCARDED:
            message = await self.receive()
            self.discarded += len(message.get("body", b""))
            if not message.get("more_body"):
                return
