"""The frame around every page: head, bar, and where the page itself goes."""

from collections.abc import Iterable

from agent import VERSION
from agent.page.markup import Content, Markup, element, joined
from agent.words import _, language


def page(
    title: str,
    *content: Content,
    account: str = "",
    here: str = "",
    links: Iterable[tuple[str, str]] = (),
    switch: Content = None,
) -> str:
    """A whole document; ``links`` are the bar's, of which ``here`` is the one that is shown."""
    name = f"{title} – {account}" if account else title
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", name),
        element("link", rel="icon", href="/icon.svg"),
        element("link", rel="stylesheet", href="/page.css"),
        element("script", src="/page.js", defer=True),
    )
    about = _("Booking agent {version}, on this machine only", version=VERSION)
    body = element(
        "body",
        element("a", _("Skip to the content"), class_="skip", href="#content"),
        element("header", element("div", _brand(account), _navigation(here, links), class_="wide bar")),
        element("main", *content, id="content", class_="wide", tabindex="-1"),
        element("footer", element("p", about), switch, class_="wide foot"),
    )
    return f"<!doctype html>{element('html', head, body, lang=language())}"


def plain_page(title: str, words: str) -> str:
    """A page for what cannot be answered otherwise."""
    return page(
        title, element("h1", title), element("p", words), element("p", link("/", _("To the overview")))
    )


def link(address: str, *words: Content, class_: str | None = None) -> Markup:
    return element("a", *words, href=address, class_=class_)


def _brand(account: str) -> Markup:
    return element("p", element("strong", account or _("Booking agent")), class_="brand")


def _navigation(here: str, links: Iterable[tuple[str, str]]) -> Markup | None:
    items = [
        element("a", words, href=address, aria_current="page" if address == here else None)
        for address, words in links
    ]
    return element("nav", joined(*items), aria_label=_("Pages")) if items else None
