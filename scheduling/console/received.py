"""The console's list of what patients sent back, and who wants no more reminders."""

import uuid
from zoneinfo import ZoneInfo

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.roles import Role
from notifications.models import IncomingMessage, OptOut
from scheduling.console.message_lines import reply_lines, reply_states, stop_words
from scheduling.console.messages import SenderForm, after_of
from scheduling.message_desk import lift_stop
from scheduling.message_lists import found_replies, page_of, replies_seen

MOST_STOPS = 50


@allowed("GET")
@console_page(role=Role.VIEWER, for_limited=True)
def received(request: ConsoleRequest) -> HttpResponse:
    """The newest first; of one state where that is asked for."""
    states, state, after = reply_states(), request.GET.get("state", ""), after_of(request)
    rows = replies_seen(request.organisation, request.clinic_ids)
    if state in states:
        rows = rows.filter(state=state)
    found, following = page_of(rows, by="received_at", after=after)
    context = {
        "search": SenderForm(label_suffix=""),
        "lines": reply_lines(request, found),
        "following": following,
        "is_first": after is None,
        "state": state if state in states else "",
        "states": [("", _("All"), state not in states)]
        + [(name, words, name == state) for name, words in states.items()],
        "stops": stops(request),
        "may_change": request.membership.reaches(Role.EDITOR),
    }
    return show(request, "manage/received.html", context)


def stops(request: ConsoleRequest) -> list[tuple[OptOut, str]]:
    """Who said STOP last, with when and how; numbers are the whole organisation's."""
    if request.clinic_ids is not None:
        return []
    rows = OptOut.objects.filter(organisation=request.organisation).order_by("-since", "-pk")[:MOST_STOPS]
    language, zone = request.LANGUAGE_CODE or "en", ZoneInfo(request.organisation.time_zone)
    return [(row, stop_words(row, zone, language)) for row in rows]


@allowed("GET", "POST")
@console_page(role=Role.VIEWER, for_limited=True)
def received_found(request: ConsoleRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("console_messages:received")
    form = SenderForm(request.POST, label_suffix="")
    if not form.is_valid():
        return show(request, "manage/received_found.html", {"search": form}, status=422)
    found = found_replies(
        organisation=request.organisation, clinic_ids=request.clinic_ids, words=form.cleaned_data["q"]
    )
    context = {
        "search": form,
        "lines": reply_lines(request, found),
        "may_change": request.membership.reaches(Role.EDITOR),
    }
    return show(request, "manage/received_found.html", context)


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def mark(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Read, unread, to be followed up, done."""
    rows = replies_seen(request.organisation, request.clinic_ids)
    reply: IncomingMessage = get_object_or_404(rows, public_id=public_id)
    state = request.POST.get("state", "")
    if state in reply_states():
        IncomingMessage.objects.filter(organisation=request.organisation, pk=reply.pk).update(state=state)
        notices.success(request, _("Noted."))
    return redirect("console_messages:received")


@allowed("POST")
@console_page(role=Role.EDITOR)
def lift(request: ConsoleRequest, pk: int) -> HttpResponse:
    """On the patient's wish; the log says who did it."""
    rows = OptOut.objects.filter(organisation=request.organisation)
    stop: OptOut = get_object_or_404(rows, pk=min(pk, 2**63 - 1))
    lift_stop(organisation=request.organisation, mobile=stop.mobile, who=str(request.user))
    notices.success(request, _("Reminders may go to this number again."))
    return redirect("console_messages:received")
