"""A push of 20,000 slots through the real API: new, unchanged, and with a small change."""

import gzip
import time
from collections.abc import Generator, Iterator, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import orjson
import psycopg
from joserfc import jwt
from joserfc.jwk import OKPKey

from benchmarks.data import Practice, local, working_days
from benchmarks.exchange import Answer, Unexpected, request
from benchmarks.load import Script, drive
from benchmarks.pages import CONNECTIONS, Target
from benchmarks.servers import Stage, at
from benchmarks.table import Row, median, quantile

PEOPLE = 100
SLOTS = 20_000
DAYS = 40
STRETCHES = ["08:00", "09:30", "11:00", "13:00", "14:30"]
TRIES = 5
BESIDE_SECONDS = 4.0
BESIDE_ROUNDS = 4
MOST_PUSHES = 40

Body = dict[str, Any]


class Pusher:
    """An agent that does nothing but push, over one kept connection."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.sequence = 0
        self.token = ""

    def activate(self, account_key: str) -> Script:
        """Activates, gets a token and sends the catalogue of one clinic and a hundred people."""
        key = OKPKey.generate_key("Ed25519")
        machine = {"name": "benchmark", "agent_version": "1"}
        body = {
            "account_key": account_key,
            "public_key": key.as_dict(private=False),
            "machine": machine,
        }
        activated = (yield self.json("POST", "activate", body)).require(201)
        form = assertion_form(key, orjson.loads(activated.body)["agent_id"], self.url("token"))
        answer = (
            yield request(
                "POST",
                self.stage.api_host,
                "/sync/v1/token",
                {"Content-Type": "application/x-www-form-urlencoded"},
                urlencode(form).encode(),
            )
        ).require(200)
        self.token = orjson.loads(answer.body)["access_token"]
        (yield self.json("PUT", "catalogue", catalogue())).require(200)

    def push(self, windows: list[Body], found: list[float] | None = None) -> Script:
        """One push, packed as the agent packs it; adds what it took."""
        answer = yield from self.send(self.packed(windows), sum(len(window["slots"]) for window in windows))
        if found is not None:
            found.append(answer.seconds)

    def packed(self, windows: list[Body]) -> bytes:
        """The request for one push, which has to be sent before any that is packed later."""
        self.sequence += 1
        return self.json("PUT", "slots", {"sequence": self.sequence, "windows": windows})

    def send(self, push: bytes, slots: int) -> Generator[bytes, Answer, Answer]:
        answer = yield push
        told = orjson.loads(answer.require(200).body)
        if told["slots"] != slots:
            raise Unexpected(f"The portal took other slots than it was sent: {told}")
        return answer

    def json(self, method: str, path: str, body: Body) -> bytes:
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        packed = gzip.compress(orjson.dumps(body), 6, mtime=0)
        return request(method, self.stage.api_host, f"/sync/v1/{path}", headers, packed)

    def url(self, path: str) -> str:
        return f"http://{self.stage.api_host}/sync/v1/{path}"

    def run(self, script: Script) -> None:
        drive([(at(self.stage.api), script)])


def assertion_form(key: OKPKey, agent_id: str, audience: str) -> dict[str, str]:
    now = int(time.time())
    claims = {
        "iss": agent_id,
        "sub": agent_id,
        "aud": audience,
        "iat": now,
        "exp": now + 120,
        "jti": uuid4().hex,
    }
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode({"alg": "Ed25519"}, claims, key, algorithms=["Ed25519"]),
    }


def catalogue() -> Body:
    """Eight treatments of three categories, given by everybody."""
    return {
        "clinics": [{"id": "c", "name": "Keskusta", "time_zone": "Europe/Helsinki"}],
        "practitioners": [
            {"id": f"p{n}", "name": f"Practitioner {n}", "clinics": ["c"]} for n in range(PEOPLE)
        ],
        "categories": [{"id": f"k{n}", "name": f"Category {n}"} for n in range(3)],
        "treatments": [
            {"id": f"t{n}", "name": f"Treatment {n}", "minutes": minutes, "category": f"k{n % 3}"}
            for n, minutes in enumerate([30, 30, 60, 45, 20, 90, 15, 30])
        ],
    }


def windows(*, later: int = 0, fewer_of: int = 0) -> list[Body]:
    """A window of eight weeks and 200 slots for each practitioner.

    ``later``: all slots begin so many minutes later. ``fewer_of``: so many practitioners have a slot less.
    """
    days = list(working_days(weeks=8))
    slots = [slot for day in days for slot in day_slots(day.isoformat(), local(day, "08:00"), later)]
    begin, end = local(days[0], "00:00").isoformat(), local(days[-1], "23:00").isoformat()
    return [
        {
            "practitioner": f"p{n}",
            "clinic": "c",
            "from": begin,
            "to": end,
            "slots": slots[1:] if n < fewer_of else slots,
        }
        for n in range(PEOPLE)
    ]


def day_slots(_day: str, eight: Any, later: int) -> Iterator[Body]:
    for number, clock in enumerate(STRETCHES):
        hours, minutes = map(int, clock.split(":"))
        start = eight + timedelta(hours=hours - 8, minutes=minutes + later)
        slot = {"start": start.isoformat(), "end": (start + timedelta(minutes=60)).isoformat()}
        yield slot | ({"categories": ["k0", "k1"]} if number == 0 else {})


def emptied() -> list[Body]:
    return [{**window, "slots": []} for window in windows()]


def push_rows(stage: Stage, practice: Practice, page: Target) -> list[Row]:
    """New, unchanged, slightly changed; and what other tenants notice of it all."""
    pusher = Pusher(stage)
    pusher.run(pusher.activate(practice.account_key))
    new, same, small = list[float](), list[float](), list[float]()
    for _ in range(TRIES):
        pusher.run(pusher.push(windows(), new))
        pusher.run(pusher.push(windows(), same))
        pusher.run(pusher.push(windows(fewer_of=10), small))
        pusher.run(pusher.push(emptied()))
    parsed, copied = floors(stage)
    together = f"{(median(parsed) + median(copied)) / median(new):.2f} × both floors"
    rows = [
        Row("floor: 20,000 slots parsed (orjson)", None, parsed, f"{SLOTS / median(parsed):,.0f} slots/s"),
        Row("floor: 20,000 slots by COPY, btree", None, copied, f"{SLOTS / median(copied):,.0f} slots/s"),
        push_row("push of 20,000 slots, all new", new, 0.6, together),
        push_row("push of 20,000 slots, unchanged", same, 0.25),
        push_row("push of 20,000 slots, 10 slots fewer", small, None),
    ]
    return [*rows, beside_row(stage, pusher, page)]


def push_row(name: str, seconds: list[float], bar: float | None, beside_floor: str = "") -> Row:
    found = median(seconds)
    text, is_met = (f"≤ {bar} s", found <= bar) if bar else ("", None)
    rate = f"{SLOTS / found:,.0f} slots/s"
    return Row(name, None, seconds, ", ".join(filter(None, [rate, beside_floor])), text, is_met)


def floors(stage: Stage) -> tuple[list[float], list[float]]:
    """What nobody can do without: reading such a body, and storing so many rows that an index finds."""
    body, lines = orjson.dumps({"sequence": 1, "windows": windows()}), copy_lines()
    parsed, copied = list[float](), list[float]()
    with psycopg.connect(stage.large_url) as database:
        database.execute(
            "CREATE TEMPORARY TABLE floor (practitioner bigint, starts timestamptz, ends timestamptz)"
        )
        database.execute("CREATE INDEX ON floor (practitioner, starts)")
        for _ in range(TRIES):
            began = time.perf_counter()
            orjson.loads(body)
            parsed.append(time.perf_counter() - began)
            began = time.perf_counter()
            with database.cursor() as cursor, cursor.copy("COPY floor FROM STDIN") as copy:
                copy.write(lines)
            copied.append(time.perf_counter() - began)
            database.execute("TRUNCATE floor")
    return parsed, copied


def copy_lines() -> str:
    return "".join(
        f"{number}\t{slot['start']}\t{slot['end']}\n"
        for number, window in enumerate(windows())
        for slot in window["slots"]
    )


def beside_row(stage: Stage, pusher: Pusher, page: Target) -> Row:
    """Pages of another organisation while one push follows the other, beside pages alone."""
    alone, beside = list[float](), list[float]()
    bodies = windows(), windows(later=5)
    for seconds, pushing in ((alone, False), (beside, True)) * BESIDE_ROUNDS:
        pushes = [pusher.packed(bodies[number % 2]) for number in range(MOST_PUSHES if pushing else 0)]
        until = time.perf_counter() + BESIDE_SECONDS
        scripts = [(page.address, page.ask(until, seconds)) for _ in range(CONNECTIONS // 4)]
        drive(scripts, behind=[(at(stage.api), push_on(pusher, pushes))] if pushing else [])
    slower = quantile(beside, 0.95) / quantile(alone, 0.95)
    return Row(
        "week page at 4 connections while pushes go on",
        None,
        beside,
        f"p95 {slower:.2f} × that without",
        "≤ 1.2 ×",
        slower <= 1.2,
    )


def push_on(pusher: Pusher, pushes: Sequence[bytes]) -> Script:
    """One push after the other: packed beforehand, since an agent packs them on a computer of its own."""
    for push in pushes:
        yield from pusher.send(push, SLOTS)
    raise Unexpected(f"{len(pushes)} pushes were not enough for {BESIDE_SECONDS} seconds.")
