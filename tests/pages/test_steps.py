"""Which question comes next, and how choices stand in a URL."""

import pytest

from scheduling.steps import Choices, asked_steps, choices_in, later_steps, open_step

DEFAULT = ["clinic", "treatment", "practitioner", "time"]


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (Choices(), "clinic"),
        (Choices(clinic="a"), "treatment"),
        (Choices(clinic="a", practitioner="b"), "treatment"),
        (Choices(treatment="t"), "clinic"),
        (Choices("a", "b", "any"), None),
    ],
)
def test_open_step_is_the_first_without_an_answer(choices: Choices, expected: str | None) -> None:
    assert open_step(choices, DEFAULT) == expected


def test_open_step_obeys_the_organisations_order() -> None:
    assert open_step(Choices(), ["practitioner", "time", "treatment", "clinic"]) == "practitioner"


def test_open_step_is_the_one_to_change() -> None:
    assert open_step(Choices("a", "b", "c"), DEFAULT, change="treatment") == "treatment"
    assert open_step(Choices("a", "b", "c"), DEFAULT, change="time") is None


def test_time_is_asked_last() -> None:
    assert asked_steps(["time", "treatment", "clinic", "practitioner"]) == [
        "treatment",
        "clinic",
        "practitioner",
    ]


def test_later_steps_begin_with_the_step_itself() -> None:
    assert later_steps("treatment", DEFAULT) == ["treatment", "practitioner"]


def test_url_holds_only_what_is_chosen() -> None:
    assert Choices().url() == "/book/"
    assert Choices(clinic="a").url(week="2026-11-23") == "/book/?clinic=a&week=2026-11-23"


def test_choices_are_read_in_any_capitals_and_never_carried_along_whole() -> None:
    choices = choices_in({"clinic": "ABC", "treatment": "x" * 5000})

    assert choices.clinic == "abc"
    assert len(choices.treatment) == 37
