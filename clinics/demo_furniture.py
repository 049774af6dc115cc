"""What the demo's clinic admins would have typed: every word of it is invented."""

from dataclasses import dataclass, field

WEEKDAYS_8_TO_16 = "ma–pe 8–16"


@dataclass(frozen=True)
class Furniture:
    """How one organisation of the demo dresses its portal; clinics and practitioners by the agent's ids."""

    owner_name: str
    welcome: dict[str, tuple[str, str]]
    """Heading and text of the front page by language."""
    groups: dict[str, list[str]] = field(default_factory=dict)
    """Headings in their order, and the clinics under each."""
    opening_hours: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    without_consent: frozenset[str] = frozenset()
    """Practitioners who have not agreed that photo and title are shown."""
    accent_colour: str = ""


FURNITURE = {
    "demoklinikka": Furniture(
        owner_name="Kaisa Demonen",
        welcome={
            "fi": (
                "Varaa aika hammashoitoon",
                (
                    "Valitse vastaanotto ja hoito, niin näytämme ensimmäiset vapaat ajat. "
                    "Varaamiseen kuluu noin minuutti, eikä tunnuksia tarvita."
                ),
            ),
            "sv": (
                "Boka tid hos tandläkaren",
                (
                    "Välj klinik och behandling så visar vi de första lediga tiderna. "
                    "Det tar ungefär en minut och du behöver inget konto."
                ),
            ),
            "nb": (
                "Bestill time hos tannlegen",
                (
                    "Velg klinikk og behandling, så viser vi de første ledige timene. "
                    "Det tar omtrent ett minutt, og du trenger ingen konto."
                ),
            ),
            "en": (
                "Book your dental visit",
                (
                    "Choose a clinic and a treatment, and we show you the first free times. "
                    "It takes about a minute, and you need no account."
                ),
            ),
        },
        groups={"Helsinki": ["c1"], "Espoo": ["c2"]},
        opening_hours={"c1": "ma–to 8–18, pe 8–16", "c2": WEEKDAYS_8_TO_16},
        descriptions={
            "p1": "Tekee perushoitoa rauhassa ja kertoo aina etukäteen, mitä tapahtuu.",
            "p2": "Hoitaa koko perheen hampaat. Erityisen tottunut niihin, joita vastaanotto jännittää.",
            "p3": "Neuvoo kotihoidossa ja puhdistaa hammaskiven hellävaraisesti.",
            "p4": "Suukirurgi: viisaudenhampaat ja implantit.",
        },
        without_consent=frozenset({"p5"}),
    ),
    "pikkuhammas": Furniture(
        owner_name="Pia Pikkarainen",
        welcome={
            "fi": ("Aika pienelle potilaalle", "Varaa lapsellesi aika Pikkuhampaaseen milloin tahansa."),
            "sv": ("Tid för den lilla patienten", "Boka tid för ditt barn hos Pikkuhammas när som helst."),
            "nb": (
                "Time for den lille pasienten",
                "Bestill time for barnet ditt hos Pikkuhammas når som helst.",
            ),
            "en": (
                "Time for small patients",
                "Book a visit for your child at Pikkuhammas whenever it suits you.",
            ),
        },
        opening_hours={"c1": WEEKDAYS_8_TO_16},
        descriptions={
            "p1": "Lasten hammaslääkäri, joka ehtii kuunnella.",
            "p2": "Tekee puhdistuksesta leikin.",
        },
        accent_colour="#7a3e9d",
    ),
}
