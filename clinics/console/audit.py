"""The audit log: who changed what, when, from what, to what; and settings put back to what they were."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.forms import modelform_factory
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.console.editing import EditForm, as_words
from clinics.console.flexibility import SETTING_NAMES
from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import AuditEntry, OrganisationSettings
from clinics.roles import Role

PER_PAGE = 50
KINDS: dict[str, str | Promise] = {
    AuditEntry.Kind.ORGANISATION: gettext_lazy("Organisation"),
    AuditEntry.Kind.SETTINGS: gettext_lazy("Settings"),
    AuditEntry.Kind.CLINIC: gettext_lazy("Clinic"),
    AuditEntry.Kind.GROUP: gettext_lazy("Group of clinics"),
    AuditEntry.Kind.PRACTITIONER: gettext_lazy("Practitioner"),
    AuditEntry.Kind.TEXT: gettext_lazy("Text"),
    AuditEntry.Kind.MESSAGE_TEXT: gettext_lazy("Text of a message"),
    AuditEntry.Kind.MEMBER: gettext_lazy("Member"),
    AuditEntry.Kind.MEMBER_CLINIC: gettext_lazy("Member’s clinic"),
    AuditEntry.Kind.INVITATION: gettext_lazy("Invitation"),
    AuditEntry.Kind.KEY: gettext_lazy("Account key"),
    AuditEntry.Kind.PICTURE: gettext_lazy("Picture"),
    "desk": gettext_lazy("Bookings"),
    AuditEntry.Kind.VISIT: gettext_lazy("Visit by the operator"),
    AuditEntry.Kind.PRIVACY: gettext_lazy("Privacy desk"),
}
LABELS: dict[str, str | Promise] = {
    "insert": gettext_lazy("Added"),
    "update": gettext_lazy("Changed"),
    "delete": gettext_lazy("Removed"),
    "cancelled": gettext_lazy("Cancelled by the clinic"),
    "moved": gettext_lazy("Moved by the clinic"),
    "arrived": gettext_lazy("Marked as arrived"),
    "no_show": gettext_lazy("Marked as not arrived"),
    "unmarked": gettext_lazy("Mark taken back"),
    "sent_again": gettext_lazy("Confirmation sent again"),
    "handled": gettext_lazy("Refusal seen to"),
    "id_shown": gettext_lazy("National identity number looked at"),
    "exported": gettext_lazy("Bookings downloaded"),
}
ACT_NAMES: dict[str, str | Promise] = {
    "booking": gettext_lazy("Booking reference"),
    "patient_told": gettext_lazy("The patient is told"),
}
"""What an entry says of an act at the desk."""
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


@dataclass(frozen=True)
class Change:
    """One column of an entry, before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """A line of the log, in words."""

    key: str
    at: Any
    who: str
    what: str
    title: str
    changes: list[Change]
    can_undo: bool


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
        "entries": [in_words(row) for row in page],
        "asked": asked.urlencode(),
        "time_zone": request.organisation.time_zone,
    }
    return show(request, "manage/audit.html", context)


@allowed("GET")
@console_page(role=Role.OWNER, recent=True)
def export(request: ConsoleRequest) -> HttpResponse:
    """What the page lists, all of it, one line for each column that changed."""
    rows = list(found(request, FilterForm(request.GET)))
    response = HttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
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


def columns_called(words: str) -> list[str]:
    """Columns whose own or shown name holds the words."""
    wanted = words.lower()
    shown = [name for name, label in SETTING_NAMES.items() if wanted in str(label).lower()]
    return [*shown, wanted.replace(" ", "_")]


def in_words(row: AuditEntry) -> Entry:
    before, after = row.before or {}, row.after or {}
    return Entry(
        key=row.key,
        at=row.at,
        who=row.who or _("The clinic’s system or the portal"),
        what=f"{KINDS.get(row.kind, row.kind)}: {LABELS.get(row.label, row.label)}",
        title=title_of(after or before),
        changes=[
            Change(column_name(name), said(before.get(name)), said(after.get(name)))
            for name in row.changed
            if row.label == "update" or said(before.get(name)) or said(after.get(name))
        ],
        can_undo=row.kind == AuditEntry.Kind.SETTINGS and row.label == "update" and row.before is not None,
    )


def column_name(name: str) -> str:
    return str(SETTING_NAMES.get(name) or ACT_NAMES.get(name) or name)


def title_of(held: dict[str, Any]) -> str:
    """What the row is called, if anything."""
    return str(held.get("name") or held.get("email") or held.get("place") or held.get("kind") or "")


def said(value: Any) -> str:
    if isinstance(value, bool):
        return _("On") if value else _("Off")
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)


class Line:
    """Where the csv module writes, and what a response sends."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: list[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(Line())
    yield writer.writerow([_("When"), _("Who"), _("What"), _("Which"), _("Field"), _("Before"), _("After")])
    for entry in map(in_words, rows):
        for change in entry.changes:
            cells = [entry.who, entry.what, entry.title, change.name, change.before, change.after]
            yield writer.writerow([entry.at.isoformat(), *map(harmless, cells)])


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


@allowed("GET", "POST")
@console_page(role=Role.EDITOR)
def undo(request: ConsoleRequest, key: str) -> HttpResponse:
    """Asks, and then puts the settings of one entry back, by the same checks as their own pages."""
    entries = AuditEntry.objects.filter(organisation=request.organisation, kind=AuditEntry.Kind.SETTINGS)
    entry = get_object_or_404(entries, key=key, label="update")
    if entry.before is None:
        raise Http404
    with transaction.atomic():
        row = OrganisationSettings.objects.select_for_update().get(organisation=request.organisation)
        form = earlier(entry, row, request.POST.get("seen", "") if request.method == "POST" else None)
        changes = [Change(name, now, then) for name, now, then in steps_back(form)]
        if request.method == "POST" and not form.is_outdated and form.is_valid():
            form.save()
            messages.success(request, _("Put back to what it was."))
            return redirect("console_audit:audit")
    status = 200 if request.method == "GET" else 409 if form.is_outdated else 422
    context = {"entry": in_words(entry), "form": form, "changes": changes, "is_outdated": status == 409}
    return show(request, "manage/undo.html", context, status=status)


def earlier(entry: AuditEntry, row: OrganisationSettings, seen: str | None) -> EditForm:
    """A form filled in with what the entry's settings held before it."""
    held: dict[str, Any] = entry.before or {}
    names = [name for name in entry.changed if name in held]
    form_class: Any = modelform_factory(OrganisationSettings, form=EditForm, fields=names)
    data = {name: as_typed(held[name]) for name in names}
    form: EditForm = form_class({**data, "seen": seen or ""}, instance=row)
    return form


def as_typed(value: Any) -> Any:
    """A stored value as a browser would send it."""
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return "" if value is None or value is False else value


def steps_back(form: EditForm) -> Iterator[tuple[str, str, str]]:
    for name in form.own_fields():
        field = form.fields[name]
        label = str(SETTING_NAMES.get(name, field.label))
        yield label, as_words(field, form.initial.get(name)), as_words(field, form.data.get(name))
