"""What providers of e-mail call: django-anymail reads and checks each one's reports."""

import logging
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.base import AnymailBasicAuthMixin, AnymailCoreWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from notifications.models import Delivery
from notifications.transports.base import Account
from notifications.transports.callbacks import NotTheirs, Report

logger = logging.getLogger(__name__)

_DELIVERIES = {
    EventType.QUEUED: Delivery.ACCEPTED,
    EventType.SENT: Delivery.ACCEPTED,
    EventType.DEFERRED: Delivery.ACCEPTED,
    EventType.DELIVERED: Delivery.DELIVERED,
    EventType.OPENED: Delivery.DELIVERED,
    EventType.CLICKED: Delivery.DELIVERED,
    EventType.BOUNCED: Delivery.UNDELIVERED,
    EventType.REJECTED: Delivery.UNDELIVERED,
    EventType.FAILED: Delivery.UNDELIVERED,
    EventType.COMPLAINED: Delivery.UNDELIVERED,
}
_NO_SUCH_ADDRESS = {RejectReason.INVALID, RejectReason.BOUNCED}
_KINDS = ("Type", "type", "event", "severity", "bounceType")
"""Where providers say what kind of bounce it was, in their own words."""
_PASSING_KIND = re.compile("soft|transient|temporary|blocked", re.IGNORECASE)
_PASSING_REPLY = re.compile(r"\b4\d\d\b|\b4\.\d+\.\d+\b|\b5\.2\.2\b")
"""Codes of SMTP for what may pass, and for a mailbox that is full (RFC 3463)."""


def reports(request: HttpRequest, account: Account) -> list[Report]:
    """The reports that a request holds. Raises NotTheirs."""
    view = reader_of(settings.EMAIL_PROVIDER)
    try:
        view.run_validators(request)
        events = view.parse_events(request)
    except AnymailWebhookValidationFailure as error:
        raise NotTheirs from error
    except ImproperlyConfigured as error:
        logger.error("Reports of e-mail cannot be checked: %s", error)
        raise NotTheirs from error
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise NotTheirs from error
    return [_report(event) for event in events if event.event_type in _DELIVERIES]


@cache
def _view_class(provider: str) -> Any:
    """Anymail's view of the provider's reports, of which only the reading is used. Raises NotTheirs."""
    try:
        module = import_module(f"anymail.webhooks.{provider}")
    except ImportError as error:
        raise NotTheirs from error
    found = [
        thing
        for name, thing in vars(module).items()
        if name.endswith(("TrackingWebhookView", "CombinedWebhookView"))
        and isinstance(thing, type)
        and issubclass(thing, AnymailCoreWebhookView)
    ]
    if not found:
        raise NotTheirs
    return found[-1]


def reader_of(provider: str) -> Any:
    """The token in the address is one guard; the provider's signature, where it has one, another."""
    view = _view_class(provider) if provider.replace("_", "").isalpha() else None
    if view is None:
        raise NotTheirs
    quiet = {"warn_if_no_basic_auth": False} if issubclass(view, AnymailBasicAuthMixin) else {}
    return type("Reader", (view,), quiet)()


def _report(event: AnymailTrackingEvent) -> Report:
    delivery = _DELIVERIES[event.event_type]
    words = ""
    if delivery == Delivery.UNDELIVERED:
        words = event.mta_response or event.description or event.reject_reason or event.event_type
    return Report(
        delivery,
        words=str(words),
        public_id=str((event.metadata or {}).get("message") or ""),
        reference=str(event.message_id or ""),
        is_final_for_address=is_gone(event) or event.event_type == EventType.COMPLAINED,
    )


def is_gone(event: AnymailTrackingEvent) -> bool:
    """Whether the address does not exist: it bounced, and not for a reason that may pass."""
    if event.event_type != EventType.BOUNCED or event.reject_reason not in _NO_SUCH_ADDRESS:
        return False
    said = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    kind = " ".join(str(said.get(name, "")) for name in _KINDS)
    return not (_PASSING_KIND.search(kind) or _PASSING_REPLY.search(str(event.mta_response or "")))
