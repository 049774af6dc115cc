"""Where the demo listens, and the addresses that follow from it."""

import os
import secrets
import socket
from dataclasses import dataclass

from booking_portal.launch.commands import Failure
from booking_portal.launch.organisations import ORGANISATIONS

DEFAULT_PORT = 8000


@dataclass(frozen=True)
class Addresses:
    """Where the demo's web server, its API and the agents' own pages listen."""

    host: str
    port: int
    api_port: int
    desk_ports: tuple[int, ...] = ()

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def api_url(self) -> str:
        """An address that every program resolves, unlike names below localhost."""
        return f"http://127.0.0.1:{self.api_port}/sync/v1/"

    def desk_url(self, number: int) -> str:
        """The agent's page of the organisation of that number."""
        return f"http://127.0.0.1:{self.desk_ports[number]}/desk/"

    def url(self, subdomain: str, path: str = "") -> str:
        return f"http://{subdomain}.localhost:{self.port}/{path}"


def choose_addresses() -> Addresses:
    """The port in PORT (8000) for the pages and the next ones, or others that are free, for the rest.

    HOST (127.0.0.1) says which of the machine's addresses the pages are served on.
    """
    host = os.environ.get("HOST", "127.0.0.1")
    port = wanted_port()
    if not is_free(host, port):
        raise Failure(
            f"Port {port} is taken: stop what listens there, or move with PORT={port + 100} bin/demo."
        )
    api_port, *desk_ports = (port_near(port + number) for number in range(1, 2 + len(ORGANISATIONS)))
    return Addresses(host, port, api_port, tuple(desk_ports))


def port_near(wanted: int) -> int:
    """The port that is wanted, or another where it is taken."""
    return wanted if wanted < 65536 and is_free("127.0.0.1", wanted) else free_port()


def wanted_port() -> int:
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 0 < int(text) < 65535:
        raise Failure(f"PORT is {text!r}, which is no port number: use one from 1024 to 65534.")
    return int(text)


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now; what a server left behind a moment ago does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Failure(
                f"Port {port} may be used by root only: choose one from 1024, PORT=8000."
            ) from error
        except OSError:
            return False
    return True


def free_port() -> int:
    """A free port below those that the system takes for outgoing connections."""
    while not is_free("127.0.0.1", port := 20000 + secrets.randbelow(12000)):
        continue
    return port
