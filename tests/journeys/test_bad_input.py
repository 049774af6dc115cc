"""Bad input at every address of every host: a clear answer, nothing lost, never a failure of ours."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from clinics.models import Clinic
from clinics.scope import organisation_scope
from notifications.unsubscribing import unsubscribe_url
from scheduling.links import path_of
from scheduling.marketing import stop_url
from scheduling.models import Booking, BookingPatient, Offer, Treatment, Wish
from scheduling.offers import offer_free_times
from tests.conftest import Practice
from tests.factories import WishFactory, next_monday_at, wake
from tests.journeys.addresses import address, routes
from tests.pages.conftest import TYPED, Browser, book_url, booking_at, log_in, newest_code, open_login
from tests.scheduling.clinic_made import answered, logged_in, the_one

HOSTS = {
    "landing": "localhost:8000",
    "portal": "demoklinikka.localhost:8000",
    "admin": "admin.localhost:8000",
    "login": "login.localhost:8000",
    "hooks": "hooks.localhost:8000",
    "api": urlsplit(settings.API_URL).netloc,
    "nowhere": "a.b.localhost:8000",
}
EVERYWHERE = [
    (host, route) for host in HOSTS for route in [*routes(host), "not/there/", "booking/1/details/"]
]
OWN = [(host, route) for host, route in EVERYWHERE if host == "portal" and not route.startswith("manage/")]
"""Where a patient may have something, which is made for each test."""
OF_STRANGERS = [pair for pair in EVERYWHERE if pair not in OWN]
"""Where nobody gets further without signing in, and what is tried leaves nothing behind."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
NAMES = (
    *(
        "clinic",
        "treatment",
        "practitioner",
        "at",
        "week",
        "month",
        "layout",
        "change",
        "fresh",
        "taken",
        "held",
        "with",
        "sent",
    ),
    *(
        "state",
        "error",
        "extend",
        "for",
        "for_other",
        "booker_first_name",
        "booker_last_name",
        "g-recaptcha-response",
    ),
    *(
        "q",
        "subdomain",
        "preset",
        "accent_colour",
        "use",
        "heading",
        "body",
        "place",
        "preview_language",
        "fetch",
        "subject",
        "with",
        "mobile",
        "quiet_from",
        "quiet_weekdays",
        "reminder_1_hours",
        "sms_sender",
        "url_1",
        "analytics_service",
        "analytics_address",
        "analytics_attributes",
        "page",
        "next",
        "language",
        "code",
        "new_time",
        "answer",
        "moved",
        "out",
        "login",
        "seen",
        "role",
        "clinics",
        "credential",
        "since",
        "until",
        "page",
        "password",
        "after",
        "wait",
        "limit",
        "asked",
        "paused",
        "kind",
        "channel",
        "months",
        "ticked",
        "booking",
        "at_once",
        "body_fi",
        *TYPED,
    ),
    *("treatment", "clinics", "practitioners", "weekdays", "from_time", "until_time", "latest_on"),
)
VALUES = {
    "a NUL": "%00",
    "a lone surrogate": "%ED%A0%80",
    "no UTF-8": "%FF%FE",
    "markup": "%3Cscript%3Ealert(1)%3C/script%3E",
    "a header": "a%0D%0ASet-Cookie:%20a=b",
    "an endless number": "9" * 400,
    "another host": "//evil.example/",
    "a word": "a" * 5000,
    "a date": "0000-00-00",
    "digits of another script": "%D9%A1%D9%A2",
}
FORM = "application/x-www-form-urlencoded"
BODIES = {
    "a lone surrogate in JSON": (
        "application/json",
        b'{"account_key": "\\ud800", "windows": [{"from": "\\udfff"}]}',
    ),
    "a NUL in JSON": ("application/json", b'{"account_key": "a\\u0000", "clinics": [{"id": "\\u0000"}]}'),
    "deep JSON": ("application/json", b"[" * 100_000),
    "no JSON": ("application/json", b"{"),
    "a broken multipart body": (
        "multipart/form-data; boundary=b",
        b"--b\r\nContent-Disposition: form-data; na",
    ),
    "a multipart body without boundary": ("multipart/form-data", b"--b\r\n"),
    "a charset that nobody knows": (f"{FORM}; charset=klingon", b"first_name=a"),
    "no charset at all": (f"{FORM}; charset=", b"first_name=%FF"),
    "more fields than a form has": (FORM, b"a=1&" * 2000),
    "2 MB of a form": (FORM, b"first_name=" + b"a" * 2_000_000),
    "2 MB of JSON": ("application/json", b'{"a": "' + b"a" * 2_000_000 + b'"}'),
}
# Pages take one megabyte, the API eight.
BODIES_OF_API = BODIES | {
    "10 MB of a form": (FORM, b"first_name=" + b"a" * 10_000_000),
    "10 MB of JSON": ("application/json", b'{"a": "' + b"a" * 10_000_000 + b'"}'),
}
HEADERS = (
    {"cookie": "visitor=\x01\x7f; session=" + "a" * 4000 + "; language=xx; csrf=" + "ä" * 10},
    {"accept-language": "*;q=a,, ;;-,sv;q=9999999999999999999,fi"},
    {"authorization": "Bearer \x01.b.c"},
    {"content-type": "\x01"},
)

