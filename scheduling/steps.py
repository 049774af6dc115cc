"""The choices that stand in the URL, and which question comes next. Pure: no database, no request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

STEPS = ("clinic", "treatment", "practitioner")
"""What is asked before the time."""
ANY = "any"
"""The answer of who does not mind which practitioner it is."""
LONGEST_ANSWER = 36


@dataclass(frozen=True, slots=True)
class Choices:
    """Public ids of what has been chosen so far; empty where nothing has."""

    clinic: str = ""
    treatment: str = ""
    practitioner: str = ""

    def answer(self, step: str) -> str:
        answer: str = getattr(self, step)
        return answer

    def with_answer(self, step: str, answer: str) -> "Choices":
        return replace(self, **{step: answer})

    def without(self, steps: Iterable[str]) -> "Choices":
        return replace(self, **dict.fromkeys(steps, ""))

    def url(self, **more: str) -> str:
        """The page that these choices lead to; ``more`` are further parameters of it."""
        chosen = {step: self.answer(step) for step in STEPS if self.answer(step)}
        query = urlencode({**chosen, **more})
        return f"/book/?{query}" if query else "/book/"


def choices_in(query: Mapping[str, str]) -> Choices:
    """The choices of a URL's query or a form, as they stand there: unknown ones are for others to find.

    An answer too long to be one is cut so that it stays unknown and is never carried along.
    """
    return Choices(**{step: query.get(step, "").lower()[: LONGEST_ANSWER + 1] for step in STEPS})


def asked_steps(order: Iterable[str]) -> list[str]:
    """The organisation's order of questions, without the time, which comes last."""
    return [step for step in order if step in STEPS]


def open_step(choices: Choices, order: Iterable[str], change: str = "") -> str | None:
    """The next question: the one the patient wants to change, else the first without an answer."""
    steps = asked_steps(order)
    if change in steps:
        return change
    return next((step for step in steps if not choices.answer(step)), None)


def later_steps(step: str, order: Iterable[str]) -> list[str]:
    """The step and all that are asked after it."""
    steps = asked_steps(order)
    return steps[steps.index(step) :]
