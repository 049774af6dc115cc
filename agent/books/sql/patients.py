"""The patients' register of a SQL book: whose card a booking belongs to."""

from dataclasses import asdict

from sqlalchemy import Connection

from agent.book import BookError, Booking, Person
from agent.books.sql.queries import Queries, Record
from agent.phone_numbers import country_code, international, last_digits
from agent.words import _

ADDRESS = ("address_1", "address_2", "postcode", "city")


def cards_by_mobile(queries: Queries, connection: Connection, mobile: str) -> list[Record]:
    """The cards with this number (E.164), however it is written on them."""
    zones = [clinic["time_zone"] for clinic in queries.records("clinics", connection)]
    code = country_code(zones[0] if zones else "")
    found = queries.records("patients_by_mobile", connection, ending=f"%{last_digits(mobile)}")
    return [card for card in found if international(card["mobile"], code) == mobile]


def patient_for(queries: Queries, connection: Connection, booking: Booking) -> tuple[str | None, str]:
    """The id of the person's card, found or made, and a note for the staff (often empty).

    None where the file has no statement that adds a patient.
    """
    person = booking.person
    found = _find(queries, connection, person)
    if found is None:
        return _added(queries, connection, person), ""
    given = {name: getattr(person, name) for name in ADDRESS if getattr(person, name)}
    if given and booking.address_update == "apply":
        address = {name: getattr(person, name) for name in ADDRESS}
        queries.run("change_address", connection, patient=found, **address)
    if given and booking.address_update == "ask":
        return found, "Address given on the portal, please ask: " + ", ".join(given.values())
    return found, ""


def _find(queries: Queries, connection: Connection, person: Person) -> str | None:
    """By national identity number, else by mobile and name: never by a name alone."""
    if person.national_id:
        same = queries.records("patients_by_national_id", connection, national_id=person.national_id)
        if same:
            return str(same[0]["id"])
    if not person.mobile:
        return None
    cards = cards_by_mobile(queries, connection, person.mobile)
    return next((card["id"] for card in cards if _is_same_person(card, person)), None)


def _is_same_person(card: Record, person: Person) -> bool:
    """Compared here, since databases fold the case of letters each in their own way."""
    names = (card["first_name"].casefold(), card["last_name"].casefold())
    other_number = card["national_id"] and person.national_id
    return not other_number and names == (person.first_name.casefold(), person.last_name.casefold())


def _added(queries: Queries, connection: Connection, person: Person) -> str | None:
    if not queries.has("add_patient"):
        return None
    made = queries.records("add_patient", connection, **asdict(person))
    if len(made) != 1:
        raise BookError(_("The statement [write.{name}] did not return one new id.", name="add_patient"))
    return str(made[0]["id"])
