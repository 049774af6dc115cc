"""The portal's own processes, as the demo runs them."""

from booking_portal.launch.addresses import Addresses
from booking_portal.launch.processes import Program

GRANIAN = ["granian", "--no-ws", "--workers-kill-timeout", "2", "--log-level", "warning"]
WEB_SIZE = ["--workers", "2", "--blocking-threads", "2"]
CELERY = ["celery", "-A", "booking_portal"]
# Threads: the work is waiting for mail and SMS servers, and one process is there sooner than five.
WORKER_SIZE = ["--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle"]


def portal_programs(addresses: Addresses, environment: dict[str, str]) -> list[Program]:
    """Web (pages), api (agents), worker and beat, not started yet."""
    pages = ["--interface", "wsgi", "--host", addresses.host, "--port", str(addresses.port)]
    agents = ["--interface", "asgi", "--host", "127.0.0.1", "--port", str(addresses.api_port)]
    return [
        Program("web", [*GRANIAN, *pages, *WEB_SIZE, "booking_portal.wsgi:application"], environment),
        Program("api", [*GRANIAN, *agents, "booking_portal.asgi:application"], environment),
        Program("worker", [*CELERY, "worker", *WORKER_SIZE], environment),
        Program("beat", [*CELERY, "beat", "--pidfile", ""], environment),
    ]
