"""`agent move`, `agent export` and `agent import`."""

import argparse
from pathlib import Path

from agent import portal
from agent.books_check import check_books
from agent.commands.options import add_home
from agent.commands.setting_up import machine_of
from agent.configuration import load_configuration
from agent.identity import is_activated, load_identity, prepare_home, save_identity
from agent.private_files import require_private, write_private
from agent.questions import Questions
from agent.setting_up import account_words, line
from agent.transfer import exported, exported_sealed, imported, is_sealed
from agent.words import _

SHORTEST = 12


class TooShort(Exception):
    """A passphrase that somebody could guess."""


def add_move(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(required=True, metavar=str(_("direction")))
    out = actions.add_parser("out", help=_("on the old machine: write the sealed file to carry over"))
    out.set_defaults(do=move_out)
    into = actions.add_parser("in", help=_("on the new machine: take the file in and activate"))
    into.add_argument("--account-key", help=_("from the welcome mail; - reads it from stdin"))
    into.add_argument("--machine", help=_("shown to the clinic's admin; this machine's name if not given"))
    into.set_defaults(do=move_in)
    for action in (out, into):
        _add_file(action)


def add_export(command: argparse.ArgumentParser) -> None:
    _add_file(command)
    command.add_argument(
        "--with-secrets", action="store_true", help=_("passwords too, sealed with a passphrase")
    )
    command.set_defaults(do=export)


def add_import(command: argparse.ArgumentParser) -> None:
    _add_file(command)
    command.add_argument("--again", action="store_true", help=_("replace the configuration that is there"))
    command.set_defaults(do=import_)


def move_out(options: argparse.Namespace) -> int:
    identity = load_identity(options.home)
    write_private(options.file, exported_sealed(options.home, _new_passphrase(options)))
    command = f"python -m agent move in {options.file.name}"
    print(_("{file} is sealed. On the new machine, run: {command}", file=options.file, command=command))
    print(_("This agent works on until then: {account}", account=account_words(identity)))
    return 0


def move_in(options: argparse.Namespace) -> int:
    prepare_home(options.home, again=False)
    # Whatever was taken in by a try before this one is replaced.
    configuration = imported(options.home, options.file.read_bytes(), _passphrase(options), again=True)
    for result in check_books(configuration):
        print(line(result.name, is_well=result.is_well, words=result.words))
    key = Questions().secret(_("Account key from the welcome mail"), "--account-key", options.account_key)
    identity = portal.activate(api_url=configuration.portal.url, account_key=key, machine=machine_of(options))
    save_identity(options.home, identity)
    print(_("Activated for {account}", account=account_words(identity)))
    print(_("The agent on the old machine says that it has been replaced, and ends."))
    return 0


def export(options: argparse.Namespace) -> int:
    content = (
        exported_sealed(options.home, _new_passphrase(options))
        if options.with_secrets
        else exported(options.home)
    )
    write_private(options.file, content)
    told = (
        _("{file} holds the configuration.", file=options.file)
        if options.with_secrets
        else _("{file} holds the configuration, without passwords.", file=options.file)
    )
    print(told)
    return 0


def import_(options: argparse.Namespace) -> int:
    content = options.file.read_bytes()
    passphrase = _passphrase(options) if is_sealed(content) else ""
    configuration = imported(options.home, content, passphrase, again=options.again)
    for result in check_books(configuration):
        print(line(result.name, is_well=result.is_well, words=result.words))
    if not is_activated(options.home):
        command = f"python -m agent setup --home {options.home}"
        print(_("Not activated yet; run: {command}", command=command))
    return 0


def _add_file(command: argparse.ArgumentParser) -> None:
    add_home(command)
    command.add_argument("file", type=Path)
    command.add_argument(
        "--passphrase-file", type=Path, help=_("the passphrase of the sealed file; asked for when not given")
    )


def _new_passphrase(options: argparse.Namespace) -> str:
    load_configuration(options.home)
    passphrase = _passphrase(options)
    if len(passphrase) < SHORTEST:
        raise TooShort(
            _("The passphrase is too short; take {shortest} characters or more.", shortest=SHORTEST)
        )
    return passphrase


def _passphrase(options: argparse.Namespace) -> str:
    if options.passphrase_file:
        require_private(options.passphrase_file)
        return str(options.passphrase_file.read_text(encoding="utf-8")).strip()
    return Questions().secret(_("Passphrase of the sealed file"), "--passphrase-file", None)
