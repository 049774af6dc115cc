"""The published description: it is complete, and what it says is what the API does."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from agent.conformance.checks import Trial
from agent.conformance.command import try_portal
from agent.conformance.wire import Wire
from clinics.accounts import issue_account_key
from sync_api.sandbox import open_sandbox
from tests.factories import make_organisation
from tests.sync_api.client import Body, DjangoTransport, HttpTransport, SyncAgent, catalogue_body
from tests.sync_api.live import running_api

# A group is begun before single tests are: nobody waits for this one at the end.
pytestmark = pytest.mark.xdist_group("openapi")

OPERATIONS = {
    ("post", "/sync/v1/activate"),
    ("post", "/sync/v1/token"),
    ("get", "/sync/v1/status"),
    ("put", "/sync/v1/catalogue"),
    ("put", "/sync/v1/slots"),
    ("get", "/sync/v1/events"),
    ("post", "/sync/v1/events/ack"),
    ("put", "/sync/v1/lookups/{lookup}"),
    ("get", "/sync/v1/bookings"),
    ("put", "/sync/v1/bookings/{booking}"),
    ("get", "/sync/v1/sandbox"),
    ("post", "/sync/v1/sandbox/faults"),
    ("post", "/sync/v1/sandbox/bookings"),
}
EXAMPLES = int(os.environ.get("SYNC_API_EXAMPLES", "7"))
"""Requests for each operation, valid by the schema and again not valid by it. 450 make 11,700 in all."""

# A body that the schema allows may name what is not there, which is 422 and right; what the schema does not
# know is ignored, by the protocol's own word.
LEFT_OUT = {
    "positive_data_acceptance",
    "negative_data_rejection",
    "missing_required_header",
    "ignored_auth",
}
PROBLEM = {"$ref": "#/components/schemas/ProblemOut"}


@pytest.fixture
def document(transport: DjangoTransport) -> Body:
    found: Body = transport.send("GET", "openapi.json", b"", {}).json()
    return found


def test_description_names_every_operation(document: Body) -> None:
    described = {(method, path) for path, methods in document["paths"].items() for method in methods}

    assert described == OPERATIONS
    assert document["servers"] == [{"url": settings.API_URL.removesuffix("/sync/v1/")}]


def test_description_tells_every_problem(document: Body) -> None:
    responses = document["paths"]["/sync/v1/slots"]["put"]["responses"]

    assert set(responses) == {"200", "401", "403", "409", "413", "415", "422", "429", "503"}
    for status in set(responses) - {"200"}:
        assert responses[status]["content"] == {"application/problem+json": {"schema": PROBLEM}}
    told = responses["409"]["description"]
    assert "urn:portal:agent-superseded" in told
    assert "urn:portal:stale-sequence" in told


def test_description_has_every_schema_it_refers_to(document: Body) -> None:
    def references(part: object) -> Iterator[str]:
        if isinstance(part, dict):
            yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
            part = list(part.values())
        if isinstance(part, list):
            for member in part:
                yield from references(member)

    schemas = document["components"]["schemas"]
    assert {name.removeprefix("#/components/schemas/") for name in references(document)} <= set(schemas)


@pytest.mark.django_db(transaction=True)
def test_api_does_what_its_description_says() -> None:
    _, sandbox_key = open_sandbox(name="Author", subdomain="tryout")
    # Its faults are not those that are asked for at random.
    _, undisturbed_key = open_sandbox(name="Another", subdomain="undisturbed")
    key = issue_account_key(organisation=make_organisation("demoklinikka"))
    with running_api(SYNC_REQUESTS_PER_SECOND="10000") as address:
        transport = HttpTransport(address)
        agent = SyncAgent.activated(transport, key, api_url=address)
        agent.put_catalogue(catalogue_body())
        document = transport.send("GET", "openapi.json", b"", {}).json()
        base = address.removesuffix("/sync/v1/")
        for found in schemathesis.openapi.from_dict(document).get_all_operations():
            operation: Any = found
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                is_sandbox = "/sandbox" in operation.ok().path
                token = sandbox_key if is_sandbox else agent.access_token
                ask_at_random(operation.ok(), mode, base, {"Authorization": f"Bearer {token}"})
        agent.access_token = ""
        assert agent.status().status == 200
        wire = Wire(address)
        assert try_portal(Trial(wire, undisturbed_key), only=["events-are-waited-for"], replaces=False) == 0
        wire.close()
        transport.client.close()


def ask_at_random(operation: Any, mode: GenerationMode, base: str, headers: dict[str, str]) -> None:
    """Sends generated requests, each of whose answers must be as described and never a 5xx."""
    left_out = [check for check in CHECKS.get_all() if check.__name__ in LEFT_OUT]

    @hypothesis_settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        if case.query and "wait" in case.query:
            case.query["wait"] = 0
        case.call_and_validate(base_url=base, headers=headers, excluded_checks=left_out)

    ask()
