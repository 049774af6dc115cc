"""What somebody on the waiting list is told, and where."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from clinics.models import Organisation
from notifications.models import Channel, Kind
from notifications.outbox import Draft, queue_messages
from scheduling.dates import clock, short_day
from scheduling.models import Booking, Offer, Wish
from scheduling.telling import VALID_MINUTES


def tell_code(*, organisation: Organisation, wish: Wish, digits: str, number: int, asked_from: str) -> int:
    """Queues a code by every way that may be used; how many there were."""
    return tell(
        organisation,
        wish,
        Kind.CODE,
        about=f"wish:{wish.pk}:code:{number}",
        values={"code": digits, "minutes": str(VALID_MINUTES), "clinic": organisation.name},
        not_after=timezone.now() + timedelta(minutes=VALID_MINUTES),
        asked_from=asked_from,
    )


def tell_waiting(*, organisation: Organisation, wish: Wish) -> int:
    """That the wish stands, with the link to see and end it."""
    return tell(
        organisation,
        wish,
        Kind.WAITING_LIST,
        about=f"wish:{wish.pk}",
        values={"clinic": organisation.name, "link": wish_url(organisation, wish)},
    )


def tell_offer(*, organisation: Organisation, offer: Offer, booking: Booking) -> int:
    """The time that is free, until when it can be had, and where to take it or decline it."""
    zone = ZoneInfo(booking.clinic.time_zone)
    wish = offer.wish
    return tell(
        organisation,
        wish,
        Kind.OFFER,
        about=f"offer:{offer.pk}",
        values={
            "date": short_day(booking.starts_at.astimezone(zone), wish.language),
            "time": clock(booking.starts_at, zone, wish.language),
            "practitioner": booking.practitioner.name,
            "clinic": booking.clinic.name,
            "address": booking.clinic.address,
            "answer_by": clock(offer.expires_at, zone, wish.language),
            "link": offer_url(organisation, offer),
            "decline_link": f"{offer_url(organisation, offer)}decline/",
            "waiting_link": wish_url(organisation, wish),
        },
        not_after=offer.expires_at,
    )


def wish_url(organisation: Organisation, wish: Wish) -> str:
    return f"{organisation.portal_url}waiting/{wish.key}/"


def offer_url(organisation: Organisation, offer: Offer) -> str:
    return f"{organisation.portal_url}offer/{offer.key}/"


def tell(
    organisation: Organisation,
    wish: Wish,
    kind: Kind,
    *,
    about: str,
    values: dict[str, str],
    not_after: datetime | None = None,
    asked_from: str = "",
) -> int:
    """Queues one kind of message by each channel that leads to the wish's owner; by how many it could be."""
    drafts = [
        Draft(
            kind=kind,
            channel=channel,
            to=to,
            language=wish.language,
            values={"first_name": wish.first_name, "last_name": wish.last_name, **values},
            about=about,
            not_after=not_after,
            asked_from=asked_from,
        )
        for channel, to in proven_addresses(organisation, wish)
    ]
    return queue_messages(organisation=organisation, drafts=drafts)


def proven_addresses(organisation: Organisation, wish: Wish) -> Iterator[tuple[Channel, str]]:
    """Only where codes go too: any other address nobody has shown to be theirs.

    Where the organisation sends no codes for bookings at all, they go by both.
    """
    chosen = organisation.settings
    by_both = not (chosen.code_by_sms or chosen.code_by_email)
    if wish.mobile and (chosen.code_by_sms or by_both):
        yield Channel.SMS, wish.mobile.as_e164 if hasattr(wish.mobile, "as_e164") else wish.mobile
    if wish.email and (chosen.code_by_email or by_both):
        yield Channel.EMAIL, wish.email
