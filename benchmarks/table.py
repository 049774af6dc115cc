"""The table: what was measured, beside the bar."""

from collections.abc import Sequence
from dataclasses import dataclass

HEADS = ("work", "per second", "p50 ms", "p95 ms", "ratio", "bar", "met")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; what does not apply is empty."""

    work: str
    rate: float | None = None
    seconds: Sequence[float] = ()
    ratio: str = ""
    bar: str = ""
    is_met: bool | None = None

    def cells(self) -> list[str]:
        p50, p95 = (
            (f"{quantile(self.seconds, share) * 1000:.1f}" for share in (0.5, 0.95))
            if self.seconds
            else ("", "")
        )
        met = {True: "yes", False: "NO", None: ""}[self.is_met]
        rate = "" if self.rate is None else f"{self.rate:,.0f}"
        return [self.work, rate, p50, p95, self.ratio, self.bar, met]


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return quantile(values, 0.5)


def written(rows: Sequence[Row]) -> str:
    """The rows as a table in Markdown, in columns for who reads it on a terminal."""
    lines = [list(HEADS), *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    rule = ["-" * (width - 1) + (":" if 0 < column < 5 else "-") for column, width in enumerate(widths)]
    padded = [
        " | ".join(
            cell.rjust(width) if 0 < column < 5 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in [lines[0], rule, *lines[1:]]
    ]
    return "\n".join(f"| {line} |" for line in padded)
