"""The choices that stand in the URL, and which question comes next. Pure: no database, no request."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

STEPS = ("clinic", "treatment", "practitioner")
"""What is asked beside the time."""
TIME = "time"
PAIR = ("treatment", "practitioner")
"""What the combined view asks on one page."""
COMBINED_ORDER = ["clinic", *PAIR, TIME]
ANY = "any"
"""The answer of who does not mind which practitioner, or which clinic, it is."""
LONGEST_ANSWER = 64
_FIELDS = {TIME: "at"}
_STAMP = re.compile(r"[0-9]{8}T[0-9]{4}Z")


@dataclass(frozen=True, slots=True)
class Choices:
    """Public ids of what has been chosen so far, and the stamp of the time; empty where nothing has."""

    clinic: str = ""
    treatment: str = ""
    practitioner: str = ""
    at: str = ""

    def answer(self, step: str) -> str:
        answer: str = getattr(self, _FIELDS.get(step, step))
        return answer

    def with_answer(self, step: str, answer: str) -> "Choices":
        return self if self.answer(step) == answer else replace(self, **{_FIELDS.get(step, step): answer})

    def without(self, steps: Iterable[str]) -> "Choices":
        gone = {_FIELDS.get(step, step): "" for step in steps if self.answer(step)}
        return replace(self, **gone) if gone else self

    def fields(self) -> tuple[tuple[str, str], ...]:
        """What has been chosen, as parameters of a URL or hidden fields of a form."""
        found = ((_FIELDS.get(step, step), self.answer(step)) for step in (*STEPS, TIME))
        return tuple((name, answer) for name, answer in found if answer)

    def url(self, *, page: str = "/book/", **more: str) -> str:
        """The page that these choices lead to; ``more`` are further parameters of it."""
        query = urlencode({**dict(self.fields()), **more})
        return f"{page}?{query}" if query else page


def choices_in(query: Mapping[str, str]) -> Choices:
    """The choices of a URL's query or a form, as they stand there: unknown ones are for others to find.

    An answer too long to be one is cut so that it stays unknown and is never carried along; a time
    that is none is no choice.
    """
    at = query.get("at", "").upper()
    return Choices(
        **{step: query.get(step, "")[: LONGEST_ANSWER + 1] for step in STEPS},
        at=at if _STAMP.fullmatch(at) else "",
    )


def asked_steps(order: Iterable[str]) -> list[str]:
    """The organisation's order of questions, without the time."""
    return [step for step in order if step in STEPS]


def open_step(choices: Choices, order: Iterable[str], change: str = "") -> str | None:
    """The next question: the one the patient wants to change, else the first without an answer."""
    steps = list(order)
    if change in steps:
        return change
    return next((step for step in steps if not choices.answer(step)), None)


def later_steps(step: str, order: Iterable[str]) -> list[str]:
    """The step and all that are asked after it."""
    steps = list(order)
    return steps[steps.index(step) :]


def is_last_open(choices: Choices, step: str, order: Iterable[str]) -> bool:
    """Whether nothing else is left to answer, so that the answer to this step can hold the time."""
    return all(choices.answer(other) for other in order if other != step)
