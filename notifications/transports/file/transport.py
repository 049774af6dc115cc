"""Appends each message to a file as one line of JSON."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils import timezone

from notifications.errors import TransportError
from notifications.models import Message
from notifications.transports.base import Account


class FileTransport:
    """Any number of processes may append at once; each line is whole."""

    can_look_up = True
    can_reply = False
    alphanumeric_sender = True
    reports_delivery = False

    def __init__(self, account: Account) -> None:
        self.account = account

    def send(self, message: Message) -> str:
        line = json.dumps(_as_entry(message), ensure_ascii=False) + "\n"
        try:
            with _alone_with_the_file() as file:
                _append(file, line.encode())
        except OSError as error:
            raise TransportError(f"The messages file: {error.strerror}") from error
        return str(message.public_id)

    def look_up(self, message: Message) -> list[str]:
        sought = str(message.public_id)
        return [sought] if any(entry.get("id") == sought for entry in written_messages()) else []


def written_messages(*, tail: int | None = None) -> list[dict[str, Any]]:
    """What the file holds, oldest first; only what stands in its last ``tail`` bytes if that is given."""
    try:
        with open(settings.MESSAGES_FILE, "rb") as file:  # noqa: PTH123 - the setting is plain text
            size = file.seek(0, os.SEEK_END)
            start = max(0, size - tail) if tail else 0
            file.seek(start)
            lines = file.read().splitlines()
    except FileNotFoundError:
        return []
    return list(_entries(lines[1:] if start else lines))


def _entries(lines: list[bytes]) -> Iterator[dict[str, Any]]:
    """A line that a killed computer left unfinished is no message."""
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


def _as_entry(message: Message) -> dict[str, str]:
    return {
        "channel": message.channel,
        "to": message.to,
        "subject": message.subject,
        "text": message.body,
        "organisation": message.organisation.subdomain,
        "at": timezone.now().isoformat(timespec="milliseconds"),
        "id": str(message.public_id),
    }


@contextmanager
def _alone_with_the_file() -> Iterator[int]:
    """The file is for its owner alone: it holds names, numbers and codes."""
    file = os.open(settings.MESSAGES_FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _append(file: int, line: bytes) -> None:
    """All of the line or nothing: what a full disk cut off is taken back."""
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        line = b"\n" + line
    if os.write(file, line) != len(line):
        os.ftruncate(file, size)
        raise TransportError("The messages file: no room for a whole line")
