"""The agent's key: in a file only it may read, and never replaced by accident."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from agent.cli import main
from agent.identity import FILE_NAME, Identity, NotActivated, load_identity
from agent.portal import Portal, UnsafeAddress
from tests.agent.fake_portal import ACCOUNT_KEY, FakePortal


def activate(home: Path, api_url: str, *more: str, key: str = ACCOUNT_KEY) -> int:
    fixed = ["activate", "--home", str(home), "--api-url", api_url, "--database", "sqlite://"]
    return main([*fixed, "--account-key", key, *more])


def test_key_file_is_for_its_owner_alone(identity: Identity, home: Path) -> None:
    assert stat.S_IMODE((home / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert load_identity(home) == identity


def test_activation_does_not_replace_an_identity_unless_told_to(home: Path, fake_portal: FakePortal) -> None:
    assert activate(home, fake_portal.url) == 0
    first = load_identity(home)

    assert activate(home, fake_portal.url) == 1
    assert load_identity(home) == first

    assert activate(home, fake_portal.url, "--again") == 0
    second = load_identity(home)
    assert (first.generation, second.generation) == (1, 2)
    assert first.private_key != second.private_key


def test_wrong_account_key_leaves_no_identity(
    home: Path, fake_portal: FakePortal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert activate(home, fake_portal.url, key="wrong") == 1

    assert "account-key-invalid" in capsys.readouterr().err
    with pytest.raises(NotActivated):
        load_identity(home)


def test_address_in_the_clear_is_refused(identity: Identity) -> None:
    unsafe = replace(identity, api_url="http://api.example.com/sync/v1/")

    with pytest.raises(UnsafeAddress):
        Portal(unsafe)
