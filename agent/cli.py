"""The agent's command line."""

import argparse
import sys
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from agent import VERSION, languages, logs, portal
from agent.book import BookError, BookUnavailable
from agent.books_check import advice_on
from agent.commands import desk, moving, running, setting_up
from agent.commands.options import home_in
from agent.commands.parser import Parser, teach_argparse
from agent.conformance.command import add_conformance
from agent.identity import AlreadyActivated, NotActivated
from agent.passphrases import NoPassphrase
from agent.private_files import OpenToOthers
from agent.problems import PortalError
from agent.push_state import HomeInUse
from agent.questions import NotSaid
from agent.sealing import CannotUnseal
from agent.setting_up import BookNotUsable, PortalNotUsable
from agent.toml_files import ConfigurationError
from agent.transfer import CannotImport
from agent.words import _, speaking

EXPECTED = (
    AlreadyActivated,
    BookError,
    BookNotUsable,
    BookUnavailable,
    CannotImport,
    CannotUnseal,
    ConfigurationError,
    HomeInUse,
    NoPassphrase,
    NotActivated,
    NotSaid,
    OpenToOthers,
    PortalError,
    PortalNotUsable,
    moving.TooShort,
    portal.UnsafeAddress,
)

Add = Callable[[argparse.ArgumentParser], None]
COMMANDS: Sequence[tuple[str, Add, str]] = (
    ("setup", setting_up.add_setup, _("ask for book and portal, try both, activate; may be run again")),
    ("run", running.add_run, _("push free times and fetch bookings until stopped")),
    ("status", running.add_status, _("show whether account, connection and portal are well")),
    ("logs", running.add_logs, _("show the log, or pack it for a support person")),
    ("move", moving.add_move, _("hand over to another machine")),
    ("export", moving.add_export, _("write the configuration into a file")),
    ("import", moving.add_import, _("take a configuration from a file")),
    ("activate", setting_up.add_activate, _("make a key and tell the portal; for programs, asks nothing")),
    ("demo-book", desk.add_demo_book, _("fill a book with invented data, 8 weeks ahead")),
    ("desk", desk.add_desk, _("play the clinic's desk")),
    ("conformance", add_conformance, _("see whether a portal keeps the sync protocol")),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 refused, 2 called wrongly, 3 replaced. Results on stdout, else on stderr."""
    given = sys.argv[1:] if arguments is None else arguments
    with speaking(languages.of_home(home_in(given)) or languages.of_machine()):
        return _done(given)


def _done(arguments: Sequence[str]) -> int:
    teach_argparse()
    options = _parser().parse_args(arguments)
    logs.begin_log(options.home if options.do is running.run else None)
    try:
        return int(options.do(options))
    except EXPECTED as refusal:
        print(refusal, file=sys.stderr)
    except (SQLAlchemyError, OSError) as failure:
        print(f"{advice_on(failure)} ({type(failure).__name__})", file=sys.stderr)
    except KeyboardInterrupt:
        print(_("Stopped; what was answered so far is not kept."), file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="agent", description=str(_("Ties an appointment book to the portal.")))
    version_help = _("show program's version number and exit")
    parser.add_argument("--version", action="version", version=VERSION, help=version_help)
    commands = parser.add_subparsers(required=True, metavar=str(_("command")))
    for name, add, told in COMMANDS:
        add(commands.add_parser(name, help=told))
    return parser
