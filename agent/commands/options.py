"""Options that several commands share."""

import argparse
from pathlib import Path

HOME = Path.home() / ".booking-agent"


def add_home(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--home", type=Path, default=HOME, help=f"the agent's own folder, one for each account ({HOME})"
    )


def add_account(command: argparse.ArgumentParser, *, is_needed: bool) -> None:
    command.add_argument(
        "--api-url", required=is_needed, help="the sync API's address, as the portal names it"
    )
    command.add_argument(
        "--account-key", required=is_needed, help="from the welcome mail; - reads it from stdin"
    )
    command.add_argument("--machine", help="shown to the clinic's admin; this machine's name if not given")
    command.add_argument("--again", action="store_true", help="replace the agent that is in this folder")
