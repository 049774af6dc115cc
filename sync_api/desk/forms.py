"""What the operator types."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.languages import LANGUAGE_CODES, own_names
from clinics.models import Organisation
from clinics.subdomains import normalised, why_not


class PlainForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AddressForm(PlainForm):
    """What every new organisation has: a name, and an address that is free."""

    name = forms.CharField(label=gettext_lazy("Name of the organisation"), max_length=200)
    subdomain = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("The first part of the portal’s address: letters, digits and hyphens."),
        max_length=63,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_subdomain(self) -> str:
        subdomain = normalised(self.cleaned_data["subdomain"])
        refusal = why_not(subdomain)
        if refusal is not None:
            raise forms.ValidationError(str(refusal.label))
        return subdomain


class AccountForm(AddressForm):
    """A new organisation and its first owner."""

    country = forms.ChoiceField(label=gettext_lazy("Country"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("The portal’s first language, and that of the welcome mail."),
    )
    email = forms.EmailField(
        label=gettext_lazy("The owner’s e-mail address"),
        help_text=gettext_lazy("An invitation and the account key go there. The key is shown nowhere else."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        countries = {"FI": _("Finland"), "SE": _("Sweden"), "NO": _("Norway")}
        self.fields["country"].choices = list(countries.items())  # type: ignore[attr-defined]
        self.fields["language"].choices = own_names(tuple(LANGUAGE_CODES))  # type: ignore[attr-defined]


class SandboxForm(AddressForm):
    """An organisation in which an agent is tried out."""

    name = forms.CharField(label=gettext_lazy("Whose it is"), max_length=200)


class VisitForm(PlainForm):
    reason = forms.CharField(
        label=gettext_lazy("Why do you need to look?"),
        help_text=gettext_lazy("The owners read it at once, by e-mail and in their console."),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def moment_field(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )


class AnnouncementForm(PlainForm):
    """A text in every language, from when until when, and for whom."""

    from_at = moment_field(gettext_lazy("From (UTC)"))
    until_at = moment_field(gettext_lazy("Until (UTC)"))
    subdomains = forms.CharField(
        label=gettext_lazy("Only for these addresses"),
        help_text=gettext_lazy("One on each line. Empty: for all organisations."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in own_names(tuple(LANGUAGE_CODES)):
            area = forms.Textarea(attrs={"rows": 3, "lang": code})
            self.fields[f"text_{code}"] = forms.CharField(label=name, max_length=1000, widget=area)
        self.order_fields([f"text_{code}" for code in LANGUAGE_CODES])

    def clean_subdomains(self) -> list[Organisation]:
        wanted = {normalised(line) for line in self.cleaned_data["subdomains"].split()}
        found = list(Organisation.objects.filter(subdomain__in=wanted))
        unknown = wanted - {organisation.subdomain for organisation in found}
        if unknown:
            raise forms.ValidationError(
                _("Nobody has this address: %(names)s") % {"names": ", ".join(sorted(unknown))}
            )
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begin, end = cleaned.get("from_at"), cleaned.get("until_at")
        if begin and end and end <= begin:
            self.add_error("until_at", _("The end has to be after the beginning."))
        return cleaned

    @property
    def texts(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"text_{code}"] for code in LANGUAGE_CODES}
