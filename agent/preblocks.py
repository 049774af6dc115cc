"""Which preblocks are published, for whom and where: kinds, lists and rights, without a database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from agent.free_slots import Accepts, Preblock
from agent.intervals import Interval

INTERNET = "internet"


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list: the organisation, one clinic or one practitioner uses something."""

    member: str
    scope: str  # organisation, clinic or practitioner
    scope_id: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where something on a list is used; None is everywhere, or by everybody."""

    clinics: frozenset[str] | None
    practitioners: frozenset[str] | None

    def covers(self, practitioner: str, clinic: str) -> bool:
        at_clinic = self.clinics is None or clinic in self.clinics
        return at_clinic and (self.practitioners is None or practitioner in self.practitioners)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of preblock; only those of type "internet" are published."""

    id: str
    type: str
    accepts: Accepts
    expires_before: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Laid:
    """Where a preblock lies in the book."""

    kind: str
    practitioner: str
    clinic: str
    during: Interval


def scopes_of(lists: Iterable[Listed]) -> dict[str, Scope]:
    """The scope of everything that is on a list; what is on none is not used.

    Clinics' and practitioners' lists narrow: on both, only those practitioners at those clinics.
    """
    named: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for line in lists:
        named[line.member][line.scope].add(line.scope_id)
    return {
        member: Scope(
            frozenset(scopes["clinic"]) if "clinic" in scopes else None,
            frozenset(scopes["practitioner"]) if "practitioner" in scopes else None,
        )
        for member, scopes in named.items()
    }


def expiry(days: int | None, hours: int | None) -> timedelta | None:
    """How long before its start a preblock is withdrawn; None, as where both are zero, is never."""
    return timedelta(days=days or 0, hours=hours or 0) or None


def published_preblocks(
    kinds: Iterable[Kind], lists: Iterable[Listed], laid: Iterable[Laid]
) -> Mapping[tuple[str, str], list[Preblock]]:
    """The published stretches by practitioner and clinic; missing is none."""
    scopes = scopes_of(lists)
    known = {kind.id: kind for kind in kinds if kind.type == INTERNET}
    found: dict[tuple[str, str], list[Preblock]] = defaultdict(list)
    for one in laid:
        kind, scope = known.get(one.kind), scopes.get(one.kind)
        if kind and scope and scope.covers(one.practitioner, one.clinic):
            placed = Preblock(one.during, kind.accepts, kind.expires_before)
            found[one.practitioner, one.clinic].append(placed)
    return found
