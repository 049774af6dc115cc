"""The audit log: who changed what, when, from what, to what; and what was changed put back."""

import csv
from collections.abc import Iterator
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.console.audit_entries import Wording
from clinics.console.audit_words import columns_called
from clinics.console.guard import ConsoleRequest, came_recently, console_page, refusal
from clinics.console.pages import show
from clinics.console.undo_steps import Refused
from clinics.console.undoing import Gone, Undoing, undoing_of, why_not
from clinics.methods import allowed
from clinics.models import AuditEntry, Organisation
from clinics.roles import Role

PER_PAGE = 50
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class FilterForm(forms.Form):
    """What to look for; what is not understood is not looked for."""

    q = forms.CharField(label=gettext_lazy("Text"), max_length=100, required=False)
    field = forms.CharField(label=gettext_lazy("Setting or field"), max_length=100, required=False)
    who = forms.CharField(label=gettext_lazy("Person"), max_length=100, required=False)
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )


@allowed("GET")
@console_page(role=Role.EDITOR)
def audit(request: ConsoleRequest) -> HttpResponse:
    form = FilterForm(request.GET, label_suffix="")
    rows = found(request, form)
    page: Page[AuditEntry] = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "entries": Wording(request.organisation, page).entries(),
        "asked": asked.urlencode(),
        "time_zone": request.organisation.time_zone,
    }
    return show(request, "manage/audit.html", context)


@allowed("GET")
@console_page(role=Role.OWNER, recent=True)
def export(request: ConsoleRequest) -> HttpResponse:
    """What the page lists, all of it, one line for each column that changed."""
    rows = list(found(request, FilterForm(request.GET)))
    response = HttpResponse(csv_lines(request.organisation, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def found(request: ConsoleRequest, form: FilterForm) -> QuerySet[AuditEntry]:
    """The organisation's entries that answer to the filter, newest first."""
    rows = AuditEntry.objects.filter(organisation=request.organisation)
    form.is_valid()
    wanted = form.cleaned_data
    if wanted.get("q"):
        rows = rows.annotate(was=Cast("before", TextField()), became=Cast("after", TextField())).filter(
            Q(was__icontains=wanted["q"]) | Q(became__icontains=wanted["q"]) | Q(who__icontains=wanted["q"])
        )
    if wanted.get("field"):
        rows = rows.filter(changed__has_any_keys=columns_called(wanted["field"]))
    if wanted.get("who"):
        rows = rows.filter(who__icontains=wanted["who"])
    if wanted.get("since"):
        rows = rows.filter(at__date__gte=wanted["since"])
    if wanted.get("until"):
        rows = rows.filter(at__date__lte=wanted["until"])
    return rows


class Line:
    """Where the csv module writes, and what a response sends."""

    def write(self, line: str) -> str:
        return line


def csv_lines(organisation: Organisation, rows: list[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(Line())
    yield writer.writerow([_("When"), _("Who"), _("What"), _("Which"), _("Field"), _("Before"), _("After")])
    for entry in Wording(organisation, rows).entries():
        for change in entry.changes:
            cells = [
                entry.who,
                entry.what,
                entry.title,
                change.name,
                change.before,
                change.url or change.after,
            ]
            yield writer.writerow([entry.at.isoformat(), *map(harmless, cells)])


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


@allowed("GET", "POST")
@console_page(role=Role.EDITOR)
def undo(request: ConsoleRequest, key: str) -> HttpResponse:
    """Asks, and then puts back what one entry changed, by the same checks as the pages where it is done."""
    entries = AuditEntry.objects.filter(organisation=request.organisation)
    entry = get_object_or_404(entries, key=key)
    if why_not(entry):
        raise Http404
    try:
        with transaction.atomic():
            return put_back(request, entry)
    except Gone as gone:
        return show_undo(request, entry, Undoing([]), status=409, gone=gone.words)
    except Refused as refused:
        with transaction.atomic():
            undoing = undoing_of(request, entry)
        undoing.problems = [str(refused.words)]
        return show_undo(request, entry, undoing, status=422)


def put_back(request: ConsoleRequest, entry: AuditEntry) -> HttpResponse:
    undoing = undoing_of(request, entry)
    if not request.membership.reaches(undoing.role):
        return refusal(request)
    if undoing.recent and not came_recently(request):
        raise ReauthenticationRequired
    if request.method != "POST":
        return show_undo(request, entry, undoing)
    if request.POST.get("seen", "") != undoing.stored:
        return show_undo(request, entry, undoing, status=409)
    if not undoing.check():
        return show_undo(request, entry, undoing, status=422)
    answer = undoing.take(request)
    if answer is None:
        messages.success(request, _("Put back to what it was."))
    return answer or redirect("console_audit:audit")


def show_undo(
    request: ConsoleRequest, entry: AuditEntry, undoing: Undoing, *, status: int = 200, gone: Any = ""
) -> HttpResponse:
    """What is stored now beside what would be again; and, where it was not put back, why."""
    context = {
        "entry": Wording(request.organisation, [entry]).entry(entry),
        "undoing": undoing,
        "gone": gone,
        "is_outdated": status == 409 and not gone,
        "time_zone": request.organisation.time_zone,
    }
    return show(request, "manage/undo.html", context, status=status)
