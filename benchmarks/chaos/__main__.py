"""``python -m benchmarks.chaos``: 10,000 messages, 500 kills, and the control that shows the danger."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.chaos.run import Figures, wreak
from benchmarks.chaos.stage import APP, FORGETFUL, Stage, running
from booking_portal.launch.translations import compile_translations

MISCHIEF = {"slow": 0.3, "seconds": 0.4, "breaks": 0.02, "hangs_up": 0.02, "refuses": 0.02}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--control", type=int, default=300, help="messages of the control (300)")
    options = parser.parse_args()
    os.environ["EMBEDDED_FSYNC"] = "off"
    compile_translations()
    figures = once(options.messages, options.kills, options.workers, APP)
    control = once(options.control, max(1, options.control // 20), options.workers, FORGETFUL)
    is_right = not (figures.lost or figures.doubled or figures.unsent) and control.doubled > 0
    sys.exit(0 if is_right else 1)


def once(messages: int, kills: int, workers: int, app: str) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        # What the control does not ask, reports must not tell it either.
        stage = Stage(Path(folder).resolve() / "chaos", workers, MISCHIEF, app, has_reports=app != FORGETFUL)
        with running(stage):
            figures = wreak(stage, messages=messages, kills=kills, patience=600)
    print(("Without asking the provider: " if app == FORGETFUL else "") + str(figures), flush=True)
    return figures


if __name__ == "__main__":
    main()
