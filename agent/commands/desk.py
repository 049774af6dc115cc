"""`agent desk` and `agent demo-book`: the sample book, played with from the command line."""

import argparse
import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from agent.book import NotInBook
from agent.books.sample.book import DeskEntry, SampleBook
from agent.books.sample.demo_book import fill_demo_book
from agent.books.sample.demo_data import ORGANISATIONS
from agent.configuration import load_configuration
from agent.desk import book_at_desk, entries_from, sample_book_of


def add_demo_book(command: argparse.ArgumentParser) -> None:
    command.add_argument("--database", required=True, metavar="URL")
    command.add_argument("--organisation", required=True, choices=sorted(ORGANISATIONS))
    command.set_defaults(do=_demo_book)


def add_desk(command: argparse.ArgumentParser) -> None:
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
    if options.database:
        return SampleBook(options.database)
    book = sample_book_of(load_configuration(options.home))
    if book is None:
        raise NotInBook("This agent has no sample book to play the desk with.")
    return book
