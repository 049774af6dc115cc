"""The command line's parser: argparse, in the language of whoever types."""

import argparse
from typing import Any

from agent.words import _

OF_ARGPARSE = (
    _("usage: "),
    _("positional arguments"),
    _("options"),
    _("show this help message and exit"),
    _("%(prog)s: error: %(message)s\n"),
    _("argument %(argument_name)s: %(message)s"),
    _("the following arguments are required: %s"),
    _("one of the arguments %s is required"),
    _("not allowed with argument %s"),
    _("unrecognized arguments: %s"),
    _("expected one argument"),
    _("invalid %(type)s value: %(value)r"),
    _("invalid choice: %(value)r (choose from %(choices)s)"),
)
"""What argparse says itself, word for word; what another Python says otherwise stays English."""


class Formatter(argparse.HelpFormatter):
    def _get_help_string(self, action: argparse.Action) -> str | None:
        """The help in today's language: argparse fills gaps of its own in."""
        return str(action.help) if action.help else action.help


class Parser(argparse.ArgumentParser):
    """Its commands' parsers are such parsers too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=Formatter, **options)


def teach_argparse() -> None:
    """Have argparse, which asks gettext by this name, ask our own catalogues."""
    vars(argparse)["_"] = _said


def _said(text: str) -> str:
    return str(next((one for one in OF_ARGPARSE if one == text), text))
