"""Checks of activation and tokens."""

import time

from agent.conformance.checks import Trial, check
from agent.conformance.wire import Broken, activation, ed25519_key, p256_key


@check("The API publishes its description in OpenAPI, with every address of the protocol.")
def description_is_published(trial: Trial) -> None:
    paths = trial.wire.send("GET", "openapi.json").require(200).member("paths")
    told = "\n".join(paths)
    ends = ("activate", "token", "status", "catalogue", "slots", "events", "events/ack")
    missing = [end for end in ends if f"/{end}" not in told]
    if missing:
        raise Broken(f"The description lacks {', '.join(missing)}.")


@check("An account key and a public key are answered 201 with agent_id, generation and organisation.")
def activation_is_answered(trial: Trial) -> None:
    answer = trial.wire.post("activate", activation(trial.account_key, ed25519_key())).require(201)
    organisation = answer.member("organisation")
    missing = [name for name in ("name", "subdomain", "time_zone") if not organisation.get(name)]
    if missing or not isinstance(answer.member("generation"), int) or not answer.member("agent_id"):
        raise Broken(f"POST activate: the answer is not whole: {answer.told}")


@check("A key of kind P-256 is as good as one of kind Ed25519.")
def activation_takes_p256(trial: Trial) -> None:
    trial.activate(p256_key()).ask("GET", "status").require(200)


@check("An unknown account key is account-key-invalid.")
def activation_refuses_an_unknown_key(trial: Trial) -> None:
    body = activation("no-such-key", ed25519_key())
    trial.wire.post("activate", body).require_problem(401, "account-key-invalid")


@check("An activation that is not whole is invalid-body, with a pointer to what is missing.")
def activation_points_at_what_is_missing(trial: Trial) -> None:
    body = {**activation(trial.account_key, ed25519_key()), "machine": {"name": "x"}}
    trial.wire.post("activate", body).require_problem(422, "invalid-body", "/machine/agent_version")


@check("Activating again gives a higher generation, and the older agent is agent-superseded everywhere.")
def activation_supersedes_the_older_agent(trial: Trial) -> None:
    older = trial.activate()
    older.ask("GET", "status").require(200)
    newer = trial.activate()
    if newer.generation <= older.generation:
        raise Broken(f"Generation {newer.generation} follows {older.generation}.")
    older.ask("GET", "status").require_problem(409, "agent-superseded")
    older.ask("GET", "events").require_problem(409, "agent-superseded")
    older.ask("PUT", "slots", {"sequence": 1, "windows": []}).require_problem(409, "agent-superseded")
    older.ask_token().require_problem(409, "agent-superseded")


@check("A signed assertion buys a Bearer token, and expires_in says for how long.")
def token_is_given(trial: Trial) -> None:
    answer = trial.agent.ask_token().require(200)
    if str(answer.member("token_type")).lower() != "bearer" or not answer.member("expires_in") > 0:
        raise Broken(f"POST token: {answer.told}")


@check("An assertion buys one token: its jti is used once.")
def token_takes_an_assertion_once(trial: Trial) -> None:
    assertion = trial.agent.assertion()
    trial.agent.ask_token(assertion).require(200)
    require_refused(trial, assertion)


@check("An assertion for another audience is refused.")
def token_refuses_another_audience(trial: Trial) -> None:
    require_refused(trial, trial.agent.assertion(aud="https://example.com/token"))


@check("An assertion that is good for more than five minutes is refused.")
def token_refuses_a_long_assertion(trial: Trial) -> None:
    require_refused(trial, trial.agent.assertion(exp=int(time.time()) + 3600))


@check("An assertion without jti is refused.")
def token_refuses_no_jti(trial: Trial) -> None:
    require_refused(trial, trial.agent.assertion(jti=None))


@check("A minute of clock skew is forgiven.")
def token_forgives_a_minute(trial: Trial) -> None:
    now = int(time.time())
    trial.agent.ask_token(trial.agent.assertion(iat=now - 170, exp=now - 45)).require(200)
    trial.agent.ask_token(trial.agent.assertion(iat=now + 45, exp=now + 165)).require(200)


@check("Past the skew, the error says what the server's clock reads.")
def token_tells_the_servers_clock(trial: Trial) -> None:
    answer = require_refused(trial, trial.agent.assertion(exp=int(time.time()) - 3600))
    if time.strftime("%Y-%m-%d", time.gmtime()) not in str(answer):
        raise Broken(f"The error does not say the server's time: {answer}")


@check("Another key's signature is refused.")
def token_refuses_another_signature(trial: Trial) -> None:
    own, trial.agent.key = trial.agent.key, ed25519_key()
    try:
        require_refused(trial, trial.agent.assertion())
    finally:
        trial.agent.key = own


@check("Errors of the token endpoint are those of RFC 6749.")
def token_errors_are_rfc_6749s(trial: Trial) -> None:
    answer = trial.agent.ask_token(grant_type="password").require(400)
    if answer.member("error") != "unsupported_grant_type":
        raise Broken(f"POST token: {answer.told}")


@check("Without a token, or with a wrong one, everything is token-invalid.")
def requests_need_a_token(trial: Trial) -> None:
    trial.wire.send("GET", "status").require_problem(401, "token-invalid")
    headers = {"Authorization": "Bearer nobody.knows.this"}
    trial.wire.send("GET", "status", headers=headers).require_problem(401, "token-invalid")


@check("Status tells time, organisation, portal, last push, sequence and waiting events.")
def status_is_whole(trial: Trial) -> None:
    answer = trial.agent.ask("GET", "status").require(200)
    for name in ("time", "organisation", "last_push", "sequence", "pending_events"):
        answer.member(name)
    if answer.member("portal").get("state") not in ("open", "maintenance", "unpublished"):
        raise Broken(f"GET status: the portal's state is {answer.member('portal')}")


def require_refused(trial: Trial, assertion: str) -> str:
    """What the error says."""
    answer = trial.agent.ask_token(assertion).require(401)
    if answer.member("error") != "invalid_client":
        raise Broken(f"POST token: the error is {answer.member('error')!r} and not 'invalid_client'.")
    return str(answer.json.get("error_description", ""))
