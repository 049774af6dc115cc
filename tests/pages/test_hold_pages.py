"""The hold on the page: counted down, extended once, given back, and refused to who holds too many."""

import re

import pytest
from pytest_django.fixtures import Settings

from scheduling.models import Booking
from tests.conftest import Practice
from tests.factories import PractitionerFactory, next_monday_at, publish
from tests.pages.conftest import TYPED, Browser, booking_at, newest_code, text_of
from tests.pages.test_booking_pages import expire

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["details/", "code/"])
def test_page_says_how_long_in_words_and_by_the_clock(
    practice: Practice, browser: Browser, page: str
) -> None:
    address = browser.hold(practice)
    browser.post(f"{address}details/", TYPED)
    html = browser.get(address + page).content.decode()
    seconds = re.search(r'data-seconds="(\d+)"', html)

    assert seconds
    assert 590 <= int(seconds[1]) <= 600
    assert 'data-many="about [minutes] minutes left"' in html
    assert re.search(r'<p class="sr held-spoken" role="status" aria-live="polite"></p>', html)
    assert re.search(r'<script src="/static/js/hold\.\w+\.js" defer></script>', html)
    assert "held for you until" in text_of(browser.get(address + page))


def test_more_time_keeps_what_is_half_typed(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    before = booking_at(address).hold_expires_at
    response = browser.post(
        f"{address}details/",
        {"first_name": "Mai", "email": "maija@", "for_other": "on", "message": "Hei", "extend": "1"},
    )
    html, after = response.content.decode(), booking_at(address).hold_expires_at

    assert response.status_code == 200
    assert before is not None
    assert after is not None
    assert (after - before).total_seconds() == 600
    assert "The time is now held for you until" in text_of(response)
    for typed in ('value="Mai"', 'value="maija@"', "Hei</textarea>", "checked"):
        assert typed in html
    assert 'class="errors"' not in html
    assert 'name="extend"' not in html


def test_more_time_is_given_once(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    browser.post(f"{address}details/", {"extend": "1"})
    until = booking_at(address).hold_expires_at
    response = browser.post(f"{address}details/", {"extend": "1"})

    assert "cannot be held longer than until" in text_of(response)
    assert booking_at(address).hold_expires_at == until


def test_more_time_is_given_while_waiting_for_the_code(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    browser.post(f"{address}details/", TYPED)
    response = browser.post(f"{address}code/", {"code": "12", "extend": "1"})

    assert response.status_code == 200
    assert "The time is now held for you until" in text_of(response)
    assert 'value="12"' in response.content.decode()
    assert browser.post(f"{address}code/", {"code": newest_code()}).headers["Location"] == f"{address}done/"


@pytest.mark.parametrize("page", ["details/", "code/"])
def test_more_time_for_a_hold_that_is_over_says_so(practice: Practice, browser: Browser, page: str) -> None:
    address = browser.hold(practice)
    browser.post(f"{address}details/", TYPED)
    expire(address)
    response = browser.post(address + page, {**TYPED, "extend": "1"})

    assert response.status_code == 410
    assert "What you typed is kept" in text_of(response)


def test_looking_at_a_page_extends_nothing(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    until = booking_at(address).hold_expires_at
    browser.get(f"{address}details/?extend=1")

    assert booking_at(address).hold_expires_at == until


def test_enter_in_a_field_does_not_press_the_button_for_more_time(
    practice: Practice, browser: Browser
) -> None:
    """A browser presses the form's first button then."""
    html = browser.get(f"{browser.hold(practice)}details/").content.decode()
    form = html[html.index('class="form"') :]
    buttons = [button.partition(">")[0] for button in form.split("<button")[1:]]

    assert "extend" not in buttons[0]
    assert [button for button in buttons if "extend" in button]


def test_anybody_is_remembered_to_the_end(practice: Practice, browser: Browser) -> None:
    second = PractitionerFactory(organisation=practice.organisation)
    publish(practice.organisation, second, practice.clinic, (next_monday_at(8), next_monday_at(16)))
    address = browser.choose(practice, next_monday_at(9), practitioner="any").headers["Location"]
    assert address.endswith("/details/")
    browser.post(address, TYPED)
    address = address.removesuffix("details/")
    browser.get(f"{address}code/")
    released = browser.post(f"{address}release/", {"change": "time"})

    assert "practitioner=any" in released.headers["Location"]
    assert "practitioner=any" in browser.get(f"{address}details/").content.decode()


def test_chosen_practitioner_is_remembered_too(practice: Practice, browser: Browser) -> None:
    released = browser.post(f"{browser.hold(practice)}release/", {"change": "time"})

    assert f"practitioner={practice.practitioner.public_id}" in released.headers["Location"]


def test_too_many_holds_from_one_network_are_refused_on_a_page(
    practice: Practice, browser: Browser, stranger: Browser, settings: Settings
) -> None:
    settings.HOLDS_PER_ADDRESS = 1
    address = browser.hold(practice)
    response = stranger.choose(practice, next_monday_at(11))

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "600"
    assert "Many times are being held from your network" in text_of(response)
    assert practice.clinic.phone in text_of(response)
    assert Booking.across.filter(organisation=practice.organisation).count() == 1
    assert len(booking_at(address).address_hash) == 64
    assert "127.0.0.1" not in booking_at(address).address_hash


def test_proxys_word_on_the_address_counts_only_behind_a_proxy(
    practice: Practice, browser: Browser, settings: Settings
) -> None:
    def hash_from(forwarded: str, hour: int) -> str:
        browser.defaults["HTTP_X_FORWARDED_FOR"] = forwarded
        return booking_at(browser.hold(practice, next_monday_at(hour))).address_hash

    assert hash_from("192.0.2.1", 8) == hash_from("192.0.2.2", 9)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    invented = hash_from("198.51.100.9, 192.0.2.1", 10)
    assert invented == hash_from("192.0.2.1", 11)
    assert hash_from("2001:db8::1", 12) not in ("", invented)


def test_network_of_ipv6_is_counted_as_one(
    practice: Practice, browser: Browser, stranger: Browser, settings: Settings
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    hashes = set()
    for who, forwarded, hour in (
        (browser, "2001:db8::1", 8),
        (stranger, "2001:db8::ffff:1", 9),
        (stranger, "unknown", 10),
    ):
        who.defaults["HTTP_X_FORWARDED_FOR"] = forwarded
        hashes.add(booking_at(who.hold(practice, next_monday_at(hour))).address_hash)

    assert len(hashes) == 2


def test_too_many_holds_with_one_number_are_refused_at_the_field(practice: Practice) -> None:
    for hour in range(8, 13):
        browser = Browser(practice.host)
        browser.post(f"{browser.hold(practice, next_monday_at(hour))}details/", TYPED)
    address = browser.hold(practice, next_monday_at(14))
    response = browser.post(f"{address}details/", TYPED)

    assert response.status_code == 429
    assert "Several times are being held with this number." in text_of(response)
    assert 'value="Maija"' in response.content.decode()
