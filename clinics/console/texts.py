"""The clinic's own words on its portal: every place, in each of the organisation's languages."""

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from clinics.console.editing import EditForm, differences, shown_values
from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.console.previews import framed, previews_of
from clinics.formatted_texts import LONGEST
from clinics.methods import allowed
from clinics.models import Clinic, Organisation, PortalText
from clinics.portal_texts import LONGEST_HEADING, TextProblem, problem_of, save_text
from clinics.roles import Role
from clinics.standard_texts import standard_text

Place = PortalText.Place
PLACES: dict[str, tuple[Any, Any]] = {
    Place.WELCOME: (gettext_lazy("Front page"), gettext_lazy("The first that patients read.")),
    Place.CLINIC: (
        gettext_lazy("Any clinic"),
        gettext_lazy("Beside the treatments, unless a clinic has words of its own."),
    ),
    Place.DETAILS: (gettext_lazy("Personal details"), gettext_lazy("Above what patients type.")),
    Place.LOGIN: (gettext_lazy("Login"), gettext_lazy("Where patients log in, if they can.")),
    Place.CLOSED: (
        gettext_lazy("Booking closed"),
        gettext_lazy("Instead of the portal, while it is closed."),
    ),
    Place.MAINTENANCE: (
        gettext_lazy("Maintenance"),
        gettext_lazy("Instead of the portal, during maintenance."),
    ),
    Place.PRIVACY: (
        gettext_lazy("Privacy notice"),
        gettext_lazy("Instead of the notice that follows from your settings and your country’s law."),
    ),
}
"""What each place is called, and where patients see its words."""
PAGES = {
    Place.WELCOME: "front",
    Place.CLINIC: "question",
    Place.DETAILS: "details",
    Place.LOGIN: "login",
    Place.CLOSED: "closed",
    Place.MAINTENANCE: "maintenance",
    Place.PRIVACY: "privacy",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """One text: where it stands, in which language, and for which clinic if it is one's own."""

    organisation: Organisation
    place: PortalText.Place
    language: str
    clinic: Clinic | None = None

    @property
    def title(self) -> str:
        return self.clinic.name if self.clinic else str(PLACES[self.place][0])

    def url(self, language: str) -> str:
        if self.clinic:
            return reverse("console_texts:clinic_text", args=[language, self.clinic.public_id])
        return reverse("console_texts:text", args=[self.place.value, language])

    def row(self) -> PortalText:
        """What is stored, or an empty text."""
        named = {"organisation": self.organisation, "place": self.place, "language": self.language}
        found: PortalText | None = PortalText.objects.filter(**named, clinic=self.clinic).first()
        return found or PortalText(**named, clinic=self.clinic)


@dataclass(frozen=True, slots=True)
class Line:
    """A place in the list of texts."""

    title: str
    note: str
    languages: list["State"]


@dataclass(frozen=True, slots=True)
class State:
    """A place in one language."""

    code: str
    name: str
    url: str
    is_written: bool
    is_current: bool = False


class TextForm(EditForm):
    field_order = ["heading", "body"]

    class Meta:
        model = PortalText
        fields = ["heading", "body"]
        labels = {"heading": gettext_lazy("Heading"), "body": gettext_lazy("Text")}
        help_texts = {
            "heading": gettext_lazy("Empty: the page’s usual heading."),
            "body": gettext_lazy(
                "An empty line begins a paragraph. **bold**, *italic*, [Words](https://address) for a link; "
                "lines that begin with - or 1. become a list."
            ),
        }
        widgets = {"body": forms.Textarea({"rows": 12, "maxlength": LONGEST})}

    def __init__(self, *args: Any, spot: Spot, **kwargs: Any) -> None:
        super().__init__(*args, instance=spot.row(), **kwargs)
        self.spot = spot
        self.fields["heading"].widget.attrs["maxlength"] = LONGEST_HEADING
        for field in ("heading", "body"):
            self.fields[field].widget.attrs["lang"] = spot.language

    def clean_body(self) -> str:
        """Browsers send each end of a line as two characters, of which the writer has seen one."""
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = cleaned.get("heading", ""), cleaned.get("body", "")
        problem = problem_of(self.spot.organisation, self.spot.language, *typed)
        if problem is not None:
            self.add_error("heading" if problem is TextProblem.HEADING else "body", str(problem.label))
        return cleaned

    def save(self, commit: bool = True) -> PortalText:
        save_text(
            organisation=self.spot.organisation,
            place=self.spot.place,
            language=self.spot.language,
            clinic=self.spot.clinic,
            heading=self.cleaned_data["heading"],
            body=self.cleaned_data["body"],
        )
        return self.spot.row()


@allowed("GET")
@console_page(role=Role.EDITOR, for_limited=True)
def texts(request: ConsoleRequest) -> HttpResponse:
    """Every text there can be, and in which languages it is written."""
    written = {
        (text.place, text.language, text.clinic_id)
        for text in PortalText.objects.filter(organisation=request.organisation)
    }
    places = (
        [] if request.clinic_ids is not None else [Spot(request.organisation, Place(p), "") for p in PLACES]
    )
    clinics = [Spot(request.organisation, Place.CLINIC, "", clinic) for clinic in clinics_of(request)]
    context = {
        "places": [line_of(spot, written) for spot in places],
        "clinics": [line_of(spot, written) for spot in clinics],
        "language_names": [language_name(code) for code in request.organisation.languages],
    }
    return show(request, "manage/texts.html", context)


@allowed("GET", "POST")
@framed
@console_page(role=Role.EDITOR)
def text(request: ConsoleRequest, place: str, language: str) -> HttpResponse:
    if place not in Place.values:
        raise Http404
    return edit_text(request, Spot(request.organisation, Place(place), known_language(request, language)))


@allowed("GET", "POST")
@framed
@console_page(role=Role.EDITOR, for_limited=True)
def clinic_text(request: ConsoleRequest, language: str, public_id: uuid.UUID) -> HttpResponse:
    clinic = get_object_or_404(clinics_of(request), public_id=public_id)
    language = known_language(request, language)
    return edit_text(request, Spot(request.organisation, Place.CLINIC, language, clinic))


def edit_text(request: ConsoleRequest, spot: Spot) -> HttpResponse:
    if request.method != "POST":
        return show_text(request, TextForm(spot=spot))
    if "fetch" in request.POST:
        return with_standard_text(request, spot)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=request.organisation.pk)  # a new text has no row yet
        form = TextForm(request.POST, spot=spot)
        before = shown_values(form)
        is_outdated = form.is_outdated
        if form.is_valid() and not is_outdated:
            form.save()
            messages.success(request, _("Saved. Patients see it from their next page on."))
            return redirect(spot.url(spot.language))
    if not is_outdated:
        return show_text(request, form, status=422)
    found = differences(form, before)
    form.data = again = request.POST.copy()
    again["seen"] = form.stored
    return show_text(request, form, status=409, differences=found)


