"""The week page: its times, its ways on, and what it says to odd requests."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from scheduling.forms import stamp_of
from tests.conftest import Practice, open_practice
from tests.factories import PractitionerFactory, next_monday_at, publish
from tests.pages.conftest import Browser, book_url, text_of

pytestmark = pytest.mark.django_db


def test_week_opens_at_the_first_free_time(practice: Practice, browser: Browser) -> None:
    response = browser.get(book_url(practice))
    first = next_monday_at(8)

    assert response.status_code == 200
    assert "First free:" in text_of(response)
    assert f'value="{stamp_of(first)}"' in response.content.decode()
    assert response.content.decode().count('name="at"') == 1 + 16


def test_time_button_is_named_by_day_time_and_practitioner(practice: Practice, browser: Browser) -> None:
    first = next_monday_at(8)
    label = f"Monday {first.day} {first:%B}, 8:00, {practice.practitioner.name}"

    assert f'aria-label="{label}">8:00</button>' in browser.get(book_url(practice)).content.decode()


def test_urgent_cases_find_the_telephone_before_the_times(practice: Practice, browser: Browser) -> None:
    html = browser.get(book_url(practice)).content.decode()

    assert html.index('href="tel:+35895550100"') < html.index('name="at"')


def test_any_practitioner_shows_equal_times_once(practice: Practice, browser: Browser) -> None:
    other = PractitionerFactory(organisation=practice.organisation)
    publish(practice.organisation, other, practice.clinic, (next_monday_at(8), next_monday_at(17)))
    html = browser.get(book_url(practice, practitioner="any")).content.decode()

    assert html.count('name="at"') == 1 + 18


def test_empty_week_leads_to_the_next_free_time(practice: Practice, browser: Browser) -> None:
    week_before = (next_monday_at(8) - timedelta(days=7)).date()
    response = browser.get(book_url(practice, week=week_before))

    assert "No free times this week. Next free time:" in text_of(response)
    assert f"week={next_monday_at(8).date()}" in response.content.decode()


def test_week_after_the_last_time_leads_back_to_the_first(practice: Practice, browser: Browser) -> None:
    week_after = (next_monday_at(8) + timedelta(days=7)).date()

    assert "No free times this week. First free:" in text_of(browser.get(book_url(practice, week=week_after)))


def test_week_is_found_by_any_of_its_days(practice: Practice, browser: Browser) -> None:
    sunday = (next_monday_at(8) + timedelta(days=6)).date()

    assert browser.get(book_url(practice, week=sunday)).content.decode().count('name="at"') == 16


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ("yesterday", "not a date we understand"),
        ("2026-02-31", "not a date we understand"),
        ("9999-12-31", "not a date we understand"),
        ("0001-01-01", "not a date we understand"),
        ("2020-01-06", "That week has passed"),
        ("2099-01-05", "cannot be booked yet"),
        ("%00", "not a date we understand"),
    ],
)
def test_odd_weeks_are_answered_in_words(practice: Practice, browser: Browser, week: str, words: str) -> None:
    response = browser.get(book_url(practice, week=week))

    assert response.status_code == 200
    assert words in text_of(response)


def test_taken_time_comes_back_with_the_nearest_others(
    practice: Practice, browser: Browser, stranger: Browser
) -> None:
    stranger.hold(practice, next_monday_at(9))
    response = browser.get(browser.choose(practice, next_monday_at(9)).headers["Location"])

    assert "That time has just been taken." in text_of(response)
    html = response.content.decode()
    nearest = [next_monday_at(8, 30), next_monday_at(9, 30)]
    assert [html.count(f'value="{stamp_of(time)}"') for time in nearest] == [2, 2]
    assert f'name="at" value="{stamp_of(next_monday_at(9))}"' not in html


def test_weekends_have_columns_only_where_they_can_be_booked(practice: Practice, browser: Browser) -> None:
    assert browser.get(book_url(practice)).content.decode().count('<section class="day') == 5

    practice.organisation.settings.weekend_booking = True
    practice.organisation.settings.save()

    assert browser.get(book_url(practice)).content.decode().count('<section class="day') == 7


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", "Ensimmäinen vapaa: ma 30.11. klo 8.00"),
        ("sv", "Första lediga: mån 30 nov kl. 08:00"),
        ("nb", "Første ledige: man 30. nov kl. 08.00"),
        ("en", "First free: Mon 30 Nov, 8:00"),
    ],
)
@travel("2026-11-18T12:00:00+00:00", tick=False)
def test_times_are_written_as_the_language_writes_them(language: str, words: str) -> None:
    practice = open_practice("demoklinikka")

    assert words in text_of(Browser(practice.host, language).get(book_url(practice)))


@pytest.mark.parametrize("practitioners", [1, 3, 50])
def test_week_costs_the_same_few_queries(practice: Practice, browser: Browser, practitioners: int) -> None:
    for _ in range(practitioners - 1):
        other = PractitionerFactory(organisation=practice.organisation)
        publish(practice.organisation, other, practice.clinic, (next_monday_at(8), next_monday_at(17)))
    url = book_url(practice, practitioner="any", week=next_monday_at(8).date())
    browser.get(url)
    with CaptureQueriesContext(connection) as queries:
        browser.get(url)

    assert len(queries) == 2


def test_large_page_is_compressed_for_browsers_that_can_read_it(practice: Practice, browser: Browser) -> None:
    practice.organisation.settings.step_minutes = 5
    practice.organisation.settings.weekend_booking = True
    practice.organisation.settings.save()
    times = [
        (next_monday_at(8) + timedelta(days=day), next_monday_at(20) + timedelta(days=day))
        for day in range(7)
    ]
    publish(practice.organisation, practice.practitioner, practice.clinic, *times)
    plain = browser.get(book_url(practice))
    packed = browser.get(book_url(practice), headers={"accept-encoding": "gzip"})

    assert plain.content.count(b'name="at"') > 900
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) < 25_000
