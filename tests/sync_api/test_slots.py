"""PUT slots: what a window means, what is refused, and in which order pushes count."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from scheduling.models import Category, Slot
from tests.sync_api.client import Body, SyncAgent, catalogue_body, slot, window


def stored(organisation: str = "demoklinikka") -> list[tuple[str, str, str]]:
    """Practitioner, start and end by UTC of everything published."""
    rows = Slot.across.filter(organisation__subdomain=organisation).select_related("practitioner")
    return [
        (row.practitioner.external_id, f"{row.starts_at:%d %H:%M}", f"{row.ends_at:%H:%M}")
        for row in rows.order_by("practitioner", "starts_at")
    ]


def test_push_publishes_its_slots(stocked_agent: SyncAgent) -> None:
    answer = stocked_agent.put_slots(
        1,
        window(
            slot("08:00", "12:00", categories=["exam"]), slot("12:30", "16:00", categories_except=["surgery"])
        ),
    )

    assert (answer.status, answer.json()) == (200, {"sequence": 1, "slots": 2, "changed_days": 1})
    assert stored() == [("p1", "07 06:00", "10:00"), ("p1", "07 10:30", "14:00")]
    first, second = Slot.across.order_by("starts_at")
    exam, surgery = Category.across.order_by("external_id")
    assert (first.only_categories, first.except_categories) == ([exam.pk], None)
    assert (second.only_categories, second.except_categories) == (None, [surgery.pk])


def test_push_replaces_what_was_in_its_window_only(stocked_agent: SyncAgent) -> None:
    stocked_agent.put_slots(
        1, window(slot("08:00", "12:00")), window(slot("08:00", "09:00"), practitioner="p2")
    )

    stocked_agent.put_slots(2, window(slot("13:00", "14:00")))

    assert stored() == [("p1", "07 11:00", "12:00"), ("p2", "07 06:00", "07:00")]


def test_empty_window_clears(stocked_agent: SyncAgent) -> None:
    stocked_agent.put_slots(1, window(slot("08:00", "12:00")))

    assert stocked_agent.put_slots(2, window()).json() == {"sequence": 2, "slots": 0, "changed_days": 1}
    assert stored() == []


def test_unchanged_push_changes_no_day(stocked_agent: SyncAgent) -> None:
    stocked_agent.put_slots(1, window(slot("08:00", "12:00")))

    assert stocked_agent.put_slots(2, window(slot("08:00", "12:00"))).json()["changed_days"] == 0


def test_slots_at_two_clinics_may_overlap(stocked_agent: SyncAgent) -> None:
    body = catalogue_body()
    body["clinics"].append({**body["clinics"][0], "id": "c2"})
    stocked_agent.put_catalogue(body)

    answer = stocked_agent.put_slots(
        1, window(slot("08:00", "12:00")), window(slot("08:00", "12:00"), clinic="c2")
    )

    assert answer.json()["slots"] == 2


def test_push_of_one_organisation_leaves_the_other_alone(
    stocked_agent: SyncAgent, other_agent: SyncAgent
) -> None:
    other_agent.put_catalogue(catalogue_body())
    other_agent.put_slots(7, window(slot("08:00", "09:00")))

    stocked_agent.put_slots(1, window())

    assert stored("pikkuhammas") == [("p1", "07 06:00", "07:00")]
    assert (stocked_agent.status().json()["sequence"], other_agent.status().json()["sequence"]) == (1, 7)


def test_push_knows_no_ids_of_another_organisation(agent: SyncAgent, other_agent: SyncAgent) -> None:
    other_agent.put_catalogue(catalogue_body())

    answer = agent.put_slots(1, window(slot("08:00", "09:00")))

    assert (answer.status, answer.kind, answer.pointers) == (422, "unknown-id", ["/windows/0/practitioner"])


# Sequence numbers


def test_push_with_the_same_body_is_replayed(stocked_agent: SyncAgent) -> None:
    stocked_agent.put_slots(42, window(slot("08:00", "12:00")))

    again = stocked_agent.put_slots(42, window(slot("08:00", "12:00")))

    assert (again.status, again.json()) == (200, {"sequence": 42, "replayed": True})


def test_push_spaced_otherwise_is_the_same_body(stocked_agent: SyncAgent) -> None:
    body = {"sequence": 1, "windows": [window(slot("08:00", "12:00"))]}
    stocked_agent.ask("PUT", "slots", body)
    other_way = json.dumps(dict(reversed(body.items())), indent=3).encode()

    assert stocked_agent.ask("PUT", "slots", raw=other_way).json() == {"sequence": 1, "replayed": True}


@pytest.mark.parametrize("sequence", [42, 41, 1])
def test_stale_push_is_refused_and_told_the_last_one(stocked_agent: SyncAgent, sequence: int) -> None:
    stocked_agent.put_slots(42, window(slot("08:00", "12:00")))

    answer = stocked_agent.put_slots(sequence, window())

    assert (answer.status, answer.kind, answer.json()["sequence"]) == (409, "stale-sequence", 42)
    assert stored() == [("p1", "07 06:00", "10:00")]


def test_refused_push_takes_no_number(stocked_agent: SyncAgent) -> None:
    assert stocked_agent.put_slots(5, window(practitioner="nobody")).status == 422

    assert stocked_agent.put_slots(5, window()).status == 200


@pytest.mark.parametrize("sequence", [-1, 1.5, "1", None, True, 2**53, 10**30])
def test_sequence_must_be_a_whole_number(stocked_agent: SyncAgent, sequence: object) -> None:
    answer = stocked_agent.ask("PUT", "slots", {"sequence": sequence, "windows": []})

    assert (answer.status, answer.kind, answer.pointers) == (422, "invalid-body", ["/sequence"])


# What a window must be


def moved(**changes: object) -> Body:
    return window(slot("08:00", "12:00"), **changes)


@pytest.mark.parametrize(
    ("wrong", "kind", "pointer"),
    [
        (7, "invalid-body", "/windows/0"),
        ({}, "invalid-body", "/windows/0/from"),
        (moved(slots=None), "invalid-body", "/windows/0/slots"),
        (moved(slots={}), "invalid-body", "/windows/0/slots"),
        (moved(slots=[None]), "invalid-body", "/windows/0/slots/0"),
        (moved(slots=[{}]), "invalid-body", "/windows/0/slots/0/start"),
        (moved(slots=[{"start": [], "end": {}}]), "invalid-body", "/windows/0/slots/0/start"),
        (moved(practitioner=None), "invalid-body", "/windows/0/practitioner"),
        (moved(practitioner="p9"), "unknown-id", "/windows/0/practitioner"),
        (moved(clinic="c9"), "unknown-id", "/windows/0/clinic"),
        (moved(clinic=["c1"]), "invalid-body", "/windows/0/clinic"),
        (moved(to="2026-12-07T00:00:00+02:00"), "invalid-body", "/windows/0/to"),
        (moved(to="2028-12-07T00:00:00+02:00"), "invalid-body", "/windows/0/to"),
        (moved(**{"from": "1999-12-07T00:00:00+02:00"}), "invalid-body", "/windows/0/from"),
        (moved(**{"from": "0001-01-01T00:00:00+14:00"}), "invalid-body", "/windows/0/from"),
        (moved(to="9999-12-31T23:59:59-14:00"), "invalid-body", "/windows/0/to"),
        (moved(to="2026-12-14"), "invalid-body", "/windows/0/to"),
        (moved(to="2026-12-14T00:00:00"), "invalid-body", "/windows/0/to"),
        (moved(to="2026-12-14 00:00:00+02:00"), "invalid-body", "/windows/0/to"),
        (moved(to="20261214T000000+0200"), "invalid-body", "/windows/0/to"),
        (moved(to="2026-W50-1T00:00:00+02:00"), "invalid-body", "/windows/0/to"),
        (moved(to="2026-02-30T00:00:00+02:00"), "invalid-body", "/windows/0/to"),
        (moved(to="2026-12-14T00:00:60Z"), "invalid-body", "/windows/0/to"),
        (moved(to="2026-12-14T00:00:00+99:00"), "invalid-body", "/windows/0/to"),
        (moved(to="２026-12-14T00:00:00+02:00"), "invalid-body", "/windows/0/to"),
        (moved(to=1_796_000_000), "invalid-body", "/windows/0/to"),
        (window(slot("12:00", "08:00")), "invalid-body", "/windows/0/slots/0/end"),
        (window(slot("08:00", "08:00")), "invalid-body", "/windows/0/slots/0/end"),
        (window(slot("08:00", "09:00"), slot("08:59", "10:00")), "invalid-body", "/windows/0/slots/1/start"),
        (window(slot("08:59", "10:00"), slot("08:00", "09:00")), "invalid-body", "/windows/0/slots/0/start"),
        (window(slot("08:00", "09:00"), slot("08:00", "09:00")), "invalid-body", "/windows/0/slots/1/start"),
        (
            window({**slot("08:00", "09:00"), "start": "2026-12-06T08:00:00Z"}),
            "invalid-body",
            "/windows/0/slots/0/start",
        ),
        (
            window({**slot("08:00", "09:00"), "end": "2026-12-16T08:00:00Z"}),
            "invalid-body",
            "/windows/0/slots/0/end",
        ),
        (window(slot("08:00", "09:00", categories="exam")), "invalid-body", "/windows/0/slots/0/categories"),
        (window(slot("08:00", "09:00", categories=[7])), "invalid-body", "/windows/0/slots/0/categories/0"),
        (window(slot("08:00", "09:00", categories=[[]])), "invalid-body", "/windows/0/slots/0/categories/0"),
        (
            window(slot("08:00", "09:00", categories=["exam", "x"])),
            "unknown-id",
            "/windows/0/slots/0/categories/1",
        ),
        (
            window(slot("08:00", "09:00", categories_except=["x"])),
            "unknown-id",
            "/windows/0/slots/0/categories_except/0",
        ),
        (
            window(slot("08:00", "09:00", categories=["exam"], categories_except=["surgery"])),
            "invalid-body",
            "/windows/0/slots/0/categories_except",
        ),
    ],
)
def test_push_points_at_what_is_wrong_and_applies_nothing(
    stocked_agent: SyncAgent, wrong: Any, kind: str, pointer: str
) -> None:
    answer = stocked_agent.put_slots(1, wrong, window(slot("08:00", "09:00"), practitioner="p2"))

    assert (answer.status, answer.kind, answer.pointers) == (422, kind, [pointer])
    assert stored() == []


def test_windows_of_one_place_must_not_overlap(stocked_agent: SyncAgent) -> None:
    later = window(**{"from": "2026-12-13T23:00:00+02:00", "to": "2026-12-20T00:00:00+02:00"})

    answer = stocked_agent.put_slots(1, window(), later)

    assert (answer.status, answer.kind, answer.pointers) == (422, "invalid-body", ["/windows/1/from"])


def test_windows_of_one_place_may_touch(stocked_agent: SyncAgent) -> None:
    later = window(**{"from": "2026-12-14T00:00:00+02:00", "to": "2026-12-20T00:00:00+02:00"})

    assert stocked_agent.put_slots(1, later, window()).status == 200


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-07T08:00:00+02:00",
        "2026-12-07T06:00:00Z",
        "2026-12-07t06:00:00z",
        "2026-12-07T06:00:00.999999999Z",
        "2026-12-07T00:30:00-05:30",
        "2026-12-07T06:00:00-00:00",
    ],
)
def test_times_are_read_in_every_form_of_rfc_3339(stocked_agent: SyncAgent, text: str) -> None:
    answer = stocked_agent.put_slots(1, window({"start": text, "end": "2026-12-07T12:00:00+02:00"}))

    assert answer.status == 200, answer.content
    assert Slot.across.get().starts_at == datetime(2026, 12, 7, 6, tzinfo=UTC)


def test_empty_lists_of_categories_mean_none_and_all(stocked_agent: SyncAgent) -> None:
    stocked_agent.put_slots(
        1, window(slot("08:00", "09:00", categories=[]), slot("09:00", "10:00", categories_except=[]))
    )

    none, every = Slot.across.order_by("starts_at")
    assert (none.only_categories, none.except_categories) == ([], None)
    assert every.only_categories is None


def test_push_of_too_many_slots_is_too_large(stocked_agent: SyncAgent) -> None:
    answer = stocked_agent.put_slots(1, window(*[slot("08:00", "09:00")] * 20_001))

    assert (answer.status, answer.kind) == (413, "too-large")


def test_push_may_clear_the_time_of_who_is_retired(stocked_agent: SyncAgent) -> None:
    stocked_agent.put_slots(1, window(slot("08:00", "09:00"), practitioner="p2"))
    body = catalogue_body()
    del body["practitioners"][1]
    stocked_agent.put_catalogue(body)

    assert stocked_agent.put_slots(2, window(practitioner="p2")).status == 200
    assert stored() == []
