"""Bodies that nobody should send: every one is answered with a problem document, none with a 500."""

import gzip
import json
import tracemalloc
import zlib
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from sync_api.bodies import MOST_BYTES
from tests.conftest import Practice
from tests.sync_api.client import SyncAgent, catalogue_body, slot, window

BOOKING = "bookings/7c0a9d3e-52a4-4d6c-9d3e-7c0a9d3e52a4"
LOOKUP = "lookups/7c0a9d3e-52a4-4d6c-9d3e-7c0a9d3e52a4"
ADDRESSES = [
    ("POST", "activate"),
    ("PUT", "catalogue"),
    ("PUT", "slots"),
    ("POST", "events/ack"),
    ("PUT", BOOKING),
    ("PUT", LOOKUP),
]
FAR_TIMES = [
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:59Z",
    "2026-02-30T08:00:00Z",
    "2026-11-23T24:00:00Z",
    "2026-11-23T08:00:60Z",
    "2026-11-23T08:00:00+24:00",
    "+99999-11-23T08:00:00Z",
    "2026-11-23T08:00:00",
    "٢٠٢٦-11-23T08:00:00Z",
]
FAR_NUMBERS = [
    b"1e999",
    b"-1e999",
    b"9" * 400,
    b"1e-999",
    b"0.1",
    b"-1",
    b"true",
    b'"1"',
    b"9007199254740992",
]


@pytest.fixture
def api_client() -> Client:
    return Client(headers={"Host": urlsplit(settings.API_URL).netloc}, raise_request_exception=False)


MALFORMED = [
    b"",
    b"{",
    b"\xff\xfe",
    b"\x00",
    b"null",
    b"[]",
    b'"text"',
    b"7",
    b"NaN",
    b'{"a": NaN}',
    b'{"a": "\\ud800"}',
    b'{"a": "\xed\xa0\x80"}',
    b'{"a": "\\u0000"}',
    b'{"\\u0000": 1}',
    b"\xef\xbb\xbf{}",
    b"[" * 100_000,
    b'{"a":' * 500 + b"1" + b"}" * 500,
    b"{}",
]


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_malformed_body_is_invalid(agent: SyncAgent, method: str, path: str) -> None:
    for raw in MALFORMED:
        answer = agent.ask(method, path, raw=raw)
        assert (answer.status, answer.kind) == (422, "invalid-body"), raw[:40]
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_escaped_backslash_is_no_nul(stocked_agent: SyncAgent) -> None:
    body = catalogue_body()
    body["clinics"][0]["name"] = "C:\\u0000"

    assert stocked_agent.put_catalogue(body).status == 200


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_other_media_types_are_415(agent: SyncAgent, method: str, path: str) -> None:
    answer = agent.ask(method, path, raw=b"{}", Content_Type="text/plain")

    assert (answer.status, answer.json()["type"]) == (415, "about:blank")


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "x"])
def test_other_packings_are_415(agent: SyncAgent, encoding: str) -> None:
    assert agent.ask("PUT", "slots", raw=b"{}", Content_Encoding=encoding).status == 415


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
def test_packed_body_is_unpacked(stocked_agent: SyncAgent, encoding: str) -> None:
    raw = json.dumps({"sequence": 1, "windows": [window(slot("08:00", "09:00"))]}).encode()

    answer = stocked_agent.ask("PUT", "slots", raw=gzip.compress(raw), Content_Encoding=encoding)

    assert answer.json()["slots"] == 1


@pytest.mark.parametrize(
    "packed",
    [
        b"{}",
        gzip.compress(b"{}")[:-3],
        gzip.compress(b"{}") + b"more",
        zlib.compress(b"{}"),
        gzip.compress(b"{}")[:10] + b"\xff" * 20,
    ],
    ids=range(5),
)
def test_badly_packed_body_is_invalid(agent: SyncAgent, packed: bytes) -> None:
    answer = agent.ask("PUT", "slots", raw=packed, Content_Encoding="gzip")

    assert (answer.status, answer.kind) == (422, "invalid-body")


