"""What all pages of the desk have in common: the sample book, a try at changing it, and a form's page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from agent.book import BookError, Catalogue, Place
from agent.books.sample.book import SampleBook
from agent.page.answers import Answered, NotThere, Shown, redirect
from agent.page.forms import Form, error_summary, form_of
from agent.page.frame import link
from agent.page.markup import Content, Markup, element
from agent.words import _, words_of


@dataclass(frozen=True, slots=True)
class Desk:
    """Every change pokes the agent, so that the portal follows within the second."""

    book: SampleBook
    token: str
    poke: Callable[[], object]

    def does(self, form: Form, change: Callable[[], object]) -> bool:
        """Whether the book has been changed; else the form says why not."""
        try:
            change()
        except BookError as refusal:
            form.errors[""] = words_of(refusal)
            return False
        self.poke()
        return True

    def form_page(
        self, title: str, address: str, form: Form, fields: Markup, buttons: Markup, about: Content = None
    ) -> Shown:
        inside = form_of(address, self.token, fields, element("div", buttons, class_="buttons"))
        content = [
            element("h1", title),
            about,
            error_summary(form),
            element("div", inside, class_="panel narrow"),
            to_week(form),
        ]
        return Shown(title, content, status=422 if form.errors else 200)


def back_to_week(catalogue: Catalogue, place: Place, done: str) -> Answered:
    """To where the change can be seen."""
    day = place.during.start.astimezone(zone_of(catalogue, place.clinic)).date()
    return redirect(week_address(place.practitioner, day, done=done))


def to_week(form: Form) -> Markup:
    address = week_address(form.value("practitioner"), form.value("day"))
    return element("p", link(address, _("Back to the week")))


def week_address(practitioner: str, day: date | str, **more: str) -> str:
    query = {"practitioner": practitioner, "week": str(day), **more}
    return "/desk/?" + urlencode({key: value for key, value in query.items() if value})


def monday_of(text: str | None) -> date:
    """Of the week that holds the day; of this one where there is none."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return this_monday(datetime.now(UTC).astimezone().date())
    if not 2000 <= day.year < 2200:
        raise NotThere
    return day - timedelta(days=day.weekday())


def this_monday(today: date) -> date:
    """Of the week that holds today; on a weekend of the next, where there is something to play with."""
    ahead = 7 if today.weekday() >= 5 else 0
    return today - timedelta(days=today.weekday()) + timedelta(days=ahead)


def zone_of(catalogue: Catalogue, clinic: str) -> ZoneInfo:
    for one in catalogue.clinics:
        if one.id == clinic:
            return ZoneInfo(one.time_zone)
    raise NotThere
