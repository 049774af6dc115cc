"""Workers that never ask the provider what it has: the control, which has to send some messages twice."""

from importlib import import_module
from typing import Any

from celery.signals import worker_init

from booking_portal.celery import app


@worker_init.connect
def forget(**_kwargs: Any) -> None:
    """Django is ready by now, and models can be had."""
    transport: Any = import_module("notifications.transports.twilio.transport").TwilioTransport
    transport.look_up = lambda _self, _message: []


__all__ = ["app"]
