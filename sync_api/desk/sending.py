"""The operator's page on everybody's messages: how the accounts do, and the button that stops all."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from clinics.methods import allowed
from notifications.models import Channel, RouteState
from notifications.sending_stop import latest_deeds, resume_sending, stop_sending
from sync_api.desk.guard import OperatorRequest, operator_page, show

MOST_DEEDS = 10


@dataclass(frozen=True, slots=True)
class Light:
    """How one of the operator's accounts does."""

    name: str
    is_green: bool
    words: str


@allowed("GET")
@operator_page()
def sending(request: OperatorRequest) -> HttpResponse:
    states = RouteState.objects.in_bulk([channel.value for channel in Channel])
    names = {Channel.EMAIL: _("E-mail"), Channel.SMS: _("SMS")}
    context = {
        "lights": [light_of(names[channel], states.get(channel.value)) for channel in Channel],
        "deeds": latest_deeds(most=MOST_DEEDS),
    }
    return show(request, "desk/sending.html", context)


def light_of(name: str, state: RouteState | None) -> Light:
    if state is None:
        return Light(name, True, _("Nothing has been sent this way yet."))
    if state.closed_until is None and not state.failures:
        return Light(name, True, _("The provider takes messages."))
    return Light(name, state.closed_until is None, state.last_error)


@allowed("POST")
@operator_page(recent=True)
def stop(request: OperatorRequest) -> HttpResponse:
    if stop_sending():
        messages.success(request, _("No message leaves any more, codes included."))
    return redirect("desk:sending")


@allowed("POST")
@operator_page(recent=True)
def resume(request: OperatorRequest) -> HttpResponse:
    if resume_sending():
        messages.success(request, _("Messages go again."))
    return redirect("desk:sending")
