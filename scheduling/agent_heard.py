"""When the organisation's agent has asked or told anything last, as SQL about a row of ``organisation``."""

AGENT_HEARD = "agent_heard_at"
"""Under which it is read along with the organisation of a request."""
LAST_HEARD = """(
    SELECT greatest(link.last_seen_at, link.last_push_at) FROM scheduling_agentlink link
    WHERE link.organisation_id = organisation.id
)"""
