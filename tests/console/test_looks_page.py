"""Colours that can be read, and a logo that nobody else's is lost over."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clinics.colours import suitability
from clinics.models import Picture
from tests.conftest import Practice
from tests.console.test_settings_pages import settings_of
from tests.journeys.gallery import PICTURE
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

LOOKS = "/manage/looks/"
PALE = "#ffd500"


def typed(browser: Browser, **chosen: str) -> dict[str, Any]:
    form = browser.get(LOOKS).context["form"]
    return {"seen": form["seen"].value(), "preset": "own", "accent_colour": "#0b6b74", **chosen}


def logo_of(practice: Practice) -> Picture | None:
    found: Picture | None = Picture.across.filter(organisation=practice.organisation).first()
    return found


def file() -> SimpleUploadedFile:
    return SimpleUploadedFile("logo.png", PICTURE, "image/png")


def test_preset_is_saved_and_on_the_next_page(practice: Practice, owner: Browser) -> None:
    assert owner.post(LOOKS, typed(owner, preset="#7a3e9d", accent_colour="nonsense")).status_code == 302

    assert settings_of(practice).accent_colour == "#7a3e9d"
    assert "v=27a3e9d" in Browser(practice.host).get("/").content.decode()


def test_own_colour_is_saved_in_small_letters(practice: Practice, owner: Browser) -> None:
    owner.post(LOOKS, typed(owner, accent_colour="#1A2B3C"))

    assert settings_of(practice).accent_colour == "#1a2b3c"


def test_colour_that_cannot_be_read_is_refused_with_the_nearest_that_can(
    practice: Practice, owner: Browser
) -> None:
    nearest = suitability(PALE).light

    response = owner.post(LOOKS, typed(owner, accent_colour=PALE))

    assert response.status_code == 422
    assert f"The nearest that can is {nearest}" in text_of(response)
    assert f'value="{nearest}"' in response.content.decode()
    assert owner.post(LOOKS, typed(owner, accent_colour=PALE, use=nearest)).status_code == 302
    assert settings_of(practice).accent_colour == nearest


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", "url(//evil.example)", "#1234567"])
def test_what_is_no_colour_is_refused(practice: Practice, owner: Browser, colour: str) -> None:
    before = settings_of(practice).accent_colour

    assert owner.post(LOOKS, typed(owner, accent_colour=colour)).status_code == 422
    assert settings_of(practice).accent_colour == before


def test_check_says_how_a_colour_does_by_day_and_by_night(owner: Browser) -> None:
    pale = text_of(owner.get(f"{LOOKS}contrast/", {"preset": "own", "accent_colour": PALE}))
    fine = text_of(owner.get(f"{LOOKS}contrast/", {"preset": "#0b6b74", "accent_colour": PALE}))

    assert "too pale" in pale
    assert suitability(PALE).light in pale
    assert "too pale" not in fine
    assert "shown lighter" in fine
    assert text_of(owner.get(f"{LOOKS}contrast/", {"accent_colour": "\x00"})) == ""


def test_two_at_once_lose_nothing(practice: Practice, owner: Browser, editor: Browser) -> None:
    theirs = typed(editor, preset="#2d6e3e")
    owner.post(LOOKS, typed(owner, preset="#7a3e9d"))

    assert editor.post(LOOKS, theirs).status_code == 409
    assert settings_of(practice).accent_colour == "#7a3e9d"


def test_logo_is_sent_shown_and_removed(practice: Practice, owner: Browser) -> None:
    assert owner.post(f"{LOOKS}logo/", {"file": file(), "seen": ""}).status_code == 302
    logo = logo_of(practice)
    assert logo
    assert logo.url in Browser(practice.host).get("/").content.decode()
    assert logo.url in owner.get(LOOKS).content.decode()

    assert owner.post(f"{LOOKS}logo/remove/", {"seen": "another"}, follow=True).status_code == 200
    assert logo_of(practice) is not None
    owner.post(f"{LOOKS}logo/remove/", {"seen": logo.name})
    assert logo_of(practice) is None


def test_logo_that_somebody_else_has_just_sent_is_not_replaced_unseen(
    practice: Practice, owner: Browser
) -> None:
    owner.post(f"{LOOKS}logo/", {"file": file(), "seen": ""})
    first = logo_of(practice)

    response = owner.post(f"{LOOKS}logo/", {"file": file(), "seen": ""})

    assert response.status_code == 409
    assert "not stored yet" in text_of(response)
    assert logo_of(practice) == first


def test_file_that_is_no_picture_is_refused_with_a_sentence(practice: Practice, owner: Browser) -> None:
    bad = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")

    assert owner.post(f"{LOOKS}logo/", {"file": bad, "seen": ""}).status_code == 422
    assert owner.post(f"{LOOKS}logo/", {"seen": ""}).status_code == 422
    assert logo_of(practice) is None
