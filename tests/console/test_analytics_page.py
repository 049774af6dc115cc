"""Web analytics: complete or refused, on pages without anything personal, after a yes where one is needed."""

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction

from clinics.models import OrganisationSettings
from tests.conftest import Practice
from tests.console.test_settings_pages import settings_of, typed_in
from tests.factories import next_monday_at
from tests.pages.conftest import TYPED, Browser, book_url, text_of

pytestmark = pytest.mark.django_db

PAGE = "/manage/analytics/"
MATOMO = {
    "analytics_service": "matomo",
    "analytics_address": "https://Stats.Clinic.example/matomo/",
    "analytics_site": "3",
}
PLAUSIBLE = {"analytics_service": "plausible", "analytics_site": "clinic.example"}
GOOGLE = {"analytics_service": "google", "analytics_site": "G-ABCD1234"}
OWN = {
    "analytics_service": "own",
    "analytics_address": "https://count.example/count.js?v=1",
    "analytics_attributes": 'data-site = 3\ndata-quiet="><script>\n',
}


def choose(browser: Browser, **typed: Any) -> Any:
    sent = {name: value for name, value in typed_in(browser.get(PAGE)).items() if name != "analytics_cookies"}
    return browser.post(PAGE, {**sent, **typed})


def store(practice: Practice, **values: Any) -> None:
    row = settings_of(practice)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def policy_of(response: Any) -> str:
    return str(response.headers["Content-Security-Policy"])


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        (MATOMO, "https://stats.clinic.example"),
        (PLAUSIBLE, "https://plausible.io"),
        (PLAUSIBLE | {"analytics_address": "https://p.example:8443/"}, "https://p.example:8443"),
        (OWN | {"analytics_attributes": "data-site=3"}, "https://count.example"),
    ],
)
def test_service_without_cookies_runs_at_once_and_its_host_alone_is_named(
    practice: Practice, owner: Browser, typed: dict[str, str], host: str
) -> None:
    patient = Browser(practice.host)
    assert "https:" not in policy_of(patient.get("/"))

    assert choose(owner, **typed).status_code == 302

    page = patient.get("/")
    assert set(re.findall(r"https?://[^\s;]+", policy_of(page))) == {host}
    assert "js/analytics" in page.content.decode()
    assert 'hx-boost="true"' not in page.content.decode()
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert "May we count" not in text_of(page)


@pytest.mark.parametrize(
    "typed",
    [
        MATOMO | {"analytics_address": "http://stats.example/"},
        MATOMO | {"analytics_address": "https://stats.example; script-src *"},
        MATOMO | {"analytics_address": "https://user:pw@stats.example/"},
        MATOMO | {"analytics_address": "https://[::1/"},
        MATOMO | {"analytics_address": ""},
        MATOMO | {"analytics_site": "x"},
        PLAUSIBLE | {"analytics_site": ""},
        PLAUSIBLE | {"analytics_address": "javascript:alert(1)"},
        GOOGLE | {"analytics_site": "UA-1"},
        OWN | {"analytics_address": "/count.js"},
        OWN,
        OWN | {"analytics_attributes": "onload=alert(1)"},
        OWN | {"analytics_attributes": "src=https://evil.example"},
        OWN | {"analytics_attributes": "just words"},
        OWN | {"analytics_attributes": "data-a=\x00"},
        {"analytics_service": "other"},
    ],
)
def test_what_is_incomplete_or_odd_is_refused(
    practice: Practice, owner: Browser, typed: dict[str, str]
) -> None:
    response = choose(owner, **typed)

    assert response.status_code == 422
    assert settings_of(practice).analytics_service == "none"
    assert "https:" not in policy_of(Browser(practice.host).get("/"))


def test_database_holds_the_service_to_what_it_needs(practice: Practice) -> None:
    with pytest.raises(IntegrityError, match="settings_analytics_complete"), transaction.atomic():
        OrganisationSettings.objects.filter(organisation=practice.organisation).update(
            analytics_service="own", analytics_address="https://a.example; script-src *"
        )


