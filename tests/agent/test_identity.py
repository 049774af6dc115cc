"""The agent's key: sealed, in a file only it may read, and never replaced by accident."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from agent.cli import main
from agent.identity import FILE_NAME, Identity, NotActivated, load_identity, save_identity
from agent.passphrases import NoPassphrase
from agent.portal import Portal, UnsafeAddress
from agent.private_files import OpenToOthers
from agent.sealing import CannotUnseal
from tests.agent.fake_portal import ACCOUNT_KEY, FakePortal


def activate(home: Path, api_url: str, *more: str, key: str = ACCOUNT_KEY) -> int:
    fixed = ["activate", "--home", str(home), "--api-url", api_url, "--database", "sqlite://"]
    return main([*fixed, "--account-key", key, *more])


def test_key_file_is_for_its_owner_alone(identity: Identity, home: Path) -> None:
    assert stat.S_IMODE((home / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "passphrase").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert load_identity(home) == identity


def test_private_key_is_nowhere_in_the_clear(identity: Identity, home: Path) -> None:
    secret = identity.private_key["d"]

    assert secret not in repr(identity)
    assert [path for path in home.rglob("*") if path.is_file() and secret in path.read_text()] == []


@pytest.mark.parametrize("name", [FILE_NAME, "passphrase", "."])
def test_key_that_others_can_read_is_not_used(identity: Identity, home: Path, name: str) -> None:
    (home / name).chmod(0o750)

    with pytest.raises(OpenToOthers, match="chmod"):
        load_identity(home)


@pytest.mark.parametrize("variable", ["CREDENTIALS_DIRECTORY", "AGENT_PASSPHRASE_FILE", "AGENT_PASSPHRASE"])
def test_passphrase_comes_from_outside_the_home(
    identity: Identity, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    elsewhere = tmp_path / "agent-passphrase"
    elsewhere.write_text("a passphrase kept elsewhere\n")
    elsewhere.chmod(0o600)
    places = {"CREDENTIALS_DIRECTORY": str(tmp_path), "AGENT_PASSPHRASE_FILE": str(elsewhere)}
    (home / "passphrase").unlink()
    monkeypatch.setenv(variable, places.get(variable, "a passphrase kept elsewhere"))

    save_identity(home, identity)

    assert load_identity(home) == identity
    assert not (home / "passphrase").exists()
    monkeypatch.delenv(variable)
    with pytest.raises(NoPassphrase):
        load_identity(home)


def test_other_passphrase_does_not_open_the_key(
    identity: Identity, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_PASSPHRASE", "another")

    with pytest.raises(CannotUnseal, match="set up again"):
        load_identity(home)


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
