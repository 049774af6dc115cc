"""The API as its own process: granian, on a free port, with the test's database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120


@contextmanager
def running_api(**environment: str) -> Iterator[str]:
    """The address of a running API, with a slash at its end."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/sync/v1/"
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "warning", "booking_portal.asgi:application"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url(), "API_URL": address, **environment},
    )
    try:
        wait_until_healthy(process, f"http://127.0.0.1:{port}/health/")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def database_url() -> str:
    """The URL of the database that the test runs in."""
    found = connection.get_connection_params()
    user, password, host = (
        quote(str(found.get(name) or ""), safe="") for name in ("user", "password", "host")
    )
    port = f":{found['port']}" if found.get("port") else ""
    place = f"@{port}/{found['dbname']}?host={host}" if "%2F" in host else f"@{host}{port}/{found['dbname']}"
    return f"postgres://{user}:{password}{place}"


def wait_until_healthy(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False) as client:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if client.get(url).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    raise RuntimeError("The API did not start.")
