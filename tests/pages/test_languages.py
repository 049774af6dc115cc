"""Which language a page speaks, and how it is changed."""

import re

import pytest
from django.conf import settings

from scheduling.forms import stamp_of
from scheduling.models import BookingPatient
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.pages.conftest import TYPED, Browser, book_url, text_of

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


def test_shared_link_shows_its_language_to_everybody_and_stores_nothing(
    practice: Practice, browser: Browser
) -> None:
    browser.post("/language/", {"language": "fi"})
    kept = browser.cookies[settings.LANGUAGE_COOKIE_NAME].value

    page = browser.get(f"{book_url(practice)}&language=sv")

    assert HEADINGS["sv"] in text_of(page)
    assert page.headers["Content-Language"] == "sv"
    assert browser.cookies[settings.LANGUAGE_COOKIE_NAME].value == kept
    assert HEADINGS["fi"] in text_of(browser.get(book_url(practice)))


@pytest.mark.parametrize("code", ["de", "", "sv-SE", "<b>", "sv\x00"])
def test_shared_link_with_a_language_that_is_not_offered_is_in_the_visitors(
    practice: Practice, browser: Browser, code: str
) -> None:
    page = browser.get(book_url(practice), {"language": code})

    assert page.headers["Content-Language"] == "en"


def test_links_and_forms_of_a_shared_page_keep_its_language(practice: Practice, browser: Browser) -> None:
    for path in ("/", book_url(practice), "/book/?change=time"):
        page = browser.get(f"{path}{'&' if '?' in path else '?'}language=sv")
        html = page.content.decode()
        found = re.findall(r'<(?:a|form)\b[^>]*?\s(?:href|action)="([^"#][^"]*)"', html)
        assert int(page.headers["Content-Length"]) == len(page.content)
        ours = [address for address in found if address[0] in "/?" and address != "/language/"]
        assert len(ours) > 2
        assert all(address.count("language=sv") == 1 for address in ours), ours
        assert html.count('<form method="get"') == html.count('<input type="hidden" name="language"')


def test_shared_language_lasts_until_the_booking_is_made(practice: Practice, browser: Browser) -> None:
    held = browser.post(
        "/book/time/?language=sv",
        {
            "clinic": practice.clinic.public_id,
            "treatment": practice.treatment.public_id,
            "practitioner": practice.practitioner.public_id,
            "at": stamp_of(next_monday_at(9)),
        },
    )
    assert held.headers["Location"].endswith("/details/?language=sv")

    code = browser.post(held.headers["Location"], TYPED)

    assert code.headers["Location"].endswith("/code/?language=sv")
    assert BookingPatient.across.get().language == "sv"


def test_choice_of_a_language_leaves_the_shared_one(practice: Practice, browser: Browser) -> None:
    answer = browser.post("/language/", {"language": "nb", "next": f"{book_url(practice)}&language=sv"})

    assert answer.headers["Location"] == book_url(practice)


def test_search_engines_learn_of_each_language(practice: Practice, browser: Browser) -> None:
    html = browser.get("/?language=fi").content.decode()

    found = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html))
    front = f"http://{practice.host}/"
    assert found == {code: f"{front}?language={code}" for code in HEADINGS} | {"x-default": front}


def test_page_of_one_patient_has_no_alternates(practice: Practice, browser: Browser) -> None:
    assert b"hreflang" not in browser.get(f"{browser.hold(practice)}details/").content
