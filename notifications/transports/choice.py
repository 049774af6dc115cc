"""Which transport an account's messages leave by."""

from django.utils.module_loading import import_string

from notifications.transports import TRANSPORTS
from notifications.transports.base import Account, Transport


def transport_of(account: Account) -> Transport:
    transport: Transport = import_string(TRANSPORTS[account.transport])(account)
    return transport
