"""A month at a glance, the layout of a week, and the words for days without times."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from tests.conftest import Practice, open_practice
from tests.factories import PractitionerFactory, next_monday_at, publish
from tests.pages.conftest import Browser, book_url, text_of

pytestmark = pytest.mark.django_db

NOW = "2026-11-18T12:00:00+00:00"


def month_url(practice: Practice, **more: object) -> str:
    return book_url(practice, **more).replace("/book/", "/book/month/")


@travel(NOW, tick=False)
def test_month_tells_free_full_closed_and_past_days_apart() -> None:
    practice = open_practice("demoklinikka")
    tuesday = next_monday_at(9) - timedelta(days=6)
    publish(
        practice.organisation,
        practice.practitioner,
        practice.clinic,
        (tuesday, tuesday + timedelta(minutes=30)),
    )
    browser = Browser(practice.host)
    browser.hold(practice, tuesday)
    text = text_of(browser.get(month_url(practice)))

    assert "November 2026" in text
    assert "Monday 30 November: Free times" in text
    assert "Tuesday 24 November: Full" in text
    assert "Wednesday 25 November: Closed" in text
    assert "Tuesday 17 November: Past" in text
    assert "Saturday" not in text


@travel(NOW, tick=False)
def test_week_tells_full_and_closed_and_past_days_apart() -> None:
    practice = open_practice("demoklinikka")
    friday = next_monday_at(9) - timedelta(days=10)
    publish(
        practice.organisation,
        practice.practitioner,
        practice.clinic,
        (friday, friday + timedelta(minutes=90)),
    )
    browser = Browser(practice.host)
    for half_hours in range(3):
        browser.hold(practice, friday + timedelta(minutes=30 * half_hours))
    browser.get(book_url(practice))
    publish(
        practice.organisation,
        PractitionerFactory(organisation=practice.organisation),
        practice.clinic,
        (friday - timedelta(days=1), friday - timedelta(days=1) + timedelta(minutes=30)),
    )
    week = friday.date()
    text = text_of(browser.get(book_url(practice, practitioner="any", week=week)))

    for words in (
        "Tuesday 17 November Past",
        "Wednesday 18 November Closed",
        "Thursday 19 November 9:00",
        "Friday 20 November Full",
    ):
        assert words in text


@travel(NOW, tick=False)
def test_month_leads_into_the_week_and_to_other_months() -> None:
    practice = open_practice("demoklinikka")
    browser = Browser(practice.host)
    html = browser.get(month_url(practice)).content.decode()
    december = browser.get(month_url(practice, month="2026-12"))

    assert "week=2026-11-30" in html
    assert "month=2026-12" in html
    assert "month=2026-10" not in html
    assert "December 2026" in text_of(december)
    assert "month=2026-11" in december.content.decode()


@pytest.mark.parametrize("month", ["", "2020-01", "9999-12", "0001-01", "2026-13", "x"])
@travel(NOW, tick=False)
def test_odd_months_are_moved_to_one_that_can_be_booked(month: str) -> None:
    practice = open_practice("demoklinikka")
    response = Browser(practice.host).get(month_url(practice, month=month))

    assert response.status_code == 200
    assert ("May 2027" if month == "9999-12" else "November 2026") in text_of(response)


def test_weekends_stand_in_the_month_only_where_they_can_be_booked(
    practice: Practice, browser: Browser
) -> None:
    assert browser.get(month_url(practice)).content.decode().count('<th scope="col">') == 5

    practice.organisation.settings.weekend_booking = True
    practice.organisation.settings.save()

    assert browser.get(month_url(practice)).content.decode().count('<th scope="col">') == 7


@pytest.mark.parametrize("practitioners", [1, 3, 50])
@pytest.mark.parametrize("horizon", [60, 720])
def test_month_costs_the_same_few_queries(
    practice: Practice, browser: Browser, practitioners: int, horizon: int
) -> None:
    practice.organisation.settings.horizon_days = horizon
    practice.organisation.settings.save()
    for _ in range(practitioners - 1):
        other = PractitionerFactory(organisation=practice.organisation)
        publish(practice.organisation, other, practice.clinic, (next_monday_at(8), next_monday_at(17)))
    url = month_url(practice, practitioner="any")
    browser.get(url)
    with CaptureQueriesContext(connection) as queries:
        browser.get(url)

    assert len(queries) == 3


def test_month_of_another_organisations_things_is_none(
    practice: Practice, other_practice: Practice, browser: Browser
) -> None:
    response = browser.get(month_url(practice, treatment=other_practice.treatment.public_id))

    assert response.status_code == 302
    assert str(other_practice.treatment.public_id) not in response.headers["Location"]


def test_booked_time_leaves_the_month(practice: Practice, browser: Browser) -> None:
    other = PractitionerFactory(organisation=practice.organisation)
    publish(practice.organisation, other, practice.clinic, (next_monday_at(8), next_monday_at(8, 30)))
    page = month_url(practice, practitioner=other.public_id, month=f"{next_monday_at(8):%Y-%m}")
    before = text_of(browser.get(page))
    browser.choose(practice, next_monday_at(8), practitioner=str(other.public_id))
    after = text_of(browser.get(page))

    assert "Free times" in before
    assert "Free times" not in after
    assert "Full" in after


@pytest.mark.parametrize("layout", ["columns", "list"])
def test_layout_is_remembered(practice: Practice, browser: Browser, layout: str) -> None:
    page = book_url(practice)
    assert "days-" not in browser.get(page).content.decode()
    response = browser.post("/book/layout/", {"layout": layout, "next": page})

    assert response.headers["Location"] == page
    assert response.cookies["week_layout"]["httponly"]
    assert f'class="days days-{layout}"' in browser.get(page).content.decode()


def test_layout_that_is_none_is_not_remembered(practice: Practice, browser: Browser) -> None:
    response = browser.post("/book/layout/", {"layout": "<b>", "next": "//evil.example/"})

    assert not response.cookies
    assert response.headers["Location"] == "/"
    assert browser.get("/book/layout/").status_code == 405


def test_layout_of_one_visitor_is_not_anothers(
    practice: Practice, browser: Browser, stranger: Browser
) -> None:
    browser.post("/book/layout/", {"layout": "list"})
    browser.get(book_url(practice))

    assert "days-list" not in stranger.get(book_url(practice)).content.decode()
