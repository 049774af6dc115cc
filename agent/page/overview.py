"""The lights and what has gone over the line: counts and times."""

from collections.abc import Sequence
from datetime import datetime

from agent import VERSION, clock, dates
from agent.activity import Activity, Entry, Facts, outcomes_told
from agent.lights import Light
from agent.page.markup import Content, Markup, element, joined
from agent.words import _

ARROWS = {"up": _("to the portal"), "down": _("from the portal"), "trouble": _("trouble")}
MOST_SHOWN = 20


def lights_list(lights: Sequence[Light]) -> Markup:
    return element("ul", *(_light(light) for light in lights), class_="lights")


def lights_strip(lights: Sequence[Light], facts: Facts) -> Markup:
    """All of it in a line, above the calendar."""
    marks = [
        element(
            "li",
            f"{_name(light)}: {_state(light) if light.is_green else light.words}",
            class_=f"mark {_colour(light)}",
        )
        for light in lights
    ]
    number = _("Push {sequence}", sequence=facts.sequence) if facts.last_push_at else _("Last push")
    pushed = element("li", number, ": ", moment(facts.last_push_at), class_="last-push")
    return element("ul", *marks, pushed, class_="strip")


def facts_panel(facts: Facts) -> Markup:
    rows: Sequence[tuple[str, Content]] = (
        (_("Last push"), moment(facts.last_push_at)),
        (_("Its number"), str(facts.sequence)),
        (_("Free stretches pushed since the start"), str(facts.slots_pushed)),
        (_("Last asked for events"), moment(facts.last_pull_at)),
        (_("Events answered since the start"), outcomes_told(facts.outcomes) or _("None")),
        (_("Waiting on the portal"), str(facts.pending_events)),
        (_("Appointment book"), facts.book_trouble or _("In order")),
        (_("Clock"), clock.told(facts.clock_ahead_seconds)),
        (_("Running since"), moment(facts.started_at)),
        (_("Version"), VERSION),
    )
    pairs = [element("div", element("dt", name), element("dd", value)) for name, value in rows]
    return element("section", element("h2", _("What it knows")), element("dl", *pairs), class_="panel facts")


def history(activity: Activity, most: int = MOST_SHOWN) -> Markup:
    entries = activity.entries[:most]
    lines: Content = (
        element("ol", *(_entry(one) for one in entries), class_="history")
        if entries
        else element("p", _("Nothing yet."), class_="hint")
    )
    return element("section", element("h2", _("Over the line")), lines, class_="panel")


def moment(written: str) -> Markup:
    """A moment by this machine's clock."""
    if not written:
        return joined(_("Never"))
    local = datetime.fromisoformat(written).astimezone()
    is_today = local.date() == datetime.now().astimezone().date()
    return element(
        "time", dates.clock(local, seconds=True) if is_today else dates.moment(local), datetime=written
    )


def _entry(entry: Entry) -> Markup:
    return element(
        "li",
        moment(entry.at),
        " ",
        element("span", ARROWS[entry.direction], class_=f"direction is-{entry.direction}"),
        " ",
        element(
            "span",
            entry.words
            if entry.times == 1
            else _("{event} ({times} times)", event=entry.words, times=entry.times),
        ),
    )


def _light(light: Light) -> Markup:
    return element(
        "li",
        element("h2", _name(light)),
        element("span", _state(light), class_="badge"),
        element("p", light.words),
        class_=f"light {_colour(light)}",
    )


def _name(light: Light) -> str:
    return str(light.name).capitalize()


def _state(light: Light) -> str:
    return _("in order") if light.is_green else _("needs a look")


def _colour(light: Light) -> str:
    return "is-green" if light.is_green else "is-red"
