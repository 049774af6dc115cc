"""The language switch at the page's foot: a form that has this browser keep a choice."""

from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode

from agent.page.answers import Answered, Asked, redirect
from agent.page.forms import form_of
from agent.page.markup import Markup, element
from agent.words import LANGUAGES, _, language

ADDRESS = "/language"
COOKIE = "agent-language"
MOST_FIELDS = 30
ONE_YEAR = 365 * 24 * 3600


def language_switch(asked: Asked, token: str) -> Markup:
    """A button for each language, by its own name."""
    here = f"{asked.path}?{urlencode(asked.query)}" if asked.query else asked.path
    buttons = [
        element(
            "button",
            name,
            type="submit",
            name="language",
            value=code,
            lang=code,
            aria_current="true" if code == language() else None,
            class_="plain-button",
        )
        for code, name in LANGUAGES.items()
    ]
    back = element("input", type="hidden", name="back", value=here)
    row = element("div", *buttons, class_="languages", role="group", aria_label=_("Language"))
    return form_of(ADDRESS, token, back, row)


def switched(asked: Asked, pages: Collection[str]) -> Answered:
    """To the page where the browser was, in the language that it keeps from now on."""
    back = redirect(_address_of(asked.form.get("back", ""), pages))
    chosen = asked.form.get("language", "")
    if chosen not in LANGUAGES:
        return back
    kept = f"{COOKIE}={chosen}; Path=/; Max-Age={ONE_YEAR}; SameSite=Strict; HttpOnly"
    return Answered("", status=back.status, headers={**back.headers, "Set-Cookie": kept})


def _address_of(text: str, pages: Collection[str]) -> str:
    """The address written anew; the overview's where it is no page's."""
    path, _mark, query = text.partition("?")
    try:
        asked = urlencode(parse_qsl(query, max_num_fields=MOST_FIELDS))
    except ValueError:
        return "/"
    return f"{path}?{asked}".rstrip("?") if path in pages else "/"
