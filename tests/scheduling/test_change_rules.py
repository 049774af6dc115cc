"""The rules of moving and cancelling: every combination of every switch, and each by itself."""

from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from scheduling.change_rules import (
    Appointment,
    Change,
    OrganisationRules,
    Refusal,
    TreatmentRules,
    why_not,
    why_not_to,
)

HELSINKI = ZoneInfo("Europe/Helsinki")
NOW = datetime(2026, 11, 23, 12, tzinfo=HELSINKI)
EITHER = (False, True)
SWITCHES = list(product(EITHER, EITHER, EITHER, EITHER))
TREATMENTS = [
    None,
    *(TreatmentRules(move, cancel, None) for move, cancel in product([False, True], repeat=2)),
]
DEADLINES = [0, 24]
HOURS_AHEAD = [-1, 1, 24, 25]


def expected(
    change: Change,
    switches: tuple[bool, bool, bool, bool],
    treatment: TreatmentRules | None,
    deadline: int,
    ahead: int,
    stands: bool,
    forbidden: bool,
) -> Refusal | None:
    """The same rules, said slowly: the first row of the table that applies."""
    move, cancel, move_without, cancel_without = switches
    moving = change is Change.MOVE
    by_treatment = treatment and (treatment.move_allowed if moving else treatment.cancel_allowed)
    table = [
        (not stands or ahead <= 0, Refusal.NOT_STANDING),
        (not (move if moving else cancel), Refusal.ORGANISATION),
        (treatment is None and not (move_without if moving else cancel_without), Refusal.WITHOUT_TREATMENT),
        (treatment is not None and not by_treatment, Refusal.TREATMENT),
        (forbidden, Refusal.APPOINTMENT),
        (ahead < deadline, Refusal.DEADLINE),
    ]
    return next((refusal for applies, refusal in table if applies), None)


@pytest.mark.parametrize("change", Change)
@pytest.mark.parametrize("stands", [True, False])
def test_every_combination_of_switches_is_refused_for_the_right_reason(change: Change, stands: bool) -> None:
    seen = set()
    table = product(SWITCHES, TREATMENTS, DEADLINES, HOURS_AHEAD, EITHER)
    for switches, treatment, deadline, ahead, forbidden in table:
        refusal = why_not(
            change,
            rules=OrganisationRules(*switches, deadline),
            appointment=Appointment(
                NOW + timedelta(hours=ahead), stands, treatment, frozenset([change] if forbidden else [])
            ),
            now=NOW,
        )
        assert refusal == expected(change, switches, treatment, deadline, ahead, stands, forbidden)
        seen.add(refusal)

    assert seen == ({None, *Refusal} - {Refusal.TOO_FAR} if stands else {Refusal.NOT_STANDING})


@pytest.mark.parametrize(
    ("seconds", "refusal"), [(-1, Refusal.DEADLINE), (0, None), (1, None)], ids=["late", "at it", "before"]
)
def test_deadline_itself_is_in_time(seconds: int, refusal: Refusal | None) -> None:
    starts_at = NOW + timedelta(hours=24, seconds=seconds)
    rules = OrganisationRules(True, True, False, False, 24)
    appointment = Appointment(starts_at, True, TreatmentRules(True, True, None))

    assert why_not(Change.MOVE, rules=rules, appointment=appointment, now=NOW) == refusal


@pytest.mark.parametrize(
    ("most", "days", "refusal"),
    [
        (None, 300, None),
        (0, 0, None),
        (0, 1, Refusal.TOO_FAR),
        (14, 14, None),
        (14, 15, Refusal.TOO_FAR),
        (14, -14, None),
        (14, -15, Refusal.TOO_FAR),
    ],
)
def test_move_goes_as_far_as_the_treatment_lets_it(
    most: int | None, days: int, refusal: Refusal | None
) -> None:
    appointment = Appointment(NOW, True, TreatmentRules(True, True, most))

    assert why_not_to(appointment, NOW + timedelta(days=days, hours=5)) == refusal


def test_appointment_without_treatment_has_no_limit_of_days() -> None:
    assert why_not_to(Appointment(NOW, True, None), NOW + timedelta(days=300)) is None
