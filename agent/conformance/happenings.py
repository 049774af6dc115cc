"""Checks of what comes down: events and their answers, lookups, and bookings as they stand in the book."""

from datetime import datetime
from uuid import uuid4

from agent.conformance.checks import Body, Trial, at, check, slot, window
from agent.conformance.wire import Broken, TrialAgent

WAIT = 2
TOLD_OF_A_BOOKING = (
    "booking",
    "clinic",
    "practitioner",
    "treatment",
    "start",
    "end",
    "appointment_text",
    "patient",
)
TOLD_OF_A_PATIENT = ("first_name", "last_name", "national_id", "email", "mobile", "language")


@check("With nothing to tell, events are waited for, and the answer says where to ask on.")
def events_are_waited_for(trial: Trial) -> None:
    agent = answered(trial)
    answer = agent.ask("GET", f"events?wait={WAIT}").require(200)
    if answer.member("events") or not isinstance(answer.member("cursor"), int):
        raise Broken(f"GET events: {answer.told}")
    if answer.seconds < WAIT - 0.5:
        raise Broken(f"With wait={WAIT} and nothing to tell it was answered after {answer.seconds:.1f} s.")


@check("A wrong parameter of the address is invalid-body.")
def events_refuse_wrong_parameters(trial: Trial) -> None:
    for wrong in ("after=-1", "wait=soon", "limit=0"):
        trial.agent.ask("GET", f"events?{wrong}").require_problem(422, "invalid-body")


@check("An answer to an event that there is not is unknown-id, with a pointer.")
def answers_to_unknown_events_are_refused(trial: Trial) -> None:
    body = {"results": [{"event": 2**50, "outcome": "accepted"}]}
    trial.agent.ask("POST", "events/ack", body).require_problem(422, "unknown-id", "/results/0/event")


@check("No answers at all are fine.")
def no_answers_are_fine(trial: Trial) -> None:
    if trial.agent.ask("POST", "events/ack", {"results": []}).require(200).member("acknowledged") != 0:
        raise Broken("No result was counted as one.")


@check("A booking is told as booking.created, with everything that the book needs.")
def bookings_are_told_whole(trial: Trial) -> None:
    event = booked(trial)
    if event["type"] != "booking.created":
        raise Broken(f"The event is {event['type']!r}.")
    missing = [name for name in TOLD_OF_A_BOOKING if name not in event["data"]]
    missing += [f"patient.{name}" for name in TOLD_OF_A_PATIENT if name not in event["data"]["patient"]]
    if missing:
        raise Broken(f"The event lacks {', '.join(missing)}.")
    if any(datetime.fromisoformat(event["data"][name]).tzinfo is None for name in ("start", "end")):
        raise Broken("The times have no offset.")


@check("An event is told again until it is acknowledged, and then no more.")
def events_come_until_acknowledged(trial: Trial) -> None:
    event = booked(trial)
    if event["id"] not in waiting(trial.agent):
        raise Broken("An event that was not acknowledged did not come again.")
    acknowledge(trial.agent, event)
    if event["id"] in waiting(trial.agent):
        raise Broken("An acknowledged event came again.")


@check("The same result twice is fine; another one is already-acknowledged.")
def answers_are_given_once(trial: Trial) -> None:
    event = booked(trial)
    acknowledge(trial.agent, event)
    acknowledge(trial.agent, event)
    other = {"results": [{"event": event["id"], "outcome": "refused", "reason": "taken"}]}
    trial.agent.ask("POST", "events/ack", other).require_problem(409, "already-acknowledged")


@check("What the desk does to a booking is taken over; the same again changes nothing.")
def desk_changes_are_taken_over(trial: Trial) -> None:
    event = booked(trial)
    acknowledge(trial.agent, event)
    path, start = f"bookings/{event['data']['booking']}", at(30.5)
    moved: Body = {"state": "moved", "start": start, "end": at(31), "practitioner": "p2"}
    for body in (moved, {"state": "arrived"}, {"state": "no_show"}, {"state": "cancelled"}):
        for is_first in (True, False):
            answer = trial.agent.ask("PUT", path, body).require(200)
            if answer.json.get("changed", is_first) is not is_first:
                raise Broken(f"PUT bookings, {body['state']}: changed is {answer.member('changed')}.")


@check("What the book should have is listed, and no longer what the desk has cancelled.")
def standing_bookings_are_listed(trial: Trial) -> None:
    event = booked(trial)
    acknowledge(trial.agent, event)
    booking = event["data"]["booking"]
    if booking not in standing(trial.agent):
        raise Broken("A booking that was accepted is not listed.")
    trial.agent.ask("PUT", f"bookings/{booking}", {"state": "cancelled"}).require(200)
    if booking in standing(trial.agent):
        raise Broken("A booking that the desk has cancelled is listed.")


@check("A booking that the portal does not know is unknown-id.")
def unknown_bookings_are_refused(trial: Trial) -> None:
    body = {"state": "cancelled"}
    trial.agent.ask("PUT", f"bookings/{uuid4()}", body).require_problem(422, "unknown-id")


@check("A booking's state that the protocol does not know is invalid-body.")
def unknown_states_are_refused(trial: Trial) -> None:
    body = {"state": "vanished"}
    trial.agent.ask("PUT", f"bookings/{uuid4()}", body).require_problem(422, "invalid-body", "/state")


@check("The answer to a lookup that nobody waits for is unknown-id with an empty pointer.")
def late_lookups_are_discarded(trial: Trial) -> None:
    trial.agent.ask("PUT", f"lookups/{uuid4()}", {"found": False}).require_problem(422, "unknown-id", "")


def waiting(agent: TrialAgent) -> list[int]:
    return [event["id"] for event in agent.ask("GET", "events").require(200).member("events")]


def standing(agent: TrialAgent) -> list[str]:
    """Every booking that the portal lists, asked for one at a time."""
    found: list[str] = []
    asked = "bookings?limit=1"
    while asked:
        answer = agent.ask("GET", asked).require(200)
        found += [row["booking"] for row in answer.member("bookings")]
        asked = f"bookings?limit=1&after={answer.member('next')}" if answer.member("next") else ""
    return found


def acknowledge(agent: TrialAgent, event: Body) -> None:
    result = {"event": event["id"], "outcome": "accepted", "appointment": f"a{event['id']}"}
    agent.ask("POST", "events/ack", {"results": [result]}).require(200)


def answered(trial: Trial) -> TrialAgent:
    """The agent, after it has accepted whatever waited."""
    agent = trial.agent
    while events := agent.ask("GET", "events").require(200).member("events"):
        for event in events:
            acknowledge(agent, event)
    return agent


def booked(trial: Trial) -> Body:
    """The event of a booking that the sandbox has just made."""
    agent = trial.stocked()
    agent.push(window(slot(8, 16))).require(200)
    booking = trial.sandbox("POST", "sandbox/bookings").require(201).member("booking")
    for event in agent.ask("GET", "events").require(200).member("events"):
        if event["data"].get("booking") == booking:
            found: Body = event
            return found
    raise Broken("The booking was made, and no event tells of it.")
