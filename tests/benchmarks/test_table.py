"""The table that the benchmarks print."""

from benchmarks.table import Row, quantile, written


def test_quantile_is_the_value_that_so_many_do_not_exceed() -> None:
    assert quantile([3.0, 1.0, 2.0, 4.0], 0.5) == 3.0
    assert quantile([1.0], 0.95) == 1.0


def test_table_shows_what_was_met_and_what_was_not() -> None:
    rows = [
        Row("fast", 1234.4, [0.001, 0.002], "0.6 × floor", "≥ 700/s", is_met=True),
        Row("slow", None, [], "", "≥ 1/s", is_met=False),
        Row("floor"),
    ]

    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in written(rows).splitlines()]

    assert cells[0] == ["work", "per second", "p50 ms", "p95 ms", "ratio", "bar", "met"]
    assert cells[2] == ["fast", "1,234", "2.0", "2.0", "0.6 × floor", "≥ 700/s", "yes"]
    assert cells[3] == ["slow", "", "", "", "", "≥ 1/s", "NO"]
    assert cells[4] == ["floor", "", "", "", "", "", ""]


def test_table_is_as_wide_in_every_line() -> None:
    assert len({len(line) for line in written([Row("a"), Row("a longer name", 1.0)]).splitlines()}) == 1
