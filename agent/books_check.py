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
from agent.words import _, listed, ngettext, words_of

WEEKS_TRIED = 4
FREE_TIME = _("free time")

# The first that fits; what a database itself says may quote the book or a password, and stays out.
ADVICE: Mapping[type[Exception], str] = {
    NoSuchModuleError: _("This kind of database is not known; docs/agent.md lists those that are."),
    ArgumentError: _(
        "The address is not one of a database; write it like postgresql+psycopg://user@host/name."
    ),
    ModuleNotFoundError: _("The driver for this database is not installed; docs/agent.md says which one."),
    OperationalError: _("The database does not answer: see that it runs, or mend address, user or password."),
    SQLAlchemyError: _(
        "The database answers, but not what was asked; mend the queries or the user's rights."
    ),
    OSError: _("The files cannot be read; mend the path or its rights."),
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
    asked: str = _("address")
    try:
        with closing(open_books(configuration)) as book:
            results.append(Result(asked, True, _("Understood.")))
            for asked, ask in QUESTIONS.items():
                results.append(ask(asked, book))
    except (BookUnavailable, BookError, ConfigurationError) as trouble:
        results.append(Result(asked, False, words_of(trouble)))
    except tuple(ADVICE) as trouble:
        results.append(Result(asked, False, advice_on(trouble)))
    return results


def advice_on(trouble: Exception) -> str:
    return next(words for kind, words in ADVICE.items() if isinstance(trouble, kind))


def _answers(name: str, book: Book) -> Result:
    book.check()
    book.version()
    return Result(name, True, _("It answers, and has what is needed."))


def _catalogue(name: str, book: Book) -> Result:
    found = book.catalogue()
    counts = _(
        "Published: clinics {clinics}, practitioners {practitioners}, treatments {treatments}.",
        clinics=len(found.clinics),
        practitioners=len(found.practitioners),
        treatments=len(found.treatments),
    )
    if found.clinics and found.practitioners and found.treatments:
        return Result(name, True, counts)
    advice = _("Publish at least one of each in the appointment book.")
    return Result(name, False, listed([counts, advice], " "))


def _free_time(name: str, book: Book) -> Result:
    horizon = Horizon(datetime.now(UTC), WEEKS_TRIED)
    zones = {clinic.id: ZoneInfo(clinic.time_zone) for clinic in book.catalogue().clinics}
    free = sum(window.slots for window in windows_of(book.diaries(horizon.during), zones, horizon))
    if free:
        words = ngettext(
            "{number} free stretch in the next {weeks} weeks.",
            "{number} free stretches in the next {weeks} weeks.",
            free,
            weeks=WEEKS_TRIED,
        )
        return Result(name, True, words)
    none = _(
        "None in the next {weeks} weeks; lay internet preblocks on time that is worked.", weeks=WEEKS_TRIED
    )
    return Result(name, False, none)


QUESTIONS: Mapping[str, Callable[[str, Book], Result]] = {
    _("database"): _answers,
    _("catalogue"): _catalogue,
    FREE_TIME: _free_time,
}
