"""Checks of what goes up: the catalogue, and free time by window."""

import gzip

from agent.conformance.checks import Body, Trial, catalogue, check, slot, window
from agent.conformance.wire import Answer, Broken, TrialAgent, encoded

MOST_BYTES = 8 * 1024 * 1024
MOST_SLOTS = 20_000


def counts(answer: Answer) -> tuple[int, int, int]:
    answer.require(200)
    return answer.member("created"), answer.member("updated"), answer.member("retired")


@check("The catalogue again changes nothing.")
def catalogue_is_idempotent(trial: Trial) -> None:
    agent = trial.stocked()
    found = counts(agent.ask("PUT", "catalogue", catalogue()))
    if found != (0, 0, 0):
        raise Broken(f"The same catalogue was answered created, updated, retired = {found}.")


@check("What is no longer named is retired, and comes back when it is named again.")
def catalogue_retires_and_brings_back(trial: Trial) -> None:
    agent = trial.stocked()
    less = {**catalogue(), "treatments": catalogue()["treatments"][:1]}
    if (retired := counts(agent.ask("PUT", "catalogue", less))[2]) != 1:
        raise Broken(f"One treatment was left out, and {retired} were retired.")
    created, updated, _ = counts(agent.ask("PUT", "catalogue", catalogue()))
    if (created, updated) != (0, 1):
        raise Broken(f"It came back as created {created}, updated {updated}.")


@check("A catalogue with a number is counted with the pushes, and an older one undoes nothing.")
def catalogue_never_goes_back(trial: Trial) -> None:
    agent = trial.stocked()
    body = agent.numbered(catalogue())
    agent.ask("PUT", "catalogue", body).require(200)
    if agent.ask("PUT", "catalogue", body).require(200).json.get("replayed") is not True:
        raise Broken("The same catalogue under the same number was not answered as replayed.")
    older = {**catalogue(), "treatments": []}
    for sequence in (agent.sequence, agent.sequence - 1):
        late = agent.ask("PUT", "catalogue", {**older, "sequence": sequence})
        if late.require_problem(409, "stale-sequence").member("sequence") != agent.sequence:
            raise Broken(f"The last number was {agent.sequence}, and not {late.member('sequence')}.")
    agent.push().require(200)
    if (found := counts(agent.ask("PUT", "catalogue", catalogue()))) != (0, 0, 0):
        raise Broken(f"A catalogue that came late has changed something: {found}.")


@check("A reference to what the catalogue does not name is unknown-id, with a pointer.")
def catalogue_refuses_unknown_references(trial: Trial) -> None:
    body = catalogue()
    body["treatments"][1]["category"] = "nothing"
    trial.agent.ask("PUT", "catalogue", body).require_problem(422, "unknown-id", "/treatments/1/category")


@check("A request is applied whole or not at all.")
def catalogue_is_all_or_nothing(trial: Trial) -> None:
    agent, body = trial.stocked(), catalogue()
    body["clinics"][0]["name"] = "Another name"
    body["treatments"][1]["minutes"] = 0
    agent.ask("PUT", "catalogue", body).require_problem(422, "invalid-body", "/treatments/1/minutes")
    if (found := counts(agent.ask("PUT", "catalogue", catalogue()))) != (0, 0, 0):
        raise Broken(f"A refused catalogue has changed something: {found}.")


@check("Members that are not known are ignored.")
def unknown_members_are_ignored(trial: Trial) -> None:
    trial.agent.ask("PUT", "catalogue", {**catalogue(), "of_the_future": 1}).require(200)


@check("Values that are not known are errors.")
def unknown_values_are_errors(trial: Trial) -> None:
    body = catalogue()
    body["clinics"][0]["time_zone"] = "Europe/Nowhere"
    trial.agent.ask("PUT", "catalogue", body).require_problem(422, "invalid-body", "/clinics/0/time_zone")


@check("What is not JSON is invalid-body.")
def bodies_are_json(trial: Trial) -> None:
    for raw in (b"{", b"[]", b"\xff", b'{"a": "\\ud800"}', b"[" * 100_000):
        trial.agent.ask("PUT", "catalogue", raw=raw).require_problem(422, "invalid-body")


@check("Bodies may be packed with gzip.")
def bodies_may_be_packed(trial: Trial) -> None:
    packed = gzip.compress(encoded(catalogue()))
    trial.agent.ask("PUT", "catalogue", raw=packed, Content_Encoding="gzip").require(200)


