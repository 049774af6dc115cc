"""The three lights: account, connection, portal, each with what to do where it is not green."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent import clock
from agent.activity import Facts
from agent.words import _, listed

MEND_CONNECTION = _("See to the internet connection and this machine's clock; it is tried again.")
HEARD_LATELY = timedelta(seconds=90)  # a long poll is answered after 25 seconds at the latest

ACCOUNT_TROUBLE: Mapping[str, str] = {
    "agent-superseded": _(
        "Another agent has been activated in this one's place; if this one is to work, "
        "run `setup --again` with the account key."
    ),
    "account-suspended": _("The account is suspended; ask the portal's operator."),
    "account-key-invalid": _("The portal does not know this account key; ask its operator for a new one."),
    "token-refused": _(
        "The portal does not let this agent in; see whether the clock is right, "
        "else run `setup --again` with the account key."
    ),
}
PORTAL_STATES: Mapping[str, str] = {
    "open": _("Patients can book."),
    "maintenance": _("Maintenance mode is on; the clinic's owner ends it in the console."),
    "unpublished": _("The portal is not published; the clinic's owner publishes it in the console."),
}


@dataclass(frozen=True, slots=True)
class Light:
    name: str
    is_green: bool
    words: str


def lights(facts: Facts, account: str, *, now: datetime | None = None) -> list[Light]:
    """All three, in order; ``account`` says whose agent this is."""
    return [
        _account(facts, account),
        _connection(facts, now or datetime.now(UTC)),
        _portal(facts),
    ]


def _account(facts: Facts, account: str) -> Light:
    trouble = ACCOUNT_TROUBLE.get(facts.trouble_kind)
    return Light(_("account"), trouble is None, trouble or account)


def _connection(facts: Facts, now: datetime) -> Light:
    if clock.is_wrong(facts.clock_ahead_seconds):
        return Light(_("connection"), False, clock.told(facts.clock_ahead_seconds))
    if facts.trouble and facts.trouble_kind not in ACCOUNT_TROUBLE:
        return Light(_("connection"), False, listed([facts.trouble, MEND_CONNECTION], " "))
    if not facts.heard_at:
        return Light(_("connection"), False, _("The portal has not answered yet."))
    if now - datetime.fromisoformat(facts.heard_at) > HEARD_LATELY:
        return Light(
            _("connection"), False, _("The portal has been silent; see whether the agent is running.")
        )
    return Light(_("connection"), True, _("In contact with the portal."))


def _portal(facts: Facts) -> Light:
    words = PORTAL_STATES.get(facts.portal_state, _("What the portal shows is not known."))
    return Light(_("portal"), facts.portal_state == "open", words)
