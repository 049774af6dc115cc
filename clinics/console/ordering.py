"""Moving a row of a list: by buttons that work without JavaScript, or by where it was dropped."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from clinics.console.guard import ConsoleRequest
from clinics.ordering import Ordered, Place, stand_before, step

STEPS = {"up": -1, "down": 1}


class MoveForm(forms.Form):
    """One step, or which row to stand before; neither means last."""

    by = forms.ChoiceField(choices=[(way, way) for way in STEPS], required=False)
    before = forms.UUIDField(required=False)


def move_row(request: ConsoleRequest, row: Ordered, *, rows: QuerySet[Any], back: str) -> HttpResponse:
    """Moves the row as was asked, says where it stands now, and returns to the button that was pressed."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was moved. Please try once more."))
        return redirect(back)
    place = moved(request, row, rows, **form.cleaned_data)
    words = {"name": row.name, "number": place.number, "of": place.of}
    messages.success(request, _("%(name)s now stands at place %(number)d of %(of)d.") % words)
    return redirect(f"{reverse(back)}#{form.cleaned_data['by'] or 'up'}-{row.public_id}")


def moved(request: ConsoleRequest, row: Ordered, rows: QuerySet[Any], *, by: str, before: Any) -> Place:
    if by:
        return step(organisation=request.organisation, row=row, by=STEPS[by])
    other = rows.filter(public_id=before).first() if before else None
    return stand_before(organisation=request.organisation, row=row, other=other)


def publish_row(request: ConsoleRequest, rows: QuerySet[Any], row: Any, *, back: str) -> HttpResponse:
    """Shows the row to patients, or no longer; asked for twice it is the same."""
    is_published = request.POST.get("on") == "1"
    rows.filter(pk=row.pk).exclude(is_published=is_published).update(is_published=is_published)
    words = _("%(name)s is shown to patients.") if is_published else _("%(name)s is hidden from patients.")
    messages.success(request, words % {"name": row.name})
    return redirect(f"{reverse(back)}#shown-{row.public_id}")
