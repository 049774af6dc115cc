"""What goes wrong on request in a sandbox, one fault after the other, and whether the agent could cope.

A fault stands before a request is answered, or in the place of its answer. What the agent does next decides.
Only a sandbox's requests come here; for all others nothing is looked up.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinics.scope import organisation_scope
from scheduling.models import AgentEvent
from sync_api.bodies import unpacked
from sync_api.events import event_document
from sync_api.long_poll import answer_now
from sync_api.models import Agent, SandboxTrial
from sync_api.problems import (
    AgentSuperseded,
    Problem,
    RateLimited,
    TokenInvalid,
    Unacceptable,
    problem_response,
)

Fault = SandboxTrial.Fault
SUPERSEDED_FOR = timedelta(seconds=30)
MOST_WHILE_SUPERSEDED = 5
SLOW_SECONDS = 10
RETRY_AFTER = 5
SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Play:
    """How one fault is played: before a request is answered, and once its answer is there."""

    what: str
    before: Callable[[SandboxTrial, HttpRequest], None] = lambda _trial, _request: None
    after: Callable[[SandboxTrial, HttpRequest, HttpResponse], HttpResponse] = (
        lambda _trial, _request, response: response
    )


def is_in_sandbox(agent: Agent) -> bool:
    return getattr(agent.organisation, "sandbox", None) is not None


def current_trial(agent: Agent) -> SandboxTrial | None:
    """The fault that is played now: the oldest that has not ended."""
    trial: SandboxTrial | None = SandboxTrial.across.filter(
        organisation=agent.organisation_id, ended_at=None
    ).first()
    return trial


def meet_before(request: HttpRequest, agent: Agent) -> None:
    """Plays what stands before the answer. Raises the Problem that is to be the answer."""
    if not is_in_sandbox(agent):
        return
    request.sandbox_agent = agent  # type: ignore[attr-defined]
    trial = current_trial(agent)
    if trial is not None:
        PLAYS[Fault(trial.fault)].before(trial, request)


def meet_after(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What goes over the line in the place of this answer; mostly the answer itself."""
    agent: Agent | None = getattr(request, "sandbox_agent", None)
    trial = current_trial(agent) if agent else None
    if agent is None or trial is None:
        return response
    with organisation_scope(agent.organisation_id):
        return PLAYS[Fault(trial.fault)].after(trial, request, response)


def begin(trial: SandboxTrial, **memory: Any) -> bool:
    """Whether this request is the one that the fault is played to."""
    begun = SandboxTrial.across.filter(pk=trial.pk, begun_at=None)
    return bool(begun.update(begun_at=timezone.now(), memory=memory))


def end(trial: SandboxTrial, *, handled: bool, found: str) -> None:
    SandboxTrial.across.filter(pk=trial.pk, ended_at=None).update(
        ended_at=timezone.now(), is_handled=handled, found=found
    )


def is_for(request: HttpRequest, method: str, end_of_path: str) -> bool:
    return request.method == method and request.path.endswith(f"/{end_of_path}")


def lost() -> HttpResponse:
    """As much as a server can do towards an answer that never comes."""
    return problem_response(Unacceptable(504, "The sandbox has lost the answer; the request was taken."))


# Answers that are lost


