"""What one account's agent is told in ``agent.toml``: the portal, how often to look, and which books.

Several accounts on one machine are several folders, each with a file of its own.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from agent.book import Book
from agent.books.calendars.book import CalendarBook
from agent.books.calendars.caldav import CalDav
from agent.books.calendars.clinic_file import load_clinic_file
from agent.books.calendars.folder import Folder
from agent.books.composite import CompositeBook
from agent.books.sample.book import SampleBook
from agent.books.sql.book import SqlBook
from agent.books.sql.queries import load_queries
from agent.private_files import make_private_folder, write_private
from agent.toml_files import ConfigurationError, Section, TomlFile
from agent.words import LANGUAGES, _

FILE_NAME = "agent.toml"

SECRET_KEYS = ("address", "address_file", "address_environment")
PASSWORD_KEYS = ("password", "password_file", "password_environment")
BOOK_KEYS = ("name", "kind", *SECRET_KEYS)
KEYS_OF_KIND = {
    "sql": ("queries", "notify"),
    "sample": (),
    "ics": ("clinic",),
    "caldav": ("clinic", "user", *PASSWORD_KEYS),
}
THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
BOOK_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,15}")


class NotConfigured(ConfigurationError):
    """The folder holds no configuration."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that stands here, or better in a file or an environment variable named here."""

    value: str = field(default="", repr=False)
    file: str = ""
    environment: str = ""

    def __bool__(self) -> bool:
        return bool(self.value or self.file or self.environment)

    def read(self, home: Path) -> str:
        """The text itself; files are looked for from the account's folder. ConfigurationError."""
        if self.environment:
            return self._from_environment()
        if self.file:
            try:
                return (home / self.file).read_text(encoding="utf-8").strip()
            except OSError as trouble:
                raise ConfigurationError(
                    _(
                        "{where}: the file {file} cannot be read ({trouble}); write it there.",
                        where=FILE_NAME,
                        file=self.file,
                        trouble=trouble.strerror,
                    )
                ) from None
        return self.value

    def _from_environment(self) -> str:
        text = os.environ.get(self.environment, "")
        if not text:
            raise ConfigurationError(
                _(
                    "{where}: the environment variable {name} is not set; set it for the agent.",
                    where=FILE_NAME,
                    name=self.environment,
                )
            )
        return text


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """Where the portal's sync API is."""

    url: str


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How often the books are looked at when nothing else says that they changed."""

    every_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class PageSettings:
    """The port of the agent's page on this machine; 0 is none."""

    port: int = 0


@dataclass(frozen=True, slots=True)
class BookSettings:
    """One appointment book."""

    name: str = "main"
    kind: str = "sample"
    address: Secret = Secret()
    user: str = ""
    password: Secret = Secret()
    queries: str = ""  # the file with the queries, for kind sql
    clinic: str = ""  # the file with clinic, people and opening hours, for kinds ics and caldav
    notify: str = ""  # the channel on which a PostgreSQL tells of changes, for kind sql


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything in one account's ``agent.toml``."""

    home: Path
    portal: PortalSettings
    books: tuple[BookSettings, ...]
    watch: WatchSettings = WatchSettings()
    page: PageSettings = PageSettings()
    language: str = ""  # of the page and the commands; else as browser or machine are set


def load_configuration(home: Path) -> Configuration:
    """What stands in the folder's ``agent.toml``; NotConfigured, ConfigurationError."""
    path = home / FILE_NAME
    if not path.exists():
        raise NotConfigured(
            _(
                "{home} holds no {file}; write one, or let `agent setup` ask for it.",
                home=home,
                file=FILE_NAME,
            )
        )
    root = TomlFile(path).root()
    root.allow(("language", "portal", "watch", "page", "books"))
    return Configuration(
        home=home,
        portal=_portal(root.section("portal")),
        watch=_watch(root.section("watch")),
        page=_page(root.section("page")),
        books=_books(root),
        language=root.choice("language", tuple(LANGUAGES)) if "language" in root else "",
    )


def save_configuration(configuration: Configuration) -> None:
    """Put the whole file in place or none of it, readable by its owner from the first byte."""
    make_private_folder(configuration.home)
    write_private(configuration.home / FILE_NAME, written(configuration).encode())


def written(configuration: Configuration) -> str:
    """The configuration as TOML; what is as it would be anyway is left out."""
    return "\n".join(_lines(configuration)) + "\n"


def open_books(configuration: Configuration) -> Book:
    """The one appointment book, or several of them as one; ConfigurationError."""
    books = {one.name: _opened(one, configuration.home) for one in configuration.books}
    return next(iter(books.values())) if len(books) == 1 else CompositeBook(books)


def _opened(settings: BookSettings, home: Path) -> Book:
    try:
        return OPENERS[settings.kind](settings, home)
    except ModuleNotFoundError as missing:
        raise ConfigurationError(
            _(
                "{where}: book {book} needs the driver {driver}; install it beside the agent.",
                where=FILE_NAME,
                book=settings.name,
                driver=missing.name,
            )
        ) from None


