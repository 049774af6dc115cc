"""The demo's two organisations: every name, address and number in it is invented."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import NamedTuple

from agent.book import Category, Clinic, Practitioner, Resource

HELSINKI = "Europe/Helsinki"


class Shift(NamedTuple):
    """Working hours at one clinic on the named weekdays (0 is Monday)."""

    practitioner: str
    clinic: str
    weekdays: Sequence[int]
    begins: time
    ends: time


class Template(NamedTuple):
    """A booking template and who offers it (nobody named is everybody)."""

    id: str
    name: str
    minutes: int
    category: str
    practitioners: Sequence[str] = ()
    clinics: Sequence[str] = ()
    resources: Sequence[str] = ()
    move_within_days: int | None = 60


class Kind(NamedTuple):
    """A kind of internet preblock, and whose time it is laid on."""

    id: str
    name: str
    colour: str
    categories: Sequence[str]
    practitioners: Sequence[str]
    expires_days: int | None = None
    first_hour_only: bool = False


class Visit(NamedTuple):
    """A coming appointment that the desk has made; without a template, ``text`` says what it is."""

    practitioner: str
    template: str | None
    text: str


class KnownPatient(NamedTuple):
    """Somebody to log in as: the desk knows the mobile number and has made appointments."""

    first_name: str
    last_name: str
    mobile: str
    visits: Sequence[Visit]


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    clinics: Sequence[Clinic]
    practitioners: Sequence[Practitioner]
    shifts: Sequence[Shift]
    categories: Sequence[Category]
    templates: Sequence[Template]
    kinds: Sequence[Kind]
    resources: Sequence[Resource] = field(default=())
    known_patients: Sequence[KnownPatient] = field(default=())


EVERY_DAY = (0, 1, 2, 3, 4)


def _day(
    practitioner: str,
    clinic: str,
    weekdays: Sequence[int],
    *,
    begins: time,
    lunch: tuple[time, time],
    ends: time,
) -> tuple[Shift, Shift]:
    """A working day with lunch in its middle."""
    morning = Shift(practitioner, clinic, weekdays, begins, lunch[0])
    return morning, Shift(practitioner, clinic, weekdays, lunch[1], ends)


EARLY_LUNCH = (time(11, 30), time(12))
LATE_LUNCH = (time(12), time(12, 30))

CATEGORIES = (
    Category("exam", "Tarkastus"),
    Category("acute", "Särkypäivystys"),
    Category("repair", "Paikkaus"),
    Category("hygiene", "Suuhygienia"),
    Category("surgery", "Kirurgia"),
    Category("imaging", "Kuvantaminen"),
)

DEMOKLINIKKA = DemoOrganisation(
    clinics=(
        Clinic(
            "c1",
            "Demoklinikka Keskusta",
            "Testikatu 1, 00100 Helsinki",
            "+35895550101",
            "keskusta@demoklinikka.example",
            HELSINKI,
        ),
        Clinic(
            "c2",
            "Demoklinikka Tapiola",
            "Esimerkkiaukio 4, 02100 Espoo",
            "+35895550102",
            "tapiola@demoklinikka.example",
            HELSINKI,
        ),
    ),
    practitioners=(
        Practitioner("p1", "Aino Koivuranta", "Hammaslääkäri", ["c1"]),
        Practitioner("p2", "Eero Lehtisalo", "Hammaslääkäri", ["c1", "c2"]),
        Practitioner("p3", "Helmi Saariluoto", "Suuhygienisti", ["c1", "c2"]),
        Practitioner("p4", "Mikael Strandvik", "Erikoishammaslääkäri, suukirurgia", ["c1"]),
        Practitioner("p5", "Venla Pihlajaniemi", "Suuhygienisti", ["c2"]),
    ),
    shifts=(
        *_day("p1", "c1", EVERY_DAY, begins=time(8), lunch=EARLY_LUNCH, ends=time(16)),
        *_day("p2", "c1", (0, 1, 2), begins=time(9), lunch=LATE_LUNCH, ends=time(17)),
        *_day("p2", "c2", (3, 4), begins=time(8), lunch=EARLY_LUNCH, ends=time(15)),
        *_day("p3", "c1", (0, 1, 4), begins=time(8), lunch=LATE_LUNCH, ends=time(15, 30)),
        *_day("p3", "c2", (2, 3), begins=time(9), lunch=LATE_LUNCH, ends=time(17)),
        *_day("p4", "c1", (1, 3), begins=time(10), lunch=(time(13), time(13, 30)), ends=time(18)),
        *_day("p5", "c2", EVERY_DAY, begins=time(8), lunch=EARLY_LUNCH, ends=time(16)),
    ),
    categories=CATEGORIES,
    resources=(Resource("r1", "c1", "Röntgenhuone"),),
    known_patients=(
        KnownPatient(
            "Aada",
            "Esimerkkilä",
            "+358405550101",
            (Visit("p1", "t1", "Hammastarkastus"), Visit("p3", None, "Hoidon jatko")),
        ),
        KnownPatient("Veikko", "Mallinen", "040 555 0102", (Visit("p2", "t4", "Paikkaushoito"),)),
        KnownPatient("Siiri", "Kuvitelma", "+358 40 555 0103", (Visit("p4", None, "Kontrolli"),)),
    ),
    templates=(
        Template("t1", "Hammastarkastus", 30, "exam", ["p1", "p2", "p4"]),
        Template("t2", "Hammaskiven poisto", 45, "hygiene", ["p3", "p5"]),
        Template("t3", "Särkypäivystys", 20, "acute", ["p1", "p2"], move_within_days=3),
        Template("t4", "Paikkaushoito", 60, "repair", ["p1", "p2"]),
        Template("t5", "Viisaudenhampaan poisto", 60, "surgery", ["p4"], move_within_days=30),
        Template("t6", "Panoraamakuvaus", 15, "imaging", ["p1", "p2", "p4"], ["c1"], ["r1"]),
        Template("t7", "Suuhygienistin tarkastus", 30, "hygiene", ["p3", "p5"]),
        Template("t8", "Hammasimplantin suunnittelu", 40, "surgery", ["p4"], move_within_days=30),
    ),
    kinds=(
        Kind("b1", "Nettiajat", "#8fd3b0", ["exam", "acute", "repair", "imaging"], ["p1", "p2"]),
        Kind("b2", "Särkyaika", "#f2a7a0", ["acute"], ["p1", "p2"], first_hour_only=True),
        Kind("b3", "Suuhygienistin nettiajat", "#a9c9f0", ["hygiene"], ["p3", "p5"]),
        Kind("b4", "Kirurgin nettiajat", "#d8c2ee", ["exam", "surgery", "imaging"], ["p4"], expires_days=1),
    ),
)

PIKKUHAMMAS = DemoOrganisation(
    clinics=(
        Clinic(
            "c1",
            "Pikkuhammas Turku",
            "Mallikuja 7, 20100 Turku",
            "+35825550103",
            "vastaanotto@pikkuhammas.example",
            HELSINKI,
        ),
    ),
    practitioners=(
        Practitioner("p1", "Oona Kivilahti", "Hammaslääkäri", ["c1"]),
        Practitioner("p2", "Onni Rantamäki", "Suuhygienisti", ["c1"]),
    ),
    shifts=(
        *_day("p1", "c1", EVERY_DAY, begins=time(8), lunch=EARLY_LUNCH, ends=time(16)),
        *_day("p2", "c1", (0, 1, 3, 4), begins=time(8, 30), lunch=LATE_LUNCH, ends=time(15, 30)),
    ),
    categories=CATEGORIES[:4],
    templates=(
        Template("t1", "Lapsen hammastarkastus", 30, "exam", ["p1"]),
        Template("t2", "Paikkaushoito", 45, "repair", ["p1"]),
        Template("t3", "Hampaiden puhdistus", 30, "hygiene", ["p2"]),
    ),
    known_patients=(
        KnownPatient("Aada", "Esimerkkilä", "+358405550101", (Visit("p1", "t1", "Lapsen hammastarkastus"),)),
    ),
    kinds=(
        Kind("b1", "Nettiajat", "#8fd3b0", ["exam", "acute", "repair"], ["p1"]),
        Kind("b2", "Suuhygienistin nettiajat", "#a9c9f0", ["hygiene"], ["p2"]),
    ),
)

ORGANISATIONS = {"demoklinikka": DEMOKLINIKKA, "pikkuhammas": PIKKUHAMMAS}

FIRST_NAMES = ("Elsa", "Kaarlo", "Lumi", "Nestori", "Pinja", "Rasmus", "Saimi", "Tuomas")
LAST_NAMES = ("Haapasuo", "Järvikorpi", "Kallionpää", "Metsävainio", "Niittyharju")
