"""The file ``.local/env``: settings that the demo makes up once, for all programs beside it."""

import base64
import os
import secrets
from pathlib import Path

from booking_portal.embedded import local_dir
from booking_portal.launch.addresses import Addresses
from booking_portal.servers.base import write_privately


def messages_file() -> Path:
    """Where the demo's e-mails and SMS go, as lines of JSON."""
    return local_dir() / "messages.jsonl"


def write_local_env(addresses: Addresses) -> None:
    """Write the file; its secrets stay what they were."""
    known = read_local_env()
    write_privately(
        env_file(),
        "".join(
            f"{name}={value}\n"
            for name, value in {
                "DEMO": "1",
                "SECRET_KEY": known.get("SECRET_KEY") or secrets.token_urlsafe(50),
                "FIELD_KEYS": known.get("FIELD_KEYS") or new_field_key(),
                "BASE_URL": addresses.base_url,
                "API_URL": addresses.api_url,
                "MESSAGES_FILE": str(messages_file()),
            }.items()
        ),
    )


def read_local_env() -> dict[str, str]:
    """What the file says, or nothing where there is none."""
    if not env_file().exists():
        return {}
    lines = (line.partition("=") for line in env_file().read_text().splitlines())
    return {name: value for name, equals, value in lines if equals}


def env_file() -> Path:
    return local_dir() / "env"


def new_field_key() -> str:
    """A Fernet key: 32 random bytes in URL-safe base 64."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()
