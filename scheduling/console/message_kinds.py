"""The kinds of messages whose words a clinic may choose: what they are called, and when they go."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinics.console.texts import language_name
from clinics.models import Organisation
from notifications.models import Channel, Kind, MessageText

NAMES: dict[Kind, tuple[Any, Any]] = {
    Kind.CONFIRMATION: (_("New booking"), _("As soon as a time is booked.")),
    Kind.MOVE: (_("Moved booking"), _("When a booking has another time.")),
    Kind.CANCELLATION: (_("Cancelled booking"), _("When a booking is off.")),
    Kind.REMINDER_1: (_("Reminder 1"), _("As many hours before the appointment as you have chosen.")),
    Kind.REMINDER_2: (_("Reminder 2"), _("If you remind a second time.")),
    Kind.REMINDER_3: (_("Reminder 3"), _("If you remind a third time.")),
    Kind.THANKS: (_("Thanks for the visit"), _("As many hours after the appointment as you have chosen.")),
    Kind.CODE: (_("Confirmation code"), _("While somebody books.")),
    Kind.LOGIN_CODE: (_("Login code"), _("While somebody logs in.")),
    Kind.REFUSAL: (_("Time already taken"), _("When the clinic’s book refuses a booking, with other times.")),
    Kind.CHANGE_REFUSED: (_("Change not possible"), _("When the clinic’s book refuses a change.")),
    Kind.WAITING_LIST: (_("On the waiting list"), _("With the link to see and end the wish.")),
    Kind.OFFER: (_("Earlier time"), _("When a time is free for somebody who waits.")),
    Kind.GENERAL: (_("General"), _("Sent by hand, about an appointment.")),
    Kind.MESSAGE: (_("Message"), _("Sent by hand, about anything else.")),
    Kind.RECALL: (_("Recall"), _("Sent by hand, when it is time for the next visit.")),
    Kind.MARKETING: (_("Marketing"), _("Sent by hand, and only to who agreed to it.")),
    Kind.SALES: (_("Sales offer"), _("Sent by hand, and only to who agreed to it.")),
    Kind.PAYMENT: (_("Mobile payment"), _("Sent by hand, with the address to pay at.")),
}
BY_EMAIL: list[Kind] = [kind for kind in NAMES if kind not in (Kind.REMINDER_2, Kind.REMINDER_3)]
KINDS: dict[Channel, list[Kind]] = {Channel.EMAIL: BY_EMAIL, Channel.SMS: list(NAMES)}


@dataclass(frozen=True, slots=True)
class State:
    """A text in one language."""

    code: str
    name: str
    url: str
    is_own: bool
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A text in the list, in each language."""

    title: str
    note: str
    languages: list[State]

    @property
    def own(self) -> list[str]:
        """The languages in which it is the clinic's own."""
        return [state.name for state in self.languages if state.is_own]


@dataclass(frozen=True, slots=True)
class Spot:
    """One text: by which channel it goes, about what, in which language."""

    organisation: Organisation
    channel: Channel
    kind: Kind
    language: str

    @property
    def title(self) -> str:
        if self.channel == Channel.EMAIL and self.kind == Kind.REMINDER_1:
            return str(_("Reminder"))
        return str(NAMES[self.kind][0])

    @property
    def note(self) -> str:
        return str(NAMES[self.kind][1])

    def url(self, name: str = "text", language: str = "") -> str:
        return reverse(f"console_{self.channel}:{name}", args=[self.kind, language or self.language])

    def rows(self) -> QuerySet[MessageText]:
        found: QuerySet[MessageText] = MessageText.objects.filter(
            organisation=self.organisation, channel=self.channel, kind=self.kind
        )
        return found

    def row(self) -> MessageText:
        """What is stored, or an empty text."""
        found = self.rows().filter(language=self.language).first()
        return found or MessageText(
            organisation=self.organisation, channel=self.channel, kind=self.kind, language=self.language
        )

    def states(self) -> list[State]:
        own = set(self.rows().values_list("language", flat=True))
        return [
            State(code, language_name(code), self.url(language=code), code in own, code == self.language)
            for code in self.organisation.languages
        ]


def spot_at(organisation: Organisation, channel: Channel, kind: str, language: str) -> Spot:
    """Raises Http404 for a kind that the channel has no text of, or a language that is not spoken."""
    if kind not in KINDS[channel] or language not in organisation.languages:
        raise Http404
    return Spot(organisation, channel, Kind(kind), language)


def lines_of(organisation: Organisation, channel: Channel) -> list[Line]:
    """Every text that there can be, and in which languages it is the clinic's own."""
    rows = MessageText.objects.filter(organisation=organisation, channel=channel)
    own = set(rows.values_list("kind", "language"))
    spots = [Spot(organisation, channel, kind, "") for kind in KINDS[channel]]
    return [
        Line(
            spot.title,
            spot.note,
            [
                State(code, language_name(code), spot.url(language=code), (spot.kind, code) in own)
                for code in organisation.languages
            ],
        )
        for spot in spots
    ]
