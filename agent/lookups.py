"""Answers which appointments a patient has who is logged in on the portal."""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from agent.book import Book, Found, Sought
from agent.portal import Portal
from agent.problems import PortalError, TryLater

log = logging.getLogger(__name__)

Data = Mapping[str, Any]
NOBODY: dict[str, Any] = {"found": False, "patient": None, "appointments": []}


def answer_lookup(event: Data, book: Book, portal: Portal) -> dict[str, object]:
    """The result to acknowledge the event with; the portal has had its answer by then."""
    data = event.get("data") or {}
    accepted: dict[str, object] = {"event": event["id"], "outcome": "accepted"}
    if not data.get("lookup"):
        return _refused(event, "The event does not say which lookup it is.")
    if _is_over(data.get("expires")):
        return accepted
    found = book.look_up(Sought(data.get("national_id") or "", data.get("mobile") or ""))
    try:
        portal.put_lookup(str(data["lookup"]), _document(found) if found else NOBODY)
    except TryLater:
        raise
    except PortalError as problem:
        if problem.kind not in ("unknown-id", "invalid-body"):
            raise
        log.info("A lookup's answer was not taken (%s).", problem.kind)
        if problem.kind == "invalid-body":
            return _refused(event, "The portal did not take the answer.")
    return accepted


def _refused(event: Data, detail: str) -> dict[str, object]:
    return {"event": event["id"], "outcome": "refused", "reason": "other", "detail": detail}


def _is_over(expires: Any) -> bool:
    try:
        return datetime.fromisoformat(str(expires)) <= datetime.now(UTC)
    except (ValueError, TypeError):
        return False


def _document(found: Found) -> dict[str, Any]:
    patient = asdict(found)
    appointments = patient.pop("appointments")
    for appointment in appointments:
        appointment["start"] = appointment["start"].isoformat()
        appointment["end"] = appointment["end"].isoformat()
    return {"found": True, "patient": patient, "appointments": appointments}