def test_body_beyond_the_bound_is_too_large(agent: SyncAgent) -> None:
    answer = agent.ask("PUT", "slots", raw=b" " * (MOST_BYTES + 1))

    assert (answer.status, answer.kind) == (413, "too-large")


def test_body_within_the_bound_is_read(agent: SyncAgent) -> None:
    raw = b'{"sequence": 1, "windows": []}'

    assert agent.ask("PUT", "slots", raw=raw.ljust(MOST_BYTES)).status == 200


def test_body_that_unpacks_beyond_the_bound_is_too_large(agent: SyncAgent) -> None:
    bomb = gzip.compress(b" " * (MOST_BYTES * 16))
    agent.status()
    tracemalloc.start()
    try:
        answer = agent.ask("PUT", "slots", raw=bomb, Content_Encoding="gzip")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (answer.status, answer.kind) == (413, "too-large")
    assert most < 4 * MOST_BYTES


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing/", 404),
        ("POST", "/nothing/", 404),
        ("GET", "/sync/v1/nothing", 404),
        ("GET", "/sync/v1/%00", 404),
        ("GET", "/sync/v2/status", 404),
        ("POST", "/", 405),
        ("POST", "/sync/v1/", 405),
        ("DELETE", "/health/", 405),
        ("PUT", "/sync/v1/openapi.json", 405),
        ("GET", "/sync/v1/activate", 405),
        ("GET", "/sync/v1/token", 405),
        ("POST", "/sync/v1/status", 405),
        ("PATCH", "/sync/v1/slots", 405),
        ("OPTIONS", "/sync/v1/events", 405),
    ],
)
def test_every_error_is_a_problem_document(
    api_client: Client, db: None, method: str, path: str, status: int
) -> None:
    response = api_client.generic(method, path)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == status
    assert bool(response.headers.get("Allow")) == (status == 405)


def test_signpost_names_the_description(api_client: Client) -> None:
    answer = api_client.get("/").json()

    assert api_client.get(urlsplit(answer["openapi"]).path).json()["openapi"].startswith("3.")


def test_health_asks_the_database(api_client: Client, db: None) -> None:
    assert api_client.get("/health/").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/", "/health/", "/sync/v1/openapi.json", "/sync/v1/status", "/nothing"])
def test_nothing_is_kept_in_caches(api_client: Client, db: None, path: str) -> None:
    assert "no-store" in api_client.get(path).headers["Cache-Control"]


def test_portal_hosts_have_no_api(practice: Practice) -> None:
    client = Client(headers={"Host": practice.host})

    assert client.get("/sync/v1/status").status_code == 404


def test_numbers_beyond_reason_are_invalid(stocked_agent: SyncAgent) -> None:
    catalogue = json.dumps(catalogue_body()).encode()
    for number in FAR_NUMBERS:
        minutes = catalogue.replace(b'"minutes": 30', b'"minutes": ' + number)
        for method, path, raw in (
            ("PUT", "slots", b'{"sequence": %s, "windows": []}' % number),
            ("PUT", "catalogue", minutes),
            ("POST", "events/ack", b'{"results": [{"event": %s, "outcome": "accepted"}]}' % number),
        ):
            answer = stocked_agent.ask(method, path, raw=raw)
            assert (answer.status, answer.kind) == (422, "invalid-body"), (path, number)


def test_times_beyond_the_calendar_are_invalid(practice: Practice, practice_agent: SyncAgent) -> None:
    hour = slot("08:00", "09:00")
    place = {"id": "a", "practitioner": "p1", "clinic": "c1", "treatment": "t1"}
    for moment in FAR_TIMES:
        appointment = {**place, **hour, "start": moment}
        for path, body in (
            ("slots", {"sequence": 1, "windows": [window({**hour, "end": moment})]}),
            ("slots", {"sequence": 1, "windows": [window(to=moment)]}),
            (BOOKING, {"state": "moved", **hour, "start": moment}),
            (LOOKUP, {"found": True, "patient": {}, "appointments": [appointment]}),
        ):
            answer = practice_agent.ask("PUT", path, body)
            assert (answer.status, answer.kind) == (422, "invalid-body"), (path, moment)
