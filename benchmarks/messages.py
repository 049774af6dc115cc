"""``python -m benchmarks.messages``: messages a second through one worker process, beside the bare requests.

All go over as many kept connections to the same provider, which takes a while for each, as they do. The floor
is what a program of a few lines comes to with the usual library (requests). Beside it stands what the thinner
client beneath that comes to, which the worker sends by.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from urllib.parse import urlencode

import urllib3
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


HEADERS = {
    **urllib3.make_headers(basic_auth=f"{SID}:{TOKEN}"),
    "Content-Type": "application/x-www-form-urlencoded",
}


class Kept(local):
    """Each thread's own connections."""

    def __init__(self) -> None:
        self.thin = urllib3.PoolManager()
        self.session = Session()
        self.session.auth = (SID, TOKEN)

    def post(self, address: str) -> int:
        return self.session.post(address, data=FORM, timeout=30).status_code

    def post_thinly(self, address: str) -> int:
        body = urlencode(FORM).encode()
        return self.thin.request("POST", address, body=body, headers=HEADERS, timeout=30).status


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.messages", description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--milliseconds", type=float, nargs="*", default=[20, 0], help="the provider takes")
    options = parser.parse_args()
    os.environ["EMBEDDED_FSYNC"] = "on"
    compile_translations()
    for milliseconds in options.milliseconds:
        floor, thin, worker = measured(options.messages, milliseconds / 1000)
        print(
            f"The provider takes {milliseconds:.0f} ms: {worker:.0f} messages/s through one worker process,"
            f" {floor:.0f} bare requests/s: {worker / floor:.2f} of the floor."
            f" The thinner client alone: {thin:.0f}/s ({worker / thin:.2f}).",
            flush=True,
        )


def measured(messages: int, seconds: float) -> tuple[float, float, float]:
    """Bare requests a second by either client, the better of before and after; messages a second between."""
    with tempfile.TemporaryDirectory() as folder:
        mischief = {"slow": 1.0, "seconds": seconds} if seconds else {}
        stage = Stage(Path(folder).resolve() / "messages", 1, mischief, has_reports=False)
        with running(stage):
            stage.queue(20)
            wait_for(stage.is_done, "the worker sends", seconds=300)
            before = bare(stage, messages, Kept.post), bare(stage, messages, Kept.post_thinly)
            worker = through_the_worker(stage, messages)
            after = bare(stage, messages, Kept.post), bare(stage, messages, Kept.post_thinly)
    return max(before[0], after[0]), max(before[1], after[1]), worker


def bare(stage: Stage, messages: int, post: Callable[[Kept, str], int]) -> float:
    kept = Kept()
    address = f"http://127.0.0.1:{stage.provider}/2010-04-01/Accounts/{SID}/Messages.json"
    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        statuses = set(pool.map(lambda _number: post(kept, address), range(messages)))
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
