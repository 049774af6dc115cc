"""Handing over to another machine, and the configuration on its way."""

import json
from pathlib import Path

import pytest

from agent.books.sample.book import SampleBook
from agent.cli import main
from agent.configuration import (
    BookSettings,
    Configuration,
    PortalSettings,
    Secret,
    load_configuration,
    save_configuration,
)
from agent.identity import Identity, load_identity
from agent.transfer import FORMAT, CannotImport, imported
from tests.agent.fake_portal import ACCOUNT_KEY

PASSPHRASE = "carried by hand 1"


@pytest.fixture
def passphrase_file(tmp_path: Path) -> str:
    path = tmp_path / "typed"
    path.touch(mode=0o600)
    path.write_text(PASSPHRASE)
    return str(path)


def test_new_machine_takes_over_and_the_old_agent_says_so(
    identity: Identity,
    home: Path,
    book: SampleBook,
    tmp_path: Path,
    passphrase_file: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    carried, new_home = tmp_path / "carried.json", tmp_path / "new"
    with_passphrase = ("--passphrase-file", passphrase_file)

    assert main(["move", "out", "--home", str(home), *with_passphrase, str(carried)]) == 0
    taken = ["move", "in", "--home", str(new_home), *with_passphrase, str(carried)]
    assert main([*taken, "--account-key", "wrong"]) == 1
    assert main([*taken, "--account-key", ACCOUNT_KEY]) == 0

    assert load_identity(new_home).generation == identity.generation + 1
    assert load_configuration(new_home).books == load_configuration(home).books
    capsys.readouterr()
    assert main(["status", "--home", str(new_home)]) == 0
    assert main(["status", "--home", str(home), "--json"]) == 1
    lights = json.loads(capsys.readouterr().out.splitlines()[-1])["lights"]
    assert "Another agent has been activated" in lights["account"]["words"]


def test_sealed_file_shows_nothing_and_wants_a_long_passphrase(
    home: Path, tmp_path: Path, passphrase_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sealed.json"
    write_configuration(home)
    export = [
        "export",
        "--home",
        str(home),
        "--passphrase-file",
        passphrase_file,
        "--with-secrets",
        str(file),
    ]

    assert main(export) == 0
    assert "hunter2" not in file.read_text()
    assert "clinic.example" not in file.read_text()
    assert load_configuration(home) != imported(tmp_path / "new", file.read_bytes(), PASSPHRASE, again=False)
    assert (tmp_path / "new" / "password.txt").read_text() == "hunter2"

    Path(passphrase_file).write_text("short")
    assert main(export) == 1
    assert "12 characters" in capsys.readouterr().err


def test_export_without_secrets_has_the_queries_but_no_password(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "plain.json"
    write_configuration(home)

    assert main(["export", "--home", str(home), str(file)]) == 0

    files = json.loads(file.read_text())["files"]
    assert set(files) == {"agent.toml", "clinic.toml"}
    assert "hunter2" not in json.dumps(files)
    assert "postgresql://reader@book.clinic.example/book" in files["agent.toml"]


@pytest.mark.parametrize(
    "name", ["../agent.toml", "/etc/agent.toml", "identity.json", "passphrase", "a\\b.toml"]
)
def test_import_writes_nothing_but_configuration_into_the_home(tmp_path: Path, name: str) -> None:
    content = json.dumps({"format": FORMAT, "files": {"agent.toml": "", name: "x"}}).encode()

    with pytest.raises(CannotImport):
        imported(tmp_path / "new", content, again=False)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"files": {"agent.toml": 1}}'])
def test_file_that_is_no_export_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CannotImport):
        imported(tmp_path, content, again=False)


def test_import_does_not_replace_unless_told_to(home: Path, tmp_path: Path) -> None:
    write_configuration(home)
    file = tmp_path / "plain.json"
    main(["export", "--home", str(home), str(file)])

    assert main(["import", "--home", str(home), str(file)]) == 1
    assert main(["import", "--home", str(home), "--again", str(file)]) == 0


def write_configuration(home: Path) -> None:
    sample = BookSettings("main", "sample", Secret("sqlite://"))
    other = BookSettings(
        "other",
        "sample",
        Secret("postgresql://reader:hunter2@book.clinic.example/book"),
        password=Secret(file="password.txt"),
        clinic="clinic.toml",
    )
    save_configuration(
        Configuration(home, PortalSettings("https://api.example.com/sync/v1/"), (sample, other))
    )
    (home / "clinic.toml").write_text("")
    (home / "password.txt").write_text("hunter2")
