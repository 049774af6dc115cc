"""What is done when a number may be reminded again. Apps above this one say at their start what is theirs."""

from functools import cache
from typing import Any

from django.utils.module_loading import import_string

WHEN_LIFTED: list[str] = []
"""Dotted names of functions of an organisation's id and a number."""


def plan_again(organisation_id: int, mobile: str) -> None:
    """In the caller's transaction."""
    for name in WHEN_LIFTED:
        called(name)(organisation_id, mobile)


@cache
def called(name: str) -> Any:
    return import_string(name)
