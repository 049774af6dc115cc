"""The details form: its fields by setting, and what is done with what is typed."""

from typing import Any

import pytest

from clinics.models import Organisation
from scheduling.forms import CodeForm, DetailsForm, instant_of, stamp_of
from tests.factories import make_organisation, next_monday_at
from tests.pages.conftest import TYPED

pytestmark = pytest.mark.django_db


def form_for(organisation: Organisation, **typed: str) -> DetailsForm:
    return DetailsForm({**TYPED, **typed}, organisation=organisation)


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation("demoklinikka")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0401234567", "+358401234567"),
        ("040 123 4567", "+358401234567"),
        ("+358 40 1234567", "+358401234567"),
        ("00358 40 1234567", "+358401234567"),
        ("+358 (0)40 1234567", "+358401234567"),
        ("0046 70 174 06 05", "+46701740605"),
        ("+47 412 34 567", "+4741234567"),
    ],
)
def test_mobile_is_stored_as_e164(organisation: Organisation, typed: str, stored: str) -> None:
    form = form_for(organisation, mobile=typed)

    assert form.is_valid(), form.errors
    assert form.details("fi").mobile == stored


@pytest.mark.parametrize("typed", ["12", "09 555 0100", "abc", "+999 1234567", "0" * 39])
def test_what_is_no_mobile_number_is_refused(organisation: Organisation, typed: str) -> None:
    assert list(form_for(organisation, mobile=typed).errors) == ["mobile"]


def test_country_without_sms_is_refused_only_where_no_email_could_bring_the_code() -> None:
    by_both = make_organisation("by-both", sms_countries=["FI"])
    by_sms = make_organisation("by-sms", sms_countries=["FI"], code_by_email=False)

    assert form_for(by_both, mobile="+44 7400 123456").is_valid()
    assert form_for(by_sms, mobile="+44 7400 123456").errors.as_data()["mobile"][0].code == "abroad"


def test_fields_follow_the_settings() -> None:
    asks_all: dict[str, Any] = {
        f"ask_{name}": True for name in ("address_1", "address_2", "postcode", "campaign_code")
    }
    everything = make_organisation("everything", **asks_all, national_id="required")
    little = make_organisation(
        "little", ask_email=False, patient_message=False, national_id="not_asked", code_by_email=False
    )

    assert list(DetailsForm(organisation=little).fields) == [
        "first_name",
        "last_name",
        "mobile",
        "consent",
    ]
    assert list(DetailsForm({}, organisation=everything).errors) == [
        "first_name",
        "last_name",
        "national_id",
        "mobile",
        "email",
        "address_1",
        "postcode",
        "consent",
    ]


def test_national_id_may_be_left_out_where_it_is_optional(organisation: Organisation) -> None:
    form = form_for(organisation, national_id="")

    assert form.is_valid()
    assert form.details("fi").national_id is None
    assert list(form_for(organisation, national_id="131052-308U").errors) == ["national_id"]


def test_control_characters_are_left_out_and_nul_refused(organisation: Organisation) -> None:
    form = form_for(organisation, first_name="Mai\x07ja", message="one\r\ntwo\x1b")

    assert form.is_valid()
    assert (form.cleaned_data["first_name"], form.cleaned_data["message"]) == ("Maija", "one\r\ntwo")
    assert list(form_for(organisation, last_name="\x00").errors) == ["last_name"]


@pytest.mark.parametrize("typed", ["123456", "123 456", " 12-34-56 "])
def test_code_may_be_grouped(typed: str) -> None:
    form = CodeForm({"code": typed})

    assert form.is_valid()
    assert form.cleaned_data["code"] == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert not CodeForm({"code": typed}).is_valid()


def test_stamp_is_read_back_as_the_same_instant() -> None:
    assert instant_of(stamp_of(next_monday_at(9, 30))) == next_monday_at(9, 30)
    strange = ["", "20261399T9999Z", "20261123T0930", "x" * 99, "99991231T2245Z", "00010101T0000Z"]
    assert [instant_of(stamp) for stamp in strange] == [None] * len(strange)
