"""The clinic's own words: where they are written, seen in a preview, fetched, saved and never lost."""

import uuid
from typing import Any

import pytest

from clinics.models import AuditEntry, PortalText
from clinics.roles import Role
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.factories import ClinicFactory
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

WELCOME = "/manage/texts/welcome/fi/"


def clinic_url(practice: Practice, language: str = "fi") -> str:
    return f"/manage/texts/clinic/{language}/{practice.clinic.public_id}/"


def typed(browser: Browser, url: str, **words: str) -> dict[str, str]:
    seen = browser.get(url).context["form"]["seen"].value()
    return {"seen": seen, "heading": "", "body": "", **words}


def texts_of(practice: Practice) -> list[tuple[str, str, str, str]]:
    rows = PortalText.across.filter(organisation=practice.organisation).order_by("pk")
    return list(rows.values_list("place", "language", "heading", "body"))


def write(practice: Practice, body: str = "Vanha", **more: Any) -> None:
    named = {"place": "welcome", "language": "fi", **more}
    PortalText.across.create(organisation=practice.organisation, body=body, **named)


def test_list_shows_what_is_written_in_which_language(practice: Practice, owner: Browser) -> None:
    write(practice)

    page = text_of(owner.get("/manage/texts/"))

    assert "Front page, Suomi: Written" in page
    assert "Front page, Svenska: None yet" in page
    assert f"{practice.clinic.name}, Suomi: None yet" in page
    assert page.count("None yet") == 8 * 4 - 1


@pytest.mark.parametrize("clinics", [1, 3])
def test_list_costs_the_same_queries(
    practice: Practice, owner: Browser, clinics: int, django_assert_num_queries: Any
) -> None:
    for _number in range(clinics - 1):
        write(practice, clinic=ClinicFactory(organisation=practice.organisation), place="clinic")
    owner.get("/manage/texts/")

    with django_assert_num_queries(7):
        owner.get("/manage/texts/")


@pytest.mark.parametrize("place", PortalText.Place.values)
@pytest.mark.parametrize("language", ["fi", "en"])
def test_text_of_every_place_is_saved_and_noted(
    practice: Practice, owner: Browser, place: str, language: str
) -> None:
    url = f"/manage/texts/{place}/{language}/"

    response = owner.post(url, typed(owner, url, heading="  Hei  sinä ", body="Uusi\r\nteksti"))

    assert response.status_code == 302
    assert texts_of(practice) == [(place, language, "Hei sinä", "Uusi\nteksti")]
    assert AuditEntry.across.filter(kind="text", who="Owner 0").exists()


def test_saved_text_is_on_the_patients_next_page(practice: Practice, owner: Browser) -> None:
    patient = Browser(practice.host, "fi")
    assert "Tervetuloa hoitoon" not in text_of(patient.get("/"))

    owner.post(WELCOME, typed(owner, WELCOME, heading="Tervetuloa hoitoon", body="**Heti**"))

    assert "<strong>Heti</strong>" in patient.get("/").content.decode()
    assert "Tervetuloa hoitoon" in text_of(patient.get("/"))


def test_text_of_one_clinic_is_its_own(practice: Practice, owner: Browser) -> None:
    url = clinic_url(practice)

    owner.post(url, typed(owner, url, body="Soita ovikelloa"))

    assert PortalText.across.get().clinic == practice.clinic
    question = Browser(practice.host, "fi").get(f"/book/?clinic={practice.clinic.public_id}&change=treatment")
    assert "Soita ovikelloa" in text_of(question)


def test_empty_text_gives_way_to_the_portals_own(practice: Practice, owner: Browser) -> None:
    write(practice)

    owner.post(WELCOME, typed(owner, WELCOME))

    assert texts_of(practice) == []


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"body": "[tästä](javascript:1)"}, "A link has to begin"),
        ({"body": "[tästä](//evil.example)"}, "A link has to begin"),
        ({"body": "a" * 10_001}, "too long"),
        ({"heading": "a" * 201}, "200"),
    ],
)
def test_unusable_text_comes_back_as_it_was_typed(
    practice: Practice, owner: Browser, words: dict[str, str], error: str
) -> None:
    response = owner.post(WELCOME, typed(owner, WELCOME, **words))

    assert response.status_code == 422
    assert error in text_of(response)
    assert next(iter(words.values())) in response.content.decode()
    assert texts_of(practice) == []


@pytest.mark.parametrize("place", PortalText.Place.values)
@pytest.mark.parametrize("language", ["fi", "sv", "nb", "en"])
def test_standard_text_comes_into_the_form_and_is_not_saved(
    practice: Practice, owner: Browser, place: str, language: str
) -> None:
    url = f"/manage/texts/{place}/{language}/"
    sent = typed(owner, url, body="Omat sanat")

    response = owner.post(url, {**sent, "fetch": "1"})

    assert response.status_code == 200
    form = response.context["form"]
    assert len(str(form["body"].value())) > 20
    assert form["seen"].value() == sent["seen"]
    assert "Nothing is saved yet" in text_of(response)
    assert "Omat sanat" in text_of(response)
    assert texts_of(practice) == []
    again = {"seen": form["seen"].value(), "heading": form["heading"].value(), "body": form["body"].value()}
    assert owner.post(url, again).status_code == 302
    assert texts_of(practice)[0][:2] == (place, language)


def test_two_at_once_lose_nothing(practice: Practice, owner: Browser, editor: Browser) -> None:
    theirs = typed(editor, WELCOME, body="Heidän")
    owner.post(WELCOME, typed(owner, WELCOME, body="Minun"))

    response = editor.post(WELCOME, theirs)

    assert response.status_code == 409
    assert "Text Minun Heidän" in text_of(response)
    assert [row[3] for row in texts_of(practice)] == ["Minun"]
    insisted = {**theirs, "seen": response.context["form"]["seen"].value()}
    assert editor.post(WELCOME, insisted).status_code == 302
    assert [row[3] for row in texts_of(practice)] == ["Heidän"]


def test_language_or_place_that_is_none_is_not_found(practice: Practice, owner: Browser) -> None:
    practice.organisation.languages = ["fi", "sv"]
    practice.organisation.save()

    for url in ("/manage/texts/welcome/nb/", "/manage/texts/nowhere/fi/", clinic_url(practice, "en")):
        assert owner.get(url).status_code == 404
        assert owner.post(url, {"body": "x"}).status_code == 404
    assert texts_of(practice) == []


def test_clinic_of_another_organisation_is_not_found(
    practice: Practice, other_practice: Practice, owner: Browser
) -> None:
    for public_id in (other_practice.clinic.public_id, uuid.uuid4()):
        url = f"/manage/texts/clinic/fi/{public_id}/"
        assert owner.get(url).status_code == 404
        assert owner.post(url, {"body": "x"}).status_code == 404
    assert texts_of(other_practice) == []


def test_limited_editor_writes_for_own_clinics_alone(practice: Practice) -> None:
    other = ClinicFactory(organisation=practice.organisation)
    browser = browser_of(seat_at(practice, Role.EDITOR, [practice.clinic]), practice)

    assert "Front page" not in text_of(browser.get("/manage/texts/"))
    assert str(other.name) not in text_of(browser.get("/manage/texts/"))
    url = clinic_url(practice)
    assert browser.post(url, typed(browser, url, body="Oma")).status_code == 302
    assert browser.get(f"/manage/texts/clinic/fi/{other.public_id}/").status_code == 404
    assert browser.post(WELCOME, {"body": "x"}).status_code == 403
