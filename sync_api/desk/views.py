"""The operator's pages: organisations, accounts, keys, visits, announcements."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from clinics.accounts import issue_account_key
from clinics.announcements import announce, withdraw
from clinics.errors import SubdomainTaken
from clinics.methods import allowed
from clinics.models import Announcement, AuditEntry, OperatorVisit, Organisation
from clinics.subdomains import availability
from clinics.visits import begin_visit
from clinics.welcomes import open_with_owner, reissue_key
from sync_api.desk.forms import AccountForm, AnnouncementForm, VisitForm
from sync_api.desk.guard import OperatorRequest, operator_page, show
from sync_api.desk.organisations import FILTERS, State, is_sandbox, page_after, rows_of
from sync_api.desk.sandboxes import show_key
from sync_api.suspension import lock_out, resume, suspend

MOST_ENTRIES = 20


@allowed("GET")
@operator_page()
def organisations(request: OperatorRequest) -> HttpResponse:
    """All of them, fifty to a page."""
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:100] for name in ("q", "state", "after")}
    rows, following = page_after(query=asked["q"].strip(), state=asked["state"], after=asked["after"])
    states = [
        (state.value, state.label, state.value == asked["state"]) for state in State if state in FILTERS
    ]
    context = {"rows": rows, "following": following, "asked": asked, "states": states}
    return show(request, "desk/organisations.html", context)


@allowed("GET", "POST")
@operator_page(recent=True)
def open_account(request: OperatorRequest) -> HttpResponse:
    """A new organisation; its owner gets the welcome mail with the key."""
    form = AccountForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return show(request, "desk/open.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        organisation = open_with_owner(operator=request.user, **form.cleaned_data)
    except SubdomainTaken:
        form.add_error("subdomain", _("Another clinic has this address. Please choose another."))
        return show(request, "desk/open.html", {"form": form}, status=422)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return show(request, "desk/open.html", {"form": form}, status=422)
    messages.success(request, _("The account is open, and the welcome mail is on its way."))
    return redirect("desk:organisation", organisation.public_id)


@allowed("GET")
@operator_page()
def check_subdomain(request: OperatorRequest) -> HttpResponse:
    """For the page while somebody types: whether an address is free."""
    typed = request.GET.get("name", "").replace("\x00", "")[:100]
    answer = availability(organisation=None, typed=typed)
    words = _("This address is free.") if answer.refusal is None else str(answer.refusal.label)
    response = JsonResponse({"free": answer.refusal is None, "words": words})
    response.headers["Cache-Control"] = "no-store"
    return response


def organisation_of(public_id: uuid.UUID) -> Organisation:
    return get_object_or_404(
        Organisation.objects.select_related("settings", "agent_link", "sandbox"), public_id=public_id
    )


@allowed("GET")
@operator_page()
def organisation(request: OperatorRequest, public_id: uuid.UUID) -> HttpResponse:
    return show_organisation(request, organisation_of(public_id), VisitForm())


def show_organisation(
    request: OperatorRequest, found: Organisation, form: VisitForm, *, status: int = 200
) -> HttpResponse:
    visits = OperatorVisit.across.filter(organisation=found)
    (row,) = rows_of([found])
    context: dict[str, Any] = {
        "row": row,
        "organisation": found,
        "is_sandbox": is_sandbox(found),
        "form": form,
        "visits": visits[:MOST_ENTRIES],
        "own_visit": visits.filter(operator=request.user, until_at__gt=timezone.now()).first(),
        "entries": AuditEntry.across.filter(
            organisation=found, kind__in=["organisation", "key", "visit", "invitation", "member"]
        )[:MOST_ENTRIES],
    }
    return show(request, "desk/organisation.html", context, status=status)


@allowed("POST")
@operator_page(recent=True)
def suspend_account(request: OperatorRequest, public_id: uuid.UUID) -> HttpResponse:
    suspend(organisation=organisation_of(public_id))
    messages.success(request, _("The account is suspended: portal and agent are told so."))
    return redirect("desk:organisation", public_id)


@allowed("POST")
@operator_page(recent=True)
def resume_account(request: OperatorRequest, public_id: uuid.UUID) -> HttpResponse:
    resume(organisation=organisation_of(public_id))
    messages.success(request, _("The account is open again."))
    return redirect("desk:organisation", public_id)


@allowed("POST")
@operator_page(recent=True)
def reissue(request: OperatorRequest, public_id: uuid.UUID) -> HttpResponse:
    """The old key dies at once. The new one goes to the owners and is shown to nobody here.

    But a sandbox has no owners: its new key is shown, once.
    """
    found = organisation_of(public_id)
    if is_sandbox(found):
        return show_key(request, found, issue_account_key(organisation=found))
    told = reissue_key(organisation=found)
    if told:
        messages.success(request, _("The old key is dead; the new one is on its way to the owners."))
    else:
        messages.warning(request, _("The old key is dead. There is no owner to send the new one to."))
    return redirect("desk:organisation", public_id)


@allowed("POST")
@operator_page(recent=True)
def lock_out_agent(request: OperatorRequest, public_id: uuid.UUID) -> HttpResponse:
    """For a computer that is stolen, say."""
    if lock_out(organisation=organisation_of(public_id)):
        messages.success(request, _("The agent is locked out."))
    else:
        messages.warning(request, _("There is no agent to lock out."))
    return redirect("desk:organisation", public_id)


@allowed("POST")
@operator_page(recent=True)
def visit(request: OperatorRequest, public_id: uuid.UUID) -> HttpResponse:
    """An hour in the organisation's console, for a reason that its owners read."""
    found = organisation_of(public_id)
    form = VisitForm(request.POST)
    if not form.is_valid():
        return show_organisation(request, found, form, status=422)
    begin_visit(organisation=found, operator=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("You may look into the console for an hour. The owners have been told."))
    return redirect("desk:organisation", public_id)


@allowed("GET", "POST")
@operator_page()
def announcements(request: OperatorRequest) -> HttpResponse:
    form = AnnouncementForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "announcements": Announcement.objects.all()[:MOST_ENTRIES]}
        return show(request, "desk/announcements.html", context, status=422 if form.is_bound else 200)
    announce(
        texts=form.texts,
        from_at=form.cleaned_data["from_at"],
        until_at=form.cleaned_data["until_at"],
        organisations=form.cleaned_data["subdomains"],
    )
    messages.success(request, _("Announced."))
    return redirect("desk:announcements")


@allowed("POST")
@operator_page()
def withdraw_announcement(request: OperatorRequest, public_id: uuid.UUID) -> HttpResponse:
    withdraw(announcement=get_object_or_404(Announcement, public_id=public_id))
    messages.success(request, _("Withdrawn."))
    return redirect("desk:announcements")
