"""What the local page answers with, and what it is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.page.markup import Content

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that has passed the guard."""

    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    body: str
    status: int = 200
    kind: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """A page's title and content, which the site puts a frame around."""

    title: str
    content: Sequence[Content]
    status: int = 200


class NotThere(Exception):
    """No page has this address."""


def redirect(address: str) -> Answered:
    """See Other (RFC 9110 §15.4.4), so that reloading does nothing twice."""
    return Answered("", status=303, headers={"Location": address})
