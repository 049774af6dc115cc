"""`agent setup` and `agent activate`."""

import argparse
import platform

from agent import portal
from agent.commands.options import add_account, add_home
from agent.configuration import (
    OPENERS,
    BookSettings,
    Configuration,
    PortalSettings,
    Secret,
    save_configuration,
)
from agent.identity import prepare_home, save_identity
from agent.questions import Questions
from agent.setting_up import Wishes, account_words, line, set_up
from agent.words import _


def add_setup(command: argparse.ArgumentParser) -> None:
    add_home(command)
    add_account(command, is_needed=False)
    command.add_argument("--kind", choices=tuple(OPENERS), help=_("of the appointment book"))
    command.add_argument("--database", metavar="ADDRESS", help=_("where the appointment book is"))
    command.add_argument("--user", help=_("who opens the book, where the address does not say"))
    command.add_argument("--password-file", help=_("that user's password, in a file of the home"))
    command.add_argument("--queries", help=_("the file with the queries, for kind sql"))
    command.add_argument(
        "--clinic", help=_("the file with people and opening hours, for kinds ics and caldav")
    )
    command.add_argument("--page", type=int, metavar="PORT", help=_("of the local page; 0 for none"))
    command.set_defaults(do=setup)


def add_activate(command: argparse.ArgumentParser) -> None:
    add_home(command)
    add_account(command, is_needed=True)
    command.add_argument("--database", required=True, metavar="URL", help=_("the sample appointment book"))
    command.set_defaults(do=activate)


def setup(options: argparse.Namespace) -> int:
    wishes = Wishes(
        home=options.home,
        kind=options.kind,
        address=options.database,
        user=options.user,
        password_file=options.password_file,
        queries=options.queries,
        clinic=options.clinic,
        api_url=options.api_url,
        account_key=options.account_key,
        machine=machine_of(options),
        page_port=options.page,
        again=options.again,
    )
    lights = set_up(wishes, Questions())
    for light in lights:
        print(line(light.name, is_well=light.is_green, words=light.words))
    print(_("Start it with: {command}", command=f"python -m agent run --home {options.home}"))
    return 0 if all(light.is_green for light in lights if light.name != "portal") else 1


def activate(options: argparse.Namespace) -> int:
    """For programs: nothing is asked or tried, but the key is."""
    prepare_home(options.home, again=options.again)
    key = Questions().secret(_("Account key from the welcome mail"), "--account-key", options.account_key)
    identity = portal.activate(api_url=options.api_url, account_key=key, machine=machine_of(options))
    save_identity(options.home, identity)
    book = BookSettings(address=Secret(options.database))
    save_configuration(Configuration(options.home, PortalSettings(options.api_url), (book,)))
    print(_("Activated for {account}", account=account_words(identity)))
    return 0


def machine_of(options: argparse.Namespace) -> str:
    return options.machine or platform.node() or "unnamed"
