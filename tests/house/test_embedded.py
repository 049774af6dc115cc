"""The embedded servers are shared, survive being killed, and leave nothing behind."""

import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from booking_portal.embedded import ROOT, ServerUnavailable
from booking_portal.servers.redis import debian_redis

pytestmark = pytest.mark.xdist_group("embedded")

PROGRAM = """
import sys
from booking_portal import embedded
print(embedded.database_url(), flush=True)
print(embedded.redis_url(), flush=True)
sys.stdin.read()
"""


class Program:
    """A program that uses both servers until it is told to end."""

    def __init__(self, local: Path, *, user: int | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env=os.environ | {"LOCAL_DIR": str(local), "EMBEDDED_FSYNC": "off"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            user=user,
            group=user,
        )
        self.database_url = self.answer()
        self.redis_url = self.answer()

    def answer(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.communicate(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=30)

    def database(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.database_url, autocommit=True)

    def redis(self) -> "redis.Redis":
        return redis.Redis.from_url(self.redis_url)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("local")


@pytest.fixture
def program(local: Path) -> Iterator[Program]:
    program = Program(local)
    yield program
    if program.process.poll() is None:
        program.end()
    eventually(lambda: processes_of(local) == [])


def processes_of(local: Path) -> list[psutil.Process]:
    """What names ``local`` on its command line or works in it: the keepers, and all of the servers."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "cwd", "name", "ppid"])
        if str(local) in " ".join([*(process.info["cmdline"] or []), process.info["cwd"] or ""])
    ]


def server_of(local: Path, name: str) -> psutil.Process:
    """The main process of one server: its others, which come and go meanwhile, are that one's children."""
    named = [process for process in processes_of(local) if process.info["name"] == name]
    [server] = [process for process in named if process.info["ppid"] not in {other.pid for other in named}]
    return server


def eventually(is_so: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_redis_back(program: Program) -> bool:
    try:
        return bool(program.redis().ping())
    except redis.ConnectionError:
        return False


def is_database_back(program: Program) -> bool:
    try:
        with program.database():
            return True
    except psycopg.OperationalError:
        return False


def test_database_belongs_to_a_role_without_power(program: Program) -> None:
    with program.database() as database:
        database.execute("create extension if not exists btree_gist")
        role = database.execute(
            "select rolname, rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user"
        ).fetchone()
        encoding = database.execute("show server_encoding").fetchone()

    assert role == ("portal", False, True, False)
    assert encoding == ("UTF8",)


def test_redis_refuses_who_has_no_password(program: Program) -> None:
    stranger = redis.Redis.from_url(program.redis_url)
    stranger.connection_pool.connection_kwargs.pop("password")

    with pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_second_program_joins_the_running_servers(program: Program, local: Path) -> None:
    second = Program(local)
    second.end()

    assert (second.database_url, second.redis_url) == (program.database_url, program.redis_url)
    assert program.redis().ping()
    with program.database() as database:
        assert database.execute("select 1").fetchone() == (1,)


def test_servers_stop_before_the_last_program_has_ended(local: Path) -> None:
    first, second = Program(local), Program(local)

    first.end()
    between = {process.name() for process in processes_of(local)}
    second.end()

    assert {"postgres", "redis-server"} <= between
    assert processes_of(local) == []


def test_servers_stop_when_their_only_program_is_killed(program: Program, local: Path) -> None:
    program.kill()

    eventually(lambda: processes_of(local) == [])


def test_killed_redis_comes_back_with_its_data(program: Program, local: Path) -> None:
    program.redis().set("bell", "rung")

    server_of(local, "redis-server").kill()

    eventually(lambda: is_redis_back(program))
    assert program.redis().get("bell") == b"rung"


def test_killed_postgres_comes_back_with_its_data(program: Program, local: Path) -> None:
    with program.database() as database:
        database.execute("create table if not exists kept (word text)")
        database.execute("insert into kept values ('safe')")

    server_of(local, "postgres").kill()

    eventually(lambda: is_database_back(program))
    with program.database() as database:
        assert database.execute("select distinct word from kept").fetchall() == [("safe",)]


def test_servers_start_again_after_everything_was_killed(local: Path) -> None:
    program = Program(local)
    for process in processes_of(local):
        # A server may have ended with its keeper.
        with suppress(psutil.NoSuchProcess):
            process.kill()
    program.kill()

    again = Program(local)
    is_up = is_redis_back(again) and is_database_back(again)
    again.end()

    assert is_up
    assert processes_of(local) == []


def test_stranger_with_a_recorded_process_id_is_left_alone(local: Path) -> None:
    """After a reboot the number in a pid file may be anybody's: here, this test's."""
    Program(local).end()
    for pid_file in (local / "postgres" / "postmaster.pid", local / "redis" / "redis.pid"):
        pid_file.write_text(f"{os.getpid()}\n")

    program = Program(local)
    is_up = is_redis_back(program) and is_database_back(program)
    program.end()

    assert is_up


def test_servers_run_below_a_path_too_long_for_a_socket(tmp_path: Path) -> None:
    local = tmp_path / ("deep" * 30)
    local.mkdir()

    program = Program(local)
    is_up = is_database_back(program)
    program.end()

    assert is_up


def can_run_as(user: int) -> bool:
    try:
        subprocess.run([sys.executable, "-c", "import psutil"], user=user, group=user, check=True)
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


@pytest.mark.skipif(
    not can_run_as(pwd.getpwnam("nobody").pw_uid), reason="only root, with a Python that all may run"
)
def test_servers_run_for_an_ordinary_user(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    for directory in (tmp_path, *tmp_path.parents):
        directory.chmod(directory.stat().st_mode | 0o001)
    local = tmp_path / "local"
    local.mkdir()
    os.chown(local, nobody, nobody)

    program = Program(local, user=nobody)
    owner = server_of(local, "postgres").uids().effective
    program.end()

    assert owner == nobody


def test_interrupt_in_the_terminal_does_not_reach_the_servers(program: Program, local: Path) -> None:
    groups = {os.getpgid(process.pid) for process in processes_of(local)}

    assert os.getpgid(program.process.pid) not in groups


def test_missing_redis_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ServerUnavailable, match="install redis-server or valkey-server"):
        debian_redis()
