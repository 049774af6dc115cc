"""What goes over the line of sandboxes."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from sync_api.schemas import Received


class TrialIn(Received):
    fault: Literal[
        "lost-answer",
        "lost-acknowledgement",
        "duplicate-event",
        "token-refused",
        "clock-skew",
        "superseded",
        "rate-limited",
        "slow",
    ]


class PlayOut(BaseModel):
    fault: str
    what: str


class TrialOut(BaseModel):
    fault: str
    asked: datetime
    state: Literal["waiting", "playing", "handled", "not-handled"]
    found: str


class SandboxOut(BaseModel):
    faults: list[PlayOut]
    trials: list[TrialOut]


class SandboxBooking(BaseModel):
    booking: str
