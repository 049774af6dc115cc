"""The desk's pages of appointments: one to enter, and one for each that stands."""

from collections.abc import Callable, Mapping

from agent.book import Catalogue, Place
from agent.books.sample.at_desk import STANDING, mark_at_desk
from agent.books.sample.book import DeskEntry
from agent.dates import clock, moment, weekday
from agent.desk import DESK_USER, change_at_desk
from agent.intervals import Interval
from agent.page.answers import Answered, Asked, NotThere, Shown
from agent.page.desk import Desk, back_to_week, to_week, zone_of
from agent.page.forms import Form, button, checkbox, place_fields, text_field, typed
from agent.page.markup import Markup, element, joined
from agent.words import _

QUIET = "quiet-button"

STATES: Mapping[str, str] = {
    "booked": _("Booked"),
    "cancelled": _("Cancelled"),
    "arrived": _("The patient has come"),
    "no_show": _("The patient did not come"),
}


def enter(desk: Desk, asked: Asked) -> Answered | Shown:
    catalogue = desk.book.catalogue()
    form = Form(asked.form if asked.is_post else asked.query)
    if asked.is_post:
        place, text = form.place(catalogue), form.text()
        if place and not form.errors and desk.does(form, lambda: _enter(desk, place, text)):
            return back_to_week(catalogue, place, "entered")
    what = text_field(form, "text", _("What or who"), maxlength="200")
    fields = joined(*place_fields(form, catalogue), what)
    return desk.form_page(_("Enter an appointment"), "/desk/enter", form, fields, button(_("Enter"), "enter"))


def appointment(desk: Desk, asked: Asked) -> Answered | Shown:
    catalogue = desk.book.catalogue()
    entry = desk.book.entry(asked.query.get("id", ""))
    if entry is None:
        raise NotThere
    place = Place(entry.clinic, entry.practitioner, Interval(entry.start_at, entry.end_at))
    form = Form(asked.form if asked.is_post else typed(place, zone_of(catalogue, place.clinic)))
    if asked.is_post:
        done = _changed(desk, catalogue, form, entry)
        if done:
            return back_to_week(catalogue, form.place(catalogue) or place, done)
    return _page(desk, catalogue, form, entry)


def _enter(desk: Desk, place: Place, text: str) -> str:
    return desk.book.enter_at_desk(place, text=text, entered_by=DESK_USER)


def _changed(desk: Desk, catalogue: Catalogue, form: Form, entry: DeskEntry) -> str:
    """What has been done, empty where nothing was; the form then says why."""
    action = form.value("action")
    to = form.place(catalogue) if action == "move" else None
    changes: dict[str, Callable[[], object]] = {
        **{state: lambda: mark_at_desk(desk.book, entry.id, action) for state in STANDING},
        "cancel": lambda: desk.book.cancel_at_desk(entry.id),
    }
    if to is not None:
        changes["move"] = lambda: desk.book.move_at_desk(entry.id, to)
    if action not in changes:
        return ""

    tell = bool(form.value("tell"))
    is_done = desk.does(form, lambda: change_at_desk(desk.book, entry, changes[action], tell=tell))
    return action if is_done else ""


def _page(desk: Desk, catalogue: Catalogue, form: Form, entry: DeskEntry) -> Shown:
    about = _about(catalogue, entry)
    if entry.state == "cancelled":
        return Shown(_("Appointment"), [element("h1", _("Appointment")), about, to_week(form)])
    place = place_fields(form, catalogue) if entry.state == "booked" else []
    tell = (
        checkbox(form, "tell", _("Have the portal tell the patient of the change"))
        if entry.portal_booking
        else None
    )
    address = f"/desk/appointment?id={entry.id}"
    return desk.form_page(_("Appointment"), address, form, joined(*place, tell), _buttons(entry), about)


def _about(catalogue: Catalogue, entry: DeskEntry) -> Markup:
    """Who, what, when and where, and how it stands."""
    zone = zone_of(catalogue, entry.clinic)
    start, end = entry.start_at.astimezone(zone), entry.end_at.astimezone(zone)
    practitioners = {one.id: one.name for one in catalogue.practitioners}
    clinics = {one.id: one.name for one in catalogue.clinics}
    where = f"{practitioners.get(entry.practitioner, '')}, {clinics[entry.clinic]}"
    lines = [
        entry.text,
        f"{weekday(start)} {moment(start)}–{clock(end)}, {where}",
        str(_("{state}; entered by {user}.", state=STATES[entry.state], user=entry.entered_by)),
    ]
    who = element("strong", entry.patient or _("No name"))
    return element("p", who, "\n", "\n".join(filter(None, lines)), class_="about")


def _buttons(entry: DeskEntry) -> Markup:
    offers = {
        "booked": (
            ("move", _("Move"), None),
            ("arrived", _("Has come"), QUIET),
            ("no_show", _("Did not come"), QUIET),
        ),
        "arrived": (("booked", _("Has not come yet"), QUIET),),
        "no_show": (("booked", _("May still come"), QUIET),),
    }
    buttons = [button(words, action, class_) for action, words, class_ in offers[entry.state]]
    return joined(*buttons, button(_("Cancel the appointment"), "cancel", f"{QUIET} danger"))