pytestmark = pytest.mark.django_db

Odd = TypeVar("Odd")


@pytest.fixture
def holder() -> Browser:
    """A Finnish browser, for which a failure of ours is an answer with status 500."""
    browser = Browser(HOSTS["portal"], language="fi")
    browser.raise_request_exception = False
    return browser


@dataclass(frozen=True)
class Place:
    """An address, and whose browser asks for it."""

    holder: Browser
    host: str
    route: str
    path: str

    def ask(self, method: str, body: bytes = b"", kind: str = FORM, **headers: str) -> Any:
        named = {"host": HOSTS[self.host], **headers}
        return self.holder.generic(method, self.path, body, content_type=kind, headers=named)

    def asked_with(self, query: str) -> Any:
        return self.holder.generic("GET", self.path, QUERY_STRING=query, headers={"host": HOSTS[self.host]})


Trial = Callable[[Place], None]


def own_address(holder: Browser, practice: Practice, host: str, route: str) -> str:
    """The address, with the browser's own booking, wish or offer where one is named."""
    if host == "portal" and "<slug:token>" in route:
        return address(route, slug=path_of(booking_at(holder.book(practice))).split("/")[1])
    if host == "portal" and route.startswith("s/<slug:reader>"):
        patient = booking_at(holder.book(practice)).patient
        BookingPatient.across.filter(pk=patient.pk).update(marketing_wording="Offers, please")
        return urlsplit(stop_url(practice.organisation, patient.pk)).path
    if host == "portal" and "<slug:reader>" in route:
        return urlsplit(unsubscribe_url(practice.organisation, "maija@example.com")).path
    if host == "portal" and route.startswith("my/appointments/"):
        return address(route, uuid=own_reference(holder, practice))
    if host == "portal" and route.startswith(("login/", "logout/", "my/")):
        return own_address_of_login(holder, practice, route)
    if host == "portal" and "<slug:key>" in route:
        return address(route, slug=own_key(practice, route))
    if host != "portal" or "<uuid:" not in route:
        return address(route)
    return address(route, uuid=holder.hold(practice).split("/")[2])


def own_address_of_login(holder: Browser, practice: Practice, route: str) -> str:
    """Logged in where that is needed; where a code is asked for, one is on its way."""
    open_login(practice)
    booking = booking_at(holder.book(practice))
    if route.startswith("login/code/"):
        holder.post("/login/", TYPED)
    elif route != "login/":
        log_in(holder)
    return address(route, uuid=str(booking.public_id))


def own_reference(holder: Browser, practice: Practice) -> str:
    """Of an appointment that the clinic made for whoever is logged in at the browser from now on."""
    with organisation_scope(practice.organisation.pk):
        login, key = logged_in(practice)
        answered(practice, login)
        holder.cookies[settings.LOGIN_COOKIE_NAME] = key
        return str(the_one(practice, login).reference)


def own_key(practice: Practice, route: str) -> str:
    """Of an open offer, of a wish that waits, or of one that still needs its code."""
    wake(practice.organisation)
    state = Wish.State.UNCONFIRMED if "/code/" in route else Wish.State.WAITING
    wish = WishFactory(organisation=practice.organisation, treatment=practice.treatment, state=state)
    if not route.startswith("offer/"):
        return str(wish.key)
    with organisation_scope(practice.organisation.pk):
        offer_free_times(organisation=practice.organisation)
    return str(Offer.across.get(wish=wish).key)


def assert_clear(response: Any, host: str, what: str, language: str = "fi") -> None:
    """An answer that says what is wrong, if anything is: a page in the language, or a problem document."""
    assert response.status_code < 500, f"{what}: {response.status_code}"
    if response.status_code < 400 or not response.content:
        return
    if host == "api":
        document = json.loads(response.content)
        assert document.get("status", response.status_code) == response.status_code, what
        assert document.get("detail") or document.get("error_description"), what
    elif response.headers["Content-Type"].startswith("text/html"):
        assert f'<html lang="{language}' in response.content.decode(), what
        assert re.search(r"<h1[^>]*>[^<]", response.content.decode()), what


