"""What has to be done once, or again after an update, before the demo's processes can start."""

import json
from pathlib import Path

from booking_portal.embedded import ROOT, local_dir
from booking_portal.launch.commands import Command, begin_python, run_python, step
from booking_portal.launch.database import Database
from booking_portal.launch.organisations import (
    OPERATOR,
    ORGANISATIONS,
    OWNER,
    DemoOrganisation,
    load_secrets,
    save_secrets,
)
from booking_portal.launch.sources import MIGRATIONS, STATIC_FILES, fingerprint


def prepare(database: Database, environment: dict[str, str]) -> None:
    """Bring tables, static files and accounts up to date; done in a moment where they are."""
    is_migrated = database.description() == fingerprint(MIGRATIONS)
    if not is_migrated or not are_static_files_collected():
        with step("making the tables and collecting static files"):
            collecting = begin_static_files(environment)
            if not is_migrated:
                migrate(database, environment)
            finish_static_files(collecting)
    open_missing_accounts(database, environment)


def migrate(database: Database, environment: dict[str, str]) -> None:
    """Bring the tables up to date.

    What they were last brought up to is written on the database itself, so that one which was deleted or
    restored tells the truth.
    """
    wanted = fingerprint(MIGRATIONS)
    run_python(["manage.py", "migrate", "--no-input", "--verbosity", "0"], environment)
    database.describe(wanted)


def collect_static_files(environment: dict[str, str]) -> None:
    """Gather the static files under names that tell of their contents, unless they are what they were."""
    if not are_static_files_collected():
        with step("collecting static files"):
            finish_static_files(begin_static_files(environment))


def are_static_files_collected() -> bool:
    manifest = ROOT / "staticfiles" / "staticfiles.json"
    record = static_files_record()
    return manifest.exists() and record.exists() and record.read_text() == fingerprint(STATIC_FILES)


def begin_static_files(environment: dict[str, str]) -> Command:
    return begin_python(["manage.py", "collectstatic", "--no-input", "--verbosity", "0"], environment)


def finish_static_files(collecting: Command) -> None:
    collecting.finish()
    static_files_record().write_text(fingerprint(STATIC_FILES))


def static_files_record() -> Path:
    return local_dir() / "run" / "static-files"


def open_missing_accounts(database: Database, environment: dict[str, str]) -> None:
    existing = database.subdomains()
    missing = [organisation for organisation in ORGANISATIONS if organisation.subdomain not in existing]
    if missing:
        with step("opening the clinics' accounts"):
            opening = [(organisation, begin_account(organisation, environment)) for organisation in missing]
            for organisation, command in opening:
                keep_account_key(organisation, command.finish())


def begin_account(organisation: DemoOrganisation, environment: dict[str, str]) -> Command:
    """Open it as an operator would."""
    return begin_python(
        [
            *("manage.py", "open_account", "--json", "--name", organisation.name),
            *("--subdomain", organisation.subdomain),
            *("--language", organisation.language, "--country", organisation.country),
        ],
        environment,
    )


def keep_account_key(organisation: DemoOrganisation, answer: str) -> None:
    """Keep the key, which is shown only once."""
    known = load_secrets()
    known["account_keys"][organisation.subdomain] = json.loads(answer)["account_key"]
    save_secrets(known)


def furnish_organisations(database: Database, environment: dict[str, str]) -> None:
    """Give the organisations that have none yet their texts, groups and people."""
    furnished = database.subdomains_with_welcome()
    missing = [
        organisation.subdomain for organisation in ORGANISATIONS if organisation.subdomain not in furnished
    ]
    if missing:
        with step("furnishing the portals"):
            run_python(
                ["manage.py", "furnish_demo", *missing, "--owner", OWNER, "--operator", OPERATOR],
                environment | {"DEMO_PASSWORD": load_secrets()["password"]},
            )


def fill_organisations(database: Database, environment: dict[str, str]) -> None:
    """Give the organisations for which nothing has been booked yet what a clinic has after some weeks."""
    filled = database.subdomains_with_bookings()
    missing = [
        organisation.subdomain for organisation in ORGANISATIONS if organisation.subdomain not in filled
    ]
    if missing:
        with step("booking for invented patients"):
            run_python(["manage.py", "fill_demo", *missing], environment)
