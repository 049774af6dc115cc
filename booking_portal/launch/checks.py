"""Every check and test of the project: ``bin/test``.

With arguments it is pytest with these; without, all checks and then all tests. Both use embedded servers of
their own, below ``.local/test``, so that a demo may run beside them.
"""

import os
import re
import secrets
import signal
import sys
import time
from collections.abc import Mapping, Sequence

from booking_portal import embedded
from booking_portal.embedded import ServerUnavailable, local_dir
from booking_portal.launch.browser import find_browser
from booking_portal.launch.commands import Failure, step
from booking_portal.launch.jobs import Job, follow, run_jobs
from booking_portal.launch.local_env import new_field_key
from booking_portal.launch.preparation import collect_static_files
from booking_portal.launch.translations import compile_translations

# What would point the tests at other servers, addresses or accounts than their own.
FOREIGN = re.compile(
    "BASE_URL|API_URL|DEMO|MESSAGES_FILE|EMAIL_|SMS_|TWILIO_|LINK_|METRICS_|RECAPTCHA_|BEHIND_PROXY"
)
# What a real portal is given besides its secrets and servers.
PRODUCTION = {
    "BASE_URL": "https://portal.example",
    "BEHIND_PROXY": "1",
    "TWILIO_ACCOUNT_SID": "AC-checked",
    "TWILIO_AUTH_TOKEN": "checked",
    "RECAPTCHA_PUBLIC_KEY": "checked",
    "RECAPTCHA_PRIVATE_KEY": "checked",
    "METRICS_TOKEN": "checked-" * 4,
}
IMPORT_LINTER = "from importlinter.cli import lint_imports_command as lint; lint()"
TESTS = ("-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "--durations", "5")
WITHOUT_BROWSER = ("-m", "not browser")


class Stop(BaseException):
    """Somebody asked us to stop."""


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_stop)
    try:
        sys.exit(run(sys.argv[1:]))
    except Stop:
        sys.exit("\nbin/test: stopped.")
    except (Failure, ServerUnavailable) as failure:
        sys.exit(f"\nbin/test: {failure}")


def raise_stop(*_: object) -> None:
    raise Stop


def run(arguments: Sequence[str]) -> int:
    """Check and test; the exit status."""
    begun = time.monotonic()
    environment = prepare()
    if arguments:
        return follow(["-m", "pytest", *arguments], environment).status
    print("\nChecks", flush=True)
    broken = run_jobs(checks(environment), at_once=os.cpu_count() or 1)
    print("\nTests", flush=True)
    has_browser = "CHROMIUM" in environment
    tests = follow([*TESTS, *(() if has_browser else WITHOUT_BROWSER)], environment)
    print(f"\n{time.monotonic() - begun:.0f} s in all.")
    if not has_browser:
        print("THE BROWSER TESTS DID NOT RUN: install chromium, or name one in CHROMIUM, and run this again.")
    print(f"Checks that failed: {', '.join(broken)}" if broken else "All checks passed.")
    print(tests.closing_line)
    return 1 if broken else tests.status


def checks(environment: Mapping[str, str]) -> list[Job]:
    """The checks, the longest first; each succeeds where something is in order."""
    manage = "manage.py"
    djlint = ("-m", "djlint", "templates", "--quiet")
    deploy = (manage, "check", "--deploy", "--fail-level", "WARNING")
    return [
        Job("types (mypy)", ("-m", "mypy", "."), environment),
        Job("tables (migrate)", ("-m", "tests.databases"), environment),
        Job("imports (import-linter)", ("-c", IMPORT_LINTER), environment),
        Job("migrations (makemigrations)", (manage, "makemigrations", "--check", "--dry-run"), environment),
        Job("production settings (check --deploy)", deploy, {**environment, **PRODUCTION}),
        Job("templates (djlint)", (*djlint, "--lint"), environment),
        Job("templates' form (djlint)", (*djlint, "--check"), environment),
        Job("code (ruff check)", ("-m", "ruff", "check", "."), environment),
        Job("code's form (ruff format)", ("-m", "ruff", "format", "--check", "."), environment),
    ]


def prepare() -> dict[str, str]:
    """The environment of checks and tests: with servers that run as long as we do, and with a browser."""
    print("Preparing", flush=True)
    os.environ |= {"LOCAL_DIR": os.environ.get("LOCAL_DIR", ".local/test"), "EMBEDDED_FSYNC": "off"}
    compile_translations()
    with step("starting PostgreSQL and Redis"):
        servers = {
            "DATABASE_URL": os.environ.get("DATABASE_URL") or embedded.database_url(),
            "REDIS_URL": os.environ.get("REDIS_URL") or embedded.redis_url(),
        }
    browser = find_browser()
    environment = neutral_environment() | servers | ({"CHROMIUM": browser} if browser else {})
    collect_static_files(environment)
    return environment


def neutral_environment() -> dict[str, str]:
    """This environment without what belongs to a real portal, and with secrets for one run."""
    kept = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
    return kept | {
        "LOCAL_DIR": str(local_dir()),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": new_field_key(),
        "PYTHONUNBUFFERED": "1",
    }


if __name__ == "__main__":
    main()
