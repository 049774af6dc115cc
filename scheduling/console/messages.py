"""The console's list of what was sent and what waits: filtered, searched, cancelled, sent again.

A search is about a person. It comes by POST, is answered at once, and is kept nowhere.
"""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.roles import Role
from notifications.errors import NotSendable, SmsNotAllowed
from notifications.models import Message
from scheduling.console.filters import DayField
from scheduling.console.message_lines import CHANNELS, KINDS, STATES, message_lines
from scheduling.forms import WordsField
from scheduling.message_desk import send_again, withdraw
from scheduling.message_lists import Asked, found_messages, messages_seen, page_of
from scheduling.weeks import midnight


class SentFilterForm(forms.Form):
    """Which messages to list; what is not understood is not asked for."""

    first = DayField(label=gettext_lazy("From"))
    last = DayField(label=gettext_lazy("Until"))
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Type"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Sent by"), required=False)

    def __init__(self, request: ConsoleRequest) -> None:
        super().__init__(request.GET, label_suffix="")
        self.zone = ZoneInfo(request.organisation.time_zone)
        choices = {"state": STATES.items(), "kind": KINDS.items(), "channel": CHANNELS.items()}
        for name, known in choices.items():
            self.fields[name].choices = [("", _("All")), *known]  # type: ignore[attr-defined]

    def wanted(self) -> Asked:
        self.is_valid()
        asked = self.cleaned_data
        first, last = asked.get("first"), asked.get("last")
        return Asked(
            state=asked.get("state") or "",
            kind=asked.get("kind") or "",
            channel=asked.get("channel") or "",
            begin=midnight(first, self.zone) if first else None,
            end=midnight(last + timedelta(days=1), self.zone) if last else None,
        )

    def in_address(self) -> str:
        """What was understood, as an address carries it."""
        kept = QueryDict(mutable=True)
        kept.update({name: str(value) for name, value in self.cleaned_data.items() if value})
        return str(kept.urlencode())


class RecipientForm(forms.Form):
    q = WordsField(
        label=gettext_lazy("Find by recipient"),
        max_length=100,
        help_text=gettext_lazy("Mobile number, e-mail address or the patient’s name"),
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )


class SenderForm(RecipientForm):
    q = WordsField(
        label=gettext_lazy("Find by sender"),
        max_length=100,
        help_text=gettext_lazy("Mobile number or the patient’s name"),
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )


def after_of(request: HttpRequest) -> uuid.UUID | None:
    """After which row the page begins, by the address."""
    try:
        return uuid.UUID(request.GET.get("after", ""))
    except ValueError:
        return None


@allowed("GET")
@console_page(role=Role.VIEWER, for_limited=True)
def messages_list(request: ConsoleRequest) -> HttpResponse:
    form, after = SentFilterForm(request), after_of(request)
    rows = messages_seen(request.organisation, request.clinic_ids).filter(form.wanted().condition)
    found, following = page_of(rows, by="created_at", after=after)
    context = {
        "form": form,
        "search": RecipientForm(label_suffix=""),
        "asked": form.in_address(),
        "lines": message_lines(request, found),
        "following": following,
        "is_first": after is None,
        "may_change": request.membership.reaches(Role.EDITOR),
    }
    return show(request, "manage/messages.html", context)


@allowed("GET", "POST")
@console_page(role=Role.VIEWER, for_limited=True)
def messages_found(request: ConsoleRequest) -> HttpResponse:
    """What was sent to whom was asked for. Without words there is nothing to answer."""
    if request.method != "POST":
        return redirect("console_messages:messages")
    form = RecipientForm(request.POST, label_suffix="")
    if not form.is_valid():
        return show(request, "manage/messages_found.html", {"search": form}, status=422)
    found = found_messages(
        organisation=request.organisation, clinic_ids=request.clinic_ids, words=form.cleaned_data["q"]
    )
    context = {
        "search": form,
        "lines": message_lines(request, found),
        "may_change": request.membership.reaches(Role.EDITOR),
    }
    return show(request, "manage/messages_found.html", context)


def message_of(request: ConsoleRequest, public_id: uuid.UUID) -> Message:
    """Raises Http404 for what is another organisation's, or not about the member's clinics."""
    rows = messages_seen(request.organisation, request.clinic_ids)
    found: Message = get_object_or_404(rows, public_id=public_id)
    return found


def back_to_list(request: ConsoleRequest) -> HttpResponse:
    """With the filter that the form carried along."""
    asked = QueryDict(request.POST.get("asked", "")[:1000].encode("utf-8", "ignore"))
    kept = QueryDict(mutable=True)
    kept.update({name: asked[name] for name in SentFilterForm.base_fields if name in asked})
    address = reverse("console_messages:messages")
    return redirect(f"{address}?{kept.urlencode()}" if kept else address)


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def cancel(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Takes back one that waits."""
    message = message_of(request, public_id)
    if withdraw(organisation=request.organisation, message=message, who=str(request.user)):
        notices.success(request, _("The message will not be sent."))
    else:
        notices.error(request, _("The message does not wait any more: see its state."))
    return back_to_list(request)


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def again(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Sends one that failed once more."""
    message = message_of(request, public_id)
    try:
        is_new = send_again(organisation=request.organisation, message=message, who=str(request.user))
    except NotSendable:
        notices.error(request, _("This message cannot be sent again: what it says is out of date."))
    except SmsNotAllowed:
        notices.error(
            request, _("Not sent: a limit on SMS is reached, or the number’s country is not allowed.")
        )
    else:
        told = _("The message is on its way.") if is_new else _("This message has been sent again already.")
        notices.success(request, told)
    return back_to_list(request)
