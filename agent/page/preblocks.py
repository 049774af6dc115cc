"""The desk's pages of preblocks: one to lay, and one for each that lies."""

from agent.book import Catalogue, NotInBook
from agent.books.sample.preblocks import (
    change_preblock,
    laid_preblock,
    lay_preblock,
    preblock_kinds,
    remove_preblock,
)
from agent.page.answers import Answered, Asked, NotThere, Shown
from agent.page.desk import Desk, back_to_week, zone_of
from agent.page.forms import Form, button, place_fields, select, typed
from agent.page.markup import Markup, joined
from agent.words import _


def lay(desk: Desk, asked: Asked) -> Answered | Shown:
    catalogue = desk.book.catalogue()
    form = Form(asked.form if asked.is_post else asked.query)
    if asked.is_post:
        place, kind = form.place(catalogue), form.value("kind")
        if place and desk.does(form, lambda: lay_preblock(desk.book, kind, place)):
            return back_to_week(catalogue, place, "laid")
    fields = _fields(desk, form, catalogue)
    return desk.form_page(_("Lay a preblock"), "/desk/lay", form, fields, button(_("Lay"), "lay"))


def preblock(desk: Desk, asked: Asked) -> Answered | Shown:
    catalogue = desk.book.catalogue()
    identifier = asked.query.get("id", "")
    try:
        laid = laid_preblock(desk.book, identifier)
    except NotInBook:
        raise NotThere from None
    place, zone = laid.place, zone_of(catalogue, laid.place.clinic)
    form = Form(asked.form if asked.is_post else typed(place, zone, kind=laid.kind))
    if asked.is_post:
        done = _changed(desk, catalogue, form, identifier)
        if done:
            return back_to_week(catalogue, form.place(catalogue) or place, done)
    buttons = joined(
        button(_("Save"), "save"), button(_("Remove the preblock"), "remove", "quiet-button danger")
    )
    fields = _fields(desk, form, catalogue)
    return desk.form_page(_("Preblock"), f"/desk/preblock?id={identifier}", form, fields, buttons)


def kinds_css(desk: Desk) -> str:
    """The kinds' own colours, which the book knows and a style sheet must not be given unlooked at."""
    rules = [
        f".kind-{number} {{ --kind: {kind.colour}; --on-kind: {_ink(kind.colour)}; }}"
        for number, kind in enumerate(preblock_kinds(desk.book), start=1)
        if _is_colour(kind.colour)
    ]
    return "\n".join(rules)


def _changed(desk: Desk, catalogue: Catalogue, form: Form, identifier: str) -> str:
    """What has been done, empty where nothing was; the form then says why."""
    if form.value("action") == "remove":
        return "removed" if desk.does(form, lambda: remove_preblock(desk.book, identifier)) else ""
    place, kind = form.place(catalogue), form.value("kind")
    if place is None:
        return ""
    is_done = desk.does(form, lambda: change_preblock(desk.book, identifier, kind, place))
    return "changed" if is_done else ""


def _fields(desk: Desk, form: Form, catalogue: Catalogue) -> Markup:
    kinds = ((kind.id, kind.name) for kind in preblock_kinds(desk.book))
    return joined(select(form, "kind", _("Kind of preblock"), kinds), *place_fields(form, catalogue))


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(sign in "0123456789abcdefABCDEF" for sign in text[1:])


def _ink(colour: str) -> str:
    """Black or white, whichever is read better on it (WCAG 2.2, relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#000" if luminance > 0.179 else "#fff"
