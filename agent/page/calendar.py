"""Draws the week: columns of days, in each what lies below (preblocks), what stands, and what is free."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from agent.book import PORTAL_USER
from agent.books.sample.preblocks import PreblockKind
from agent.dates import clock, short_day, span_of_days
from agent.page.desk import this_monday, week_address
from agent.page.frame import link
from agent.page.markup import Content, Markup, element
from agent.page.week import AppointmentBlock, Block, Day, FreeBlock, PreblockBlock, Week
from agent.words import _

ROWS_IN_HOUR = 12
MOST_LANES = 4  # of preblocks that lie on the same time; the style sheet has no more
ROWS_FOR_TWO_LINES = 6
ROWS_FOR_THREE_LINES = 9
MARKS: Mapping[str, str] = {"arrived": _("has come"), "no_show": _("did not come")}
KindsById = Mapping[str, tuple[int, PreblockKind]]
"""Each kind with its number, which its colour goes by."""


def calendar(week: Week, kinds: KindsById, today: date) -> Markup:
    hours = [
        element("li", f"{hour}", class_=f"at-{(hour - week.first_hour) * ROWS_IN_HOUR + 1}")
        for hour in range(week.first_hour, week.last_hour)
    ]
    columns = [_column(week, day, kinds, today) for day in week.days]
    inner = element(
        "div", element("ol", *hours, class_="hours", aria_hidden="true"), *columns, class_="calendar"
    )
    return element(
        "div", inner, class_="calendar-frame", tabindex="0", role="region", aria_labelledby="shown"
    )


def week_links(week: Week) -> Markup:
    def to(words: str, monday: date, rel: str | None = None) -> Markup:
        address = week_address(week.practitioner.id, monday)
        return element("a", words, href=address, class_="quiet-button", rel=rel)

    seven = timedelta(days=7)
    return element(
        "nav",
        to(_("Previous week"), week.monday - seven, "prev"),
        to(_("This week"), this_monday(datetime.now(week.zone).date())),
        to(_("Next week"), week.monday + seven, "next"),
        class_="week-nav",
        aria_label=_("Weeks"),
    )


def practitioner_links(people: Sequence[tuple[str, str]], week: Week) -> Markup:
    items = [
        element(
            "a",
            name,
            href=week_address(identifier, week.monday),
            aria_current="true" if identifier == week.practitioner.id else None,
        )
        for identifier, name in people
    ]
    return element("nav", *items, class_="people", aria_label=_("Practitioners"))


def title_of(week: Week) -> str:
    last = week.days[-1].day
    return f"{week.practitioner.name}, {span_of_days(week.monday, last)}"


def _column(week: Week, day: Day, kinds: KindsById, today: date) -> Markup:
    heading = element("h3", short_day(day.day), class_="today" if day.day == today else None)
    lanes = max([block.lane for block in day.preblocks], default=1)
    blocks = [_block(week, block, kinds) for block in day.in_order]
    content = (
        element("ol", *blocks, class_=f"lanes-{min(lanes, MOST_LANES)}")
        if blocks
        else element("p", _("No hours."), class_="hint")
    )
    return element("section", heading, content, class_="day")


def _block(week: Week, block: AppointmentBlock | PreblockBlock | FreeBlock, kinds: KindsById) -> Markup:
    if isinstance(block, AppointmentBlock):
        return _appointment(block)
    if isinstance(block, PreblockBlock):
        return _preblock(block, kinds)
    return _free(week, block)


def _appointment(block: AppointmentBlock) -> Markup:
    entry = block.entry
    is_ours = entry.entered_by == PORTAL_USER or entry.portal_booking is not None
    who = entry.patient or entry.text or _("No name")
    what = entry.text if entry.patient else ""
    inside = _lines(
        f"/desk/appointment?id={entry.id}",
        _clock(block),
        " ",
        element("span", MARKS[entry.state], class_="tag") if entry.state in MARKS else None,
        " ",
        element("strong", who),
        " ",
        element("span", what, class_="what") if what else None,
        element("span", ", ", _("booked on the portal"), class_="where") if is_ours else None,
    )
    return _item(block, inside, f"appointment is-{entry.state}{' from-portal' if is_ours else ''}")


def _preblock(block: PreblockBlock, kinds: KindsById) -> Markup:
    number, kind = kinds[block.laid.kind]
    inside = link(
        f"/desk/preblock?id={block.laid.id}",
        element("span", kind.name, class_="band-name"),
        element("span", ", ", _clock(block), class_="band-clock"),
    )
    return _item(block, inside, f"preblock kind-{number} lane-{min(block.lane, MOST_LANES)}")


def _free(week: Week, block: FreeBlock) -> Markup:
    minutes = int((block.end - block.start) / timedelta(minutes=1))
    query = {
        "practitioner": week.practitioner.id,
        "clinic": block.clinic,
        "day": f"{block.start:%Y-%m-%d}",
        "start": f"{block.start:%H:%M}",
        "minutes": str(min(30, minutes)),
    }
    where = _("on the portal") if block.is_offered else _("not on the portal")
    inside = _lines(
        f"/desk/enter?{urlencode(query)}",
        _clock(block),
        " ",
        _("free"),
        element("span", ", ", where, class_="where"),
    )
    return _item(block, inside, f"free {'is-offered' if block.is_offered else 'is-kept'}")


def _lines(address: str, *words: Content) -> Markup:
    """A link with as many lines as its block has room for."""
    return link(address, element("span", *words, class_="lines"))


def _item(block: Block, inside: Markup, classes: str) -> Markup:
    room = "is-low " if block.rows < ROWS_FOR_TWO_LINES else ""
    room = room or ("is-middling " if block.rows < ROWS_FOR_THREE_LINES else "")
    return element("li", inside, class_=f"block at-{block.row} long-{block.rows} {room}{classes}")


def _clock(block: Block) -> Markup:
    until = element("span", f"–{clock(block.end)}", class_="until")
    return element("span", clock(block.start), until, class_="clock")
