"""The background process that keeps one embedded server alive for as long as anybody uses it.

``python -m booking_portal.servers.keeper postgres|redis DIRECTORY`` returns when the server answers, or says
in one sentence why it does not, and leaves the keeper behind in a session of its own, out of Ctrl-C's reach.
"""

import fcntl
import os
import signal
import sys
import time
import traceback
from pathlib import Path

from booking_portal.embedded import Places, ServerUnavailable, open_lock
from booking_portal.servers.base import Server
from booking_portal.servers.postgres import Postgres
from booking_portal.servers.redis import Redis

SERVERS: dict[str, type[Server]] = {"postgres": Postgres, "redis": Redis}
LOOK_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0


class Keeper:
    """Watches one server, and ends it when its last user has gone."""

    def __init__(self, server: Server, places: Places) -> None:
        self.server = server
        self.users = open_lock(places.users)
        self.told_to_stop = False
        signal.signal(signal.SIGTERM, self.stop_soon)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def stop_soon(self, *_: object) -> None:
        self.told_to_stop = True

    def keep(self) -> None:
        """Return when the server has stopped because nobody uses it, or because we were told to."""
        pause = LOOK_SECONDS
        while not self.is_over():
            time.sleep(pause)
            if self.server.is_running():
                pause = LOOK_SECONDS
            else:
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                self.start_again()
        self.server.stop()

    def start_again(self) -> None:
        try:
            self.server.start()
        except ServerUnavailable:
            traceback.print_exc()

    def is_over(self) -> bool:
        """Whether to stop; if nobody uses the server, nobody can begin to until this process has ended."""
        if self.told_to_stop:
            return True
        try:
            fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def run(places: Places, answer: int) -> None:
    """Keep the server, telling ``answer`` first why it cannot be kept, or nothing if it can."""
    try:
        fcntl.flock(open_lock(places.keeper), fcntl.LOCK_EX)
        server = SERVERS[places.server](places)
        keeper = Keeper(server, places)
        server.start()
    except ServerUnavailable as error:
        os.write(answer, str(error).encode())
        return
    os.close(answer)
    keeper.keep()


def detach(log: Path) -> None:
    """Leave the starter's session, terminal and pipes."""
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)


def main() -> None:
    places = Places(Path(sys.argv[2]), sys.argv[1])
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        with os.fdopen(reader) as answer:
            sys.exit(answer.read() or None)
    os.close(reader)
    detach(places.log)
    run(places, writer)


if __name__ == "__main__":
    main()
