"""One SMS at once and past the outbox, to see whether a provider takes it."""

from dataclasses import dataclass

from django.utils import timezone

from clinics.models import Organisation, ProviderAccount
from notifications.allowance import Asked, take_sms_allowance
from notifications.errors import TransportError
from notifications.models import Channel, Message
from notifications.routes import has_own_accounts, operator_account, own_account
from notifications.sender import sms_sender
from notifications.transports.base import Account
from notifications.transports.choice import transport_of


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of it, with the provider's reference or in its words."""

    is_taken: bool
    words: str
    sender: str


def try_provider(*, organisation: Organisation, to: str, text: str) -> Trial:
    """Send ``text`` to an E.164 number by the organisation's account. Raises SmsNotAllowed past a limit.

    It counts as any SMS does. Of an own account the outcome is noted.
    """
    take_sms_allowance(organisation=organisation, asked=Asked(to, text))
    row = ProviderAccount.objects.filter(organisation=organisation).first() if has_own_accounts() else None
    account = own_account(row) if row else operator_account(Channel.SMS)
    outcome = sent_once(organisation, account, to, text)
    if row is not None:
        noted = {"last_error": "" if outcome.is_taken else outcome.words[:500]}
        at = {"tested_at": timezone.now()} if outcome.is_taken else {}
        ProviderAccount.objects.filter(organisation=organisation, pk=row.pk).update(**noted, **at)
    return outcome


def sent_once(organisation: Organisation, account: Account, to: str, text: str) -> Trial:
    sender = sms_sender(organisation, account)
    message = Message(
        organisation=organisation, channel=Channel.SMS, kind="trial", to=to, body=text, sent_from=sender
    )
    try:
        return Trial(True, transport_of(account).send(message), sender)
    except TransportError as error:
        return Trial(False, error.message, sender)
