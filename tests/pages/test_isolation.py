"""No page of one organisation shows, accepts or changes anything of another's."""

import pytest

from scheduling.models import Booking
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.pages.conftest import TYPED, Browser, book_url, booking_at, text_of

pytestmark = pytest.mark.django_db


def test_front_page_shows_only_its_own(
    practice: Practice, other_practice: Practice, browser: Browser
) -> None:
    text = text_of(browser.get("/"))

    assert practice.clinic.name in text
    for thing in (other_practice.clinic, other_practice.practitioner, other_practice.treatment):
        assert f" {thing.name} " not in text


@pytest.mark.parametrize("step", ["clinic", "treatment", "practitioner"])
def test_other_organisations_choice_is_not_available(
    practice: Practice, other_practice: Practice, browser: Browser, step: str
) -> None:
    foreign = getattr(other_practice, step)
    response = browser.get(book_url(practice, **{step: foreign.public_id}))

    assert response.status_code == 404
    assert f" {foreign.name} " not in text_of(response)
    assert "not available any more" in text_of(response)


@pytest.mark.parametrize("step", ["clinic", "treatment", "practitioner"])
def test_other_organisations_time_cannot_be_held(
    practice: Practice, other_practice: Practice, browser: Browser, step: str
) -> None:
    mixed = Practice(
        **{
            name: getattr(other_practice if name == step else practice, name)
            for name in ("organisation", "clinic", "practitioner", "treatment")
        }
    )
    response = browser.choose(mixed, next_monday_at(9))

    assert response.status_code == 302
    assert "/booking/" not in response.headers["Location"]
    assert not Booking.across.exists()


@pytest.mark.parametrize("page", ["details/", "code/", "done/", "calendar.ics"])
def test_booking_is_not_found_on_another_organisations_host(
    practice: Practice, other_browser: Browser, browser: Browser, page: str
) -> None:
    address = browser.book(practice)
    other_browser.cookies = browser.cookies

    assert other_browser.get(address + page).status_code == 404


@pytest.mark.parametrize("page", ["details/", "code/", "code/resend/", "release/"])
def test_booking_is_not_changed_from_another_organisations_host(
    practice: Practice, other_browser: Browser, browser: Browser, page: str
) -> None:
    address = browser.hold(practice)
    other_browser.cookies = browser.cookies

    assert other_browser.post(address + page, TYPED).status_code == 404
    assert booking_at(address).state == Booking.State.HELD


def test_theme_is_the_organisations_own(practice: Practice, browser: Browser, other_browser: Browser) -> None:
    practice.organisation.settings.accent_colour = "#7a1f5c"
    practice.organisation.settings.save()

    assert "--accent:#7a1f5c" in browser.get("/theme.css").content.decode()
    assert "#7a1f5c" not in other_browser.get("/theme.css").content.decode()