def with_standard_text(request: ConsoleRequest, spot: Spot) -> HttpResponse:
    """The form with the text to begin with; nothing is stored, and what stood there is shown below."""
    heading, body = standard_text(organisation=request.organisation, place=spot.place, language=spot.language)
    form = TextForm(spot=spot, initial={"heading": heading, "body": body})
    form.initial["seen"] = request.POST.get("seen", "")[:64]
    stood = request.POST.get("body", "")[:LONGEST]
    return show_text(request, form, is_fetched=True, stood=stood if stood.strip() != body else "")


def show_text(request: ConsoleRequest, form: TextForm, *, status: int = 200, **more: Any) -> HttpResponse:
    spot = form.spot
    context = {
        "form": form,
        "spot": spot,
        "note": PLACES[spot.place][1] if spot.clinic is None else _("Instead of the words for any clinic."),
        "language_name": language_name(spot.language),
        "states": states_of(spot, written_in(spot), spot.language),
        "previews": previews_of(PAGES[spot.place]),
        "preview_language": spot.language,
        **more,
    }
    return show(request, "manage/text.html", context, status=status)


def clinics_of(request: ConsoleRequest) -> QuerySet[Clinic]:
    """The clinics whose own words the member may write."""
    found = Clinic.objects.filter(organisation=request.organisation, retired_at=None)
    return found if request.clinic_ids is None else found.filter(pk__in=request.clinic_ids)


def known_language(request: ConsoleRequest, language: str) -> str:
    if language not in request.organisation.languages:
        raise Http404
    return language


def language_name(code: str) -> str:
    return str(get_language_info(code)["name_local"]).capitalize()


def written_in(spot: Spot) -> set[tuple[str, str, int | None]]:
    rows = PortalText.objects.filter(organisation=spot.organisation, place=spot.place, clinic=spot.clinic)
    return {(row.place, row.language, row.clinic_id) for row in rows}


def line_of(spot: Spot, written: set[tuple[str, str, int | None]]) -> Line:
    note = "" if spot.clinic else str(PLACES[spot.place][1])
    return Line(spot.title, note, states_of(spot, written))


def states_of(spot: Spot, written: set[tuple[str, str, int | None]], current: str = "") -> list[State]:
    clinic_id = spot.clinic.pk if spot.clinic else None
    return [
        State(
            code,
            language_name(code),
            spot.url(code),
            (spot.place.value, code, clinic_id) in written,
            code == current,
        )
        for code in spot.organisation.languages
    ]
