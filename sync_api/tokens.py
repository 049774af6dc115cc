"""Access tokens: signed, short-lived, and checked against the agent's row each time."""

from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from clinics.models import Organisation
from clinics.rows import Rows
from clinics.tenancy import kept_organisation
from scheduling.events import note_agent_seen
from scheduling.models import AgentLink
from sync_api.activation import require_not_suspended
from sync_api.limits import count_request
from sync_api.models import Agent, Sandbox
from sync_api.problems import AgentSuperseded, TokenInvalid
from sync_api.sandbox_faults import meet_before

TOKEN_SECONDS = 900
SEEN_SECONDS = 60

_AGENTS, _LINKS, _SANDBOXES = Rows(Agent), Rows(AgentLink), Rows(Sandbox)
# Every request passes here: hence not by the query builder, and without the settings' hundred columns.
_ONE = f"""
    SELECT {_AGENTS.columns("a")}, o.public_id, o.version, {_LINKS.columns("l")}, {_SANDBOXES.columns("s")}
    FROM sync_api_agent a JOIN clinics_organisation o ON o.id = a.organisation_id
    LEFT JOIN scheduling_agentlink l ON l.organisation_id = o.id
    LEFT JOIN sync_api_sandbox s ON s.organisation_id = o.id
    WHERE a.public_id = %s
"""  # noqa: S608 - names of ours

_signer = TimestampSigner(sep=".", salt="sync_api.tokens")


def issue_token(agent: Agent) -> str:
    return _signer.sign(agent.public_id.hex)


def agent_with_token(token: str) -> Agent:
    """The agent whose token this is. Raises TokenInvalid, AgentSuperseded and AccountSuspended."""
    try:
        public_id = UUID(_signer.unsign(token, max_age=TOKEN_SECONDS))
    except (BadSignature, ValueError) as error:
        raise TokenInvalid(
            "The access token is not one of ours, or older than 15 minutes: ask for a new one."
        ) from error
    agent = agent_named(public_id)
    if agent is None:
        raise TokenInvalid("The access token is of an agent that is no more.")
    require_in_service(agent)
    return agent


def agent_named(public_id: UUID) -> Agent | None:
    """The agent with its organisation, that one's settings, link and sandbox."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [public_id])
        row = cursor.fetchone()
    if row is None:
        return None
    agent = _AGENTS.made(row[: len(_AGENTS)])
    organisation_public_id, version, *rest = row[len(_AGENTS) :]
    agent.organisation = kept_organisation(agent.organisation_id, organisation_public_id, version)
    for name, rows in (("agent_link", _LINKS), ("sandbox", _SANDBOXES)):
        mine, rest = rest[: len(rows)], rest[len(rows) :]
        found = rows.made(mine) if mine[0] is not None else None
        field: Any = Organisation._meta.get_field(name)
        field.set_cached_value(agent.organisation, found)
    return agent


def require_in_service(agent: Agent) -> None:
    """Raises AgentSuperseded where another agent took over, TokenInvalid where the operator has locked this
    one out, AccountSuspended where the account rests."""
    if agent.superseded_at is not None:
        raise AgentSuperseded("Another agent has been activated for this account; only that one is heard.")
    if agent.revoked_at is not None:
        raise TokenInvalid("This agent has been locked out; the account has to be activated anew.")
    require_not_suspended(agent.organisation)


class AgentToken(HttpBearer):
    """The access token in the Authorization header; ``request.auth`` is its agent."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        agent = agent_with_token(token)
        count_request(str(agent.public_id))
        note_heard(agent)
        meet_before(request, agent)
        return agent


def note_heard(agent: Agent) -> None:
    link: AgentLink | None = getattr(agent.organisation, "agent_link", None)
    seen_at = link.last_seen_at if link else None
    if seen_at is None or (timezone.now() - seen_at).total_seconds() >= SEEN_SECONDS:
        note_agent_seen(organisation=agent.organisation)
