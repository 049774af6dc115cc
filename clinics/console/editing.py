"""Pages that edit one row: saved with a clear result, and never over what somebody else has just saved.

A form remembers what its fields held when it was shown. If they hold something else by the time it
comes back, nothing is stored: the page shows both, and the answer is 409.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clinics.console.guard import ConsoleRequest
from clinics.console.pages import show


class EditForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of one row's fields; its page is ``manage/edit.html`` or extends it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    """The fingerprint of what the fields held when the form was shown."""
    notes: dict[str, str | Promise] = {}
    """Headings that stand before a field, by its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["seen"].initial = self.stored = fingerprint(self.instance, self.own_fields())

    def own_fields(self) -> list[str]:
        return [name for name in self.fields if name != "seen"]

    def values_of(self, held: dict[str, Any]) -> dict[str, Any]:
        """What the fields say where the row holds this."""
        return held

    @property
    def is_outdated(self) -> bool:
        """Whether somebody has changed these fields since the form was shown."""
        return self.is_bound and self.data.get(self.add_prefix("seen"), "") != self.stored

    def _post_clean(self) -> None:
        """Holds the row to all of its constraints, also to those about fields of other forms."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self.add_error(None, ValidationError(error.messages))

    def sections(self) -> list["Section"]:
        """The fields in their order, under the headings before them."""
        found: list[Section] = []
        for name in self.own_fields():
            if name in self.notes or not found:
                found.append(Section(self.notes.get(name, ""), []))
            found[-1].fields.append(self[name])
        return found


@dataclass
class Section:
    heading: str | Promise
    fields: list[forms.BoundField]


@dataclass
class Difference:
    """A field that two people see differently."""

    label: str
    stored: str
    typed: str


def fingerprint(row: models.Model, names: list[str]) -> str:
    """Stands for what these fields of the row hold."""
    stored = {field.name: field for field in row._meta.concrete_fields}
    held = {name: stored[name].value_from_object(row) for name in names if name in stored}
    text = json.dumps(held, cls=DjangoJSONEncoder, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def edit_row(
    request: ConsoleRequest,
    *,
    rows: QuerySet[Any],
    form_class: type[EditForm],
    template: str = "manage/edit.html",
    context: dict[str, Any] | None = None,
    to: str | None = None,
    **form_options: Any,
) -> HttpResponse:
    """Shows the form of the one row, or stores what was sent and goes ``to`` an address, else to itself."""
    context = context or {}
    if request.method != "POST":
        form = form_class(instance=rows.get(), **form_options)
        return show(request, template, {**context, "form": form})
    with transaction.atomic():
        row = rows.select_for_update(of=("self",)).get()
        form = form_class(request.POST, request.FILES, instance=row, **form_options)
        before = shown_values(form)
        is_outdated = form.is_outdated
        if form.is_valid() and not is_outdated:
            form.save()
            messages.success(request, _("Saved. Patients see it from their next page on."))
            return HttpResponseRedirect(to or request.path)
    if is_outdated:
        context = {**context, "differences": differences(form, before)}
        form.data = again = request.POST.copy()
        again[form.add_prefix("seen")] = form.stored
    return show(request, template, {**context, "form": form}, status=409 if is_outdated else 422)


def shown_values(form: EditForm) -> dict[str, Any]:
    """What is stored, before a form's validation writes what was typed into the row."""
    return {name: form.get_initial_for_field(form.fields[name], name) for name in form.own_fields()}


def differences(
    form: EditForm, before: dict[str, Any], names: Collection[str] | None = None
) -> list[Difference]:
    """The fields, or those of them that are named, of which something else was typed."""
    found = []
    for name in form.own_fields():
        if names is not None and name not in names:
            continue
        field = form.fields[name]
        typed = field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        if field.has_changed(before[name], typed):
            found.append(Difference(str(field.label), as_words(field, before[name]), as_words(field, typed)))
    return found


def as_words(field: forms.Field, value: Any) -> str:
    """A field's value as its page says it."""
    if isinstance(field, forms.BooleanField):
        return _("On") if field.to_python(value) else _("Off")
    if isinstance(value, list | tuple):
        return ", ".join(as_words(field, part) for part in value)
    named = {str(key): str(label) for key, label in getattr(field, "choices", [])}
    return named.get(str(value), "" if value is None else str(value)) or "–"
