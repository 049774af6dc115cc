"""Text that only the application can read: national identity numbers and providers’ keys at rest."""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=1)
def ciphers() -> MultiFernet:
    """The keys of FIELD_KEYS: the first encrypts, every one decrypts, so that keys can be changed."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg]
    """A string in Python, Fernet's ciphertext in the database. It cannot be searched for."""

    def from_db_value(self, value: bytes | memoryview | None, *args: Any) -> str | None:
        return None if value is None else ciphers().decrypt(bytes(value)).decode()

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = ciphers().encrypt(value.encode())
        return super().get_db_prep_value(value, connection, prepared)
