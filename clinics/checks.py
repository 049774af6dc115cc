"""System checks for what Django is silent about: settings that let a stranger in, and an old database."""

from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def check_hosts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A wildcard would let anybody's host name choose what links in e-mails point to."""
    if "*" in settings.ALLOWED_HOSTS:
        return [Error("ALLOWED_HOSTS accepts every host name.", hint="Name the hosts.", id="clinics.E001")]
    return []


def check_field_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without a good key national identity numbers could not be stored."""
    try:
        keys = [Fernet(key) for key in settings.FIELD_KEYS]
    except ValueError:
        keys = []
    if keys:
        return []
    return [Error("FIELD_KEYS has no Fernet key.", hint="Generate one: see .env.example.", id="clinics.E002")]


def check_demo_is_off(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The demo shows every message to whoever asks."""
    if settings.DEMO:
        return [Error("DEMO is on.", hint="Unset DEMO where real patients book.", id="clinics.E003")]
    return []


def check_links_are_secure(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Cookies and links follow the scheme of BASE_URL."""
    if settings.BASE_SCHEME != "https":
        return [Error("BASE_URL is not https.", hint="Serve the portal over TLS.", id="clinics.E004")]
    return []


def check_database_is_not_too_old(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Of joined migrations that were applied in part, Django would leave out the rest without a word."""
    on_disk = MigrationLoader(None).disk_migrations
    joined = [set(migration.replaces) - on_disk.keys() for migration in on_disk.values()]
    applied = [MigrationRecorder(connections[name]).applied_migrations().keys() for name in databases or []]
    if all(known.isdisjoint(old) or known >= old for known in applied for old in joined):
        return []
    hint = "Update to the last version that had them first: see “First start” in docs/operations.md."
    return [Error("The database is older than migrations that were joined.", hint=hint, id="clinics.E005")]
