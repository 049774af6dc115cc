"""A real MariaDB for one test module: in a folder of its own, on a socket, with nothing kept safe on disk."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

START_SECONDS = 60.0
PACKAGE = "mariadb-server-core"


class NoMariaDB(Exception):
    """There is no MariaDB on this machine, and none could be installed."""


@contextmanager
def running_mariadb(folder: Path) -> Iterator[str]:
    """The address of a server that has one empty database; it ends with the block.

    It asks nobody for a password: only the socket in ``folder`` leads to it.
    """
    program = _found() or _debians()
    if program is None:
        raise NoMariaDB(f"No MariaDB was found: install {PACKAGE} with your system's package manager.")
    data, socket = folder / "data", folder / "m.sock"
    data.mkdir()
    with (folder / "mariadb.log").open("wb") as output:
        process = subprocess.Popen(
            [
                *(program, "--no-defaults", f"--datadir={data}", f"--socket={socket}", *_user()),
                *("--skip-networking", "--skip-grant-tables", "--skip-log-bin"),
                *("--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"),
                *("--innodb-log-file-size=4M", "--character-set-server=utf8mb4"),
            ],
            stdout=output,
            stderr=output,
        )
        try:
            yield _prepared(socket, process)
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _user() -> list[str]:
    """The server runs as root only when told to."""
    return ["--user=root"] if os.geteuid() == 0 else []


def _found() -> str | None:
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    return shutil.which("mariadbd", path=path) or shutil.which("mysqld", path=path)


def _debians() -> str | None:
    """Debian's package where we may install it; it starts no service."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for arguments in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", PACKAGE]):
        subprocess.run(["apt-get", *arguments], env=environment, stdout=sys.stderr, check=False)
    return _found()


def _prepared(socket: Path, process: "subprocess.Popen[bytes]") -> str:
    """Waits for the socket, which is there once the server answers, and makes the database."""
    deadline = time.monotonic() + START_SECONDS
    while not socket.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoMariaDB(f"MariaDB did not start: see {socket.parent / 'mariadb.log'}.")
        time.sleep(0.02)
    address = "mysql+pymysql://root@localhost/{}?unix_socket=" + str(socket)
    engine = create_engine(address.format(""))
    with engine.begin() as connection:
        connection.execute(text("CREATE DATABASE book CHARACTER SET utf8mb4"))
    engine.dispose()
    return address.format("book")
