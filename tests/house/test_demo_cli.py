"""bin/demo starts the whole portal, keeps it alive, and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from booking_portal.embedded import ROOT
from booking_portal.launch.addresses import Addresses, choose_addresses, free_port
from booking_portal.launch.commands import Failure
from booking_portal.launch.local_env import read_local_env, write_local_env
from booking_portal.launch.waiting import status_of

pytestmark = pytest.mark.xdist_group("demo")

# On a machine that is busy with other things as well.
START_SECONDS = 240.0
ALL_PROCESSES = 9
REVIVED = (
    ("granian", "booking_portal.wsgi:application"),
    ("granian", "booking_portal.asgi:application"),
    ("celery", "worker"),
    ("celery", "beat"),
    ("agent", "run"),
)
"""Words on the command lines of what the demo keeps alive."""
NAMED_SERVERS = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS"}


class RunningDemo:
    """A demo with a directory and ports of its own."""

    def __init__(self, local: Path, port: int) -> None:
        self.local = local
        self.port = port
        kept = {name: value for name, value in os.environ.items() if name not in NAMED_SERVERS}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "booking_portal.launch.demo"],
            cwd=ROOT,
            env=kept | {"LOCAL_DIR": str(local), "PORT": str(port), "EMBEDDED_FSYNC": "off"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait_until_open(self) -> None:
        eventually(lambda: self.has_ended or (self.local / "demo.json").exists(), START_SECONDS)
        assert not self.has_ended, self.said()

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads((self.local / "demo.json").read_text())
        return facts

    def said(self) -> str:
        return self.process.communicate(timeout=30)[0]

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        self.process.send_signal(number)
        self.said()

    def front_page(self, subdomain: str) -> int:
        host = f"{subdomain}.localhost:{self.port}"
        return status_of(f"http://127.0.0.1:{self.port}/", host=host)

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for this demo, by the directory in its environment."""
        return [process for process in psutil.process_iter() if belongs_to(process, self.local)]

    def main_process(self, *words: str) -> psutil.Process:
        """The first started of those whose command line holds all ``words``."""
        found = [process for process in self.processes() if set(words) <= set(command_line(process))]
        return min(found, key=lambda process: process.create_time())


