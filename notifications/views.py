"""The demo's telephone and mailbox: a page that exists only where nothing is really sent."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.demo_messages import inbox_of

_HOME = "Europe/Helsinki"
"""Where the demo's telephone is, on the host that is nobody's own."""


@require_safe
@never_cache
def demo_messages(request: HttpRequest) -> HttpResponse:
    """What has been sent by the organisation of this host; by every one on a host that is nobody's."""
    return shown_inbox(request, "notifications/demo_messages.html")


@require_safe
@never_cache
def demo_messages_now(request: HttpRequest) -> HttpResponse:
    """The page's live part alone, which the page asks for every other second."""
    return shown_inbox(request, "notifications/_demo_inbox.html")


def shown_inbox(request: HttpRequest, template: str) -> HttpResponse:
    """The inbox in the organisation's own time. Raises Http404 outside the demo."""
    if not settings.DEMO:
        raise Http404
    organisation = getattr(request, "organisation", None)
    inbox = inbox_of(organisation.subdomain if organisation else None)
    with timezone.override(ZoneInfo(organisation.time_zone if organisation else _HOME)):
        return render(request, template, {"inbox": inbox, "organisation": organisation})
