"""``bin/benchmark``: measures the portal, and prints one table."""

import argparse
import importlib
import os
import platform
import sys
import time
from importlib.metadata import version

import django
import psutil
import psycopg

from benchmarks.servers import Shape, Stage, set_stage
from benchmarks.table import written
from booking_portal.embedded import ROOT, ServerUnavailable
from booking_portal.launch.commands import Failure, step

DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured -->", "<!-- as printed by bin/benchmark -->"
QUIET = 10.0
"""A processor that is busier than so many per cent beforehand is used by somebody else."""


def main() -> None:
    options = parsed()
    began, busy = time.monotonic(), psutil.cpu_percent(2)
    try:
        with step("making databases"):
            stage = set_stage()
        django.setup()
        # What measures imports models, which can be had only now.
        suite = importlib.import_module("benchmarks.suite")
        shape = Shape(options.workers, options.threads)
        if options.console:
            size, rows = suite.run_console(stage, shape)
        elif options.sync:
            size, rows = suite.run_sync(stage, shape, options.sync)
        else:
            size, rows = suite.run(stage, shape, is_full=options.full)
    except (Failure, ServerUnavailable) as failure:
        sys.exit(f"\nbin/benchmark: {failure}")
    found = f"{machine(stage, options)}\n{size}.\n{noise(busy)}\n\n{written(rows)}\n"
    print(f"\n{found}\n{time.monotonic() - began:.0f} s in all.")
    if options.record and not (options.console or options.sync):
        record(found)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/benchmark", description="Measures the portal.")
    parser.add_argument(
        "--full", action="store_true", help="10,000 organisations, 2,000,000 slots, 500 agents"
    )
    parser.add_argument(
        "--console", action="store_true", help="only the console's pages, with 100,000 bookings; no record"
    )
    parser.add_argument(
        "--sync", type=int, metavar="AGENTS", help="only pushes and so many waiting agents; no record"
    )
    parser.add_argument("--workers", type=int, default=2, help="processes that answer pages (2)")
    parser.add_argument("--threads", type=int, default=2, help="threads in each of them (2)")
    parser.add_argument("--record", action="store_true", help="put the table into docs/performance.md")
    return parser.parse_args()


def record(found: str) -> None:
    """Replaces what the document says was measured."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{found}{END}{after}", encoding="utf-8")


def machine(stage: Stage, options: argparse.Namespace) -> str:
    with psycopg.connect(stage.database) as connection:
        postgres = connection.info.server_version // 10_000
    return (
        f"{os.cpu_count()} cores for servers and load together ({processor()}), Python"
        f" {platform.python_version()}, Django {version('django')}, PostgreSQL {postgres}, granian"
        f" {version('granian')} with {options.workers} × {options.threads} threads for pages."
    )


def processor() -> str:
    """The processor's name, where the system says it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def noise(busy: float) -> str:
    quiet = "quiet" if busy <= QUIET else "NOT QUIET: somebody else was using the machine"
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    return f"Before: processor {busy:.0f} % busy ({quiet}). Load averages afterwards: {load}."


if __name__ == "__main__":
    main()
