"""``python -m benchmarks.histories``: random histories of a clinic and its portal, thousands of them.

Real HTTP, the agent's own code, PostgreSQL; lost, doubled, late and refused requests, kills, power cuts, a
second agent, older copies of either side. In the end both sides agree, or the history is printed.
"""

import argparse
import logging
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.test.utils import setup_test_environment
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

BETWEEN_WORDS = 30.0
"""Seconds."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.histories", description=__doc__)
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=16, help="the most that happens in one history (16)")
    parser.add_argument("--seed", type=int, default=None, help="the same histories again")
    options = parser.parse_args()
    number = options.seed if options.seed is not None else int(time.time())
    began = time.monotonic()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "booking_portal.settings")
    django.setup()
    logging.disable(logging.CRITICAL)
    setup_test_environment()
    databases: Any = import_module("tests.databases")
    with databases.own_database("histories") as url, tempfile.TemporaryDirectory() as folder:
        figures = played(url, Path(folder), options.histories, options.steps, number)
    print(f"Seed {number}. {told(figures)} {time.monotonic() - began:.0f} s. All of them ended in agreement.")


def played(url: str, folder: Path, histories: int, steps: int, number: int) -> Counter[str]:
    """Raises at the first history that does not end in agreement, made as short as it can be."""
    connect(url)
    world_module: Any = import_module("tests.agent.histories.world")
    machine: Any = import_module("tests.agent.histories.machine")
    chosen = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    with world_module.open_world(folder) as world:
        threading.Thread(target=tell_progress, args=[world.happened, histories], daemon=True).start()
        run_state_machine_as_test(seed(number)(machine.machine_in(world)), settings=chosen)
        figures: Counter[str] = world.happened + world.line.happened + world.line.requests
        return figures


def tell_progress(happened: Counter[str], histories: int) -> None:
    while True:
        time.sleep(BETWEEN_WORDS)
        print(f"  {happened['histories']:,} of {histories:,} histories", file=sys.stderr)


def connect(url: str) -> None:
    """Django's connections, in this thread and others, are to this database from here on."""
    connections: Any = import_module("django.db").connections
    environ: Any = import_module("environ")
    there = environ.Env.db_url_config(url)
    del there["ENGINE"]  # the portal's own stays
    connections["default"].close()
    connections.settings["default"] |= there
    connections["default"].settings_dict |= there


def told(figures: Counter[str]) -> str:
    histories = figures.pop("histories")
    return (
        f"{histories:,} histories; "
        + ", ".join(f"{many:,} × {what}" for what, many in figures.most_common())
        + "."
    )


if __name__ == "__main__":
    main()