def test_google_asks_and_loads_nothing_before_a_yes(practice: Practice, owner: Browser) -> None:
    choose(owner, **GOOGLE)
    patient = Browser(practice.host)

    page = patient.get("/")
    assert "May we count your visit with Google Analytics?" in text_of(page)
    assert "https:" not in policy_of(page)
    assert "js/analytics" not in page.content.decode()

    answer = patient.post("/measuring/", {"answer": "yes", "next": "/book/?change=clinic"})
    assert answer.headers["Location"] == "/book/?change=clinic"
    cookie = patient.cookies[django_settings.CONSENT_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    page = patient.get("/")
    assert "https://www.googletagmanager.com" in policy_of(page)
    assert "G-ABCD1234" in page.content.decode()
    assert "May we count" not in text_of(page)


def test_no_is_remembered_and_takes_the_services_cookies_away(practice: Practice, owner: Browser) -> None:
    choose(owner, **GOOGLE)
    patient = Browser(practice.host)
    patient.post("/measuring/", {"answer": "yes"})
    patient.cookies["_ga_ABCD1234"] = "GS1.1"
    assert "You have agreed to it." in text_of(patient.get("/privacy/"))

    response = patient.post(
        "/measuring/", {"answer": "no"}, headers={"referer": f"http://{practice.host}/privacy/"}
    )

    assert response.headers["Location"] == "/privacy/"
    assert response.cookies["_ga_ABCD1234"]["max-age"] == 0
    page = patient.get("/")
    assert "https:" not in policy_of(page)
    assert "May we count" not in text_of(page)
    assert "You have refused it" in text_of(patient.get("/privacy/"))


def test_another_service_asks_anew(practice: Practice, owner: Browser) -> None:
    choose(owner, **GOOGLE)
    patient = Browser(practice.host)
    patient.post("/measuring/", {"answer": "yes"})
    choose(owner, **GOOGLE | {"analytics_site": "G-OTHER999"})

    assert "May we count" in text_of(patient.get("/"))
    assert "https:" not in policy_of(patient.get("/"))


def test_one_visitors_yes_is_on_nobody_elses_page(practice: Practice, owner: Browser) -> None:
    choose(owner, **GOOGLE)
    first, second = Browser(practice.host), Browser(practice.host)
    first.post("/measuring/", {"answer": "yes"})

    for url in ("/", book_url(practice), book_url(practice, change="treatment")):
        assert "js/analytics" in first.get(url).content.decode()
        assert "js/analytics" not in second.get(url).content.decode()


def test_answer_where_nothing_is_measured_leaves_no_cookie(practice: Practice) -> None:
    patient = Browser(practice.host)

    assert patient.post("/measuring/", {"answer": "yes", "next": "//evil.example"}).headers["Location"] == "/"
    assert django_settings.CONSENT_COOKIE_NAME not in patient.cookies


def test_nothing_runs_where_anything_personal_is(practice: Practice, owner: Browser) -> None:
    store(practice, analytics_cookies=False, login=True, sms_login=True, **PLAUSIBLE)
    patient = Browser(practice.host)
    held = patient.hold(practice)
    personal = [f"{held}details/", "/login/", "/my/", "/waiting/", "/privacy/"]
    responses = [patient.get(url, follow=True) for url in personal]
    responses.append(patient.post(f"{held}details/", TYPED, follow=True))
    booked = Browser(practice.host)
    responses.append(booked.get(f"{booked.book(practice, next_monday_at(12))}done/"))
    responses += [owner.get(url) for url in ("/manage/", PAGE, "/manage/preview/front/")]

    for response in responses:
        assert response.status_code == 200
        assert "plausible.io" not in policy_of(response)
        assert "js/analytics" not in response.content.decode()
    for url in ("/", book_url(practice), book_url(practice).replace("/book/", "/book/month/")):
        assert "plausible.io" in policy_of(patient.get(url))


def test_closed_page_is_measured_too(practice: Practice) -> None:
    store(practice, analytics_cookies=False, maintenance_mode=True, **PLAUSIBLE)

    assert "plausible.io" in policy_of(Browser(practice.host).get("/"))


def test_language_is_chosen_without_losing_the_page(practice: Practice) -> None:
    store(practice, analytics_cookies=False, **PLAUSIBLE)
    patient = Browser(practice.host)
    page = patient.get(book_url(practice)).content.decode()
    assert 'name="here"' in page

    typed = {"language": "sv", "next": "/book/?change=clinic", "here": "1"}
    response = patient.post("/language/", typed, headers={"referer": f"http://{practice.host}/"})

    assert response.headers["Location"] == "/book/?change=clinic"


def test_other_organisation_measures_nothing(
    practice: Practice, other_practice: Practice, owner: Browser
) -> None:
    choose(owner, **PLAUSIBLE)

    assert "https:" not in policy_of(Browser(other_practice.host).get("/"))
    assert settings_of(other_practice).analytics_service == "none"
