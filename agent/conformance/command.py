"""`agent conformance`: tries a portal, and says of each promise whether it is kept."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from agent.conformance import facts, getting_in, happenings
from agent.conformance.checks import CHECKS, Outcome, Trial, outcomes
from agent.conformance.wire import Broken, Wire
from agent.words import _

GROUPS = (getting_in, facts, happenings)
MARKS = {"kept": "kept   ", "broken": "BROKEN ", "skipped": "skipped"}
WARNING = (
    "The checks replace the account's agent, its catalogue and its free times. Run them with a sandbox's key,"
    " or say --replace-agent if this account is for nothing but trying out."
)


def add_conformance(command: argparse.ArgumentParser) -> None:
    command.add_argument("--url", required=True, help=_("the sync API's address, as the portal names it"))
    command.add_argument("--account-key", required=True, help=_("- reads it from stdin"))
    command.add_argument(
        "--only", action="append", metavar="CHECK", help=_("this check alone; may be repeated")
    )
    command.add_argument("--json", action="store_true", help=_("the report as one JSON object"))
    command.add_argument("--replace-agent", action="store_true", help=_("also where it is no sandbox"))
    command.set_defaults(do=conformance)


def conformance(options: argparse.Namespace) -> int:
    """The exit code: 0 every promise kept, 1 one broken, 2 not tried at all."""
    key = sys.stdin.readline() if options.account_key == "-" else options.account_key
    wire = Wire(options.url)
    try:
        return try_portal(
            Trial(wire, key.strip()),
            only=options.only or (),
            as_json=options.json,
            replaces=options.replace_agent,
        )
    finally:
        wire.close()


def try_portal(trial: Trial, *, only: Sequence[str] = (), as_json: bool = False, replaces: bool) -> int:
    unknown = set(only) - {one.name for one in CHECKS}
    if unknown:
        print(f"There is no check named {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    trial.is_sandbox = is_sandbox(trial)
    if not trial.is_sandbox and not replaces:
        print(WARNING, file=sys.stderr)
        return 2
    wanted = [one for one in CHECKS if not only or one.name in only]
    found = list(shown(outcomes(trial, wanted), as_json=as_json))
    counted = Counter(outcome.state for outcome in found)
    if as_json:
        print(json.dumps(document(trial, found), ensure_ascii=False, indent=1))
    else:
        print(", ".join(f"{counted[state]} {state}" for state in MARKS) + ".")
    return 1 if counted["broken"] else 0


def is_sandbox(trial: Trial) -> bool:
    trial.is_sandbox = True
    try:
        return trial.sandbox("GET", "sandbox").status == 200
    except Broken:
        return False


def shown(found: Iterable[Outcome], *, as_json: bool) -> Iterable[Outcome]:
    for outcome in found:
        if not as_json:
            print(line_of(outcome), flush=True)
        yield outcome


def line_of(outcome: Outcome) -> str:
    line = f"{MARKS[outcome.state]}  {outcome.check.name}"
    if outcome.state == "kept":
        return line
    return f"{line}\n           {outcome.check.promise}\n           {outcome.detail}"


def document(trial: Trial, found: Sequence[Outcome]) -> dict[str, object]:
    return {
        "url": trial.wire.url,
        "sandbox": trial.is_sandbox,
        "checks": [
            {
                "name": outcome.check.name,
                "promise": outcome.check.promise,
                "state": outcome.state,
                "detail": outcome.detail,
            }
            for outcome in found
        ],
    }
