"""How long an SMS is, by GSM 03.38: septets, parts, and the character that made it long."""

from dataclasses import dataclass

# GSM 03.38 §6.2.1, the default alphabet; escape (0x1B) is left out, it is no character of its own.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# GSM 03.38 §6.2.1.1, the extension table: escape and a second septet.
_EXTENSION = frozenset("\f^{}\\[~]|€")

# Letters that only look different and would make the message cost double.
_PLAIN = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u2013": "-",
        "\u2014": "-",
        "\u2011": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2026": "...",
    }
)

_ALONE = 160
"""Septets in the only part of a message."""


@dataclass(frozen=True)
class SmsLength:
    """``units`` are septets, or UTF-16 code units where ``culprit`` made the message UCS-2."""

    units: int
    parts: int
    culprit: str | None

    @property
    def is_gsm(self) -> bool:
        return self.culprit is None

    @property
    def limit(self) -> int:
        """How many units the parts there are hold."""
        alone, each = (160, 153) if self.is_gsm else (70, 67)
        return alone if self.parts == 1 else each * self.parts


def sms_length(text: str) -> SmsLength:
    """What the text takes up as an SMS, and the first character outside GSM 03.38, if there is one."""
    if len(text) <= _ALONE and _BASIC.issuperset(text):
        return SmsLength(len(text), 1, None)  # as almost all are
    culprit = next((character for character in text if _septets(character) == 0), None)
    if culprit is None:
        widths = [_septets(character) for character in text]
        return SmsLength(sum(widths), _parts(widths, alone=160, each=153), None)
    widths = [len(character.encode("utf-16-le")) // 2 for character in text]
    return SmsLength(sum(widths), _parts(widths, alone=70, each=67), culprit)


def plain(text: str) -> str:
    """The text with spaces, dashes and quotes of print as those of a telephone."""
    return text.translate(_PLAIN)


def _septets(character: str) -> int:
    if character in _BASIC:
        return 1
    return 2 if character in _EXTENSION else 0


def _parts(widths: list[int], *, alone: int, each: int) -> int:
    """A character of two units is never split over two parts, so parts are filled one by one."""
    if sum(widths) <= alone:
        return 1
    parts, room = 1, each
    for width in widths:
        if width > room:
            parts, room = parts + 1, each
        room -= width
    return parts