@check("More than 8 MiB, unpacked, is too-large.")
def bodies_have_a_limit(trial: Trial) -> None:
    bomb = gzip.compress(b" " * (MOST_BYTES + 1))
    trial.agent.ask("PUT", "slots", raw=bomb, Content_Encoding="gzip").require_problem(413, "too-large")


@check("More than 20,000 slots are too-large.")
def slots_have_a_limit(trial: Trial) -> None:
    agent = trial.stocked()
    many: list[Body] = [slot(hour / 200, (hour + 1) / 200) for hour in range(MOST_SLOTS + 1)]
    agent.push(window(*many)).require_problem(413, "too-large")
    agent.sequence -= 1


@check(
    "A push is answered with its number, how many slots it has, and on how many days it changed something."
)
def slots_are_counted(trial: Trial) -> None:
    agent = cleared(trial)
    answer = agent.push(window(slot(8, 12), slot(32, 36))).require(200)
    found = (answer.member("sequence"), answer.member("slots"), answer.member("changed_days"))
    if found != (agent.sequence, 2, 2):
        raise Broken(f"sequence, slots, changed_days = {found} instead of {(agent.sequence, 2, 2)}.")
    if (days := agent.push(window(slot(8, 12), slot(32, 36))).require(200).member("changed_days")) != 0:
        raise Broken(f"The same time again has changed {days} days.")
    if (days := agent.push(window()).require(200).member("changed_days")) != 2:
        raise Broken(f"An empty window has cleared {days} days instead of 2.")


@check("The same push again is answered as replayed, and done once.")
def slots_are_taken_once(trial: Trial) -> None:
    agent = trial.stocked()
    body = {"sequence": agent.sequence + 1, "windows": [window(slot(8, 12))]}
    agent.sequence += 1
    agent.ask("PUT", "slots", body).require(200)
    again = agent.ask("PUT", "slots", body).require(200)
    if again.member("replayed") is not True or again.member("sequence") != agent.sequence:
        raise Broken(f"The same push again was answered {again.told}")


@check(
    "Another body under a number that was taken, or a lower number, is stale-sequence, with the last taken."
)
def slots_never_go_back(trial: Trial) -> None:
    agent = trial.stocked()
    agent.push(window(slot(8, 12))).require(200)
    for sequence in (agent.sequence, agent.sequence - 1):
        body = {"sequence": sequence, "windows": [window(slot(9, 12))]}
        answer = agent.ask("PUT", "slots", body).require_problem(409, "stale-sequence")
        if answer.member("sequence") != agent.sequence:
            raise Broken(f"The last push was {agent.sequence}, and not {answer.member('sequence')}.")


@check("Numbers begin anew with each activation.")
def numbers_begin_anew(trial: Trial) -> None:
    trial.activate()
    trial.stocked().push(window()).require(200)


@check("Slots lie inside their window, have length, and do not overlap.")
def slots_are_sensible(trial: Trial) -> None:
    agent = trial.stocked()
    for slots, pointer in (
        ([slot(-1, 1)], "/windows/0/slots/0/start"),
        ([slot(8, 8)], "/windows/0/slots/0/end"),
        ([slot(8, 10), slot(9, 11)], "/windows/0/slots/1/start"),
        (
            [slot(8, 9, categories=["exam"], categories_except=["surgery"])],
            "/windows/0/slots/0/categories_except",
        ),
        ([{"start": "2026-11-23T08:00:00", "end": "2026-11-23T09:00:00"}], "/windows/0/slots/0/start"),
    ):
        agent.push(window(*slots)).require_problem(422, "invalid-body", pointer)
        agent.sequence -= 1


@check("A practitioner, clinic or category that no catalogue has named is unknown-id, with a pointer.")
def slots_refuse_unknown_ids(trial: Trial) -> None:
    agent = trial.stocked()
    for one, pointer in (
        (window(practitioner="nobody"), "/windows/0/practitioner"),
        (window(clinic="nowhere"), "/windows/0/clinic"),
        (window(slot(8, 9, categories=["nothing"])), "/windows/0/slots/0/categories/0"),
    ):
        agent.push(one).require_problem(422, "unknown-id", pointer)
        agent.sequence -= 1


@check("Categories may be a list, all but a list, left out or null.")
def categories_may_be_null(trial: Trial) -> None:
    slots = [
        slot(8, 9, categories=["exam"]),
        slot(9, 10, categories_except=["exam"]),
        slot(10, 11),
        slot(11, 12, categories=None, categories_except=None),
    ]
    cleared(trial).push(window(*slots)).require(200)


def cleared(trial: Trial) -> TrialAgent:
    agent = trial.stocked()
    agent.push(window()).require(200)
    return agent
