"""Which page an address is, and the frame around it."""

from collections.abc import Callable, Mapping
from importlib.resources import files

from agent.activity import Activity
from agent.books.sample.book import SampleBook
from agent.lights import Light, lights
from agent.page import appointments, overview, preblocks, switch
from agent.page.answers import Answered, Asked, NotThere, Shown
from agent.page.desk import Desk
from agent.page.frame import page
from agent.page.markup import element
from agent.page.weeks import week_page
from agent.words import _

STATIC = {
    "/page.css": "text/css; charset=utf-8",
    "/page.js": "text/javascript; charset=utf-8",
    "/icon.svg": "image/svg+xml",
}
MOST_ROWS = 24 * 12
ROW, EDGES, LINE = 8.0, 4.0, 19.6  # heights in the style sheet, by a letter of 16
DESK_PAGES: Mapping[str, Callable[[Desk, Asked], Answered | Shown]] = {
    "/desk/enter": appointments.enter,
    "/desk/appointment": appointments.appointment,
    "/desk/lay": preblocks.lay,
    "/desk/preblock": preblocks.preblock,
}


class Site:
    """The overview for everybody; the desk where the agent has a sample book."""

    def __init__(
        self,
        *,
        account: str,
        account_words: str,
        activity: Activity,
        book: SampleBook | None,
        token: str,
        poke: Callable[[], object],
    ) -> None:
        self._account = account
        self._account_words = account_words
        self._activity = activity
        self._token = token
        self._desk = Desk(book, token, poke) if book else None

    def answer(self, asked: Asked) -> Answered:
        """The page at this address; NotThere."""
        if asked.path in STATIC and not asked.is_post:
            return self._static(asked.path)
        shown = self._shown(asked)
        return shown if isinstance(shown, Answered) else self._framed(asked, shown)

    def _shown(self, asked: Asked) -> Answered | Shown:
        if asked.path == "/" and not asked.is_post:
            return self._overview()
        if asked.path == switch.ADDRESS and asked.is_post:
            return switch.switched(asked, {"/", "/desk/", *DESK_PAGES})
        if self._desk is None:
            raise NotThere
        if asked.path == "/desk/" and not asked.is_post:
            facts = self._activity.facts
            strip = overview.lights_strip(self._lights(), facts)
            return week_page(self._desk, asked, strip=strip, portal_url=facts.portal_url)
        if asked.path not in DESK_PAGES:
            raise NotThere
        return DESK_PAGES[asked.path](self._desk, asked)

    def _overview(self) -> Shown:
        facts = self._activity.facts
        content = [
            element("h1", _("The agent")),
            element("div", overview.lights_list(self._lights()), id="lights", data_live=True),
            element(
                "div",
                overview.facts_panel(facts),
                overview.history(self._activity),
                class_="two",
                id="knows",
                data_live=True,
            ),
        ]
        return Shown(_("The agent"), content)

    def _lights(self) -> list[Light]:
        return lights(self._activity.facts, self._account_words)

    def _framed(self, asked: Asked, shown: Shown) -> Answered:
        links = [("/", _("Overview")), ("/desk/", _("Desk"))] if self._desk else []
        body = page(
            shown.title,
            *shown.content,
            account=self._account,
            here=asked.path,
            links=links,
            switch=switch.language_switch(asked, self._token),
        )
        return Answered(body, status=shown.status)

    def _static(self, path: str) -> Answered:
        content = files("agent.page").joinpath("static", path[1:]).read_text(encoding="utf-8")
        if path == "/page.css":
            content += "\n".join([_rows(), preblocks.kinds_css(self._desk) if self._desk else ""])
        return Answered(content, kind=STATIC[path])


def _rows() -> str:
    """Where in a day a block begins, its height and its lines, since a page's elements carry no styles."""
    begins = [f".at-{row}{{--row:{row}}}" for row in range(1, MOST_ROWS + 1)]
    lasts = [
        f".long-{rows}{{--rows:{rows};--lines:{int((rows * ROW - EDGES) / LINE) or 1}}}"
        for rows in range(1, MOST_ROWS + 1)
    ]
    return "".join([*begins, *lasts])
