"""`agent run`, `agent status` and `agent logs`."""

import argparse
import json
import logging
import platform
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from agent import VERSION, clock, dates, logs
from agent.activity import Activity, Facts, facts_of, is_running
from agent.care import Caretaker
from agent.commands.options import add_home
from agent.configuration import Configuration, load_configuration, open_books
from agent.identity import Identity, load_identity
from agent.lights import lights
from agent.page.opening import open_page
from agent.push_state import PushState
from agent.runner import Runner
from agent.setting_up import account_words, clock_of, line, look_at_portal
from agent.watched_portal import WatchedPortal
from agent.words import _

log = logging.getLogger(__name__)

REPLACED = 3
"""The exit code of an agent that another has taken the place of: starting it again would not help."""


def add_run(command: argparse.ArgumentParser) -> None:
    add_home(command)
    command.add_argument(
        "--page", type=int, metavar="PORT", help=_("of the local page; else what agent.toml says")
    )
    command.set_defaults(do=run)


def add_status(command: argparse.ArgumentParser) -> None:
    add_home(command)
    command.add_argument("--json", action="store_true", help=_("for programs"))
    command.set_defaults(do=status)


def add_logs(command: argparse.ArgumentParser) -> None:
    add_home(command)
    command.add_argument(
        "--bundle", type=Path, metavar="FILE", help=_("pack logs and facts into a zip to send on")
    )
    command.add_argument("--lines", type=int, default=40, help=_("how many of the last lines to show (40)"))
    command.set_defaults(do=show_logs)


def run(options: argparse.Namespace) -> int:
    identity, configuration = whose(options.home)
    # The home's lock comes first: two agents must not write its other files either.
    state = PushState(options.home, agent=identity.name)
    activity = Activity(options.home)
    portal = WatchedPortal(identity, activity)
    with closing(state), closing(open_books(configuration)) as book:
        runner = Runner(
            book,
            portal,
            state,
            activity=activity,
            every_seconds=configuration.watch.every_seconds,
            look_after=Caretaker(options.home, portal, activity, api_url=identity.api_url),
        )
        port = configuration.page.port if options.page is None else options.page
        open_page(port, identity, configuration, activity, poke=runner.look_again)
        has_been_stopped = runner.run()
        activity.stopped()
    return 0 if has_been_stopped else REPLACED


def status(options: argparse.Namespace) -> int:
    identity = load_identity(options.home)
    activity = Activity()
    activity.clock_is(clock_of(identity.api_url))
    look_at_portal(identity, activity)
    known = facts_of(options.home) or Facts()
    shown = lights(activity.facts, account_words(identity))
    facts: dict[str, object] = {
        "running": is_running(known),
        "last_push": known.last_push_at or None,
        "last_pull": known.last_pull_at or None,
        "sequence": activity.facts.sequence or known.sequence,
        "pending_events": activity.facts.pending_events,
        "clock": clock.told(activity.facts.clock_ahead_seconds),
        "book_trouble": known.book_trouble or None,
        "portal_url": activity.facts.portal_url,
        "version": VERSION,
        "python": platform.python_version(),
    }
    if options.json:
        print(json.dumps({"lights": {light.name: asdict(light) for light in shown}, **facts}))
    else:
        for light in shown:
            print(line(light.name, is_well=light.is_green, words=light.words))
        _print_facts(facts)
    return 0 if all(light.is_green for light in shown) else 1


def show_logs(options: argparse.Namespace) -> int:
    if options.bundle:
        names = logs.write_bundle(options.home, options.bundle)
        contents = ", ".join(names)
        print(
            _(
                "{file}: {contents}. It names no patients and holds no keys.",
                file=options.bundle,
                contents=contents,
            )
        )
    else:
        print("\n".join(logs.last_lines(options.home, options.lines)))
    return 0


def whose(home: Path) -> tuple[Identity, Configuration]:
    """The agent of this home; the file, which people may change, says where the portal is."""
    identity, configuration = load_identity(home), load_configuration(home)
    return replace(identity, api_url=configuration.portal.url or identity.api_url), configuration


FACT_NAMES: Mapping[str, str] = {
    "running": _("running"),
    "last_push": _("last push"),
    "last_pull": _("last pull"),
    "sequence": _("push number"),
    "pending_events": _("waiting events"),
    "clock": _("clock"),
    "book_trouble": _("book trouble"),
    "portal_url": _("portal address"),
    "version": _("version"),
    "python": "Python",
}
MOMENTS = ("last_push", "last_pull")


def _print_facts(facts: Mapping[str, object]) -> None:
    width = max(len(str(name)) for name in FACT_NAMES.values())
    for name, value in facts.items():
        told = (
            dates.moment(datetime.fromisoformat(str(value)).astimezone())
            if value and name in MOMENTS
            else value
        )
        print(f"{FACT_NAMES[name]:<{width}}  {_word(told)}")


def _word(value: object) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(_("none") if value is None else value)
