"""The portal, with everything that goes over the line noted in the agent's activity."""

import json
from collections.abc import Mapping
from typing import Any

from agent.activity import Activity
from agent.identity import Identity
from agent.portal import ANSWER_SECONDS, Answer, Portal
from agent.problems import PortalError, Superseded, TokenRefused
from agent.words import _, words_of


class WatchedPortal(Portal):
    """Says nothing of patients: counts, kinds and times."""

    def __init__(self, identity: Identity, activity: Activity) -> None:
        super().__init__(identity)
        self._activity = activity

    def _ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes = b"",
        params: Mapping[str, str | int] | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> Answer:
        try:
            answer = super()._ask(method, path, content=content, params=params, seconds=seconds)
        except PortalError as trouble:
            self._activity.failed(words_of(trouble), kind=kind_of(trouble))
            raise
        self._activity.heard()
        self._note(path, content, answer)
        return answer

    def _note(self, path: str, content: bytes, answer: Answer) -> None:
        if path == "slots":
            self._note_push(content, answer)
        elif path == "catalogue":
            counts = {name: answer.get(name, 0) for name in ("created", "updated", "retired")}
            words = _("Catalogue: {created} created, {updated} updated, {retired} retired", **counts)
            self._activity.sent(words)
        elif path == "events":
            self._activity.pulled(str(event.get("type")) for event in answer.get("events") or [])
        elif path == "events/ack":
            self._activity.answered(_outcome(result) for result in json.loads(content)["results"])
        elif path == "status":
            self._activity.learned(answer)
        elif path.startswith("bookings/"):
            self._activity.sent(_("A change at the desk to a portal booking"))

    def _note_push(self, content: bytes, answer: Answer) -> None:
        push = json.loads(content)
        windows = push["windows"]
        slots = sum(len(window["slots"]) for window in windows)
        if not answer.get("replayed"):
            self._activity.pushed(sequence=push["sequence"], slots=slots, weeks=len(windows))


def kind_of(trouble: PortalError) -> str:
    """The problem's type, with names for what the portal says without one."""
    if isinstance(trouble, Superseded):
        return "agent-superseded"
    return trouble.kind or ("token-refused" if isinstance(trouble, TokenRefused) else "")


def _outcome(result: Mapping[str, Any]) -> str:
    reason = result.get("reason")
    return f"{result['outcome']} ({reason})" if reason else str(result["outcome"])
