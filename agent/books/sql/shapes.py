"""Which queries the file of a SQL book has, what each must answer with and may ask about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.book import Person
from agent.books.sql.values import (
    CLOCK,
    END,
    EVERY_WEEKS,
    FALSE_OR_TRUE,
    FIRST_DAY,
    IDENTIFIER,
    LAST_DAY,
    MINUTES,
    START,
    STATE,
    TEXT,
    TRUE_OR_FALSE,
    WEEKDAY,
    WHOLE,
    ZONE_NAME,
    Kind,
)

Columns = Mapping[str, Kind]

PERSON = frozenset(Person.__slots__)
DURING = frozenset({"begins", "ends"})
PLACE = DURING | {"practitioner", "clinic"}


@dataclass(frozen=True, slots=True)
class Shape:
    """One query: columns that it must and may answer with, parameters that it must and may use."""

    columns: Columns = field(default_factory=dict)
    optional: Columns = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()
    may_miss: bool = False
    writes: bool = False

    @property
    def parameters(self) -> frozenset[str]:
        return self.needs | self.offers


STANDING = Shape(
    {"id": IDENTIFIER, "clinic": IDENTIFIER, "practitioner": IDENTIFIER, "begins": START, "ends": END},
    {
        "booking": IDENTIFIER,
        "treatment": IDENTIFIER,
        "cancelled": FALSE_OR_TRUE,
        "move_allowed": TRUE_OR_FALSE,
        "cancel_allowed": TRUE_OR_FALSE,
    },
)
CARD = {
    "id": IDENTIFIER,
    "first_name": TEXT,
    "last_name": TEXT,
}
CARD_MORE = {"national_id": TEXT, "mobile": TEXT, "email": TEXT, "language": TEXT}


def _by(parameter: str) -> Shape:
    return Shape(STANDING.columns, STANDING.optional, needs=frozenset({parameter}))


def _link(first: str, second: str, *, may_miss: bool = True) -> Shape:
    return Shape({first: IDENTIFIER, second: IDENTIFIER}, may_miss=may_miss)


def _write(needs: str, offers: frozenset[str] = frozenset(), *, returns_id: bool = False) -> Shape:
    columns = {"id": IDENTIFIER} if returns_id else {}
    return Shape(columns, needs=frozenset(needs.split()), offers=offers, may_miss=True, writes=True)


READ: Mapping[str, Shape] = {
    "clinics": Shape(
        {"id": IDENTIFIER, "name": TEXT, "time_zone": ZONE_NAME},
        {"address": TEXT, "phone": TEXT, "email": TEXT},
    ),
    "practitioners": Shape({"id": IDENTIFIER, "name": TEXT}, {"title": TEXT}),
    "practitioner_clinics": _link("practitioner", "clinic", may_miss=False),
    "categories": Shape({"id": IDENTIFIER, "name": TEXT}),
    "resources": Shape({"id": IDENTIFIER, "clinic": IDENTIFIER, "name": TEXT}, may_miss=True),
    "treatments": Shape(
        {"id": IDENTIFIER, "name": TEXT, "minutes": MINUTES, "category": IDENTIFIER},
        {
            "appointment_text": TEXT,
            "move_allowed": TRUE_OR_FALSE,
            "cancel_allowed": TRUE_OR_FALSE,
            "move_within_days": WHOLE,
        },
    ),
    "treatment_resources": _link("treatment", "resource"),
    "treatment_clinics": _link("treatment", "clinic"),
    "treatment_practitioners": _link("treatment", "practitioner"),
    "hours": Shape(
        {
            "practitioner": IDENTIFIER,
            "clinic": IDENTIFIER,
            "weekday": WEEKDAY,
            "begins": CLOCK,
            "ends": CLOCK,
        },
        {"valid_from": FIRST_DAY, "valid_until": LAST_DAY, "every_weeks": EVERY_WEEKS},
    ),
    "preblocks": Shape(
        {"practitioner": IDENTIFIER, "clinic": IDENTIFIER, "begins": START, "ends": END},
        {
            "preblock": IDENTIFIER,
            "categories_excluded": TRUE_OR_FALSE,
            "expires_days": WHOLE,
            "expires_hours": WHOLE,
        },
        needs=DURING,
    ),
    "preblock_categories": _link("preblock", "category"),
    "appointments": Shape({"practitioner": IDENTIFIER, "begins": START, "ends": END}, needs=DURING),
    "version": Shape(may_miss=True),
    "patients_by_national_id": Shape(CARD, CARD_MORE, needs=frozenset({"national_id"}), may_miss=True),
    "patients_by_mobile": Shape(
        {**CARD, "mobile": TEXT}, CARD_MORE, needs=frozenset({"ending"}), may_miss=True
    ),
    "coming": Shape(
        STANDING.columns,
        {**STANDING.optional, "text": TEXT},
        needs=frozenset({"patient"}),
        offers=frozenset({"now"}),
        may_miss=True,
    ),
    "portal_bookings": Shape(
        {
            "booking": IDENTIFIER,
            "clinic": IDENTIFIER,
            "practitioner": IDENTIFIER,
            "begins": START,
            "ends": END,
        },
        {"state": STATE, "tells_patient": FALSE_OR_TRUE},
        needs=frozenset({"ended_after"}),
        may_miss=True,
    ),
    "booking": _by("booking"),
    "appointment": _by("appointment"),
    "clashes": Shape({"id": IDENTIFIER}, needs=DURING | {"practitioner"}),
    "resource_clashes": Shape({"id": IDENTIFIER}, needs=DURING | {"resource"}, may_miss=True),
    "lock": Shape({"id": IDENTIFIER}, needs=frozenset({"practitioner"})),
    "lock_resource": Shape({"id": IDENTIFIER}, needs=frozenset({"resource"}), may_miss=True),
}

ENTERED = frozenset({"clinic", "treatment", "patient", "text", "note", "user", "now"})
WRITE: Mapping[str, Shape] = {
    "enter": Shape(
        {"id": IDENTIFIER},
        needs=DURING | {"practitioner", "booking"},
        offers=ENTERED | PERSON,
        writes=True,
    ),
    "move": Shape(
        needs=DURING | {"practitioner", "appointment"},
        offers=frozenset({"clinic", "booking", "user", "now"}),
        writes=True,
    ),
    "cancel": Shape(needs=frozenset({"appointment"}), offers=frozenset({"user", "now"}), writes=True),
    "add_patient": _write("first_name last_name", PERSON, returns_id=True),
    "change_address": _write("patient", frozenset({"address_1", "address_2", "postcode", "city"})),
    "take_resource": _write("appointment resource"),
    "release_resources": _write("appointment"),
    "journal": _write("appointment text", frozenset({"user", "now"})),
}
