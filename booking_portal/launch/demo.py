"""The whole portal on one machine: ``bin/demo``.

It starts the embedded servers, brings the database up to date, opens two organisations, starts the portal's
processes and an agent for each organisation, and keeps all of that alive until it is told to stop.
"""

import fcntl
import os
import signal
import sys
import time

from booking_portal import embedded
from booking_portal.embedded import ServerUnavailable, local_dir
from booking_portal.launch import announcement
from booking_portal.launch.addresses import Addresses, choose_addresses
from booking_portal.launch.agents import activate_agents, agent_programs, are_activated, begin_books
from booking_portal.launch.commands import Failure, step
from booking_portal.launch.database import Database
from booking_portal.launch.local_env import write_local_env
from booking_portal.launch.organisations import ORGANISATIONS
from booking_portal.launch.preparation import fill_organisations, furnish_organisations, prepare
from booking_portal.launch.processes import Program, stop_all
from booking_portal.launch.services import portal_programs
from booking_portal.launch.translations import compile_translations
from booking_portal.launch.waiting import status_of, wait_until

LOOK_SECONDS = 0.25
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Somebody asked the demo to stop."""


class Demo:
    """The running demo: its addresses, servers and programs."""

    def __init__(self, addresses: Addresses) -> None:
        self.addresses = addresses
        self.programs: list[Program] = []
        self.servers: dict[str, str] = {}

    def start(self) -> None:
        """Return when the portals are open and have free times."""
        write_local_env(self.addresses)
        compile_translations()
        books = begin_books()
        with step("starting PostgreSQL and Redis"):
            self.servers = find_servers()
        database = Database(self.servers["DATABASE_URL"])
        prepare(database, self.environment)
        with step("starting the portal and the clinics' agents"):
            self.add(portal_programs(self.addresses, self.environment))
            for book in books:
                book.finish()
            self.start_agents()
            self.wait_until_open(database)
        furnish_organisations(database, self.environment)
        fill_organisations(database, self.environment)

    def start_agents(self) -> None:
        """Start the agents; the first time they have to wait for the API, to be activated."""
        if not are_activated(self.addresses):
            wait_until(self.is_api_answering, "the API answers", self.programs)
            activate_agents(self.addresses)
        self.add(agent_programs(self.addresses))

    def wait_until_open(self, database: Database) -> None:
        wait_until(self.is_api_answering, "the API answers", self.programs)
        wait_until(self.are_pages_answering, "the portals' first pages open", self.programs)
        everyone = {organisation.subdomain for organisation in ORGANISATIONS}
        wait_until(
            lambda: everyone <= database.subdomains_with_slots(),
            "the agents have brought the portals free times",
            self.programs,
        )

    def add(self, programs: list[Program]) -> None:
        for program in programs:
            self.programs.append(program)
            program.start()

    def is_api_answering(self) -> bool:
        return status_of(f"{self.addresses.api_url}status") != 0

    def are_pages_answering(self) -> bool:
        port = self.addresses.port
        return all(
            status_of(f"http://127.0.0.1:{port}/", host=f"{organisation.subdomain}.localhost:{port}") == 200
            for organisation in ORGANISATIONS
        )

    @property
    def environment(self) -> dict[str, str]:
        """What the portal's processes run with: the servers by name, so that they need not look for them."""
        return os.environ | self.servers | {"LOCAL_DIR": str(local_dir()), "PYTHONUNBUFFERED": "1"}

    def watch(self) -> None:
        """Keep every program and server alive; never returns."""
        while True:
            time.sleep(LOOK_SECONDS)
            for program in self.programs:
                program.revive()
            self.revive_servers()

    def revive_servers(self) -> None:
        """Start the servers' keepers again if they were killed, and the portal too if a server moved."""
        try:
            found = find_servers()
        except ServerUnavailable as error:
            print(f"bin/demo: {error}", file=sys.stderr)
            return
        if found != self.servers:
            self.servers = found
            stop_all(self.programs)
            for program in self.programs:
                program.environment |= found

    def stop(self) -> None:
        """Leave nothing running; a second Ctrl-C does not cut this short."""
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        announcement.withdraw()
        stop_all(self.programs)


def find_servers() -> dict[str, str]:
    """The URLs of the servers named in the environment, or of the embedded ones, which run after this."""
    return {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or embedded.database_url(),
        "REDIS_URL": os.environ.get("REDIS_URL") or embedded.redis_url(),
    }


def refuse_second_demo() -> None:
    """Raise Failure if a demo runs here already; else hold the place until this process ends."""
    run = local_dir() / "run"
    run.mkdir(parents=True, exist_ok=True)
    try:
        fcntl.flock(embedded.open_lock(run / "demo"), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Failure(
            f"The demo runs already: {announcement.demo_file()} says where. Stop that one first."
        ) from error


def stop_on_signals() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, raise_stop)


def raise_stop(*_: object) -> None:
    raise Stop


def run() -> None:
    """Start the demo and keep it running until somebody asks it to stop."""
    begun = time.monotonic()
    refuse_second_demo()
    # A demo that was killed leaves it behind.
    announcement.withdraw()
    demo = Demo(choose_addresses())
    try:
        demo.start()
        announcement.write(demo.addresses)
        print(announcement.text(demo.addresses, time.monotonic() - begun), flush=True)
        demo.watch()
    finally:
        demo.stop()


def main() -> None:
    stop_on_signals()
    try:
        run()
    except Stop:
        print("\nStopped; bin/demo takes up from here.")
    except (Failure, ServerUnavailable) as failure:
        sys.exit(f"\nbin/demo: {failure}")


if __name__ == "__main__":
    main()
