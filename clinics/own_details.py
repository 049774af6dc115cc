"""How a clinic is reached: by what the agent says, or by the clinic's own words in its place."""

from collections.abc import Mapping
from typing import Any

from clinics.models import Clinic

DETAILS = ("address", "phone", "email")


def behind(name: str) -> str:
    """The column in which the agent's value waits while the clinic's own stands before it."""
    return f"agents_{name}"


def is_own(clinic: Clinic, name: str) -> bool:
    return getattr(clinic, behind(name)) is not None


def agents_value(clinic: Clinic, name: str) -> str:
    waiting = getattr(clinic, behind(name))
    return str(getattr(clinic, name) if waiting is None else waiting)


def give_detail(clinic: Clinic, name: str, value: str) -> None:
    """Makes this the value that patients see; the agent's own value is nobody else's."""
    said = agents_value(clinic, name)
    setattr(clinic, name, value)
    setattr(clinic, behind(name), None if value == said else said)


def from_agent(clinic: Clinic, fields: Mapping[str, Any]) -> dict[str, Any]:
    """By column, where each of the agent's values belongs: shown, or behind the clinic's own."""
    return {
        behind(name) if name in DETAILS and is_own(clinic, name) else name: value
        for name, value in fields.items()
    }
