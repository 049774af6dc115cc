"""Who has agreed to offers: given with a booking, in so many words, and withdrawn in many ways.

What was agreed to belongs to the number and the e-mail address that were typed with it, and counts once
the booking was made: a stranger's number typed with a time that is never booked is agreed to by nobody.
"""

import base64
import hmac
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Upper
from django.utils import timezone

from clinics.models import Organisation
from notifications.mailings import cancel_waiting_offers
from notifications.models import NEEDS_CONSENT, Channel
from notifications.unsubscribing import digests_of
from scheduling.models import BookingPatient
from scheduling.models.booking import MADE_STATES

SIGNATURE_BYTES = 6
PATH = "s"
"""Short, since it stands in every offer by SMS."""


class NoSuchConsent(Exception):
    """The link is none of this organisation's, or too old."""


def consents_of(organisation: Organisation) -> QuerySet[BookingPatient]:
    """The rows with which somebody agreed, and has not withdrawn it."""
    found: QuerySet[BookingPatient] = BookingPatient.objects.filter(
        organisation=organisation,
        booking__state__in=MADE_STATES,
        marketing_withdrawn_at=None,
    ).exclude(marketing_wording="")
    return found


def consenting(organisation: Organisation, channel: str, addresses: Collection[str]) -> dict[str, int]:
    """Which of these numbers or addresses agreed, and a row of each. One that withdrew later has not."""
    if channel == Channel.SMS:
        rows = consents_of(organisation).filter(mobile__in=addresses)
        return {mobile.as_e164: pk for mobile, pk in rows.order_by("pk").values_list("mobile", "pk")}
    upper = {address.upper(): address for address in addresses}
    rows = consents_of(organisation).alias(upper_email=Upper("email")).filter(upper_email__in=list(upper))
    return {
        upper[email.upper()]: pk
        for email, pk in rows.order_by("pk").values_list("email", "pk")
        if email.upper() in upper
    }


def withdraw_consent(*, organisation: Organisation, mobile: str, email: str) -> int:
    """No more offers to this number and this address, what waits included; how many had been agreed to."""
    meant = Q()
    if mobile:
        meant |= Q(mobile=mobile)
    if email:
        meant |= Q(email__iexact=email)
    if not meant:
        return 0
    with transaction.atomic():
        ids = list(consents_of(organisation).filter(meant).values_list("pk", flat=True))
        rows = BookingPatient.objects.filter(organisation=organisation, pk__in=ids)
        withdrawn: int = rows.update(marketing_withdrawn_at=timezone.now())
        addresses = [address for address in (mobile, email) if address]
        cancel_waiting_offers(
            organisation=organisation, addresses=addresses, kinds=[kind.value for kind in NEEDS_CONSENT]
        )
    return withdrawn


def withdraw_by_digest(*, organisation: Organisation, digest: bytes) -> int:
    """The same for an e-mail address of which only the keyed hash is known: that of an unsubscribe link."""
    emails = consents_of(organisation).exclude(email="").values_list("email", flat=True).distinct()
    meant = [email for email in emails if digest in digests_of(organisation, email)]
    return sum(withdraw_consent(organisation=organisation, mobile="", email=email) for email in meant)


def withdraw_of(*, organisation: Organisation, patient: BookingPatient) -> int:
    """The same for what was typed with a booking."""
    mobile = patient.mobile.as_e164 if patient.mobile else ""
    return withdraw_consent(organisation=organisation, mobile=mobile, email=patient.email)


def stop_url(organisation: Organisation, patient_id: int) -> str:
    """A link that leads to withdrawing what was agreed to, and to nothing else; short enough for an SMS."""
    return f"{organisation.portal_url}{PATH}/{key_of(organisation, patient_id)}/"


def key_of(organisation: Organisation, patient_id: int, key: str | None = None) -> str:
    about = f"no offers:{organisation.pk}:{patient_id}"
    signature = hmac.digest((key or settings.SECRET_KEY).encode(), about.encode(), "sha256")[:SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(signature).decode() + f"{patient_id:x}"


def patient_with_key(*, organisation: Organisation, key: str) -> BookingPatient:
    """Who agreed, by the link that they were sent. Raises NoSuchConsent."""
    try:
        patient_id = int(key[8:17], 16)
    except ValueError:
        raise NoSuchConsent from None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    is_ours = any(
        hmac.compare_digest(key_of(organisation, patient_id, secret).encode(), key.encode())
        for secret in keys
    )
    rows = BookingPatient.objects.filter(organisation=organisation, pk=patient_id)
    found: BookingPatient | None = rows.exclude(marketing_wording="").first() if is_ours else None
    if found is None:
        raise NoSuchConsent
    return found


def has_consent(*, organisation: Organisation, patient: BookingPatient) -> bool:
    """Whether offers may go to the number or the address that were typed with this booking."""
    mobile = patient.mobile.as_e164 if patient.mobile else ""
    meant = Q(mobile=mobile) & ~Q(mobile="")
    if patient.email:
        meant |= Q(email__iexact=patient.email)
    return consents_of(organisation).filter(meant).exists()
