"""The two organisations of the demo, and what is remembered of them between starts."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from booking_portal.embedded import local_dir
from booking_portal.servers.base import write_privately

OPERATOR = "operator@portal.example"
OWNER = "owner@{subdomain}.example"


@dataclass(frozen=True)
class DemoOrganisation:
    """An organisation that the demo opens; its agent has a home folder and an appointment book."""

    subdomain: str
    name: str
    language: str = "fi"
    country: str = "FI"

    @property
    def agent_home(self) -> Path:
        return local_dir() / "agents" / self.subdomain

    @property
    def book(self) -> Path:
        return self.agent_home / "appointment-book.sqlite3"

    @property
    def book_url(self) -> str:
        return f"sqlite:///{self.book}"

    @property
    def owner(self) -> str:
        """The e-mail address that its owner logs in with."""
        return OWNER.format(subdomain=self.subdomain)


ORGANISATIONS = (
    DemoOrganisation("demoklinikka", "Demoklinikka"),
    DemoOrganisation("pikkuhammas", "Pikkuhammas"),
)


class DemoSecrets(TypedDict):
    """What the demo must know again at its next start."""

    password: str
    account_keys: dict[str, str]


def load_secrets() -> DemoSecrets:
    """What was remembered, or a new password and no keys."""
    if secrets_file().exists():
        known: DemoSecrets = json.loads(secrets_file().read_text())
        return known
    return {"password": secrets.token_urlsafe(12), "account_keys": {}}


def save_secrets(known: DemoSecrets) -> None:
    write_privately(secrets_file(), json.dumps(known, indent=1))


def secrets_file() -> Path:
    return local_dir() / "demo-secrets.json"
