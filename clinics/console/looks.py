"""How the portal looks: the accent colour, checked before it is saved, and the logo."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.colours import (
    DARK,
    LIGHT,
    PRESETS,
    READABLE,
    Scheme,
    contrast,
    grounds,
    is_colour,
    parse,
    suitability,
)
from clinics.console.flexibility import SettingsForm, edit_settings
from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.picture_forms import PictureForm
from clinics.console.previews import framed, previews_of
from clinics.methods import allowed
from clinics.models import Organisation, Picture
from clinics.pictures import draw, keep, logo_of, remove_logo
from clinics.roles import Role

OWN = "own"
SWATCH = (
    '<svg class="swatch" viewBox="0 0 2 1" aria-hidden="true"><rect width="2" height="1" fill="{}"/></svg>'
)


def swatched(colour: str, name: Any) -> SafeString:
    return format_html(SWATCH + " {}", colour, name)


class LooksForm(SettingsForm):
    preset = forms.ChoiceField(
        label=gettext_lazy("Colour"),
        help_text=gettext_lazy(
            "For links, times and the one button that goes on. Each of these can be read by day and by night."
        ),
        widget=forms.RadioSelect,
    )
    accent_colour = forms.CharField(max_length=7, required=False, widget=forms.TextInput({"type": "color"}))
    words = {
        "accent_colour": (
            gettext_lazy("A colour of your own"),
            gettext_lazy(
                "Where “A colour of our own” is chosen above. It has to be readable on light pages."
            ),
        )
    }
    field_order = ["preset", "accent_colour"]

    class Meta(SettingsForm.Meta):
        fields = ["accent_colour"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_colour = self.instance.accent_colour
        self.fields["preset"].choices = [  # type: ignore[attr-defined]
            *((colour, swatched(colour, name)) for colour, name in PRESETS.items()),
            (OWN, _("A colour of our own")),
        ]
        self.fields["preset"].initial = self.stored_colour if self.stored_colour in PRESETS else OWN

    def values_of(self, held: dict[str, Any]) -> dict[str, Any]:
        colour = held["accent_colour"]
        return {"preset": colour if colour in PRESETS else OWN, **held}

    def clean_accent_colour(self) -> str:
        return str(self.cleaned_data["accent_colour"]).strip().lower() or self.stored_colour

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("preset") in PRESETS:
            cleaned["accent_colour"] = cleaned["preset"]
            self.errors.pop("accent_colour", None)
        colour = cleaned.get("accent_colour", self.stored_colour)
        if colour != self.stored_colour:
            self.check_colour(colour)
        return cleaned

    def check_colour(self, colour: str) -> None:
        if not is_colour(colour):
            self.add_error("accent_colour", _("Write the colour as # and six digits from 0 to f."))
        elif not suitability(colour).is_readable:
            self.add_error(
                "accent_colour",
                ValidationError(
                    _("%(colour)s cannot be read on light pages. The nearest that can is %(nearest)s."),
                    params={"colour": colour, "nearest": suitability(colour).light},
                ),
            )

    @property
    def shown_colour(self) -> str:
        """The colour that the form stands for, saved or not."""
        preset = str(self["preset"].value())
        return preset if preset in PRESETS else str(self["accent_colour"].value() or "").lower()

    @property
    def shades(self) -> dict[str, Any]:
        return shades_of(self.shown_colour)


@dataclass(frozen=True, slots=True)
class Shade:
    """How a colour does on light or dark pages."""

    ratio: float
    is_readable: bool
    shown: str
    """What these pages show."""
    shown_ratio: float


def shades_of(colour: str) -> dict[str, Any]:
    """How the colour can be read by day and by night, and what is shown where it cannot."""
    if not is_colour(colour):
        return {}
    found = suitability(colour)
    return {
        "colour": colour,
        "needed": READABLE,
        "light": shade(colour, found.light, LIGHT),
        "dark": shade(colour, found.dark, DARK),
    }


def shade(asked: str, shown: str, scheme: Scheme) -> Shade:
    lowest = lowest_contrast(asked, scheme)
    return Shade(lowest, lowest >= READABLE, shown, lowest_contrast(shown, scheme))


def lowest_contrast(colour: str, scheme: Scheme) -> float:
    return min(contrast(parse(colour), ground) for ground in grounds(parse(colour), scheme))


@allowed("GET", "POST")
@framed
@console_page(role=Role.EDITOR)
def looks(request: ConsoleRequest) -> HttpResponse:
    if is_colour(nearest := request.POST.get("use", "")):
        typed = request.POST.copy()
        typed["preset"], typed["accent_colour"] = OWN, nearest
        request.POST = typed  # type: ignore[assignment]
    return show_looks(request, PictureForm(picture=logo_of(request.organisation.pk)))


def show_looks(request: ConsoleRequest, upload: PictureForm) -> HttpResponse:
    return edit_settings(
        request,
        LooksForm,
        _("One colour and one picture: the rest of the pages stays calm."),
        template="manage/looks.html",
        previews=previews_of("front", "question", "details"),
        upload=upload,
    )


@allowed("GET")
@console_page(role=Role.EDITOR)
def colour_check(request: ConsoleRequest) -> HttpResponse:
    """A piece of the page: how the colour in the query can be read."""
    preset = request.GET.get("preset", OWN)
    colour = preset if preset in PRESETS else request.GET.get("accent_colour", "").lower()
    response = render(request, "manage/_contrast.html", {"shades": shades_of(colour)})
    response.headers["Cache-Control"] = "no-store"
    return response


@allowed("POST")
@framed
@console_page(role=Role.EDITOR)
def send_logo(request: ConsoleRequest) -> HttpResponse:
    """A new logo; what somebody else has put there in the meantime is not replaced unseen."""
    form = PictureForm(request.POST, request.FILES, picture=logo_of(request.organisation.pk))
    drawn = form.drawn_by(lambda content, crop: draw(content, "logo", crop))
    if drawn is None:
        return again(request, form, status=422)
    with transaction.atomic():
        form = PictureForm(request.POST, request.FILES, picture=locked_logo(request.organisation))
        if form.is_outdated:
            form.keep_waiting(drawn)
            return again(request, form, status=409)
        keep(request.organisation, None, drawn)
    messages.success(request, _("Saved. Patients see it from their next page on."))
    return redirect("console_looks:looks")


def locked_logo(organisation: Organisation) -> Picture | None:
    """The logo that is stored, with nobody else storing one until the transaction ends."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    return logo_of(organisation.pk)


def again(request: ConsoleRequest, form: PictureForm, *, status: int) -> HttpResponse:
    """The whole page with the picture's form as it was sent."""
    request.method = "GET"
    response = show_looks(request, form)
    response.status_code = status
    return response


@allowed("POST")
@console_page(role=Role.EDITOR)
def drop_logo(request: ConsoleRequest) -> HttpResponse:
    logo = logo_of(request.organisation.pk)
    if logo is not None and logo.name != request.POST.get("seen", ""):
        messages.error(request, _("Somebody else has just put another logo there. It is left as it is."))
    else:
        remove_logo(organisation=request.organisation)
        messages.success(request, _("The logo is removed. Your name stands in its place."))
    return redirect("console_looks:looks")
