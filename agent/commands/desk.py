"""`agent desk` and `agent demo-book`: the sample book, played with from the command line."""

import argparse
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from agent.book import NotInBook
from agent.books.sample.at_desk import mark_at_desk
from agent.books.sample.book import DeskEntry, SampleBook
from agent.books.sample.demo_book import fill_demo_book
from agent.books.sample.demo_data import ORGANISATIONS
from agent.configuration import load_configuration
from agent.desk import book_at_desk, change_at_desk, entries_from, entry_of, moved_to, sample_book_of
from agent.words import Words, _

MOST_MINUTES = 720
MARKS: Mapping[str, str] = {"arrived": "arrived", "no-show": "no_show", "booked": "booked"}
STATES: Mapping[str, Words] = {
    "booked": _("booked"),
    "cancelled": _("cancelled"),
    "arrived": _("arrived"),
    "no_show": _("no-show"),
}


def add_demo_book(command: argparse.ArgumentParser) -> None:
    command.add_argument("--database", required=True, metavar="URL")
    command.add_argument("--organisation", required=True, choices=sorted(ORGANISATIONS))
    command.set_defaults(do=_demo_book)


def add_desk(command: argparse.ArgumentParser) -> None:
    source = argparse.ArgumentParser(add_help=False)
    where = source.add_mutually_exclusive_group(required=True)
    where.add_argument("--home", type=Path, help=_("of an activated agent, whose book is meant"))
    where.add_argument("--database", metavar="URL")
    one = argparse.ArgumentParser(add_help=False, parents=[source])
    one.add_argument("appointment", help=_("its id, as `desk list` shows it"))
    tell = argparse.ArgumentParser(add_help=False)
    tell.add_argument("--tell", action="store_true", help=_("have the portal tell the patient"))
    actions = command.add_subparsers(required=True, metavar=str(_("action")))

    book = actions.add_parser("book", parents=[source], help=_("enter an appointment; prints its id"))
    book.add_argument("--practitioner", required=True)
    _add_time(book, is_needed=True)
    book.add_argument("--clinic", help=_("where the practitioner works then, when not given"))
    book.add_argument("--text", default="")
    book.set_defaults(do=_desk_book)

    move = actions.add_parser("move", parents=[one, tell], help=_("move an appointment"))
    _add_time(move, is_needed=False)
    for name in ("--practitioner", "--clinic"):
        move.add_argument(name, help=_("as it is, when not given"))
    move.set_defaults(do=_desk_move)

    cancel = actions.add_parser("cancel", parents=[one, tell], help=_("cancel an appointment"))
    cancel.set_defaults(do=_desk_cancel)

    mark = actions.add_parser("mark", parents=[one, tell], help=_("note that the patient came or did not"))
    mark.add_argument("state", choices=tuple(MARKS), help=_("booked: is still to come"))
    mark.set_defaults(do=_desk_mark)

    _add_list(actions.add_parser("list", parents=[source], help=_("show what is in the book")))


def _add_time(command: argparse.ArgumentParser, *, is_needed: bool) -> None:
    start = _("2026-11-23T08:00, the clinic's time")
    command.add_argument("--start", type=_time, required=is_needed, metavar="TIME", help=start)
    command.add_argument("--minutes", type=_minutes, required=is_needed)


def _add_list(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--from", dest="first_day", type=_day, metavar="DAY", help=_("2026-11-23; today when not given")
    )
    command.add_argument("--days", type=int, default=56)
    command.add_argument("--json", action="store_true", help=_("one JSON object a line"))
    command.set_defaults(do=_desk_list)


def _time(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("must be a time such as 2026-11-23T08:00")) from None
    return text


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("must be a day such as 2026-11-23")) from None
    return text


def _minutes(text: str) -> int:
    minutes = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    if not 0 < minutes <= MOST_MINUTES:
        raise argparse.ArgumentTypeError(_("must be whole minutes, 1 to {most}", most=MOST_MINUTES))
    return minutes


def _demo_book(options: argparse.Namespace) -> int:
    with closing(SampleBook(options.database)) as book:
        fill_demo_book(book, options.organisation)
    return 0


def _desk_book(options: argparse.Namespace) -> int:
    with closing(_desk_book_of(options)) as book:
        appointment = book_at_desk(
            book,
            practitioner=options.practitioner,
            clinic=options.clinic,
            start=options.start,
            minutes=options.minutes,
            text=options.text,
        )
    print(appointment)
    return 0


def _desk_move(options: argparse.Namespace) -> int:
    with closing(_desk_book_of(options)) as book:
        entry = entry_of(book, options.appointment)
        to = moved_to(
            book,
            entry,
            start=options.start,
            minutes=options.minutes,
            practitioner=options.practitioner,
            clinic=options.clinic,
        )
        change_at_desk(book, entry, lambda: book.move_at_desk(entry.id, to), tell=options.tell)
    return 0


def _desk_cancel(options: argparse.Namespace) -> int:
    with closing(_desk_book_of(options)) as book:
        entry = entry_of(book, options.appointment)
        change_at_desk(book, entry, lambda: book.cancel_at_desk(entry.id), tell=options.tell)
    return 0


def _desk_mark(options: argparse.Namespace) -> int:
    with closing(_desk_book_of(options)) as book:
        entry = entry_of(book, options.appointment)
        state = MARKS[options.state]
        change_at_desk(book, entry, lambda: mark_at_desk(book, entry.id, state), tell=options.tell)
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
    state = f"{STATES[entry.state]:9}  {entry.entered_by:4}"
    return f"{entry.id:>6}  {when}  {place}  {state}  {entry.patient}  {entry.text}"


def _desk_book_of(options: argparse.Namespace) -> SampleBook:
    if options.database:
        return SampleBook(options.database)
    book = sample_book_of(load_configuration(options.home))
    if book is None:
        raise NotInBook(_("This agent has no sample book to play the desk with."))
    return book
