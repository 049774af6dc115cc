"""Sending by hand in earnest: what will go to how many, the press that sends it, and how far it has come."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.console.texts import language_name
from clinics.methods import allowed
from clinics.roles import Role
from notifications.allowance import UNIT
from notifications.errors import SmsNotAllowed
from notifications.mailings import SHARE, left_for
from notifications.models import ADVERTISING, Channel, Kind, Mailing
from scheduling.console.by_hand_words import ending_of, mailing_of
from scheduling.console.message_kinds import NAMES
from scheduling.console.message_lines import CHANNELS, without_keys
from scheduling.dates import day_and_clock
from scheduling.errors import ChangedMeanwhile
from scheduling.mailings import how_far, leaves_at, send_mailing, stamp_of, stop_mailing

REASONS = {
    "no_mobile": gettext_lazy("No mobile number is known"),
    "no_email": gettext_lazy("No e-mail address is known"),
    "country": gettext_lazy("No mobile number, or of a country to which you send no SMS"),
    "stop": gettext_lazy("Has said STOP"),
    "no_consent": gettext_lazy("Has not agreed to offers"),
    "refused": gettext_lazy("Wants no such e-mails"),
    "bounces": gettext_lazy("The e-mail address does not work, or its owner complained"),
    "recalled": gettext_lazy("Was recalled within the last two months"),
    "twice": gettext_lazy("The same number or address once more"),
    "too_late": gettext_lazy("There was no time to send it before the appointment"),
    "empty": gettext_lazy("The text would have been empty"),
    "cancelled": gettext_lazy("Stopped before it was written"),
}


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True)
def confirm(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Shows what will be sent to how many, and sends it, once however often it is pressed."""
    mailing = mailing_of(request, public_id)
    if mailing.state != Mailing.State.DRAFT:
        return redirect("console_send:mailing", public_id)
    if mailing.many and not mailing.words:
        return redirect("console_send:words", public_id)
    if request.method != "POST":
        return show_confirm(request, mailing)
    at_once = request.POST.get("at_once") == "on" and mailing.kind not in ADVERTISING
    try:
        send_mailing(
            organisation=request.organisation,
            mailing=mailing,
            seen=request.POST.get("seen", ""),
            ignores_quiet=at_once,
            who=str(request.user),
        )
    except ChangedMeanwhile:
        problem = _("This has changed since you looked at it. Nothing was sent; look at it once more.")
        return show_confirm(request, mailing_of(request, public_id), status=409, problem=problem)
    except SmsNotAllowed:
        return show_confirm(request, mailing, status=422)
    return redirect("console_send:mailing", public_id)


def show_confirm(
    request: ConsoleRequest, mailing: Mailing, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    organisation, language = request.organisation, request.LANGUAGE_CODE or "en"
    goes_at, now = leaves_at(organisation), timezone.now()
    is_sms = mailing.channel == Channel.SMS
    left = left_for(organisation, mailing.many, goes_at)
    limit = left.limit_for(mailing.many, mailing.cost) if is_sms else ""
    waits_until = day_and_clock(goes_at, ZoneInfo(organisation.time_zone), language) if goes_at > now else ""
    context = {
        **described(mailing),
        "problem": problem,
        "is_sms": is_sms,
        "price": money(mailing.cost),
        "left_money": money(left.money),
        "left_sms": left.sms,
        "limit": limit_words(limit, left.sms, money(left.money)),
        "share": SHARE if mailing.many > 1 else 0,
        "texts": [
            (code, language_name(code), words, without_keys(ending_of(request, mailing, code)))
            for code, words in mailing.words.items()
        ],
        "waits_until": waits_until,
        "may_go_at_once": bool(waits_until) and mailing.kind not in ADVERTISING,
        "seen": stamp_of(mailing),
        "button": button_words(mailing),
    }
    return show(request, "manage/by_hand_confirm.html", context, status=status)


def button_words(mailing: Mailing) -> str:
    many = mailing.many
    return ngettext("Send %(many)d message", "Send %(many)d messages", many) % {"many": many}


def described(mailing: Mailing) -> dict[str, Any]:
    return {
        "mailing": mailing,
        "kind": NAMES[Kind(mailing.kind)][0],
        "channel": CHANNELS[mailing.channel],
        "left_out": [
            (words, mailing.left_out[name]) for name, words in REASONS.items() if name in mailing.left_out
        ],
    }


def money(cost: int) -> str:
    """In the currency of the operator's prices, which nobody has named."""
    return f"{cost / UNIT:.2f}"


def limit_words(limit: str, sms: int, left: str) -> str:
    """Why so many cannot go."""
    if limit == "day":
        return _("That is more SMS than may go on one day: %(many)s are left. Choose fewer people.") % {
            "many": sms
        }
    if limit == "month":
        return _("That costs more than SMS may cost this month: %(left)s is left. Choose fewer people.") % {
            "left": left
        }
    return ""


@allowed("GET")
@console_page(role=Role.EDITOR, for_limited=True)
def mailing(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """How far it has come."""
    found = mailing_of(request, public_id)
    if found.state == Mailing.State.DRAFT:
        return redirect("console_send:confirm", public_id)
    return show(request, "manage/by_hand_mailing.html", progress_context(request, found))


@allowed("GET")
@console_page(role=Role.EDITOR, for_limited=True)
def progress(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """The counts alone, which the page asks for while it goes."""
    context = progress_context(request, mailing_of(request, public_id))
    response = render(request, "manage/_by_hand_progress.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def progress_context(request: ConsoleRequest, found: Mailing) -> dict[str, Any]:
    far = how_far(organisation=request.organisation, mailing=found)
    zone, language = ZoneInfo(request.organisation.time_zone), request.LANGUAGE_CODE or "en"
    return {
        **described(found),
        "far": far,
        "numbers": [
            (_("Sent"), far.sent),
            (_("Of these delivered"), far.delivered),
            (_("Waiting"), far.waiting + far.unwritten),
            (_("Not delivered or failed"), far.failed),
            (_("Cancelled or too late"), far.cancelled),
        ],
        "sent_at": day_and_clock(found.sent_at, zone, language) if found.sent_at else "",
        "is_going_on": far.is_going_on and found.state != Mailing.State.STOPPED,
    }


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def stop(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Takes back what still waits of it."""
    found = mailing_of(request, public_id)
    many = stop_mailing(organisation=request.organisation, mailing=found, who=str(request.user))
    if many:
        words = ngettext("%(many)d message will not be sent.", "%(many)d messages will not be sent.", many)
        notices.success(request, words % {"many": many})
    else:
        notices.error(request, _("Nothing waits any more."))
    return redirect("console_send:mailing", public_id)
