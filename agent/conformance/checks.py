"""What a check is, what it has at hand, and how all of them are run in order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.conformance.wire import Answer, Broken, Skipped, TrialAgent, Wire, encoded

Body = dict[str, Any]


@dataclass
class Trial:
    """The portal that is tried, the account, and the agent that tries it."""

    wire: Wire
    account_key: str = field(repr=False)
    is_sandbox: bool = False
    agents: list[TrialAgent] = field(default_factory=list)

    @property
    def agent(self) -> TrialAgent:
        """The newest activation; without one nothing can be tried."""
        return self.agents[-1] if self.agents else self.activate()

    def activate(self, key: Any = None) -> TrialAgent:
        self.agents.append(TrialAgent.activated(self.wire, self.account_key, key))
        return self.agents[-1]

    def stocked(self) -> TrialAgent:
        """The agent, after it has sent its catalogue."""
        self.agent.ask("PUT", "catalogue", catalogue()).require(200)
        return self.agent

    def sandbox(self, method: str, path: str, body: object = None) -> Answer:
        """What only a portal's sandbox has: it makes bookings for trying out."""
        if not self.is_sandbox:
            raise Skipped("Needs a booking, and this account is not a sandbox that makes one.")
        return self.wire.send(
            method,
            path,
            b"" if body is None else encoded(body),
            {"Authorization": f"Bearer {self.account_key}", "Content-Type": "application/json"},
        )


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    promise: str
    run: Callable[[Trial], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    check: Check
    state: str  # kept, broken or skipped
    detail: str = ""


CHECKS: list[Check] = []


def check(promise: str) -> Callable[[Callable[[Trial], None]], Callable[[Trial], None]]:
    """Makes a function the check of one promise; its name is the function's."""

    def note(run: Callable[[Trial], None]) -> Callable[[Trial], None]:
        CHECKS.append(Check(run.__name__.replace("_", "-"), promise, run))
        return run

    return note


def outcomes(trial: Trial, checks: Iterable[Check]) -> Iterable[Outcome]:
    for one in checks:
        try:
            one.run(trial)
        except Broken as broken:
            yield Outcome(one, "broken", str(broken))
        except Skipped as skipped:
            yield Outcome(one, "skipped", str(skipped))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as odd:
            yield Outcome(one, "broken", f"The answer is not of the form that it must have ({odd!r}).")
        else:
            yield Outcome(one, "kept")


def catalogue() -> Body:
    """A practice of one clinic, two practitioners and two treatments."""
    return {
        "clinics": [{"id": "c1", "name": "Conformance", "time_zone": "Europe/Helsinki"}],
        "practitioners": [
            {"id": "p1", "name": "First Practitioner", "title": "", "clinics": ["c1"]},
            {"id": "p2", "name": "Second Practitioner", "title": "", "clinics": ["c1"]},
        ],
        "categories": [{"id": "exam", "name": "Tarkastus"}, {"id": "surgery", "name": "Leikkaus"}],
        "resources": [{"id": "xray", "clinic": "c1", "name": "X-ray room"}],
        "treatments": [
            {"id": "t1", "name": "Tarkastus", "minutes": 30, "category": "exam"},
            {"id": "t2", "name": "Leikkaus", "minutes": 60, "category": "surgery", "resources": ["xray"]},
        ],
    }


def monday() -> datetime:
    """Midnight, UTC, of a Monday two to three weeks ahead."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=21 - today.weekday())


def at(hours: float) -> str:
    return (monday() + timedelta(hours=hours)).isoformat()


def slot(start: float, end: float, **more: object) -> Body:
    """By hours since that Monday began."""
    return {"start": at(start), "end": at(end), **more}


def window(*slots: Body, **changes: object) -> Body:
    whole = {"practitioner": "p1", "clinic": "c1", "from": at(0), "to": at(7 * 24), "slots": list(slots)}
    return {**whole, **changes}
