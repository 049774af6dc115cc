"""What the demo's telephone and mailbox show: the newest lines of the messages file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinics.models import Organisation
from notifications.models import Channel
from notifications.transports.file.transport import written_messages

_TAIL = 256 * 1024
_MOST_SHOWN = 30


@dataclass(frozen=True)
class ShownMessage:
    """A message as its reader sees it."""

    to: str
    subject: str
    text: str
    organisation: str
    """The name of who sent it."""
    at: datetime


@dataclass(frozen=True)
class Inbox:
    """Newest first."""

    sms: list[ShownMessage]
    email: list[ShownMessage]


def inbox_of(subdomain: str | None) -> Inbox:
    """What one organisation has sent; with None, what all of the demo's have."""
    entries = [entry for entry in reversed(written_messages(tail=_TAIL)) if _is_of(entry, subdomain)]
    names = dict(Organisation.objects.values_list("subdomain", "name"))
    return Inbox(sms=_shown(entries, Channel.SMS, names), email=_shown(entries, Channel.EMAIL, names))


def _is_of(entry: dict[str, Any], subdomain: str | None) -> bool:
    return subdomain is None or entry.get("organisation") == subdomain


def _shown(entries: list[dict[str, Any]], channel: Channel, names: dict[str, str]) -> list[ShownMessage]:
    chosen = [entry for entry in entries if entry.get("channel") == channel]
    return [
        ShownMessage(
            to=entry["to"],
            subject=entry["subject"],
            text=entry["text"],
            organisation=names.get(entry["organisation"], entry["organisation"]),
            at=datetime.fromisoformat(entry["at"]),
        )
        for entry in chosen[:_MOST_SHOWN]
    ]
