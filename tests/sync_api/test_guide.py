"""The first exchange of docs/sync.md, played word by word: against the API, and against its description."""

import json
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import pytest
import time_machine
from django.conf import settings

from clinics.accounts import issue_account_key
from clinics.models import Clinic, Organisation, Practitioner
from clinics.scope import organisation_scope
from notifications.models import Kind, Message
from scheduling.models import Booking, Treatment
from tests.conftest import Practice
from tests.factories import make_organisation
from tests.scheduling.booked import booked
from tests.sync_api.client import FORM, Answered, Body, DjangoTransport

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```", re.MULTILINE | re.DOTALL)
KEPT = {"activate": ("AGENT", "agent_id"), "token": ("TOKEN", "access_token")}
ANYTHING = "…"

pytestmark = pytest.mark.django_db


def blocks() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "sync.md").read_text()
    section = text.split("## A first exchange")[1].split("\n## ")[0]
    return BLOCK.findall(section)


@dataclass
class Reader:
    """Somebody who types what the guide says."""

    folder: Path
    transport: DjangoTransport
    description: Body
    names: dict[str, str] = field(default_factory=dict)

    def run(self, script: str) -> None:
        """A block for the shell; what it sets is known from then on."""
        told = "\n".join(f'printf "%s=%s\\n" {name} "${{{name}:-}}"' for name in ("X", "ASSERTION"))
        done = subprocess.run(
            ["bash", "-euc", f"{script}\n{told}"],
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", **self.names},
            capture_output=True,
            text=True,
            check=True,
        )
        self.names |= dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)

    def send(self, command: str) -> tuple[str, Answered]:
        """What curl would do; the operation's name, and the answer."""
        words = [
            Template(word).substitute(self.names) for word in shlex.split(command.replace("\\\n", " "))[1:]
        ]
        method, headers, data, url = "", {}, [], ""
        while words:
            match words.pop(0):
                case "-X":
                    method = words.pop(0)
                case "-H":
                    name, _, value = words.pop(0).partition(": ")
                    headers[name] = value
                case "-d":
                    data.append(words.pop(0))
                case word:
                    url = word
        path = url.removeprefix(f"{self.names['API']}/")
        content = "&".join(data)
        if data and "Content-Type" not in headers:
            headers["Content-Type"] = FORM
        method = method or ("POST" if data else "GET")
        answer = self.transport.send(method, path, content.encode(), headers)
        self.require_described(method, path, content, headers, answer)
        return path.partition("?")[0], answer

    def require_described(
        self, method: str, path: str, content: str, headers: dict[str, str], answer: Answered
    ) -> None:
        """The description knows this request and this answer."""
        operation = self.operation(method, urlsplit(path).path)
        if headers.get("Content-Type") == "application/json":
            self.require_valid(operation["requestBody"]["content"]["application/json"], json.loads(content))
        described = operation["responses"][str(answer.status)]["content"]
        self.require_valid(described[answer.headers["Content-Type"].partition(";")[0]], answer.json())

    def operation(self, method: str, path: str) -> Body:
        for pattern, methods in self.description["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), f"/sync/v1/{path}"):
                found: Body = methods[method.lower()]
                return found
        raise LookupError(path)

    def require_valid(self, described: Body, document: Any) -> None:
        schema = {**described["schema"], "components": self.description["components"]}
        jsonschema_rs.validate(schema, document)


def require_alike(written: Any, found: Any) -> None:
    """The same, but for what the guide leaves open."""
    if written == ANYTHING:
        assert found
    elif isinstance(written, dict):
        assert set(written) == set(found)
        for name, value in written.items():
            require_alike(value, found[name])
    elif isinstance(written, list):
        assert len(written) == len(found)
        for one, other in zip(written, found, strict=True):
            require_alike(one, other)
    else:
        assert written == found


def somebody_books(organisation: Organisation) -> Booking:
    """Maija, some days before, at nine o'clock of the guide's Monday."""
    with organisation_scope(organisation.pk), time_machine.travel(datetime(2027, 1, 4, 12, tzinfo=UTC)):
        practice = Practice(
            organisation, Clinic.objects.get(), Practitioner.objects.get(), Treatment.objects.get()
        )
        return booked(practice, datetime(2027, 1, 11, 7, tzinfo=UTC))


def test_first_exchange_goes_as_the_guide_says(transport: DjangoTransport, tmp_path: Path) -> None:
    organisation = make_organisation("demoklinikka")
    description = transport.send("GET", "openapi.json", b"", {}).json()
    reader = Reader(tmp_path, transport, description)
    reader.names |= {
        "API": settings.API_URL.rstrip("/"),
        "ACCOUNT_KEY": issue_account_key(organisation=organisation),
    }
    answers: list[Answered] = []
    asked: set[str] = set()
    for language, text in blocks():
        if language == "json":
            require_alike(json.loads(text), answers[-1].json())
            continue
        if not text.startswith("curl"):
            reader.run(text)
            continue
        if "/events?" in text:
            reader.names["BOOKING"] = str(somebody_books(organisation).public_id)
        path, answer = reader.send(text)
        answers.append(answer)
        asked.add(path.partition("/")[0])
        if path in KEPT:
            name, member = KEPT[path]
            reader.names[name] = answer.json()[member]

    assert asked == {"activate", "token", "catalogue", "slots", "events", "bookings", "status"}
    assert Message.across.filter(kind=Kind.MOVE).count() == 2


def section(heading: str) -> str:
    """What the guide says below a heading, down to the next one."""
    text = (ROOT / "docs" / "sync.md").read_text()
    return re.split(r"^#+ ", text.split(f"# {heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


def published(transport: DjangoTransport) -> Body:
    found: Body = transport.send("GET", "openapi.json", b"", {}).json()
    return found


def test_guide_names_every_member_of_the_catalogue(transport: DjangoTransport) -> None:
    schemas = published(transport)["components"]["schemas"]
    rows = dict(re.findall(r"^\| \*?`(\w+)`\*? \| (.*) \|$", section("What you send"), re.MULTILINE))

    lists = {name: found for name, found in schemas["CatalogueIn"]["properties"].items() if "items" in found}
    assert set(rows) == set(lists)
    for name, found in lists.items():
        schema = schemas[found["items"]["$ref"].rpartition("/")[2]]
        named = dict(re.findall(r"(?<=`)(\w+)`(\*?)", rows[name]))
        assert set(schema["properties"]) <= set(named), name
        optional = {member for member, star in named.items() if star}
        assert optional == set(schema["properties"]) - set(schema["required"]), name


def test_guide_says_what_to_do_after_every_answer(transport: DjangoTransport) -> None:
    what_to_do, whether_again = section("Which answer, what to do").split("What is refused takes no number")
    operations = {
        (method.upper(), path.removeprefix("/sync/v1/")): operation
        for path, methods in published(transport)["paths"].items()
        for method, operation in methods.items()
        if "/sandbox" not in path
    }

    statuses = {
        status for one in operations.values() for status in one["responses"] if not status.startswith("2")
    }
    assert {status for status in statuses if status not in what_to_do} == set()
    kinds = set(re.findall(r"^\| `([a-z-]+)` \|", section("Errors"), re.MULTILINE))
    assert len(kinds) == 10
    assert {kind for kind in kinds if f"`{kind}`" not in what_to_do} == set()
    again = re.sub(r"\{\w+\}", "{id}", whether_again)
    unnamed = [
        f"{method} {path}"
        for method, path in operations
        if f"`{method} {re.sub(r'{[a-z]+}', '{id}', path)}`" not in again
    ]
    assert unnamed == []
