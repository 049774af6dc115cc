"""Fields of the forms that narrow a list: a day, and one of the organisation's own rows."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from clinics.scope import OrganisationOwned

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


class DayField(forms.DateField):
    """A day of which there may be bookings."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, required=False, **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        return min(max(day, FIRST_DAY), LAST_DAY) if day else None


def row_field(model: type[OrganisationOwned], **options: Any) -> "forms.ModelChoiceField[Any]":
    """One of the model's rows, or all; none to choose from until the form says which ones there are."""
    return forms.ModelChoiceField(
        queryset=model.across.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("All"),
        **options,
    )
