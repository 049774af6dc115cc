"""``python -m benchmarks.pumping``: 50,000 codes asked for by a bot, and what they cost."""

import argparse
import importlib
import os
import sys
import time

import django

from benchmarks.servers import set_stage


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pumping", description=__doc__)
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--threads", type=int, default=8)
    options = parser.parse_args()
    set_stage()
    for name in ("SMS_PER_ADDRESS", "SMS_PER_BLOCK"):  # as they are by default, and not for benchmarks
        os.environ.pop(name)
    django.setup()
    data, pump = (importlib.import_module(f"benchmarks.{name}") for name in ("data", "pump"))
    target, other = (data.make_practice(name, 1).organisation for name in ("pumped", "spared"))
    target.settings.sms_daily_limit, target.settings.sms_monthly_cap = 5_000, 200
    target.settings.save()
    began = time.monotonic()
    figures = pump.pump(target, other, requests=options.requests, threads=options.threads)
    print(f"{figures}\n{options.requests / (time.monotonic() - began):.0f} a second.", flush=True)
    sys.exit(0 if figures.is_right else 1)


if __name__ == "__main__":
    main()
