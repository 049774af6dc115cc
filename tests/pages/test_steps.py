"""Which question comes next, and how choices stand in a URL."""

import pytest

from scheduling.steps import (
    STEPS,
    TIME,
    Choices,
    asked_steps,
    choices_in,
    is_last_open,
    later_steps,
    open_step,
)

DEFAULT = ["clinic", "treatment", "practitioner", "time"]


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (Choices(), "clinic"),
        (Choices(clinic="a"), "treatment"),
        (Choices(clinic="a", practitioner="b"), "treatment"),
        (Choices(treatment="t"), "clinic"),
        (Choices("a", "b", "any"), "time"),
        (Choices("a", "b", "any", "20261130T0600Z"), None),
    ],
)
def test_open_step_is_the_first_without_an_answer(choices: Choices, expected: str | None) -> None:
    assert open_step(choices, DEFAULT) == expected


def test_open_step_obeys_the_organisations_order() -> None:
    order = ["practitioner", "time", "treatment", "clinic"]

    assert open_step(Choices(), order) == "practitioner"
    assert open_step(Choices(practitioner="p"), order) == "time"
    assert open_step(Choices(practitioner="p", at="20261130T0600Z"), order) == "treatment"


def test_open_step_is_the_one_to_change() -> None:
    assert open_step(Choices("a", "b", "c"), DEFAULT, change="treatment") == "treatment"
    assert open_step(Choices("a", "b", "c", "20261130T0600Z"), DEFAULT, change="time") == "time"
    assert open_step(Choices("a", "b", "c", "20261130T0600Z"), DEFAULT, change="nothing") is None


def test_asked_steps_are_those_beside_the_time() -> None:
    assert asked_steps(["time", "treatment", "clinic", "practitioner"]) == [
        "treatment",
        "clinic",
        "practitioner",
    ]


def test_later_steps_begin_with_the_step_itself() -> None:
    assert later_steps("treatment", DEFAULT) == ["treatment", "practitioner", "time"]


def test_url_holds_only_what_is_chosen() -> None:
    assert Choices().url() == "/book/"
    assert Choices(clinic="a").url(week="2026-11-23") == "/book/?clinic=a&week=2026-11-23"


def test_choices_are_never_carried_along_whole() -> None:
    choices = choices_in({"clinic": "ABC", "treatment": "x" * 5000})

    assert choices.clinic == "ABC"
    assert len(choices.treatment) == 65


@pytest.mark.parametrize(
    ("stamp", "kept"),
    [
        ("20261130T0600Z", "20261130T0600Z"),
        ("20261130t0600z", "20261130T0600Z"),
        ("2026-11-30", ""),
        ("20261130T0600Z ", ""),
        ("\u0661" * 8 + "T0600Z", ""),
    ],
)
def test_time_is_a_choice_only_as_a_stamp(stamp: str, kept: str) -> None:
    assert choices_in({"at": stamp}).at == kept


@pytest.mark.parametrize("step", [*STEPS, TIME])
def test_last_open_step_is_the_one_that_holds(step: str) -> None:
    everything = Choices("a", "b", "c", "20261130T0600Z")

    assert is_last_open(everything.without([step]), step, DEFAULT)
    assert not is_last_open(Choices(), step, DEFAULT)
