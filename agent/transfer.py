"""Carries an agent's configuration elsewhere: for keeping, for another machine, for a look by somebody."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from agent import VERSION
from agent.configuration import (
    FILE_NAME,
    BookSettings,
    Configuration,
    load_configuration,
    written,
)
from agent.private_files import make_private_folder, write_private
from agent.sealing import seal_document, unseal_document
from agent.words import _

FORMAT = "booking-agent configuration 1"
MOST_BYTES = 4 * 1024 * 1024


class CannotImport(Exception):
    """The file cannot be taken in; the text says why and what to do."""


def exported(home: Path) -> bytes:
    """The configuration without passwords, for people to read."""
    configuration = load_configuration(home)
    careful = replace(configuration, books=tuple(_without_secrets(book) for book in configuration.books))
    files = {FILE_NAME: written(careful)} | _named_files(configuration, with_secrets=False)
    return json.dumps(_document(files), indent=1, ensure_ascii=False).encode()


def exported_sealed(home: Path, passphrase: str) -> bytes:
    """All of it, passwords too, which only the passphrase opens."""
    configuration = load_configuration(home)
    files = {FILE_NAME: written(configuration)} | _named_files(configuration, with_secrets=True)
    return seal_document(_document(files), passphrase)


def is_sealed(content: bytes) -> bool:
    try:
        document = json.loads(content)
    except ValueError:
        return False
    return isinstance(document, dict) and "sealed" in document


def imported(home: Path, content: bytes, passphrase: str = "", *, again: bool) -> Configuration:
    """The configuration that is in the home now; CannotImport, CannotUnseal, ConfigurationError."""
    if (home / FILE_NAME).exists() and not again:
        raise CannotImport(_("{home} has a configuration already; say --again to replace it.", home=home))
    files = _files_in(unseal_document(content, passphrase) if is_sealed(content) else _read(content))
    make_private_folder(home)
    for name, text in files.items():
        make_private_folder((home / name).parent)
        write_private(home / name, text.encode())
    return load_configuration(home)


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise CannotImport(_("This is no file that `agent export` has written; export it again.")) from None


def _files_in(document: Any) -> dict[str, str]:
    files = document.get("files") if isinstance(document, dict) else None
    if not isinstance(files, dict) or document.get("format") != FORMAT or FILE_NAME not in files:
        raise CannotImport(_("This is no file that `agent export` has written; export it again."))
    if not all(isinstance(text, str) and _is_inside(name) for name, text in files.items()):
        raise CannotImport(_("This is no file that `agent export` has written; export it again."))
    return dict(files)


def _is_inside(name: str) -> bool:
    """Only files of the home's own, and never those that make the agent who it is."""
    path = PurePath(name)
    is_plain = not path.is_absolute() and ".." not in path.parts and "\\" not in name and ":" not in name
    return is_plain and path.suffix in (".toml", ".txt", ".pem", "") and path.name != "passphrase"


def _document(files: dict[str, str]) -> dict[str, Any]:
    return {"format": FORMAT, "version": VERSION, "files": files}


def _named_files(configuration: Configuration, *, with_secrets: bool) -> dict[str, str]:
    """The files that the configuration names, as far as they lie in the home."""
    files = {}
    for book in configuration.books:
        for name in _names(book, with_secrets=with_secrets):
            path = configuration.home / name
            if _is_inside(name) and path.is_file() and path.stat().st_size < MOST_BYTES:
                files[name] = path.read_text(encoding="utf-8")
    return files


def _names(book: BookSettings, *, with_secrets: bool) -> Iterator[str]:
    secrets = (book.address.file, book.password.file) if with_secrets else ()
    yield from filter(None, (book.queries, book.clinic, *secrets))


def _without_secrets(book: BookSettings) -> BookSettings:
    return replace(
        book,
        address=replace(book.address, value=_without_password(book.address.value)),
        password=replace(book.password, value=""),
    )


def _without_password(address: str) -> str:
    try:
        url = make_url(address) if "://" in address else None
    except ArgumentError:
        return ""
    if url is None or url.password is None:
        return address
    bare = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string()