def lose_answer(trial: SandboxTrial, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if not is_for(request, "PUT", "slots"):
        return response
    answer = orjson.loads(response.content)
    if trial.begun_at is None:
        return lost() if response.status_code == 200 and begin(trial) else response
    if answer.get("replayed"):
        end(trial, handled=True, found="It sent the same push again.")
    elif response.status_code == 200:
        end(trial, handled=True, found="It went on with a push of a higher number.")
    else:
        end(trial, handled=False, found="It sent another body under a number that had been taken.")
    return response


def lose_acknowledgement(trial: SandboxTrial, request: HttpRequest) -> None:
    """It never arrives, so that its events come again."""
    if trial.begun_at is not None or not is_for(request, "POST", "events/ack"):
        return
    results = results_in(request)
    if results and begin(trial, results=results):
        raise Unacceptable(504, "The sandbox has lost the request; nothing was taken.")


def results_in(request: HttpRequest) -> list[list[Any]]:
    """Event and appointment of each result; none where the body is not to be understood."""
    try:
        raw = unpacked(request.body) if request.headers.get("Content-Encoding") else request.body
        found = orjson.loads(raw)["results"]
        return [[int(result["event"]), str(result.get("appointment") or "")] for result in found]
    except (Problem, SuspiciousOperation, LookupError, TypeError, ValueError, AttributeError):
        return []


def compare_results(trial: SandboxTrial, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if trial.begun_at is None or not is_for(request, "POST", "events/ack"):
        return response
    lost_results = dict(trial.memory["results"])
    rows = AgentEvent.objects.filter(organisation=trial.organisation_id, sequence__in=list(lost_results))
    taken = dict(rows.exclude(outcome="").values_list("sequence", "appointment_id"))
    if taken and all(lost_results[event] == appointment for event, appointment in taken.items()):
        end(trial, handled=True, found="It gave the same answer again.")
    elif taken:
        end(trial, handled=False, found="It gave another appointment: was the booking entered twice?")
    return response


# Events that come twice


def tell_again(trial: SandboxTrial, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if is_for(request, "GET", "events") and trial.begun_at is None and response.status_code == 200:
        event = answered_booking(trial)
        return response if event is None or not begin(trial) else with_event(request, response, event)
    if is_for(request, "POST", "events/ack") and trial.begun_at is not None:
        handled = response.status_code == 200
        found = "It answered the same as before." if handled else "It answered otherwise than before."
        end(trial, handled=handled, found=found)
    return response


def answered_booking(trial: SandboxTrial) -> AgentEvent | None:
    """The last booking that the agent has accepted."""
    rows = AgentEvent.objects.filter(
        organisation=trial.organisation_id,
        type=AgentEvent.Type.BOOKING_CREATED,
        outcome=AgentEvent.Outcome.ACCEPTED,
    )
    related = ("booking__clinic", "booking__practitioner", "booking__treatment", "booking__patient")
    return rows.select_related(*related).order_by("-sequence").first()


def with_event(request: HttpRequest, response: HttpResponse, event: AgentEvent) -> HttpResponse:
    answer = orjson.loads(response.content)
    answer["events"].insert(0, event_document(event))
    response.content = orjson.dumps(answer)
    answer_now(request)
    return response


# Tokens, clocks, and other agents


def refuse_token(trial: SandboxTrial, request: HttpRequest) -> None:
    """Whether the agent came for a new token shows at the next request to the same address."""
    if trial.begun_at is None and begin(trial, path=request.path, asked=0):
        raise TokenInvalid("The sandbox plays that this token is too old: ask for a new one.")
    if trial.memory.get("path") != request.path:
        return
    if trial.memory["asked"]:
        end(trial, handled=True, found="It asked for a new token, and came again.")
    else:
        end(trial, handled=False, found="It sent the refused token again.")


def meet_at_token(agent: Agent) -> str:
    """Why a request for a token that is right is refused all the same; empty where it is not."""
    trial = current_trial(agent) if is_in_sandbox(agent) else None
    if trial is None or trial.fault not in (Fault.EXPIRY, Fault.CLOCK_SKEW) or trial.begun_at is None:
        return ""
    asked = trial.memory["asked"] + 1
    SandboxTrial.across.filter(pk=trial.pk).update(memory={**trial.memory, "asked": asked})
    if trial.fault == Fault.EXPIRY or asked > 1:
        return ""
    clock = (timezone.now() + SKEW).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"The assertion is too old; this server's clock reads {clock}."


def supersede(trial: SandboxTrial, request: HttpRequest) -> None:
    begin(trial, count=0)
    trial.refresh_from_db()
    if judged_superseded(trial):
        return
    SandboxTrial.across.filter(pk=trial.pk).update(memory={"count": trial.memory["count"] + 1})
    raise AgentSuperseded("The sandbox plays that another agent was activated in this one's place.")


def judged_superseded(trial: SandboxTrial) -> bool:
    """Whether the time of being superseded is over."""
    if trial.begun_at is None or timezone.now() < trial.begun_at + SUPERSEDED_FOR:
        return False
    count = trial.memory["count"]
    end(
        trial,
        handled=count <= MOST_WHILE_SUPERSEDED,
        found=f"It asked {count} times within {SUPERSEDED_FOR.seconds} s after it was told.",
    )
    return True


# Waiting


def limit_rate(trial: SandboxTrial, request: HttpRequest) -> None:
    if trial.begun_at is None and begin(trial, path=request.path):
        detail = "The sandbox plays that there are too many requests."
        raise RateLimited(detail, seconds=RETRY_AFTER)
    if trial.begun_at is not None and trial.memory.get("path") == request.path:
        seconds = seconds_since(trial.begun_at)
        found = f"It came back after {seconds:.1f} s; Retry-After was {RETRY_AFTER}."
        end(trial, handled=seconds >= RETRY_AFTER - 0.5, found=found)


def be_slow(trial: SandboxTrial, request: HttpRequest) -> None:
    if trial.begun_at is None and begin(trial, path=request.path):
        time.sleep(SLOW_SECONDS)
        end(trial, handled=True, found=f"It waited {SLOW_SECONDS} s for the answer.")
    elif trial.memory.get("path") == request.path:
        end(trial, handled=False, found="It asked the same again before the answer was there.")


def seconds_since(moment: datetime) -> float:
    return (timezone.now() - moment).total_seconds()


PLAYS: Mapping[Fault, Play] = {
    Fault.LOST_ANSWER: Play("The answer to the next push is lost after it was taken.", after=lose_answer),
    Fault.LOST_ACKNOWLEDGEMENT: Play(
        "The next acknowledgement gets lost, so that its events come again.",
        before=lose_acknowledgement,
        after=compare_results,
    ),
    Fault.DUPLICATE_EVENT: Play("A booking that was accepted is told once more.", after=tell_again),
    Fault.EXPIRY: Play("The next request's token is refused.", before=refuse_token),
    Fault.CLOCK_SKEW: Play(
        "A token is refused, and the new one too, because of the clock.", before=refuse_token
    ),
    Fault.SUPERSEDED: Play("For 30 s everything is answered agent-superseded.", before=supersede),
    Fault.RATE_LIMITED: Play("The next request is told to come back after 5 s.", before=limit_rate),
    Fault.SLOW: Play("The next answer takes 10 s.", before=be_slow),
}
