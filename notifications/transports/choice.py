"""Which transport a channel's messages leave by."""

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.models import Channel
from notifications.transports import TRANSPORTS
from notifications.transports.base import Transport


def transport_for(channel: str) -> Transport:
    """The transport that the settings choose for this channel."""
    chosen = settings.SMS_TRANSPORT if channel == Channel.SMS else settings.EMAIL_TRANSPORT
    transport: Transport = import_string(TRANSPORTS[chosen])()
    return transport
