"""What providers call, at a host of its own: reports of what became of messages, and what patients send back.

Who is not the provider reads 403 and nothing else. Everything may be said twice.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from clinics.methods import allowed
from notifications.replies import receive
from notifications.reports import note_report
from notifications.routes import account_called
from notifications.transports.base import Account
from notifications.transports.callbacks import NotTheirs, arrivals_of, reports_of

MOST_BYTES = {"anymail": 1024 * 1024}
"""Of a body; providers of e-mail report many at once."""
MOST_OF_SMS = 64 * 1024
_NO_ANSWER = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


@csrf_exempt
@allowed("POST")
def report(
    request: HttpRequest, transport: str, token: str, public_id: uuid.UUID | None = None
) -> HttpResponse:
    """What became of messages. ``public_id``: of which, where the address says so."""

    def note(account: Account, organisation_id: int | None) -> HttpResponse:
        for said in reports_of(transport)(request, account):
            meant = replace(said, public_id=str(public_id)) if public_id else said
            note_report(route=account.route, organisation_id=organisation_id, report=meant)
        return HttpResponse(status=200)

    return if_theirs(request, transport, token, note)


@csrf_exempt
@allowed("POST")
def incoming(request: HttpRequest, transport: str, token: str) -> HttpResponse:
    """What somebody sent to one of our numbers. Nothing is answered by itself."""

    def take(account: Account, organisation_id: int | None) -> HttpResponse:
        for arrival in arrivals_of(transport)(request, account):
            receive(route=account.route, organisation_id=organisation_id, arrival=arrival)
        return HttpResponse(_NO_ANSWER, content_type="text/xml")

    return if_theirs(request, transport, token, take)


def if_theirs(
    request: HttpRequest, transport: str, token: str, answer: Callable[[Account, int | None], HttpResponse]
) -> HttpResponse:
    """The answer to who knows the account's token, and signs where that is done."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES.get(transport, MOST_OF_SMS):
        return HttpResponse(status=413)
    known = account_called(token)
    if known is None or known[0].transport != transport:
        return HttpResponse(status=403)
    try:
        return answer(*known)
    except NotTheirs:
        return HttpResponse(status=403)
