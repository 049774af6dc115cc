"""A patient's coming appointments in a SQL appointment book, for the patient who is logged in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from agent.book import Catalogue, Found, Sought, Standing
from agent.books.sample.tables import appointments, booking_templates, patients
from agent.phone_numbers import country_code, international, last_digits


def look_up(connection: Connection, catalogue: Catalogue, sought: Sought) -> Found | None:
    """The patient and what stands for them from now on; None where nobody, or more than one, fits.

    What is not published is not told of: an appointment with somebody who may not be named on the
    portal is left out, and a treatment that is not used online is not named.
    """
    cards = _cards(connection, catalogue, sought)
    if len(cards) != 1:
        return None
    (card,) = cards
    return Found(
        first_name=card.first_name,
        last_name=card.last_name,
        email=card.email,
        mobile=card.mobile,
        language=card.language,
        appointments=_coming(connection, catalogue, card.id),
    )


def _cards(connection: Connection, catalogue: Catalogue, sought: Sought) -> Sequence[Row[Any]]:
    """By the national id where one is proven, and by nothing else then; else by the mobile number."""
    if sought.national_id:
        written = {sought.national_id, sought.national_id.replace("-", "")}
        return connection.execute(select(patients).where(patients.c.national_id.in_(written))).all()
    if not sought.mobile:
        return []
    code = country_code(next((clinic.time_zone for clinic in catalogue.clinics), ""))
    bare: Any = patients.c.mobile
    for character in " -()":
        bare = func.replace(bare, character, "")
    candidates = connection.execute(select(patients).where(bare.like(f"%{last_digits(sought.mobile)}")))
    return [card for card in candidates if international(card.mobile, code) == sought.mobile]


def _coming(connection: Connection, catalogue: Catalogue, patient: int) -> list[Standing]:
    query = (
        select(
            appointments,
            booking_templates.c.name.label("template_name"),
            booking_templates.c.move_allowed,
            booking_templates.c.cancel_allowed,
        )
        .outerjoin(booking_templates, booking_templates.c.id == appointments.c.template_id)
        .where(
            appointments.c.patient_id == patient,
            appointments.c.state == "booked",
            appointments.c.start_at > datetime.now(UTC),
        )
        .order_by(appointments.c.start_at)
    )
    named = {(who.id, where) for who in catalogue.practitioners for where in who.clinics}
    online = {treatment.id for treatment in catalogue.treatments}
    rows = connection.execute(query).all()
    return [_standing(row, online) for row in rows if (row.practitioner_id, row.clinic_id) in named]


def _standing(row: Row[Any], online: set[str]) -> Standing:
    is_online = row.template_id in online
    return Standing(
        id=str(row.id),
        booking=row.portal_booking,
        clinic=row.clinic_id,
        practitioner=row.practitioner_id,
        treatment=row.template_id if is_online else None,
        start=row.start_at,
        end=row.end_at,
        text="" if is_online else row.template_name or row.text,
        move_allowed=row.move_allowed is not False,
        cancel_allowed=row.cancel_allowed is not False,
    )
