"""What goes over the line of a booking as it stands in the clinic's book."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from sync_api.schemas import Id, Instant, Received


class BookingIn(Received):
    """How the appointment of a portal booking stands in the book now.

    ``moved`` needs ``start`` and ``end``; with the other states they say where it stands, and what is left
    out there is as the portal has it. ``missing``: the book had it and has it no more, deleted or restored
    from an older copy; the portal changes nothing, and shows it to the clinic's people.
    """

    state: Literal["booked", "moved", "cancelled", "arrived", "no_show", "missing"]
    start: Instant | None = None
    end: Instant | None = None
    practitioner: Id | None = None
    clinic: Id | None = None
    notify_patient: bool = False


class StandingBooking(BaseModel):
    """A booking that the book should have, as the portal has it."""

    booking: str
    state: Literal["booked", "arrived", "no_show"]
    start: str
    end: str
    practitioner: str
    clinic: str


class StandingBookings(BaseModel):
    bookings: list[StandingBooking]
    next: Annotated[
        str | None, Field(description="What to ask on `after` for those that follow; null: these are all.")
    ]


class BookingTaken(BaseModel):
    """The booking as the portal has it now, and whether that is news."""

    changed: bool
    state: Literal["booked", "cancelled", "refused", "arrived", "no_show"]
    start: str
    end: str
    practitioner: str
    clinic: str
    overlaps: Annotated[
        list[str],
        Field(description="The bookings that stand at the same time, where the book has two at once."),
    ]
