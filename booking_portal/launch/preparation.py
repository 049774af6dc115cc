"""What has to be done once, or again after an update, before the demo's processes can start."""

import json

from booking_portal.embedded import ROOT, local_dir
from booking_portal.launch.commands import run_python, step
from booking_portal.launch.database import Database
from booking_portal.launch.organisations import (
    OPERATOR,
    ORGANISATIONS,
    DemoOrganisation,
    load_secrets,
    save_secrets,
)
from booking_portal.launch.sources import MIGRATIONS, STATIC_FILES, fingerprint


def prepare(database: Database, environment: dict[str, str]) -> None:
    """Bring tables, static files and accounts up to date; done in a moment where they are."""
    migrate(database, environment)
    collect_static_files(environment)
    open_missing_accounts(database, environment)


def migrate(database: Database, environment: dict[str, str]) -> None:
    """Bring the tables up to date.

    What they were last brought up to is written on the database itself, so that one which was deleted or
    restored tells the truth.
    """
    wanted = fingerprint(MIGRATIONS)
    if database.description() == wanted:
        return
    with step("making the tables"):
        run_python(["manage.py", "migrate", "--no-input", "--verbosity", "0"], environment)
        database.describe(wanted)


def collect_static_files(environment: dict[str, str]) -> None:
    wanted = fingerprint(STATIC_FILES)
    record = local_dir() / "run" / "static-files"
    manifest = ROOT / "staticfiles" / "staticfiles.json"
    if manifest.exists() and record.exists() and record.read_text() == wanted:
        return
    with step("collecting static files"):
        run_python(["manage.py", "collectstatic", "--no-input", "--verbosity", "0"], environment)
        record.write_text(wanted)


def open_missing_accounts(database: Database, environment: dict[str, str]) -> None:
    existing = database.subdomains()
    for organisation in ORGANISATIONS:
        if organisation.subdomain not in existing:
            with step(f"opening the account of {organisation.name}"):
                open_account(organisation, environment)


def open_account(organisation: DemoOrganisation, environment: dict[str, str]) -> None:
    """Open it as an operator would, and keep the account key, which is shown only once."""
    answer = run_python(
        [
            *("manage.py", "open_account", "--json", "--name", organisation.name),
            *("--subdomain", organisation.subdomain),
            *("--language", organisation.language, "--country", organisation.country),
        ],
        environment,
    )
    known = load_secrets()
    known["account_keys"][organisation.subdomain] = json.loads(answer)["account_key"]
    save_secrets(known)


def furnish_organisations(database: Database, environment: dict[str, str]) -> None:
    """Give the organisations that have none yet their texts, groups and people."""
    furnished = database.subdomains_with_welcome()
    missing = [organisation for organisation in ORGANISATIONS if organisation.subdomain not in furnished]
    if missing:
        with step("furnishing the portals"):
            for organisation in missing:
                furnish(organisation, environment)


def furnish(organisation: DemoOrganisation, environment: dict[str, str]) -> None:
    run_python(
        [
            *("manage.py", "furnish_demo", organisation.subdomain),
            *("--owner", organisation.owner, "--operator", OPERATOR),
        ],
        environment | {"DEMO_PASSWORD": load_secrets()["password"]},
    )
