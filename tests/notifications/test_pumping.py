"""A bot has codes sent to thousands of numbers: money stays within the cap, and nobody else waits."""

import pytest
from pytest_django import Settings

from benchmarks.pump import pump
from tests.factories import make_organisation


@pytest.mark.django_db(transaction=True)
def test_pumping_costs_no_more_than_the_cap_and_harms_nobody_else(settings: Settings) -> None:
    settings.SMS_PRICES = {"FI": 700, "SE": 600, "NO": 600}
    settings.SMS_PER_ADDRESS = 3
    settings.SMS_PER_BLOCK = 5
    target = make_organisation("demoklinikka", sms_monthly_cap=10)
    other = make_organisation("pikkuhammas")

    figures = pump(target, other, requests=600, threads=6)

    assert figures.is_right, figures
    assert sum(figures.outcomes.values()) == 600
    assert {"country", "type", "block", "month", "queued"} <= set(figures.outcomes)
    assert figures.outcomes["queued"] == figures.queued
    assert 9.9 < figures.spent <= 10
