"""By which account a message leaves: the operator's, or an SMS by the organisation's own where it has one.

A route is the account's name, short enough for a column. What the provider calls back finds the account by
the token in its address.
"""

from collections.abc import Iterable

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from clinics.models import Organisation, ProviderAccount
from notifications.models import Channel, Message
from notifications.transports.base import Account

OWN = "sms:"
"""An own account's route begins so, and goes on with its id."""


def operator_account(channel: str) -> Account:
    """The operator's account, from the environment."""
    if channel == Channel.EMAIL:
        return Account(Channel.EMAIL, settings.EMAIL_TRANSPORT, operator_token(Channel.EMAIL))
    return Account(Channel.SMS, settings.SMS_TRANSPORT, operator_token(Channel.SMS), operator_credentials())


def operator_credentials() -> dict[str, str]:
    if settings.SMS_TRANSPORT == "twilio":
        return {"account_sid": settings.TWILIO_ACCOUNT_SID, "auth_token": settings.TWILIO_AUTH_TOKEN}
    if settings.SMS_TRANSPORT == "link":
        return dict(settings.LINK_CREDENTIALS)
    return {}


def operator_token(channel: str) -> str:
    """Not to be guessed, the same in every process, another with another SECRET_KEY."""
    return salted_hmac("notifications.routes", channel, algorithm="sha256").hexdigest()[:40]


def own_account(row: ProviderAccount) -> Account:
    return Account(
        route=f"{OWN}{row.pk}",
        transport=row.provider,
        token=row.token,
        credentials=row.secrets,
        sender=row.sender,
        replies_allowed=row.replies_allowed,
    )


def has_own_accounts() -> bool:
    """In the demo nothing is really sent, whatever anybody types there."""
    return not settings.DEMO


def sms_account_of(organisation: Organisation) -> Account:
    """The account by which the organisation's SMS leave just now."""
    row = ProviderAccount.objects.filter(organisation=organisation).first() if has_own_accounts() else None
    return own_account(row) if row else operator_account(Channel.SMS)


def accounts_for(messages: Iterable[Message]) -> dict[str, Account]:
    """The accounts that these messages' routes name. One that is gone is not among them."""
    routes = {message.route for message in messages}
    found = {channel.value: operator_account(channel) for channel in Channel if channel.value in routes}
    own = {int(route.removeprefix(OWN)) for route in routes if route.startswith(OWN)}
    rows = ProviderAccount.across.filter(pk__in=own) if own else ()
    return found | {account.route: account for account in map(own_account, rows)}


def provider_of(route: str) -> str:
    """Who a message goes by that leaves by this route; empty for an account that is gone."""
    if not route.startswith(OWN):
        return operator_account(route).transport
    row = ProviderAccount.across.filter(pk=int(route.removeprefix(OWN))).first()
    return row.provider if row else ""


def account_called(token: str) -> tuple[Account, int | None] | None:
    """The account of a token, and whose it is: None for the operator's."""
    for channel in Channel:
        if constant_time_compare(token, operator_token(channel)):
            return operator_account(channel), None
    row = ProviderAccount.across.filter(token=token).first()
    return (own_account(row), row.organisation_id) if row else None
