"""While PostgreSQL is away: a page that says that it passes, and when to come back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import DataError, InterfaceError, OperationalError, connection

from tests.conftest import Practice
from tests.pages.conftest import TYPED, Browser, text_of

pytestmark = pytest.mark.django_db


def broken(error: type[Exception]) -> AbstractContextManager[Any]:
    """Every question to the database fails, as Django hands failures on."""

    def refuse(execute: Callable[..., Any], *args: Any) -> Any:
        raise error

    return connection.execute_wrapper(refuse)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("path", ["/", "/book/", "details/", "/privacy/"])
def test_page_says_that_it_passes(
    practice: Practice, browser: Browser, error: type[Exception], path: str
) -> None:
    browser.raise_request_exception = False
    address = browser.hold(practice)
    with broken(error):
        response = browser.get(path if path.startswith("/") else address + path)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert response.headers["Cache-Control"] == "no-store"
    assert "We are away for a moment" in text_of(response)


def test_form_that_is_sent_meanwhile_says_so_too(practice: Practice, browser: Browser) -> None:
    browser.raise_request_exception = False
    address = browser.hold(practice)
    with broken(OperationalError):
        response = browser.post(f"{address}details/", TYPED)

    assert response.status_code == 503
    assert browser.post(f"{address}details/", TYPED).status_code == 302


def test_landing_page_says_so_too(db: None) -> None:
    browser = Browser("localhost:8000")
    browser.raise_request_exception = False
    with broken(OperationalError):
        assert browser.get("/").status_code == 503


def test_other_failures_are_still_ours(practice: Practice, browser: Browser) -> None:
    browser.raise_request_exception = False
    with broken(DataError):
        response = browser.get("/")

    assert response.status_code == 500
    assert "Something went wrong on our side" in text_of(response)
    assert "Retry-After" not in response.headers
