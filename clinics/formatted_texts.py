"""The formatting that clinics' own texts may have, from how it is typed to safe HTML.

Typed as in a plain e-mail: an empty line between paragraphs, ``**bold**``, ``*italic*``, lines that
begin with ``-`` or ``1.`` as lists, ``[words](https://…)`` for links. Whatever is none of these stays
the words that it is. Everything is escaped before it becomes HTML, and nh3 has the last word.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape, unescape
from itertools import groupby

import nh3

LONGEST = 10_000
"""Characters of a text."""
SCHEMES = ("https", "http", "mailto", "tel")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What is no character of a text, and what would turn the direction of the words after it."""
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\(([^()\s]{1,1000})\)")
_ADDRESS = re.compile(rf"(?:{'|'.join(SCHEMES)}):[^\s<>\"'\\]+", re.IGNORECASE)
_BOLD = re.compile(r"(?<![\w*])\*\*(?=[^\s*])([^\n]{1,500}?)(?<=[^\s*])\*\*(?![\w*])")
_ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,500})(?<=[^\s*])\*(?![\w*])")
_BULLET = re.compile(r"\s{0,3}[-•*]\s+(?=\S)")
_NUMBER = re.compile(r"\s{0,3}\d{1,3}[.)]\s+(?=\S)")
_CLEANER = nh3.Cleaner(
    tags={"p", "br", "strong", "em", "ul", "ol", "li", "a"},
    clean_content_tags={"script", "style"},
    attributes={"a": {"href"}},
    url_schemes=set(SCHEMES),
    url_relative="deny",
    link_rel="noopener",
)


@lru_cache(maxsize=2048)
def html_of(body: str) -> str:
    """The text as HTML that may stand in any page."""
    lines = [line.rstrip() for line in tidied(body).split("\n")]
    blocks = (list(block) for is_text, block in groupby(lines, key=bool) if is_text)
    return _CLEANER.clean("".join(part for block in blocks for part in parts_of(block)))


def tidied(body: str) -> str:
    """As it is stored: lines end one way, nothing invisible, no longer than a text may be."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", lines)[:LONGEST].strip()


def plain(body: str) -> str:
    """The words alone, where nothing can be formatted."""
    return unescape(re.sub(r"<[^>]+>", " ", html_of(body))).strip()


def unusable_links(body: str) -> list[str]:
    """The addresses of links that will stay plain words, since they are none that a page may lead to."""
    return [target for _words, target in _LINK.findall(tidied(body)) if not _ADDRESS.fullmatch(target)]


def parts_of(block: list[str]) -> Iterator[str]:
    """A block of lines as paragraphs and lists, in their order."""
    for kind, lines in groupby(block, key=kind_of):
        if kind == "p":
            yield f"<p>{'<br>'.join(inline(line) for line in lines)}</p>"
        else:
            marker = _BULLET if kind == "ul" else _NUMBER
            items = "".join(f"<li>{inline(marker.sub('', line, count=1))}</li>" for line in lines)
            yield f"<{kind}>{items}</{kind}>"


def kind_of(line: str) -> str:
    if _BULLET.match(line):
        return "ul"
    return "ol" if _NUMBER.match(line) else "p"


def inline(line: str) -> str:
    """One line, its links first, so that a star in an address is not taken for emphasis."""
    done, found = 0, []
    for link in _LINK.finditer(line):
        words, target = link.groups()
        if _ADDRESS.fullmatch(target):
            found += [
                emphasised(line[done : link.start()]),
                f'<a href="{escape(target)}">{emphasised(words)}</a>',
            ]
            done = link.end()
    return "".join([*found, emphasised(line[done:])])


def emphasised(words: str) -> str:
    bold = _BOLD.sub(r"<strong>\1</strong>", escape(words))
    return _ITALIC.sub(r"<em>\1</em>", bold)
