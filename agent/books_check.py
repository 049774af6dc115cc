"""Tries the appointment books, each question with a plain answer."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError

from agent.book import Book, BookError, BookUnavailable
from agent.configuration import Configuration, open_books
from agent.toml_files import ConfigurationError
from agent.windows import Horizon, windows_of

WEEKS_TRIED = 4

# The first that fits; what a database itself says may quote the book or a password, and stays out.
ADVICE: Mapping[type[Exception], str] = {
    NoSuchModuleError: "This kind of database is not known; docs/agent.md lists those that are.",
    ArgumentError: "The address is not one of a database; write it like postgresql+psycopg://user@host/name.",
    ModuleNotFoundError: "The driver for this database is not installed; docs/agent.md says which one.",
    OperationalError: "The database does not answer: see that it runs, or mend address, user or password.",
    SQLAlchemyError: "The database answers, but not what was asked; mend the queries or the user's rights.",
    OSError: "The files cannot be read; mend the path or its rights.",
}


@dataclass(frozen=True, slots=True)
class Result:
    """A question to the books, named, and its answer in a sentence."""

    name: str
    is_well: bool
    words: str


def check_books(configuration: Configuration) -> list[Result]:
    """Address, database, catalogue, free time: as far as it goes, since each needs the one before."""
    results: list[Result] = []
    asked = "address"
    try:
        with closing(open_books(configuration)) as book:
            results.append(Result(asked, True, "Understood."))
            for asked, ask in QUESTIONS.items():
                results.append(ask(asked, book))
    except (BookUnavailable, BookError, ConfigurationError) as trouble:
        results.append(Result(asked, False, str(trouble)))
    except tuple(ADVICE) as trouble:
        results.append(Result(asked, False, advice_on(trouble)))
    return results


def advice_on(trouble: Exception) -> str:
    return next(words for kind, words in ADVICE.items() if isinstance(trouble, kind))


def _answers(name: str, book: Book) -> Result:
    book.check()
    book.version()
    return Result(name, True, "It answers, and has what is needed.")


def _catalogue(name: str, book: Book) -> Result:
    found = book.catalogue()
    counts = (
        f"{len(found.clinics)} clinics, {len(found.practitioners)} practitioners, "
        f"{len(found.treatments)} treatments are published"
    )
    if found.clinics and found.practitioners and found.treatments:
        return Result(name, True, f"{counts}.")
    return Result(name, False, f"{counts}; publish at least one of each in the appointment book.")


def _free_time(name: str, book: Book) -> Result:
    horizon = Horizon(datetime.now(UTC), WEEKS_TRIED)
    zones = {clinic.id: ZoneInfo(clinic.time_zone) for clinic in book.catalogue().clinics}
    free = sum(window.slots for window in windows_of(book.diaries(horizon.during), zones, horizon))
    if free:
        return Result(name, True, f"{free} free stretches in the next {WEEKS_TRIED} weeks.")
    words = f"None in the next {WEEKS_TRIED} weeks; lay internet preblocks on time that is worked."
    return Result(name, False, words)


QUESTIONS: Mapping[str, Callable[[str, Book], Result]] = {
    "database": _answers,
    "catalogue": _catalogue,
    "free time": _free_time,
}