def _open_sample(settings: BookSettings, home: Path) -> Book:
    return SampleBook(settings.address.read(home))


def _open_sql(settings: BookSettings, home: Path) -> Book:
    address = settings.address.read(home)
    if settings.notify and not address.startswith("postgresql"):
        raise ConfigurationError(
            _(
                "{where}: book {book} has notify, which only a PostgreSQL knows; leave it out.",
                where=FILE_NAME,
                book=settings.name,
            )
        )
    return SqlBook(address, load_queries(home / settings.queries), notify=settings.notify)


def _open_ics(settings: BookSettings, home: Path) -> Book:
    return CalendarBook(load_clinic_file(home / settings.clinic), Folder(home / settings.address.read(home)))


def _open_caldav(settings: BookSettings, home: Path) -> Book:
    address, password = settings.address.read(home), settings.password.read(home)
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in THIS_MACHINE:
        raise ConfigurationError(
            _(
                "{where}: the calendars of book {book} are patients' data; use https://.",
                where=FILE_NAME,
                book=settings.name,
            )
        )
    server = CalDav(address, user=settings.user, password=password)
    return CalendarBook(load_clinic_file(home / settings.clinic), server)


OPENERS: Mapping[str, Callable[[BookSettings, Path], Book]] = {
    "sql": _open_sql,
    "sample": _open_sample,
    "ics": _open_ics,
    "caldav": _open_caldav,
}


def _portal(section: Section) -> PortalSettings:
    section.allow(("url",))
    return PortalSettings(section.get("url", str, ""))


def _watch(section: Section) -> WatchSettings:
    section.allow(("every_seconds",))
    return WatchSettings(section.number("every_seconds", WatchSettings().every_seconds))


def _page(section: Section) -> PageSettings:
    section.allow(("port",))
    port = section.get("port", int, 0)
    if not 0 <= port < 65536:
        section.refuse("port", _("must be 0 to 65535; change it"))
    return PageSettings(port)


def _books(root: Section) -> tuple[BookSettings, ...]:
    books = tuple(_book(section) for section in root.sections("books"))
    if not books:
        root.refuse("books", _("is missing; add [[books]] with name, kind and address"))
    for number, one in enumerate(books):
        if one.name in {earlier.name for earlier in books[:number]}:
            section = root.sections("books")[number]
            section.refuse("name", _('"{name}" is there twice; choose another name', name=one.name))
    return books


def _book(section: Section) -> BookSettings:
    kind = section.choice("kind", tuple(OPENERS))
    section.allow((*BOOK_KEYS, *KEYS_OF_KIND[kind]))
    settings = BookSettings(
        name=section.get("name", str, "main"),
        kind=kind,
        address=_secret(section, SECRET_KEYS),
        user=section.get("user", str, ""),
        password=_secret(section, PASSWORD_KEYS),
        queries=section.get("queries", str, ""),
        clinic=section.get("clinic", str, ""),
        notify=section.get("notify", str, ""),
    )
    if not BOOK_NAME.fullmatch(settings.name):
        section.refuse("name", _("must be 1 to 16 small letters, digits and dashes; change it"))
    if not settings.address:
        section.refuse("address", _("is missing; add it, or address_file or address_environment"))
    if settings.kind == "sql" and not settings.queries:
        section.refuse("queries", _("is missing; name the file with the queries"))
    if settings.kind in ("ics", "caldav") and not settings.clinic:
        section.refuse("clinic", _("is missing; name the file with people and opening hours"))
    return settings


def _secret(section: Section, keys: tuple[str, str, str]) -> Secret:
    given = [key for key in keys if key in section]
    if len(given) > 1:
        section.refuse(given[1], _("and {key} say the same; keep one of them", key=given[0]))
    return Secret(*(section.get(key, str, "") for key in keys))


def _lines(configuration: Configuration) -> Iterator[str]:
    if configuration.language:
        yield from (_line("language", configuration.language), "")
    if configuration.portal.url:
        yield from ("[portal]", _line("url", configuration.portal.url), "")
    yield from ("[watch]", f"every_seconds = {configuration.watch.every_seconds:g}")
    if configuration.page.port:
        yield from ("", "[page]", f"port = {configuration.page.port}")
    for book in configuration.books:
        yield from ("", "[[books]]", _line("name", book.name), _line("kind", book.kind))
        named = {
            **dict(zip(SECRET_KEYS, _parts(book.address), strict=True)),
            "user": book.user,
            **dict(zip(PASSWORD_KEYS, _parts(book.password), strict=True)),
            "queries": book.queries,
            "clinic": book.clinic,
            "notify": book.notify,
        }
        yield from (_line(key, text) for key, text in named.items() if text)


def _parts(secret: Secret) -> tuple[str, str, str]:
    return secret.value, secret.file, secret.environment


def _line(key: str, text: str) -> str:
    """JSON's strings are TOML's too, but for the one control character that JSON leaves as it is."""
    return f"{key} = {json.dumps(text, ensure_ascii=False)}".replace("\x7f", "\\u007f")
