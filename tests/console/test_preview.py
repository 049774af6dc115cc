"""The patients' pages with what is not saved: real, framed only here, and gone without a trace."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clinics.models import Organisation, OrganisationSettings, Picture, PortalText
from clinics.roles import Role
from clinics.scope import organisation_scope
from scheduling.free_weeks import rebuild_free_weeks
from scheduling.models import Booking
from scheduling.step_counts import _counter
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.factories import TreatmentFactory
from tests.journeys.gallery import PICTURE
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

PAGES = ["front", "question", "details", "closed", "maintenance", "login", "privacy"]
PLACES = {
    "front": "welcome",
    "question": "clinic",
    "details": "details",
    "closed": "closed",
    "maintenance": "maintenance",
    "login": "login",
    "privacy": "privacy",
}
WORDS = {"preview_language": "sv", "heading": "Ny rubrik", "body": "**Alldeles** nytt"}


def stored(practice: Practice) -> tuple[Any, ...]:
    organisation = practice.organisation
    return (
        Organisation.objects.values().get(pk=organisation.pk),
        OrganisationSettings.objects.values().get(organisation=organisation),
        PortalText.across.count(),
        Picture.across.count(),
        Booking.across.count(),
    )


@pytest.mark.parametrize("page", PAGES)
def test_page_shows_what_is_typed_and_stores_nothing(practice: Practice, owner: Browser, page: str) -> None:
    before, counted = stored(practice), _counter.numbers.copy()

    response = owner.post(f"/manage/preview/{page}/", {**WORDS, "place": PLACES[page]})

    assert response.status_code == 200
    assert "<strong>Alldeles</strong> nytt" in response.content.decode()
    assert "Ny rubrik" in text_of(response)
    assert '<html lang="sv"' in response.content.decode()
    assert (stored(practice), _counter.numbers) == (before, counted)


@pytest.mark.parametrize("page", PAGES)
def test_page_without_a_form_is_as_it_is(practice: Practice, owner: Browser, page: str) -> None:
    response = owner.get(f"/manage/preview/{page}/?language=fi")

    assert response.status_code == 200
    assert '<html lang="fi"' in response.content.decode()


def test_draft_reaches_no_patient_and_no_other_draft(practice: Practice, owner: Browser) -> None:
    patient = Browser(practice.host, "sv")
    for heading in ("Ett", "Två"):
        response = owner.post("/manage/preview/front/", {**WORDS, "place": "welcome", "heading": heading})
        assert heading in text_of(response)

    page = text_of(patient.get("/"))

    assert "Ett" not in page.split()
    assert "nytt" not in page
    assert "nytt" not in text_of(owner.get("/manage/preview/front/?language=sv"))


def test_colour_and_order_are_shown(practice: Practice, owner: Browser) -> None:
    TreatmentFactory(organisation=practice.organisation)
    with organisation_scope(practice.organisation.pk):
        rebuild_free_weeks(organisation=practice.organisation)
    order = {
        f"step_order_{place}": step
        for place, step in enumerate(["time", "clinic", "treatment", "practitioner"])
    }

    page = owner.post(
        "/manage/preview/front/", {"preset": "own", "accent_colour": "#123456", **order}
    ).content.decode()

    assert "v=2123456" in page
    assert 'name="at"' in page
    assert "--accent:#123456" in owner.get("/theme.css?v=2123456").content.decode()
    assert 'name="at"' not in owner.get("/manage/preview/front/").content.decode()


def test_unsaved_logo_is_shown_in_the_page_itself(practice: Practice, owner: Browser) -> None:
    file = SimpleUploadedFile("logo.png", PICTURE, "image/png")

    page = owner.post("/manage/preview/front/", {"file": file}).content.decode()

    assert 'src="data:image/' in page
    assert Picture.across.count() == 0


def test_text_of_a_clinic_is_shown_at_that_clinic(
    practice: Practice, other_practice: Practice, owner: Browser
) -> None:
    words = {**WORDS, "place": "clinic", "clinic": practice.clinic.public_id}
    foreign = {**words, "clinic": other_practice.clinic.public_id}

    assert "Ny rubrik" in text_of(owner.post("/manage/preview/question/", words))
    assert other_practice.clinic.name not in text_of(owner.post("/manage/preview/question/", foreign))


def test_only_this_hosts_console_frames_it_and_nothing_runs(practice: Practice, owner: Browser) -> None:
    response = owner.get("/manage/preview/front/")
    policy = response.headers["Content-Security-Policy"]

    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'self'" in policy
    assert "script-src 'none'" in policy
    assert policy.split("; ").count("sandbox") == 1
    assert "<script" not in response.content.decode()
    assert "frame-ancestors 'none'" in owner.get("/manage/looks/").headers["Content-Security-Policy"]
    assert "frame-src 'self'" in owner.get("/manage/looks/").headers["Content-Security-Policy"]
    assert "frame-src" not in owner.get("/").headers["Content-Security-Policy"]
    assert owner.get("/").headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "typed",
    [
        {"accent_colour": "red;}", "preset": "own"},
        {"place": "nowhere", "preview_language": "sv", "heading": "x"},
        {"place": "welcome", "preview_language": "\x00", "heading": "\x00"},
        {"clinic": "\x00", "place": "clinic", "preview_language": "fi"},
        {"step_order_0": "time", "step_order_1": "time"},
        {"left": "NaN", "kept": "%%%"},
    ],
)
def test_what_is_unusable_is_left_out(practice: Practice, owner: Browser, typed: dict[str, str]) -> None:
    for page in PAGES:
        assert owner.post(f"/manage/preview/{page}/", typed).status_code == 200


def test_file_that_is_no_picture_is_left_out(practice: Practice, owner: Browser) -> None:
    file = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")

    assert "<svg" not in owner.post("/manage/preview/front/", {"file": file}).content.decode()


def test_portal_without_anything_to_book_says_so(practice: Practice, owner: Browser) -> None:
    practice.treatment.is_published = False
    practice.treatment.save()

    assert "Nothing to show yet" in text_of(owner.get("/manage/preview/details/"))
    assert owner.get("/manage/preview/nowhere/").status_code == 404


def test_viewer_and_stranger_see_no_preview(practice: Practice) -> None:
    viewer = browser_of(seat_at(practice, Role.VIEWER), practice)

    assert viewer.post("/manage/preview/front/", WORDS).status_code == 403
    assert Browser(practice.host).post("/manage/preview/front/", WORDS).status_code == 302
