"""``python -m benchmarks.cut_line``: real processes that are killed, and the line between them cut.

Bookings and cancellations go on meanwhile; afterwards every booking that stands has one appointment in the
clinic's book, under the id that the portal knows, and nothing else is there.
"""

import argparse
import logging
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from benchmarks.chaos.stage import kill
from booking_portal.embedded import Places
from booking_portal.launch.checks import neutral_environment
from booking_portal.launch.commands import run_python
from booking_portal.servers.postgres import Postgres

KEPT_UP = 5
"""So many things go wrong before both sides are given the time to agree."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cut_line", description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    os.environ["EMBEDDED_FSYNC"] = "off"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for needed in ("log", "run"):
            (folder / "local" / needed).mkdir(parents=True)
        postgres = Postgres(Places(folder / "local", "postgres"))
        postgres.start()
        try:
            os.environ.update(neutral_environment() | {"DATABASE_URL": postgres.url, "DEMO": "0"})
            run_python(["manage.py", "migrate", "--no-input", "--verbosity", "0"], dict(os.environ))
            print(played(folder, postgres, options.rounds, random.Random(options.seed)))
        finally:
            postgres.stop()


def played(folder: Path, postgres: Postgres, rounds: int, chance: random.Random) -> str:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "booking_portal.settings")
    django.setup()
    logging.disable(logging.CRITICAL)
    cut_line: Any = import_module("tests.agent.cut_line")
    done, waits = Counter[str](), list[float]()
    with cut_line.scene(folder) as scene:
        mischief = harm_to(scene, postgres, cut_line.Mischief)
        for number in range(rounds):
            name = chance.choice(sorted(mischief))
            done[name] += 1
            scene.book(number)
            mischief[name](chance.random())
            if number % KEPT_UP == KEPT_UP - 1:
                began = time.monotonic()
                cut_line.eventually(scene.is_in_step)
                waits.append(time.monotonic() - began)
        cut_line.eventually(scene.is_in_step)
        standing = len(scene.desk.standing())
    harm = ", ".join(f"{many} × {what}" for what, many in sorted(done.items()))
    return (
        f"{rounds} bookings ({standing} stand, the others were cancelled), meanwhile {harm}: none lost, none"
        f" doubled; in step within {max(waits):.1f} s at most, {sorted(waits)[len(waits) // 2]:.1f} s mostly."
    )


def harm_to(scene: Any, postgres: Postgres, mischief: Any) -> dict[str, Callable[[float], None]]:
    """What can be done to whom, for so many seconds."""

    def cut(how: Any) -> Callable[[float], None]:
        def do(seconds: float) -> None:
            scene.line.do(how)
            time.sleep(seconds)
            scene.line.do(mischief.NOTHING)

        return do

    def kill_process(name: str) -> Callable[[float], None]:
        def do(seconds: float) -> None:
            time.sleep(seconds / 5)
            scene.processes.kill(name)
            scene.processes.start(name)

        return do

    def kill_database(seconds: float) -> None:
        time.sleep(seconds / 5)
        import_module("django.db").connection.close()
        kill(postgres)
        postgres.start()

    return {
        "line late": cut(mischief.DELAY),
        "line dropped": cut(mischief.DROP),
        "line half closed": cut(mischief.HALF_CLOSE),
        "agent killed": kill_process("agent"),
        "API killed": kill_process("api"),
        "PostgreSQL killed": kill_database,
    }


if __name__ == "__main__":
    main()
