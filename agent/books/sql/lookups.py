"""A patient's coming appointments in a SQL book, for the patient who is logged in."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from agent.book import Catalogue, Found, Sought, Standing
from agent.books.sql.patients import cards_by_mobile
from agent.books.sql.queries import Queries, Record


def look_up(queries: Queries, connection: Connection, catalogue: Catalogue, sought: Sought) -> Found | None:
    """The patient and what stands for them from now on; None where nobody, or more than one, fits.

    What is not published is not told of: an appointment with somebody who may not be named on the
    portal is left out, and a treatment that is not used online is not named.
    """
    cards = _cards(queries, connection, sought)
    if len(cards) != 1:
        return None
    (card,) = cards
    named = {(who.id, where) for who in catalogue.practitioners for where in who.clinics}
    online = {treatment.id for treatment in catalogue.treatments}
    now = datetime.now(UTC)
    coming = queries.records("coming", connection, patient=card["id"], now=now)
    return Found(
        first_name=card["first_name"],
        last_name=card["last_name"],
        email=card["email"],
        mobile=card["mobile"],
        language=card["language"],
        appointments=[
            _standing(one, online)
            for one in sorted(coming, key=lambda one: one["begins"])
            if (one["practitioner"], one["clinic"]) in named and one["begins"] > now and not one["cancelled"]
        ],
    )


def _cards(queries: Queries, connection: Connection, sought: Sought) -> Sequence[Record]:
    """By the national id where one is proven, and by nothing else then; else by the mobile number."""
    if sought.national_id:
        ways = sorted({sought.national_id, sought.national_id.replace("-", "")})
        found = [
            card
            for written in ways
            for card in queries.records("patients_by_national_id", connection, national_id=written)
        ]
        return list({card["id"]: card for card in found}.values())
    return cards_by_mobile(queries, connection, sought.mobile) if sought.mobile else []


def _standing(one: Record, online: set[str]) -> Standing:
    is_online = one["treatment"] in online
    return Standing(
        id=one["id"],
        booking=one["booking"],
        clinic=one["clinic"],
        practitioner=one["practitioner"],
        treatment=one["treatment"] if is_online else None,
        start=one["begins"],
        end=one["ends"],
        text="" if is_online else one["text"],
        move_allowed=one["move_allowed"],
        cancel_allowed=one["cancel_allowed"],
    )
