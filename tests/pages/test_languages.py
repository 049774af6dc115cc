"""Which language a page speaks, and how it is changed."""

import pytest
from django.conf import settings

from tests.conftest import Practice
from tests.pages.conftest import Browser, book_url, text_of

pytestmark = pytest.mark.django_db

HEADINGS = {"fi": "Valitse aika", "sv": "Välj tid", "nb": "Velg time", "en": "Choose a time"}


@pytest.mark.parametrize("language", HEADINGS)
def test_page_speaks_the_browsers_language(practice: Practice, language: str) -> None:
    response = Browser(practice.host, language).get(book_url(practice))

    assert f'<html lang="{language}">' in response.content.decode()
    assert HEADINGS[language] in text_of(response)


def test_page_speaks_the_organisations_language_to_whom_it_offers_no_other(practice: Practice) -> None:
    practice.organisation.languages = ["fi"]
    practice.organisation.save()

    assert HEADINGS["fi"] in text_of(Browser(practice.host, "sv").get(book_url(practice)))


def test_chosen_language_lasts_and_the_page_stays(practice: Practice, browser: Browser) -> None:
    url = book_url(practice)
    response = browser.post("/language/", {"language": "sv", "next": url})

    assert response.headers["Location"] == url
    assert browser.cookies[settings.LANGUAGE_COOKIE_NAME]["httponly"] is True
    assert HEADINGS["sv"] in text_of(browser.get(url))


def test_page_that_the_browser_names_comes_before_the_forms(practice: Practice, browser: Browser) -> None:
    response = browser.post(
        "/language/",
        {"language": "fi", "next": "/"},
        headers={"referer": f"http://{practice.host}/book/?clinic=x"},
    )

    assert response.headers["Location"] == "/book/?clinic=x"


def test_language_that_is_not_offered_changes_nothing(practice: Practice, browser: Browser) -> None:
    browser.post("/language/", {"language": "de"})

    assert settings.LANGUAGE_COOKIE_NAME not in browser.cookies


@pytest.mark.parametrize(
    "page", ["https://example.com/", "//example.com/", "/\\example.com", "javascript:1", "", "/\x00", "x"]
)
def test_language_switch_leads_to_no_other_site(practice: Practice, browser: Browser, page: str) -> None:
    response = browser.post("/language/", {"language": "fi", "next": page})

    assert response.headers["Location"] == "/"


def test_referrer_of_another_site_is_not_followed(practice: Practice, browser: Browser) -> None:
    response = browser.post(
        "/language/", {"language": "fi"}, headers={"referer": "https://example.com/away/"}
    )

    assert response.headers["Location"] == "/"
