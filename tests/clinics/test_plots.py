"""Where the bars of a plot go."""

from hypothesis import given
from hypothesis import strategies as st

from clinics.plots import HEIGHT, MOST_LABELS, MOST_TICKS, WIDTH, Figure, bars, lanes, round_top, ticks_to

NUMBERS = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), max_size=120)


def figures_of(numbers: list[tuple[int, int]]) -> list[Figure]:
    return [Figure(f"day {index}", values) for index, values in enumerate(numbers)]


@given(NUMBERS)
def test_parts_are_inside_the_plot_and_as_high_as_their_numbers(numbers: list[tuple[int, int]]) -> None:
    plot = bars(key="k", title="t", series=("a", "b"), figures=figures_of(numbers))
    top = round_top(max((sum(values) for values in numbers), default=0))

    assert len(plot.parts) == sum(bool(value) for values in numbers for value in values)
    for part in plot.parts:
        assert part.x >= 0
        assert part.x + part.width <= WIDTH + 0.1
        assert part.y >= -0.01
        assert part.y + part.height <= HEIGHT + 0.1
    drawn = sum(part.height for part in plot.parts) * top / HEIGHT
    assert abs(drawn - sum(map(sum, numbers))) <= 0.01 * top * max(1, len(plot.parts))


@given(st.integers(0, 10**7))
def test_axis_reaches_the_highest_bar_in_few_round_steps(most: int) -> None:
    top = round_top(most)

    assert top >= max(most, 1)
    assert 2 <= len(ticks_to(top)) <= MOST_TICKS + 1
    assert str(ticks_to(top)[1]).rstrip("0") in {"1", "2", "5"}


@given(NUMBERS)
def test_labels_are_few(numbers: list[tuple[int, int]]) -> None:
    assert len(bars(key="k", title="t", series=("a", "b"), figures=figures_of(numbers)).marks) <= MOST_LABELS


def test_plot_without_numbers_is_empty() -> None:
    assert bars(key="k", title="t", series=("a",), figures=[Figure("day", (0,))]).is_empty
    assert bars(key="k", title="t", series=("a",), figures=[]).is_empty


def test_lanes_are_shares_of_the_longest() -> None:
    drawn = lanes(key="k", title="t", unit="u", figures=[Figure("a", (8,)), Figure("b", (2,))])

    assert [(lane.label, lane.value, lane.percent) for lane in drawn.lanes] == [
        ("a", 8, 100.0),
        ("b", 2, 25.0),
    ]
