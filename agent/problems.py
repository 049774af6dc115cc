"""What can go wrong between the agent and the portal, each as its own error."""

import httpx

URN = "urn:portal:"


class PortalError(Exception):
    """The portal answered with a problem; the text is fit for the log."""

    def __init__(self, text: str, *, kind: str = "") -> None:
        super().__init__(text)
        self.kind = kind  # the problem's type without its prefix, as in `unknown-id`


class TryLater(PortalError):
    """Nothing wrong with the request: ``after`` seconds from now it may do."""

    def __init__(self, text: str, *, after: float | None = None) -> None:
        super().__init__(text)
        self.after = after


class TokenRefused(PortalError):
    """The access token is not, or no longer, good."""


class Superseded(PortalError):
    """A newer activation has taken this agent's place."""


class NotOffered(PortalError):
    """The portal has nothing at this address: it is older than this agent."""


class StaleSequence(PortalError):
    """The portal has taken ``sequence`` already, and from elsewhere or with another body."""

    def __init__(self, text: str, *, sequence: int) -> None:
        super().__init__(text, kind="stale-sequence")
        self.sequence = sequence


def problem_in(response: httpx.Response) -> PortalError:
    """The error that an answer of status 400 or more stands for."""
    document = _document(response)
    kind = str(document.get("type", "")).removeprefix(URN)
    text = f"{response.status_code} {kind or response.reason_phrase}: {_told(document)}".rstrip(": ")
    if response.status_code == 429 or response.status_code >= 500:
        return TryLater(text, after=_seconds(response.headers.get("Retry-After", "")))
    if kind == "agent-superseded":
        return Superseded(text)
    sequence = document.get("sequence")
    if kind == "stale-sequence" and isinstance(sequence, int):
        return StaleSequence(text, sequence=sequence)
    if response.status_code == 401:
        return TokenRefused(text, kind=kind)
    if response.status_code in (404, 405):
        return NotOffered(text, kind=kind)
    return PortalError(text, kind=kind)


def _document(response: httpx.Response) -> dict[str, object]:
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _told(document: dict[str, object]) -> str:
    """The portal's own words: RFC 9457's, or RFC 6749's at the token endpoint."""
    words = document.get("detail") or document.get("error_description") or document.get("error") or ""
    errors = document.get("errors")
    pointers = [str(error.get("pointer")) for error in errors[:3]] if isinstance(errors, list) else []
    return " ".join([str(words), *pointers])


def _seconds(header: str) -> float | None:
    return float(header) if header.isdecimal() else None
