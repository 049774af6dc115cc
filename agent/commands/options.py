"""Options that several commands share."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from agent.words import _

HOME = Path.home() / ".booking-agent"


def add_home(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--home",
        type=Path,
        default=HOME,
        help=_("the agent's own folder, one for each account ({home})", home=HOME),
    )


def home_in(arguments: Sequence[str]) -> Path:
    """The home that is meant, before anything else of the command line is read."""
    for name, value in zip(arguments, [*arguments[1:], ""], strict=True):
        if name == "--home" and value:
            return Path(value)
        if name.startswith("--home="):
            return Path(name.removeprefix("--home="))
    return HOME


def add_account(command: argparse.ArgumentParser, *, is_needed: bool) -> None:
    command.add_argument(
        "--api-url", required=is_needed, help=_("the sync API's address, as the portal names it")
    )
    command.add_argument(
        "--account-key", required=is_needed, help=_("from the welcome mail; - reads it from stdin")
    )
    command.add_argument("--machine", help=_("shown to the clinic's admin; this machine's name if not given"))
    command.add_argument("--again", action="store_true", help=_("replace the agent that is in this folder"))
