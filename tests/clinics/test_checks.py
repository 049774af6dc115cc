"""System checks refuse what would let a stranger in."""

from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django.fixtures import Settings


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("ALLOWED_HOSTS", ["*"], "clinics.E001"),
        ("FIELD_KEYS", [], "clinics.E002"),
        ("FIELD_KEYS", ["not a key"], "clinics.E002"),
        ("DEMO", True, "clinics.E003"),
        ("BASE_SCHEME", "http", "clinics.E004"),
    ],
)
def test_check_finds_a_bad_setting(settings: Settings, name: str, value: Any, finding: str) -> None:
    settings.DEMO, settings.BASE_SCHEME = False, "https"
    assert found() == set()

    setattr(settings, name, value)

    assert found() == {finding}


def found() -> set[str]:
    messages = run_checks(include_deployment_checks=True)
    return {message.id for message in messages if message.id and message.id.startswith("clinics.")}
