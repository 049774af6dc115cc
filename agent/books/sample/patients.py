"""The patients' register of a SQL appointment book."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from agent.book import Person
from agent.books.engine import inserted_id
from agent.books.sample.tables import patients

ADDRESS = ("address_1", "address_2", "postcode", "city")


def patient_for(connection: Connection, person: Person, address_update: str) -> tuple[int, str]:
    """The id of the person's card, found or made, and a note for the staff (often empty)."""
    found = _find(connection, person)
    if found is None:
        return _create(connection, person), ""
    given = {name: getattr(person, name) for name in ADDRESS if getattr(person, name)}
    if given and address_update == "apply":
        connection.execute(update(patients).where(patients.c.id == found).values(**given))
    if given and address_update == "ask":
        return found, "Address given on the portal, please ask: " + ", ".join(given.values())
    return found, ""


def _find(connection: Connection, person: Person) -> int | None:
    """By national identity number, else by mobile and name: never by a name alone."""
    if person.national_id:
        query = select(patients.c.id).where(patients.c.national_id == person.national_id)
        found = connection.execute(query).first()
        if found is not None:
            return int(found.id)
    if not person.mobile:
        return None
    same_mobile = connection.execute(select(patients).where(patients.c.mobile == person.mobile)).all()
    return next((card.id for card in same_mobile if _is_same_person(card, person)), None)


def _is_same_person(card: Row[Any], person: Person) -> bool:
    """Compared here, since SQLite folds the case of ASCII letters only."""
    names = (card.first_name.casefold(), card.last_name.casefold())
    other_number = card.national_id and person.national_id
    return not other_number and names == (person.first_name.casefold(), person.last_name.casefold())


def _create(connection: Connection, person: Person) -> int:
    columns = {name: getattr(person, name) for name in person.__slots__}
    return inserted_id(connection, insert(patients).values(**columns))
