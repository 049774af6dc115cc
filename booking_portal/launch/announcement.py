"""What the demo tells people on the terminal, and programs in ``.local/demo.json``."""

import json
from pathlib import Path

from booking_portal.embedded import local_dir
from booking_portal.launch.addresses import Addresses
from booking_portal.launch.local_env import messages_file
from booking_portal.launch.organisations import OPERATOR, ORGANISATIONS, DemoOrganisation, load_secrets
from booking_portal.servers.base import write_privately

MESSAGES_PATH = "demo/messages/"


def write(addresses: Addresses) -> None:
    """Put the whole file in place at once: who finds it finds a running demo."""
    write_privately(demo_file(), json.dumps(facts(addresses), indent=2, ensure_ascii=False) + "\n")


def withdraw() -> None:
    demo_file().unlink(missing_ok=True)


def demo_file() -> Path:
    return local_dir() / "demo.json"


def facts(addresses: Addresses) -> dict[str, object]:
    first = organisation_facts(ORGANISATIONS[0], addresses)
    return {
        "portal_url": first["portal_url"],
        "manage_url": first["manage_url"],
        "api_url": addresses.api_url,
        "admin_url": addresses.url("admin"),
        "landing_url": f"{addresses.base_url}/",
        "messages": str(messages_file()),
        "messages_url": messages_url(addresses),
        "appointment_book": first["appointment_book"],
        "logins": {
            "operator": {"email": OPERATOR, "password": password(), "url": addresses.url("admin")},
            "owner": first["login"],
        },
        "organisations": [organisation_facts(organisation, addresses) for organisation in ORGANISATIONS],
    }


def organisation_facts(organisation: DemoOrganisation, addresses: Addresses) -> dict[str, object]:
    manage_url = addresses.url(organisation.subdomain, "manage/")
    return {
        "name": organisation.name,
        "subdomain": organisation.subdomain,
        "portal_url": addresses.url(organisation.subdomain),
        "manage_url": manage_url,
        "login": {"email": organisation.owner, "password": password(), "url": manage_url},
        "agent_home": str(organisation.agent_home),
        "appointment_book": str(organisation.book),
        "appointment_book_url": organisation.book_url,
        "desk_url": addresses.desk_url(ORGANISATIONS.index(organisation)),
    }


def password() -> str:
    return load_secrets()["password"]


def messages_url(addresses: Addresses) -> str:
    return f"{addresses.base_url}/{MESSAGES_PATH}"


def text(addresses: Addresses, seconds: float) -> str:
    """Where to click."""
    first, second = ORGANISATIONS
    lines = [
        ("Book a time", addresses.url(first.subdomain)),
        ("Another clinic", addresses.url(second.subdomain)),
        ("Phone and mailbox", messages_url(addresses)),
        ("Clinic's console", f"{addresses.url(first.subdomain, 'manage/')}  ({first.owner}, {password()})"),
        ("Operator's desk", f"{addresses.url('admin')}  ({OPERATOR}, {password()})"),
        ("Play the desk", addresses.desk_url(0)),
        ("Appointment book", str(first.book)),
        ("All of this", str(demo_file())),
    ]
    table = "\n".join(f"  {title:<18} {value}" for title, value in lines)
    return (
        f"\nThe portal runs ({seconds:.1f} s). Ctrl-C stops it; what they say is in .local/log.\n\n{table}\n"
    )
