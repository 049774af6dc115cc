"""``python -m benchmarks.messages``: messages a second through one worker process, beside the bare requests.

Both go over as many kept connections to the same provider, which takes a while for each, as they do.
"""

import argparse
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local

from requests import Session

from benchmarks.chaos.stage import Stage, running, wait_for
from booking_portal.launch.translations import compile_translations
from tests.notifications.fake_twilio import SID, TOKEN

CONNECTIONS = 8
"""As many as notifications.delivery keeps."""
FORM = {
    "To": "+358401234567",
    "From": "Klinikka",
    "Body": "Varauksesi on vastaanotettu.",
    "StatusCallback": "x",
}


class Kept(local):
    def __init__(self) -> None:
        self.session = Session()
        self.session.auth = (SID, TOKEN)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.messages", description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--milliseconds", type=float, nargs="*", default=[20, 0], help="the provider takes")
    options = parser.parse_args()
    os.environ["EMBEDDED_FSYNC"] = "on"
    compile_translations()
    for milliseconds in options.milliseconds:
        floor, worker = measured(options.messages, milliseconds / 1000)
        print(
            f"The provider takes {milliseconds:.0f} ms: {worker:.0f} messages/s through one worker process,"
            f" {floor:.0f} bare requests/s: {worker / floor:.2f} of the floor.",
            flush=True,
        )


def measured(messages: int, seconds: float) -> tuple[float, float]:
    """Bare requests a second, the better of before and after, and messages a second in between."""
    with tempfile.TemporaryDirectory() as folder:
        mischief = {"slow": 1.0, "seconds": seconds} if seconds else {}
        stage = Stage(Path(folder).resolve() / "messages", 1, mischief, has_reports=False)
        with running(stage):
            stage.queue(20)
            wait_for(stage.is_done, "the worker sends", seconds=300)
            before = bare(stage, messages)
            worker = through_the_worker(stage, messages)
            after = bare(stage, messages)
    return max(before, after), worker


def bare(stage: Stage, messages: int) -> float:
    kept = Kept()
    address = f"http://127.0.0.1:{stage.provider}/2010-04-01/Accounts/{SID}/Messages.json"

    def post(_number: int) -> int:
        return kept.session.post(address, data=FORM, timeout=30).status_code

    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        statuses = set(pool.map(post, range(messages)))
    if statuses != {201}:
        raise SystemExit(f"The provider answered {statuses}.")
    return messages / (time.perf_counter() - began)


def through_the_worker(stage: Stage, messages: int) -> float:
    """By when the first and the last were marked as sent."""
    since = stage.rows("SELECT now()")[0][0]
    stage.queue(messages)
    wait_for(stage.is_done, "everything has been sent", seconds=600)
    took = stage.rows(
        "SELECT extract(epoch FROM max(sent_at) - min(sent_at)), count(*) FROM notifications_message"
        " WHERE state = 'sent' AND created_at >= %(since)s",
        {"since": since},
    )
    seconds, many = took[0]
    return float(many) / float(seconds)


if __name__ == "__main__":
    main()
