"""HTML that is safe by construction: whatever is not markup already is escaped."""

from html import escape


class Markup(str):
    """Text that is HTML."""

    __slots__ = ()


Content = str | None

VOID = frozenset({"input", "link", "meta"})


def element(name: str, /, *content: Content, **attributes: str | bool | None) -> Markup:
    """An element; ``class_`` and ``for_`` lose their underscore, other underscores become hyphens.

    An attribute that is True stands alone, one that is False or None is left out.
    """
    opening = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Markup(opening if name in VOID else f"{opening}{joined(*content)}</{name}>")


def joined(*content: Content) -> Markup:
    return Markup("".join(_escaped(part) for part in content if part is not None))


def _attribute(key: str, value: str | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def _escaped(part: str) -> str:
    return part if isinstance(part, Markup) else escape(str(part))
