"""What `setup` needs to know: from the command line, from what was there before, or asked on the terminal."""

import getpass
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from agent.words import _, words_of


class NotSaid(Exception):
    """Something is needed and nobody is there to be asked; the text names the option."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Asks a person where there is one; else what was not given must have a default."""

    is_person_there: bool = field(default_factory=sys.stdin.isatty)
    read: Callable[[str], str] = input
    read_secret: Callable[[str], str] = getpass.getpass

    def answer(self, words: str, option: str, given: str | None, default: str = "") -> str:
        """The option, else the person's answer, else the default; NotSaid."""
        if given is not None:
            return given
        if not self.is_person_there:
            return self._default(option, default)
        offered = f"{words} [{default}]: " if default else f"{words}: "
        while not (text := self.read(offered).strip() or default):
            self.say(_("Please answer this one; Ctrl-C leaves."))
        return text

    def choice(
        self, words: str, option: str, given: str | None, options: Collection[str], default: str
    ) -> str:
        while (text := self.answer(f"{words} ({', '.join(options)})", option, given, default)) not in options:
            if given is not None or not self.is_person_there:
                raise NotSaid(
                    _("{option} must be one of {options}.", option=option, options=", ".join(options))
                )
            self.say(_("One of {options}, please.", options=", ".join(options)))
        return text

    def secret(self, words: str, option: str, given: str | None) -> str:
        """As ``answer``, not shown while it is typed; - is a line of stdin."""
        if given == "-":
            return sys.stdin.readline().strip()
        if given is None and self.is_person_there:
            return self.read_secret(f"{words}: ").strip()
        return self.answer(words, option, given).strip()

    def once_more(self, trouble: Exception) -> None:
        """Show a person what was wrong, so that they answer anew; without one, raise it."""
        if not self.is_person_there:
            raise trouble
        self.say(words_of(trouble))

    def say(self, words: str) -> None:
        print(words)

    def _default(self, option: str, default: str) -> str:
        if not default:
            raise NotSaid(
                _("{option} is needed; give it, or run this on a terminal to be asked.", option=option)
            )
        return default
