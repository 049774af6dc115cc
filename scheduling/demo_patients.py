"""The demo's patients: all names are invented, all numbers of 040 555 01xx, and no address leads anywhere."""

from datetime import datetime
from random import Random

from scheduling.bookings import PatientDetails
from scheduling.models import Booking, BookingPatient

FIRST_NAMES = (
    *(
        "Aarni",
        "Alma",
        "Eelis",
        "Enni",
        "Hilla",
        "Iida",
        "Joona",
        "Kerttu",
        "Lauha",
        "Luka",
        "Meeri",
        "Niilo",
    ),
    *("Oiva", "Peppi", "Rauha", "Sampo", "Taimi", "Toivo", "Urho", "Vilja"),
)
LAST_NAMES = (
    *("Hopeasalo", "Kaarnakoski", "Kanervisto", "Kuutamolahti", "Lumikangas", "Mesimaa", "Pajulehto"),
    *("Rantakivi", "Saunaniemi", "Sinisuo", "Tähtiranta", "Usvaharju", "Vadelmapelto"),
)
MESSAGES = ("", "", "", "", "Pelkään hieman hammashoitoa.", "Hammas on vihlonut pari päivää.")
NUMBERS = [f"+3584055501{number:02}" for number in range(10, 100)]


def somebody(chance: Random) -> PatientDetails:
    """Whoever books: a name, and where messages to them go."""
    first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
    plain = f"{first}.{last}".lower().translate(str.maketrans("äö", "ao"))
    return PatientDetails(
        first_name=first,
        last_name=last,
        language=chance.choice(("fi", "fi", "fi", "fi", "sv", "en")),
        email=f"{plain}@patients.example",
        mobile=chance.choice(NUMBERS),
        message=chance.choice(MESSAGES),
    )


def moment_of(booking: Booking) -> datetime:
    """When it was booked, which all of these have been."""
    return booking.booked_at or booking.created_at


def patient_of(booking: Booking, who: PatientDetails) -> BookingPatient:
    return BookingPatient(
        organisation_id=booking.organisation_id,
        booking=booking,
        first_name=who.first_name,
        last_name=who.last_name,
        email=who.email,
        mobile=who.mobile,
        message=who.message,
        language=who.language,
        consented_at=moment_of(booking),
    )
