"""What people read, in the language of whoever reads it: English in the code, the others in ``locale/``.

Texts are marked with ``_`` and ``ngettext``. A marked text is a str whose own value is English: so the log,
the files and the portal have it. Shown to somebody, by ``str``, ``print``, ``format`` or a gap in another
text, it is said in the language spoken then. Joining and adding do not ask for the language: see ``listed``.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

from agent.catalogues import catalogue

ENGLISH = "en"
LANGUAGES = {"fi": "Suomi", "sv": "Svenska", "nb": "Norsk", "en": "English"}
"""Each by its own name."""

_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


def language() -> str:
    """The language that is spoken here and now; threads begin with English."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything within in this language."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


class Words(str):
    """A text with its gaps and what fills them."""

    text: str
    plural: str
    number: int
    gaps: dict[str, object]

    def __new__(cls, text: str, gaps: dict[str, object], plural: str = "", number: int = 1) -> Self:
        with speaking(ENGLISH):
            words = super().__new__(cls, (plural if plural and number != 1 else text).format(**gaps))
        words.text, words.gaps, words.plural, words.number = text, gaps, plural, number
        return words

    def __str__(self) -> str:
        if language() == ENGLISH or not self.text:
            return super().__str__()
        known = catalogue(language())
        text = (
            known.ngettext(self.text, self.plural, self.number) if self.plural else known.gettext(self.text)
        )
        return text.format(**self.gaps)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def with_gaps(self, change: Callable[[str], str]) -> "Words":
        """The same with its gaps filled otherwise."""
        gaps = {name: _changed(value, change) for name, value in self.gaps.items()}
        return Words(self.text, gaps, self.plural, self.number)


def _(text: str, /, **gaps: object) -> Words:
    """A text to be translated; ``{gaps}`` are filled."""
    return Words(text, gaps)


def ngettext(one: str, many: str, number: int, /, **gaps: object) -> Words:
    """The same of a number of things; ``{number}`` is filled."""
    return Words(one, {"number": number, **gaps}, many, number)


def listed(parts: Iterable[str], between: str = ", ") -> Words:
    """Several texts as one."""
    gaps: dict[str, object] = {f"part{number}": part for number, part in enumerate(parts)}
    return Words(between.join(f"{{{name}}}" for name in gaps), gaps)


def words_of(trouble: BaseException) -> str:
    """What an error says, still fit to be said in another language."""
    first = trouble.args[0] if trouble.args else None
    return first if isinstance(first, Words) else str(trouble)


def stored(words: str) -> Any:
    """Words as JSON has them, for another process to say."""
    if not isinstance(words, Words):
        return words
    gaps = {
        name: stored(value) if isinstance(value, str) else value if isinstance(value, int) else str(value)
        for name, value in words.gaps.items()
    }
    return {"text": words.text, "plural": words.plural, "number": words.number, "gaps": gaps}


def restored(document: Any) -> str:
    """What ``stored`` made a document of; raises KeyError, TypeError or ValueError for what it did not."""
    if not isinstance(document, dict):
        return str(document)
    gaps = {
        name: restored(value) if isinstance(value, str | dict) else value
        for name, value in document["gaps"].items()
    }
    return Words(document["text"], gaps, document["plural"], document["number"])


def _changed(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, Words):
        return value.with_gaps(change)
    return change(value) if isinstance(value, str) else value
