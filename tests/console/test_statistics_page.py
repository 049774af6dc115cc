"""The console's numbers: for the days that are asked for, of this organisation alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from scheduling.models import Booking
from tests.conftest import Practice
from tests.factories import BookingFactory, next_monday_at
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db


def book(practice: Practice, days_ago: int = 0) -> None:
    booking = BookingFactory(
        organisation=practice.organisation,
        clinic=practice.clinic,
        practitioner=practice.practitioner,
        treatment=practice.treatment,
        during=practice.treatment.during(next_monday_at(9) + timedelta(hours=days_ago)),
    )
    Booking.across.filter(pk=booking.pk).update(booked_at=timezone.now() - timedelta(days=days_ago))


def booked(browser: Browser, query: str = "") -> int:
    response = browser.get(f"/manage/statistics/{query}")
    assert response.status_code == 200
    number: int = response.context["shares"][0][1]
    return number


def test_numbers_are_of_the_last_thirty_days_and_of_nobody_else(
    practice: Practice, other_practice: Practice, owner: Browser
) -> None:
    for days_ago in (0, 20, 40):
        book(practice, days_ago)
    book(other_practice)

    assert booked(owner) == 2
    today = timezone.now().date()
    assert booked(owner, f"?first={today - timedelta(days=60)}&last={today}") == 3


@pytest.mark.parametrize(
    "query", ["?first=x&last=y", "?first=9999-12-31&last=0001-01-01", "?first=0001-01-01", "?last=%00"]
)
def test_days_that_are_none_are_no_failure(owner: Browser, query: str) -> None:
    assert booked(owner, query) == 0


def test_every_plot_carries_its_numbers_as_a_table(practice: Practice, owner: Browser) -> None:
    book(practice)

    response = owner.get("/manage/statistics/")

    assert response.content.count(b"<figure") == response.content.count(b"<table") == 6
    assert practice.treatment.name in text_of(response)
    assert practice.practitioner.name in text_of(response)


@pytest.mark.parametrize("many", [1, 3])
def test_numbers_ask_as_much_for_many_as_for_one(
    practice: Practice, owner: Browser, many: int, django_assert_max_num_queries: object
) -> None:
    for number in range(many):
        book(practice, number)
    owner.get("/manage/statistics/")

    with django_assert_max_num_queries(16):  # type: ignore[operator]
        owner.get("/manage/statistics/")


def test_a_year_is_drawn_by_week(practice: Practice, owner: Browser) -> None:
    for days_ago in (0, 20, 340):
        book(practice, days_ago)
    today = timezone.now().date()

    response = owner.get(f"/manage/statistics/?first={today - timedelta(days=364)}&last={today}")

    figures = response.context["plots"][0].figures
    assert 53 <= len(figures) <= 54
    assert sum(figure.total for figure in figures) == 3
