"""The lights and what has gone over the line: counts and times."""

from collections.abc import Sequence
from datetime import datetime

from agent import VERSION, clock
from agent.activity import Activity, Entry, Facts
from agent.lights import Light
from agent.page.markup import Content, Markup, element, joined

ARROWS = {"up": "to the portal", "down": "from the portal", "trouble": "trouble"}
MOST_SHOWN = 20


def lights_list(lights: Sequence[Light]) -> Markup:
    return element("ul", *(_light(light) for light in lights), class_="lights")


def lights_strip(lights: Sequence[Light], facts: Facts) -> Markup:
    """All of it in a line, above the calendar."""
    marks = [
        element(
            "li",
            f"{light.name.capitalize()}: {_state(light) if light.is_green else light.words}",
            class_=f"mark {_colour(light)}",
        )
        for light in lights
    ]
    number = f"Push {facts.sequence}, " if facts.last_push_at else "Last push: "
    pushed = element("li", number, moment(facts.last_push_at), class_="last-push")
    return element("ul", *marks, pushed, class_="strip")


def facts_panel(facts: Facts) -> Markup:
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in sorted(facts.outcomes.items()))
    rows: Sequence[tuple[str, Content]] = (
        ("Last push", moment(facts.last_push_at)),
        ("Its number", str(facts.sequence)),
        ("Free stretches pushed since the start", str(facts.slots_pushed)),
        ("Last asked for events", moment(facts.last_pull_at)),
        ("Events answered since the start", outcomes or "None"),
        ("Waiting on the portal", str(facts.pending_events)),
        ("Appointment book", facts.book_trouble or "In order"),
        ("Clock", clock.told(facts.clock_ahead_seconds)),
        ("Running since", moment(facts.started_at)),
        ("Version", VERSION),
    )
    pairs = [element("div", element("dt", name), element("dd", value)) for name, value in rows]
    return element("section", element("h2", "What it knows"), element("dl", *pairs), class_="panel facts")


def history(activity: Activity, most: int = MOST_SHOWN) -> Markup:
    entries = activity.entries[:most]
    lines: Content = (
        element("ol", *(_entry(one) for one in entries), class_="history")
        if entries
        else element("p", "Nothing yet.", class_="hint")
    )
    return element("section", element("h2", "Over the line"), lines, class_="panel")


def moment(written: str) -> Markup:
    """A moment by this machine's clock."""
    if not written:
        return joined("Never")
    local = datetime.fromisoformat(written).astimezone()
    is_today = local.date() == datetime.now().astimezone().date()
    return element("time", f"{local:%H:%M:%S}" if is_today else f"{local:%d.%m.%Y %H:%M}", datetime=written)


def _entry(entry: Entry) -> Markup:
    return element(
        "li",
        moment(entry.at),
        " ",
        element("span", ARROWS[entry.direction], class_=f"direction is-{entry.direction}"),
        " ",
        element("span", entry.words if entry.times == 1 else f"{entry.words} ({entry.times} times)"),
    )


def _light(light: Light) -> Markup:
    return element(
        "li",
        element("h2", light.name.capitalize()),
        element("span", _state(light), class_="badge"),
        element("p", light.words),
        class_=f"light {_colour(light)}",
    )


def _state(light: Light) -> str:
    return "in order" if light.is_green else "needs a look"


def _colour(light: Light) -> str:
    return "is-green" if light.is_green else "is-red"
