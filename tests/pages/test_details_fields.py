"""The fields of the details: how browsers and keyboards are told what goes in, in three countries."""

import pytest
from django.utils import translation

from clinics.accounts import open_account
from clinics.models import Organisation
from scheduling.forms import NATIONAL_ID_EXAMPLES, CodeForm, DetailsForm
from tests.pages.conftest import TYPED

pytestmark = pytest.mark.django_db

IDS = {
    "FI": ["131052-308T", "010101A950B"],
    "SE": ["19121212-1212", "19701063-2391"],
    "NO": ["15108695088", "55108610092"],
}
"""An ordinary number of each country, and a temporary, coordination or D-number."""
HINTS = {
    "for_other": ("", ""),
    "booker_first_name": ("section-booker given-name", ""),
    "booker_last_name": ("section-booker family-name", ""),
    "first_name": ("given-name", ""),
    "last_name": ("family-name", ""),
    "national_id": ("off", "text"),
    "mobile": ("tel", "tel"),
    "email": ("email", "email"),
    "address_1": ("address-line1", ""),
    "address_2": ("address-line2", ""),
    "postcode": ("postal-code", "numeric"),
    "campaign_code": ("off", ""),
    "message": ("off", ""),
    "consent": ("", ""),
}


def organisation_in(country: str, **chosen: object) -> Organisation:
    organisation, _key = open_account(name="Klinik", subdomain="klinik", language="sv", country=country)
    for name, value in chosen.items():
        setattr(organisation.settings, name, value)
    organisation.settings.save()
    return organisation


def form_with(organisation: Organisation, number: str) -> DetailsForm:
    mobiles = {"FI": "040 1234567", "SE": "070 174 06 05", "NO": "412 34 567"}
    typed = {**TYPED, "mobile": mobiles[organisation.country], "national_id": number}
    return DetailsForm(typed, organisation=organisation)


@pytest.mark.parametrize(("country", "number"), [(c, n) for c, numbers in IDS.items() for n in numbers])
@pytest.mark.parametrize("asked", ["required", "optional"])
def test_number_of_the_country_is_taken(country: str, number: str, asked: str) -> None:
    form = form_with(organisation_in(country, national_id=asked), number)

    assert form.is_valid(), form.errors
    assert form.details("sv").national_id == number


@pytest.mark.parametrize("country", list(IDS))
@pytest.mark.parametrize(
    ("asked", "errors"), [("required", ["national_id"]), ("optional", []), ("not_asked", [])]
)
def test_number_may_stay_away_where_it_is_not_required(country: str, asked: str, errors: list[str]) -> None:
    form = form_with(organisation_in(country, national_id=asked), "")

    assert list(form.errors) == errors


@pytest.mark.parametrize("country", list(IDS))
def test_number_that_is_not_asked_for_is_not_taken(country: str) -> None:
    form = form_with(organisation_in(country, national_id="not_asked"), IDS[country][0])

    assert form.is_valid()
    assert "national_id" not in form.fields
    assert form.details("sv").national_id is None


@pytest.mark.parametrize("country", list(IDS))
@pytest.mark.parametrize("asked", ["required", "optional"])
def test_wrong_number_is_refused_even_where_it_is_optional(country: str, asked: str) -> None:
    number = IDS[country][0]
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")

    assert list(form_with(organisation_in(country, national_id=asked), wrong).errors) == ["national_id"]


@pytest.mark.parametrize(
    ("country", "labels"),
    [
        ("FI", {"fi": "Henkilötunnus", "sv": "Personbeteckning", "en": "Personal identity code"}),
        ("SE", {"sv": "Personnummer", "en": "Personal identity number"}),
        ("NO", {"nb": "Fødselsnummer", "sv": "Födelsenummer", "en": "National identity number"}),
    ],
)
def test_number_is_called_what_the_country_and_the_language_call_it(
    country: str, labels: dict[str, str]
) -> None:
    organisation = organisation_in(country, national_id="required")
    shown = {}
    for language in labels:
        with translation.override(language):
            field = DetailsForm(organisation=organisation).fields["national_id"]
            shown[language] = str(field.label)
            assert NATIONAL_ID_EXAMPLES[country] in str(field.help_text)
            assert str(field.label) in str(field.error_messages["required"])

    assert shown == labels


def test_every_field_tells_browsers_and_keyboards_what_goes_in() -> None:
    asked = {f"ask_{name}": True for name in ("address_1", "address_2", "postcode", "campaign_code")}
    form = DetailsForm(organisation=organisation_in("FI", **asked), initial={"for_other": True})
    attributes = {name: field.widget.attrs for name, field in form.fields.items()}

    assert {
        name: (str(attrs.get("autocomplete", "")), str(attrs.get("inputmode", "")))
        for name, attrs in attributes.items()
    } == HINTS


def test_code_is_offered_by_the_phone_and_typed_in_digits() -> None:
    attributes = CodeForm().fields["code"].widget.attrs

    assert (attributes["autocomplete"], attributes["inputmode"]) == ("one-time-code", "numeric")


@pytest.mark.parametrize(
    "pasted", ["123456", " 123 456 ", "123 456\n", "123\u00a0456", "123\u2009456", "123-456"]
)
def test_pasted_code_is_taken_with_its_spaces(pasted: str) -> None:
    form = CodeForm({"code": pasted})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["code"] == "123456"
