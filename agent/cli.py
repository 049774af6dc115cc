"""The agent's command line."""

import argparse
import json
import logging
import platform
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from agent import VERSION, portal
from agent.book import BookError
from agent.books.sample.book import DeskEntry, SampleBook
from agent.books.sample.demo_book import fill_demo_book
from agent.books.sample.demo_data import ORGANISATIONS
from agent.conformance.command import add_conformance
from agent.desk import book_at_desk, entries_from
from agent.identity import AlreadyActivated, NotActivated, load_identity, prepare_home, save_identity
from agent.problems import PortalError
from agent.push_state import HomeInUse, PushState
from agent.runner import Runner

EXPECTED = (AlreadyActivated, NotActivated, HomeInUse, BookError, PortalError, portal.UnsafeAddress)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 refused, 2 called wrongly. Results on stdout, all else on stderr."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        return int(options.do(options))
    except EXPECTED as refusal:
        print(refusal, file=sys.stderr)
    except SQLAlchemyError as failure:
        print(f"The appointment book cannot be used ({type(failure).__name__}).", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="agent", description="Ties an appointment book to the portal.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(required=True, metavar="command")
    _add_demo_book(commands.add_parser("demo-book", help="fill a book with invented data, 8 weeks ahead"))
    _add_activate(commands.add_parser("activate", help="make a key and tell the portal"))
    for name, do, told in (
        ("run", _run, "push free times and fetch bookings until stopped"),
        ("status", _status, "show whether account, connection and portal are well"),
    ):
        command = commands.add_parser(name, help=told)
        command.add_argument("--home", type=Path, required=True)
        command.set_defaults(do=do)
    add_conformance(commands.add_parser("conformance", help="see whether a portal keeps the protocol"))
    _add_desk(commands.add_parser("desk", help="play the clinic's desk"))
    return parser


def _add_demo_book(command: argparse.ArgumentParser) -> None:
    command.add_argument("--database", required=True, metavar="URL")
    command.add_argument("--organisation", required=True, choices=sorted(ORGANISATIONS))
    command.set_defaults(do=_demo_book)


def _add_activate(command: argparse.ArgumentParser) -> None:
    command.add_argument("--home", type=Path, required=True, help="the agent's own folder")
    command.add_argument("--api-url", required=True, help="the sync API's address, as the portal names it")
    command.add_argument("--account-key", required=True, help="from the welcome mail; - reads it from stdin")
    command.add_argument("--database", required=True, metavar="URL", help="the appointment book")
    command.add_argument(
        "--machine", default=platform.node() or "unnamed", help="shown to the clinic's admin"
    )
    command.add_argument("--again", action="store_true", help="replace the agent that is in this folder")
    command.set_defaults(do=_activate)


def _add_desk(command: argparse.ArgumentParser) -> None:
    source = argparse.ArgumentParser(add_help=False)
    where = source.add_mutually_exclusive_group(required=True)
    where.add_argument("--home", type=Path, help="of an activated agent, whose book is meant")
    where.add_argument("--database", metavar="URL")
    actions = command.add_subparsers(required=True, metavar="action")

    book = actions.add_parser("book", parents=[source], help="enter an appointment; prints its id")
    book.add_argument("--practitioner", required=True)
    book.add_argument("--clinic", help="where the practitioner works then, when not given")
    book.add_argument("--start", required=True, help="2026-11-23T08:00, the clinic's time")
    book.add_argument("--minutes", type=int, required=True)
    book.add_argument("--text", default="")
    book.set_defaults(do=_desk_book)

    cancel = actions.add_parser("cancel", parents=[source], help="cancel an appointment")
    cancel.add_argument("appointment")
    cancel.set_defaults(do=_desk_cancel)

    entries = actions.add_parser("list", parents=[source], help="show what is in the book")
    entries.add_argument("--from", dest="first_day", metavar="DAY", help="2026-11-23; today when not given")
    entries.add_argument("--days", type=int, default=56)
    entries.add_argument("--json", action="store_true", help="one JSON object a line")
    entries.set_defaults(do=_desk_list)


def _demo_book(options: argparse.Namespace) -> int:
    with closing(SampleBook(options.database)) as book:
        fill_demo_book(book, options.organisation)
    return 0


def _activate(options: argparse.Namespace) -> int:
    prepare_home(options.home, again=options.again)
    key = sys.stdin.readline() if options.account_key == "-" else options.account_key
    identity = portal.activate(
        api_url=options.api_url, account_key=key.strip(), machine=options.machine, database=options.database
    )
    save_identity(options.home, identity)
    print(f"Activated for {identity.organisation}, generation {identity.generation}.")
    return 0


def _run(options: argparse.Namespace) -> int:
    identity = load_identity(options.home)
    state = PushState(options.home, agent=f"{identity.agent_id} {identity.generation}")
    runner = Runner(SampleBook(identity.database), portal.Portal(identity), state)
    return 0 if runner.run() else 1


def _status(options: argparse.Namespace) -> int:
    identity = load_identity(options.home)
    print(f"account     {identity.organisation}, generation {identity.generation}")
    with closing(portal.Portal(identity)) as connection:
        status = connection.status()
    last_push = status["last_push"] or "never"
    print(f"connection  ok, last push {last_push}, {status['pending_events']} events waiting")
    print(f"portal      {status['portal']['state']}, {status['portal']['url']}")
    return 0


def _desk_book(options: argparse.Namespace) -> int:
    with closing(_desk_book_of(options)) as book:
        try:
            appointment = book_at_desk(
                book,
                practitioner=options.practitioner,
                clinic=options.clinic,
                start=options.start,
                minutes=options.minutes,
                text=options.text,
            )
        except ValueError:
            print("--start must be a time such as 2026-11-23T08:00.", file=sys.stderr)
            return 2
    print(appointment)
    return 0


def _desk_cancel(options: argparse.Namespace) -> int:
    with closing(_desk_book_of(options)) as book:
        book.cancel_at_desk(options.appointment)
    return 0


def _desk_list(options: argparse.Namespace) -> int:
    with closing(_desk_book_of(options)) as book:
        for entry in entries_from(book, first_day=options.first_day, days=options.days):
            print(
                json.dumps(asdict(entry), default=str, ensure_ascii=False) if options.json else _line(entry)
            )
    return 0


def _line(entry: DeskEntry) -> str:
    minutes = (entry.end_at - entry.start_at).seconds // 60
    when = f"{entry.start_at:%Y-%m-%d %H:%M} {minutes:>3} min"
    place = f"{entry.practitioner} {entry.clinic}"
    state = f"{entry.state:9}  {entry.entered_by:4}"
    return f"{entry.id:>6}  {when}  {place}  {state}  {entry.patient}  {entry.text}"


def _desk_book_of(options: argparse.Namespace) -> SampleBook:
    return SampleBook(options.database or load_identity(options.home).database)
