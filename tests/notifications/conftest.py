"""Two organisations, a messages file, a Twilio and an SMTP server of the tests' own."""

from asyncio import Server
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from clinics.models import Organisation
from notifications import bell
from notifications.models import Channel, Kind, Message
from tests.factories import make_organisation
from tests.notifications.fake_twilio import SID, TOKEN, FakeTwilio, running_twilio

Queued = Callable[..., Message]


@pytest.fixture
def organisation(db: None) -> Organisation:
    return make_organisation("demoklinikka")


@pytest.fixture
def other_organisation(db: None) -> Organisation:
    return make_organisation("pikkuhammas")


@pytest.fixture(autouse=True)
def messages_file(tmp_path: Path, settings: Settings) -> Path:
    """Everything leaves by a file of the test's own, unless the test asks for a provider."""
    path = tmp_path / "messages.jsonl"
    settings.MESSAGES_FILE = str(path)
    settings.EMAIL_TRANSPORT = settings.SMS_TRANSPORT = "file"
    settings.MESSAGE_CLAIM_SECONDS = 90
    return path


@pytest.fixture
def waiting(organisation: Organisation) -> Queued:
    """Makes a waiting message; what the test cares about, it names."""

    def make(**changes: Any) -> Message:
        about = changes.pop("about", f"test:{Message.across.count()}")
        values: dict[str, Any] = {
            "organisation": organisation,
            "kind": Kind.CONFIRMATION,
            "channel": Channel.SMS,
            "to": "+358401234567",
            "language": "fi",
            "body": f"Varauksesi on vastaanotettu: {about}",
        }
        message: Message = Message.across.create(about=about, **(values | changes))
        return message

    return make


@pytest.fixture
def twilio(settings: Settings) -> Iterator[FakeTwilio]:
    with running_twilio() as running:
        settings.SMS_TRANSPORT = "twilio"
        settings.TWILIO_API_URL = running.url
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = SID, TOKEN
        yield running


class Postbox:
    """An SMTP server's memory: what it took, and what it will answer to the next messages."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.answers: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 Taken"
        if not answer.startswith(("4", "5")):
            self.taken.append(envelope)
        if answer == "hang up":
            assert server.transport is not None
            server.transport.close()
        return answer


class AnyPort(Controller):
    """Learns which port it was given before it knocks on it."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def postbox(settings: Settings) -> Iterator[Postbox]:
    postbox = Postbox()
    controller = AnyPort(postbox, hostname="127.0.0.1", port=0, server_hostname="mail.test")
    controller.start()
    settings.EMAIL_TRANSPORT = "smtp"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "noreply@portal.test"
    yield postbox
    controller.stop()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadPoolExecutor]:
    """What this process delivers itself; ``shutdown`` waits until it has."""
    pool = ThreadPoolExecutor(max_workers=2)
    monkeypatch.setattr(bell, "in_process", pool)
    bell.broker.forget()
    yield pool
    pool.shutdown()
    bell.broker.forget()


@pytest.fixture
def no_broker(here: ThreadPoolExecutor, settings: Settings) -> ThreadPoolExecutor:
    """Redis is down, nothing listens where it should be; the pool that delivers instead."""
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    return here