def belongs_to(process: psutil.Process, local: Path) -> bool:
    try:
        return bool(process.environ().get("LOCAL_DIR") == str(local))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def command_line(process: psutil.Process) -> list[str]:
    """What it was started with; nothing where it has ended."""
    try:
        return list(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []


def eventually(is_so: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Place:
    """A directory and a port for demos that run one after the other."""

    def __init__(self, local: Path) -> None:
        self.local = local
        self.port = free_port()
        self.demo: RunningDemo | None = None
        self.first: RunningDemo | None = None
        self.first_facts: dict[str, Any] = {}
        self.first_identity = ""

    def running_demo(self) -> RunningDemo:
        """The demo that runs here; a new one, which takes up where it stopped, if a test has ended it."""
        demo = self.begun_demo()
        demo.wait_until_open()
        if self.first is None:
            self.first, self.first_facts, self.first_identity = demo, demo.facts, self.identity()
        return demo

    def begun_demo(self) -> RunningDemo:
        """The same, whether it is open yet or not."""
        if self.demo is None or self.demo.has_ended:
            (self.local / "demo.json").unlink(missing_ok=True)
            self.demo = RunningDemo(self.local, self.port)
        return self.demo

    def identity(self) -> str:
        """What the first clinic's agent knows itself by."""
        return (self.local / "agents" / "demoklinikka" / "identity.json").read_text()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("demo"))
    yield place
    if place.demo is not None and not place.demo.has_ended:
        place.demo.stop()


@pytest.fixture
def demo(place: Place) -> RunningDemo:
    return place.running_demo()


def test_demo_says_where_everything_is(demo: RunningDemo) -> None:
    facts = demo.facts

    assert facts["portal_url"] == f"http://demoklinikka.localhost:{demo.port}/"
    assert facts["manage_url"] == f"http://demoklinikka.localhost:{demo.port}/manage/"
    assert facts["admin_url"] == f"http://admin.localhost:{demo.port}/"
    assert status_of(f"{facts['api_url']}status") == 401
    assert [organisation["subdomain"] for organisation in facts["organisations"]] == [
        "demoklinikka",
        "pikkuhammas",
    ]
    assert all(Path(organisation["appointment_book"]).exists() for organisation in facts["organisations"])
    assert [status_of(organisation["desk_url"]) for organisation in facts["organisations"]] == [200, 200]
    assert set(facts["logins"]) == {"operator", "owner"}
    assert facts["messages"] == str(demo.local / "messages.jsonl")
    assert (demo.local / "demo.json").stat().st_mode & 0o077 == 0


def test_demo_opens_both_portals_and_no_other(demo: RunningDemo) -> None:
    assert demo.front_page("demoklinikka") == 200
    assert demo.front_page("Pikkuhammas") == 200
    assert demo.front_page("nobody") == 404


def test_account_opened_beside_the_demo_has_a_portal_at_once(demo: RunningDemo) -> None:
    subdomain = f"beside-{os.urandom(4).hex()}"
    kept = {name: value for name, value in os.environ.items() if name not in NAMED_SERVERS}
    opened = subprocess.run(
        [
            *(sys.executable, "manage.py", "open_account", "--json"),
            *("--name", "Beside", "--subdomain", subdomain, "--language", "sv"),
        ],
        cwd=ROOT,
        env=kept | {"LOCAL_DIR": str(demo.local), "EMBEDDED_FSYNC": "off"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(opened.stdout)["portal_url"] == f"http://{subdomain}.localhost:{demo.port}/"
    assert demo.front_page(subdomain) == 200


def test_killed_processes_come_back(demo: RunningDemo) -> None:
    killed = [demo.main_process(*words) for words in REVIVED]
    commands = [process.cmdline() for process in killed]

    for process in killed:
        process.kill()

    def are_back() -> bool:
        running = [command_line(one) for one in demo.processes() if one not in killed]
        return all(command in running for command in commands)

    eventually(are_back)
    eventually(lambda: demo.front_page("demoklinikka") == 200)
    eventually(lambda: status_of(f"{demo.facts['api_url']}status") == 401)


def test_second_demo_in_one_place_is_refused(demo: RunningDemo) -> None:
    second = RunningDemo(demo.local, free_port())

    assert "The demo runs already" in second.said()
    assert second.process.returncode == 1
    assert demo.front_page("demoklinikka") == 200


def test_interrupted_demo_leaves_nothing(demo: RunningDemo) -> None:
    assert_stops(demo, signal.SIGINT)


def test_second_start_takes_up_where_the_first_stopped(place: Place) -> None:
    """However the tests above have ended the first."""
    running = place.running_demo()
    if running is place.first:
        running.stop()

    later = place.running_demo()

    assert later is not place.first
    assert later.facts == place.first_facts
    assert place.identity() == place.first_identity
    assert later.front_page("demoklinikka") == 200


def test_terminated_demo_leaves_nothing(demo: RunningDemo) -> None:
    assert_stops(demo, signal.SIGTERM)


def assert_stops(demo: RunningDemo, number: signal.Signals) -> None:
    before = demo.processes()

    demo.stop(number)

    assert len(before) >= ALL_PROCESSES
    assert demo.process.returncode == 0
    assert demo.processes() == []
    assert not (demo.local / "demo.json").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_killed_demo_leaves_nothing(place: Place) -> None:
    """Not even one that has only begun."""
    demo = place.begun_demo()
    eventually(lambda: len(demo.processes()) >= ALL_PROCESSES, START_SECONDS)

    demo.process.kill()
    demo.said()

    eventually(lambda: demo.processes() == [])


def test_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        demo = RunningDemo(tmp_path, taken)

        assert f"Port {taken} is taken" in demo.said()
        assert demo.process.returncode == 1
        assert demo.processes() == []


@pytest.mark.parametrize("port", ["eight", "0", "65535", "-1", "8000.0"])
def test_port_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(Failure, match="which is no port number"):
        choose_addresses()


def test_api_moves_if_the_next_port_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("PORT", str(port))

    with socket.create_server(("127.0.0.1", port + 1)):
        addresses = choose_addresses()

    assert addresses.port == port
    assert addresses.api_port not in (port, port + 1)


def test_secrets_stay_when_the_port_moves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))

    write_local_env(Addresses("127.0.0.1", 8000, 8001))
    before = read_local_env()
    write_local_env(Addresses("127.0.0.1", 9000, 9001))
    after = read_local_env()

    assert after == before | {
        "BASE_URL": "http://localhost:9000",
        "API_URL": "http://127.0.0.1:9001/sync/v1/",
    }
    assert (tmp_path / "env").stat().st_mode & 0o077 == 0
