"""The demo's agents: their appointment books, their activation, and the programs themselves."""

import json
import os

from booking_portal.launch.addresses import Addresses
from booking_portal.launch.commands import Command, begin_python, run_python
from booking_portal.launch.organisations import ORGANISATIONS, DemoOrganisation, load_secrets
from booking_portal.launch.processes import Program
from booking_portal.servers.base import write_privately


def begin_books() -> list[Command]:
    """Begin to fill every organisation's appointment book, eight weeks ahead of today."""
    return [begin_book(organisation) for organisation in ORGANISATIONS]


def begin_book(organisation: DemoOrganisation) -> Command:
    organisation.agent_home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return begin_python(
        [
            *("-m", "agent", "demo-book"),
            *("--database", organisation.book_url, "--organisation", organisation.subdomain),
        ],
        agent_environment(),
    )


def are_activated(addresses: Addresses) -> bool:
    return all(is_activated(organisation, addresses) for organisation in ORGANISATIONS)


def is_activated(organisation: DemoOrganisation, addresses: Addresses) -> bool:
    """Whether the agent was activated for this account at this address."""
    record = organisation.agent_home / "activated.json"
    is_set_up = record.exists() and (organisation.agent_home / "agent.toml").exists()
    return is_set_up and json.loads(record.read_text()) == activation(organisation, addresses)


def activation(organisation: DemoOrganisation, addresses: Addresses) -> dict[str, str]:
    """What the agent is activated with, without the secret half of the key."""
    key = load_secrets()["account_keys"].get(organisation.subdomain, "")
    return {"api_url": addresses.api_url, "account_key": key[:16]}


def activate_agents(addresses: Addresses) -> None:
    """Activate every agent that is not yet, or that was for another account or address."""
    for organisation in ORGANISATIONS:
        if not is_activated(organisation, addresses):
            activate(organisation, addresses)


def activate(organisation: DemoOrganisation, addresses: Addresses) -> None:
    run_python(
        [
            *("-m", "agent", "activate", "--home", str(organisation.agent_home), "--again"),
            *("--api-url", addresses.api_url, "--database", organisation.book_url),
            *("--account-key", "-", "--machine", f"Demo server of {organisation.name}"),
        ],
        agent_environment(),
        given=load_secrets()["account_keys"][organisation.subdomain],
    )
    record = organisation.agent_home / "activated.json"
    write_privately(record, json.dumps(activation(organisation, addresses)))


def agent_programs(addresses: Addresses) -> list[Program]:
    """One agent for each organisation, with its page for playing the desk, not started yet."""
    return [
        Program(
            f"agent-{organisation.subdomain}",
            ["agent", "run", "--home", str(organisation.agent_home), "--page", str(port)],
            agent_environment(),
        )
        for organisation, port in zip(ORGANISATIONS, addresses.desk_ports, strict=True)
    ]


def agent_environment() -> dict[str, str]:
    """An agent runs at the clinic: it knows nothing of the portal's servers and secrets."""
    hidden = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return kept | {"PYTHONUNBUFFERED": "1"}