def odd_ones(odd: dict[str, Odd], place: Place) -> Iterable[tuple[str, Odd]]:
    """All of them; every third, in turn, where a stranger is sent to the login before anything is read."""
    answer = place.ask("GET")
    is_guarded = answer.status_code == 302 and "/login/" in answer.headers["Location"]
    turn = EVERYWHERE.index((place.host, place.route)) % 3
    return islice(odd.items(), turn, None, 3) if is_guarded else odd.items()


def answers_every_method(place: Place) -> None:
    for method in METHODS:
        response = place.ask(method, kind="application/octet-stream")

        assert_clear(response, place.host, method)
        if response.status_code == 405:
            assert method not in response.headers["Allow"].split(", "), method
        if method == "BREW":
            assert response.status_code in (302, 403, 404, 405), method


def survives_bad_values(place: Place) -> None:
    for what, value in odd_ones(VALUES, place):
        sent = "&".join(f"{name}={value}" for name in NAMES)
        for response in (place.asked_with(sent), place.ask("POST", sent.encode())):
            assert_clear(response, place.host, what)
            assert urlsplit(response.headers.get("Location", "")).netloc in ("", HOSTS[place.host]), what
            assert "Set-Cookie" not in response.headers, what
            assert b"<script>alert(1)" not in response.content, what


def survives_bad_bodies_and_headers(place: Place) -> None:
    for what, (kind, body) in odd_ones(BODIES_OF_API if place.host == "api" else BODIES, place):
        for method in ("POST", "PUT"):
            assert_clear(place.ask(method, body, kind), place.host, f"{method} {what}")
    for headers in HEADERS:
        answer = place.holder.get(place.path, headers={"host": HOSTS[place.host], **headers})
        assert_clear(answer, place.host, str(headers)[:40], language="")


def refuses_a_form_without_token(place: Place) -> None:
    if place.host == "api":
        return
    before = list(Booking.across.values())
    place.holder.handler.enforce_csrf_checks = True

    response = place.holder.post(place.path, TYPED, headers={"host": HOSTS[place.host]})

    assert response.status_code in (302, 403, 404, 405)
    if response.status_code == 302:  # only the operator's host, which asks for a login first
        where = response.headers["Location"].partition("?")[0]
        assert where in ("/login/", "/manage/login/"), where
        assert place.host == "admin" or place.route.startswith("manage/")
    assert_clear(response, place.host, "no token")
    assert list(Booking.across.values()) == before


TRIALS = (
    answers_every_method,
    survives_bad_values,
    survives_bad_bodies_and_headers,
    refuses_a_form_without_token,
)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.__name__)
@pytest.mark.parametrize(("host", "route"), OWN)
def test_address_of_ones_own_survives(
    holder: Browser, practice: Practice, host: str, route: str, trial: Trial
) -> None:
    trial(Place(holder, host, route, own_address(holder, practice, host, route)))


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.__name__)
@pytest.mark.parametrize("host", HOSTS)
def test_addresses_survive_strangers(
    holder: Browser, practice: Practice, subtests: pytest.Subtests, host: str, trial: Trial
) -> None:
    for route in (route for where, route in OF_STRANGERS if where == host):
        with subtests.test(route=route):
            holder.cookies.clear()
            trial(Place(holder, host, route, address(route)))
    assert not Booking.across.exists()


def test_code_of_another_booking_is_wrong(practice: Practice, holder: Browser) -> None:
    first = holder.hold(practice)
    holder.post(f"{first}details/", TYPED)
    code = newest_code()
    second = holder.hold(practice, booking_at(first).ends_at)
    holder.post(f"{second}details/", TYPED)

    response = holder.post(f"{second}code/", {"code": code})

    assert response.status_code == 422
    assert booking_at(second).state == Booking.State.HELD


@pytest.mark.parametrize("model", [Treatment, Clinic])
def test_choice_that_is_gone_is_asked_again(
    practice: Practice, holder: Browser, model: type[Treatment] | type[Clinic]
) -> None:
    week, chosen = book_url(practice), {"treatment": practice.treatment, "clinic": practice.clinic}
    model.across.filter(pk=chosen[model.__name__.lower()].pk).update(is_published=False)

    page, posted = holder.get(week), holder.choose(practice, next_monday_at(9))

    assert page.status_code == 404
    assert '<html lang="fi"' in page.content.decode()
    assert (posted.status_code, posted.headers["Location"].partition("?")[0]) == (302, "/book/")
    assert Booking.across.count() == 0
