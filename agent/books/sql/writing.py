"""One transaction that changes a SQL book: whoever holds the practitioner decides, the others wait."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import Connection

from agent.book import (
    PORTAL_USER,
    BookError,
    Booking,
    ChangedAtDesk,
    NotAllowed,
    NotInBook,
    Place,
    Reference,
    TimeTaken,
)
from agent.books.sql.patients import patient_for
from agent.books.sql.queries import Queries, Record
from agent.intervals import Interval
from agent.words import _


class BookWriter:
    """What the portal asks for, written within a transaction that others begin and end."""

    def __init__(self, queries: Queries, connection: Connection) -> None:
        self._queries = queries
        self._connection = connection

    def enter(self, booking: Booking) -> str:
        self._lock(booking.place)
        entered = self._find(Reference(None, booking.id))
        if entered is not None:
            return str(entered["id"])
        needed = self._needed_resources(booking.treatment, booking.place.clinic)
        self._require_free(booking.place, needed)
        patient, note = patient_for(self._queries, self._connection, booking)
        booker = f"Booked on the portal by {booking.booked_by}" if booking.booked_by else ""
        identifier = self._new_id(
            "enter",
            **asdict(booking.person),
            **_columns(booking.place),
            treatment=booking.treatment,
            patient=patient,
            text=booking.text,
            note="\n".join(filter(None, [booker, note])),
            booking=booking.id,
            user=PORTAL_USER,
            now=datetime.now(UTC),
        )
        self._take(identifier, needed)
        return identifier

    def move(self, which: Reference, to: Place, seen_at: Place | None, *, journal: bool) -> str:
        self._lock(to)
        stands = self._find(which)
        if stands is None or stands["cancelled"]:
            raise NotInBook(_("The appointment is not in the book."))
        is_there = _place(stands) == to
        if is_there and which.booking in (None, stands["booking"]):
            return str(stands["id"])
        if not is_there:
            self._require_movable(stands, to, seen_at)
        self._run(
            "move", **_columns(to), appointment=stands["id"], booking=which.booking or stands["booking"]
        )
        if journal and not is_there:
            self._note(stands["id"], f"Moved on the portal from {stands['begins']:%F %R} UTC")
        return str(stands["id"])

    def cancel(self, which: Reference, *, journal: bool) -> str | None:
        stands = self._find(which)
        if stands is None:
            return None
        self._asked("lock", practitioner=stands["practitioner"])
        stands = self._find(which)
        if stands is None:
            return None
        if not stands["cancelled"]:
            _require_allowed(stands, "cancel_allowed")
            self._run("cancel", appointment=stands["id"])
            if journal:
                self._note(stands["id"], "Cancelled on the portal")
        return str(stands["id"])

    def _lock(self, place: Place) -> None:
        """Let one writer at a time decide about a practitioner; NotInBook."""
        if not self._asked("lock", practitioner=place.practitioner):
            raise NotInBook(_("The book knows no such practitioner."))
        if place.clinic not in {clinic["id"] for clinic in self._asked("clinics")}:
            raise NotInBook(_("The book knows no such clinic."))

    def _find(self, which: Reference) -> Record | None:
        """By the booking's id, else by the appointment's; compared here too, as databases are generous."""
        if which.booking is not None:
            for found in self._asked("booking", booking=which.booking):
                if found["booking"] in (None, which.booking):
                    return {**found, "booking": which.booking}
        if which.appointment is not None:
            for found in self._asked("appointment", appointment=which.appointment):
                if found["id"] == which.appointment:
                    return found
        return None

    def _needed_resources(self, treatment: str | None, clinic: str) -> Sequence[str]:
        """The resources of the treatment that stand in this clinic, locked; NotInBook."""
        if treatment is None:
            return []
        if treatment not in {one["id"] for one in self._asked("treatments")}:
            raise NotInBook(_("The book knows no such treatment."))
        here = {one["id"] for one in self._asked("resources") if one["clinic"] == clinic}
        links = self._asked("treatment_resources")
        needed = sorted({one["resource"] for one in links if one["treatment"] == treatment} & here)
        for resource in needed:
            self._asked("lock_resource", resource=resource)
        return needed

    def _require_movable(self, stands: Record, to: Place, seen_at: Place | None) -> None:
        if seen_at is not None and _place(stands) != seen_at:
            raise ChangedAtDesk(_("The appointment has been changed at the desk."))
        _require_allowed(stands, "move_allowed")
        needed = self._needed_resources(self._known_treatment(stands), to.clinic)
        self._require_free(to, needed, except_for=stands["id"])
        self._run("release_resources", appointment=stands["id"])
        self._take(stands["id"], needed)

    def _known_treatment(self, stands: Record) -> str | None:
        """The desk's appointments may have a treatment that is not used online, whose rooms are not known."""
        known = {one["id"] for one in self._asked("treatments")}
        return stands["treatment"] if stands["treatment"] in known else None

    def _require_free(self, place: Place, needed: Sequence[str], *, except_for: str | None = None) -> None:
        during = {"begins": place.during.start, "ends": place.during.end}
        if _others(self._asked("clashes", practitioner=place.practitioner, **during), except_for):
            raise TimeTaken(_("The practitioner has another appointment at that time."))
        for resource in needed:
            if _others(self._asked("resource_clashes", resource=resource, **during), except_for):
                raise TimeTaken(_("A room or device that the treatment needs is taken at that time."))

    def _take(self, appointment: str, needed: Sequence[str]) -> None:
        for resource in needed:
            self._run("take_resource", appointment=appointment, resource=resource)

    def _note(self, appointment: str, text: str) -> None:
        self._run("journal", appointment=appointment, text=text)

    def _asked(self, name: str, **parameters: object) -> list[Record]:
        return self._queries.records(name, self._connection, **parameters)

    def _run(self, name: str, **parameters: object) -> None:
        now = datetime.now(UTC)
        self._queries.run(name, self._connection, **parameters, user=PORTAL_USER, now=now)

    def _new_id(self, name: str, **parameters: object) -> str:
        made = self._asked(name, **parameters)
        if len(made) != 1:
            raise BookError(_("The statement [write.{name}] did not return one new id.", name=name))
        return str(made[0]["id"])


def _columns(place: Place) -> dict[str, object]:
    return {
        "clinic": place.clinic,
        "practitioner": place.practitioner,
        "begins": place.during.start,
        "ends": place.during.end,
    }


def _place(stands: Record) -> Place:
    return Place(stands["clinic"], stands["practitioner"], Interval(stands["begins"], stands["ends"]))


def _others(clashes: Iterable[Record], except_for: str | None) -> bool:
    return any(one["id"] != except_for for one in clashes)


def _require_allowed(stands: Record, rule: str) -> None:
    """What the desk made may be changed by patients only if its treatment says so; NotAllowed."""
    if stands["booking"] is None and not stands[rule]:
        raise NotAllowed(_("The appointment's template does not allow it."))
