"""The console's bookings: what wants a hand first, then all of them by time, filtered, searched, downloaded.

A search is about a person. It comes by POST, is answered at once, and is kept nowhere: neither in an
address nor in a session.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.console.audit import Line as CsvLine
from clinics.console.audit import harmless
from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import Clinic, Practitioner
from clinics.roles import Role
from scheduling.console.filters import DayField, row_field
from scheduling.console.lines import lines_of, matters_of, patient_name, state_words
from scheduling.desk import handle_refusal, note
from scheduling.desk_lists import (
    MOST_FOUND,
    Cursor,
    Filter,
    booking_events,
    filtered_bookings,
    found_bookings,
    in_pages,
    listed_bookings,
    made_bookings,
    urgent_events,
)
from scheduling.forms import WordsField
from scheduling.models import Booking, Treatment
from scheduling.models.booking import MADE_STATES
from scheduling.models.desk import Act
from scheduling.weeks import midnight

AT_ONCE = 200
"""Bookings that a download reads from the database at a time."""


class FilterForm(forms.Form):
    """Which bookings to list; what is not understood is not asked for."""

    first = DayField(label=gettext_lazy("From"))
    last = DayField(label=gettext_lazy("Until"))
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    clinic = row_field(Clinic, label=gettext_lazy("Clinic"))
    practitioner = row_field(Practitioner, label=gettext_lazy("Practitioner"))
    treatment = row_field(Treatment, label=gettext_lazy("Treatment"))

    def __init__(self, request: ConsoleRequest) -> None:
        self.request = request
        self.zone = ZoneInfo(request.organisation.time_zone)
        today = timezone.now().astimezone(self.zone).date()
        asked = request.GET.copy()
        asked.setdefault("first", today.isoformat())
        super().__init__(asked, label_suffix="")
        self.asked = asked
        states = [(state.value, state.label) for state in MADE_STATES]
        self.fields["state"].choices = [("", _("All")), *states]  # type: ignore[attr-defined]
        for name, model in (("clinic", Clinic), ("practitioner", Practitioner), ("treatment", Treatment)):
            self.fields[name].queryset = model.objects.filter(  # type: ignore[attr-defined]
                organisation=request.organisation
            ).order_by("name", "pk")
        if request.clinic_ids is not None:
            of_clinics = self.fields["clinic"].queryset.filter(pk__in=request.clinic_ids)  # type: ignore[attr-defined]
            self.fields["clinic"].queryset = of_clinics  # type: ignore[attr-defined]

    def wanted(self) -> Filter:
        self.is_valid()
        asked = self.cleaned_data
        first, last = asked.get("first"), asked.get("last")
        return Filter(
            state=asked.get("state") or None,
            clinic=asked.get("clinic"),
            practitioner=asked.get("practitioner"),
            treatment=asked.get("treatment"),
            begin=midnight(first, self.zone) if first else None,
            end=midnight(last + timedelta(days=1), self.zone) if last else None,
        )

    def in_address(self) -> str:
        """What was understood, as an address carries it."""
        kept = self.asked.copy()
        for name in [name for name in kept if name not in self.cleaned_data]:
            del kept[name]
        return str(kept.urlencode())


class SearchForm(forms.Form):
    q = WordsField(
        label=gettext_lazy("Find a patient"),
        max_length=100,
        help_text=gettext_lazy("Name, mobile number, e-mail address or booking reference"),
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )


@allowed("GET")
@console_page(role=Role.VIEWER, for_limited=True)
def bookings(request: ConsoleRequest) -> HttpResponse:
    """What wants a hand, and a page of the bookings that the filter lets through."""
    form = FilterForm(request)
    wanted = form.wanted()
    after = cursor_asked(request)
    rows, following = listed_bookings(
        organisation=request.organisation, clinic_ids=request.clinic_ids, wanted=wanted, after=after
    )
    urgent = urgent_events(organisation=request.organisation, clinic_ids=request.clinic_ids)
    context = {
        "form": form,
        "search": SearchForm(label_suffix=""),
        "asked": form.in_address(),
        "lines": lines_of(request, rows),
        "following": rows[-1].public_id if following else None,
        "is_first": after is None,
        "urgent": urgent,
        "refused": matters_of(request, urgent.refused),
        "waiting": matters_of(request, urgent.waiting),
        "may_change": request.membership.reaches(Role.EDITOR),
    }
    return show(request, "manage/bookings.html", context)


def cursor_asked(request: ConsoleRequest) -> Cursor | None:
    """Where the page begins: after the booking that the address names, if it is one of ours."""
    try:
        public_id = UUID(request.GET.get("after", ""))
    except ValueError:
        return None
    rows = made_bookings(request.organisation, request.clinic_ids)
    last = rows.filter(public_id=public_id).first()
    return (last.starts_at, last.pk) if last else None


@allowed("GET", "POST")
@console_page(role=Role.VIEWER, for_limited=True)
def search(request: ConsoleRequest) -> HttpResponse:
    """The bookings of whom was asked for. Without words there is nothing to answer."""
    if request.method != "POST":
        return redirect("console_bookings:bookings")
    form = SearchForm(request.POST, label_suffix="")
    if not form.is_valid():
        return show(request, "manage/bookings_found.html", {"search": form, "lines": []}, status=422)
    found = found_bookings(
        organisation=request.organisation,
        clinic_ids=request.clinic_ids,
        words=form.cleaned_data["q"],
    )
    context = {
        "search": form,
        "lines": lines_of(request, found[:MOST_FOUND]),
        "is_more": len(found) > MOST_FOUND,
        "most": MOST_FOUND,
    }
    return show(request, "manage/bookings_found.html", context)


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def handled(request: ConsoleRequest, sequence: int) -> HttpResponse:
    """Takes a refusal off the list of what wants a hand."""
    events = booking_events(request.organisation, request.clinic_ids).filter(outcome="refused")
    event = get_object_or_404(events.select_related("booking"), sequence=min(sequence, 2**63 - 1))
    handle_refusal(organisation=request.organisation, event=event, who=str(request.user))
    messages.success(request, _("Noted: somebody has seen to it."))
    return redirect("console_bookings:bookings")


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True, recent=True)
def export(request: ConsoleRequest) -> HttpResponse:
    """Asks first, then sends what the list lists, all of it; who took it is noted."""
    form = FilterForm(request)
    rows = filtered_bookings(
        organisation=request.organisation, clinic_ids=request.clinic_ids, wanted=form.wanted()
    )
    if request.method != "POST":
        return show(
            request, "manage/bookings_export.html", {"asked": form.in_address(), "many": rows.count()}
        )
    note(organisation=request.organisation, act=Act.EXPORTED, who=str(request.user))
    lines = csv_lines(in_pages(rows, AT_ONCE), request.LANGUAGE_CODE or "en")
    response: Any = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="bookings.csv"'
    response.headers["Cache-Control"] = "no-store"
    streamed: HttpResponse = response
    return streamed


def csv_lines(pages: Iterable[list[Booking]], language: str) -> Iterator[str]:
    """With a byte order mark, by which spreadsheets know UTF-8; no cell is a formula.

    In the language asked for, which nobody else keeps by the time that the answer is sent.
    """
    writer = csv.writer(CsvLine())
    with translation.override(language):
        heads = [_("Reference"), _("Begins"), _("Ends"), _("State"), _("Clinic"), _("Practitioner")]
        heads += [_("Treatment"), _("Patient"), _("Mobile"), _("E-mail address"), _("Booked"), _("Message")]
        head = writer.writerow(heads)
    yield f"\ufeff{head}"
    for page in pages:
        with translation.override(language):
            lines = [writer.writerow([harmless(cell) for cell in cells_of(row)]) for row in page]
        yield "".join(lines)


def cells_of(booking: Booking) -> list[str]:
    zone = ZoneInfo(booking.clinic.time_zone)
    patient = getattr(booking, "patient", None)
    moments = [booking.starts_at, booking.ends_at]
    begins, ends = (moment.astimezone(zone).isoformat(sep=" ", timespec="minutes") for moment in moments)
    booked = (
        booking.booked_at.astimezone(zone).isoformat(sep=" ", timespec="minutes") if booking.booked_at else ""
    )
    return [
        *(str(booking.public_id), begins, ends, state_words(booking)),
        *(booking.clinic.name, booking.practitioner.name, booking.what, patient_name(booking)),
        *((str(patient.mobile), patient.email) if patient else ("", "")),
        booked,
        patient.message if patient else "",
    ]
