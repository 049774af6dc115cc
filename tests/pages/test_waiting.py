"""The waiting list's pages: from the link on the week page to a time that is taken or let go."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics.scope import organisation_scope
from notifications.models import Kind, Message
from scheduling.models import Booking, Offer, Wish
from scheduling.offers import offer_free_times
from tests.conftest import Practice
from tests.factories import PractitionerFactory, WishFactory, wake
from tests.pages.conftest import Browser, book_url, newest_code, text_of

pytestmark = pytest.mark.django_db

LANGUAGES = ("fi", "sv", "nb", "en")


def typed(practice: Practice, **changes: object) -> dict[str, object]:
    return {
        "treatment": practice.treatment.public_id,
        "weekdays": [0, 1, 2, 3, 4],
        "from_time": "08:00",
        "until_time": "16:00",
        "latest_on": timezone.now().date() + timedelta(days=28),
        "first_name": "Maija",
        "last_name": "Meikäläinen",
        "mobile": "040 1234567",
        "email": "maija@example.com",
        "consent": "on",
        **changes,
    }


@pytest.fixture
def offer(practice: Practice) -> Offer:
    """An open offer to somebody who waits."""
    wake(practice.organisation)
    WishFactory(organisation=practice.organisation, treatment=practice.treatment)
    with organisation_scope(practice.organisation.pk):
        offer_free_times(organisation=practice.organisation)
    found: Offer = Offer.across.select_related("booking", "wish").get()
    return found


def state_of(offer: Offer) -> tuple[str, str, str]:
    now = Offer.across.select_related("booking", "wish").get(pk=offer.pk)
    return now.state, now.booking.state, now.wish.state


def test_week_page_leads_to_the_waiting_list_with_what_was_chosen(
    practice: Practice, browser: Browser
) -> None:
    PractitionerFactory(organisation=practice.organisation)
    week = browser.get(book_url(practice)).content.decode()
    link = week.partition('class="waiting-link"')[2].partition('href="')[2].partition('"')[0]
    form = browser.get(link.replace("&amp;", "&")).content.decode()

    assert str(practice.practitioner.public_id) in link
    checkbox = form.partition(f'value="{practice.practitioner.public_id}"')[2].partition(">")[0]
    assert "checked" in checkbox
    assert f'value="{practice.treatment.public_id}" selected' in form


def test_empty_week_leads_to_the_waiting_list(practice: Practice, browser: Browser) -> None:
    page = browser.get(book_url(practice, week=timezone.now().date() + timedelta(days=35)))

    assert "No free times this week." in text_of(page)
    assert "Tell me if an earlier time comes" in text_of(page)


def test_wish_goes_from_the_form_to_the_list_and_off_it(practice: Practice, browser: Browser) -> None:
    sent = browser.post("/waiting/", typed(practice))
    address = sent.headers["Location"].removesuffix("code/")
    code = browser.get(f"{address}code/")
    wrong = browser.post(f"{address}code/", {"code": f"{(int(newest_code()) + 1) % 1_000_000:06}"})
    right = browser.post(f"{address}code/", {"code": newest_code()})
    page = browser.get(address)

    assert "+358401234567" in text_of(code)
    assert (wrong.status_code, "You can try 4 more times." in text_of(wrong)) == (422, True)
    assert right.headers["Location"] == address
    assert "You are on the waiting list" in text_of(page)
    assert "Monday, Tuesday, Wednesday, Thursday, Friday" in text_of(page)
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert browser.get(f"{address}code/").headers["Location"] == address

    assert browser.get(f"{address}end/").status_code == 405
    assert browser.post(f"{address}end/").headers["Location"] == address
    assert "You are not on the waiting list any more" in text_of(browser.get(address))
    assert Wish.across.get().state == Wish.State.ENDED


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("treatment", "00000000-0000-4000-8000-000000000000", "Select a valid choice"),
        ("weekdays", [], "at least one day"),
        ("weekdays", [6], "Select a valid choice"),
        ("until_time", "07:00", "before the time above"),
        ("from_time", "x", "not a time of day"),
        ("latest_on", "2020-01-01", "This day has passed."),
        ("latest_on", "2999-01-01", "cannot be booked yet"),
        ("latest_on", "never", "not a date"),
        ("first_name", "", "Please give your first name."),
        ("mobile", "12", "This is not a mobile number"),
        ("mobile", "+1 201 555 0123", "cannot send text messages"),
        ("consent", "", "We need your consent"),
    ],
)
def test_wrong_wish_comes_back_with_what_was_typed(
    practice: Practice, browser: Browser, field: str, value: object, words: str
) -> None:
    response = browser.post("/waiting/", typed(practice, last_name="Mäkinen", **{field: value}))

    assert response.status_code == 422
    assert words in text_of(response)
    assert 'value="Mäkinen"' in response.content.decode()
    assert not Wish.across.exists()


def test_one_way_to_be_reached_is_enough_and_none_is_not(practice: Practice, browser: Browser) -> None:
    without = browser.post("/waiting/", typed(practice, mobile="", email=""))
    by_mail = browser.post("/waiting/", typed(practice, mobile=""))

    assert "Please give a mobile number or an e-mail address." in text_of(without)
    assert by_mail.status_code == 302
    assert [message.channel for message in Message.across.all()] == ["email"]


def test_new_code_asked_for_too_soon_is_refused_in_words(practice: Practice, browser: Browser) -> None:
    address = browser.post("/waiting/", typed(practice)).headers["Location"]
    response = browser.post(f"{address}resend/")

    assert response.status_code == 429
    assert "A new one can be sent in" in text_of(response)


def test_offer_is_taken(offer: Offer, browser: Browser) -> None:
    page = browser.get(f"/offer/{offer.key}/")
    answer = browser.post(f"/offer/{offer.key}/accept/")
    done = browser.get(answer.headers["Location"])

    assert "This time is free for you" in text_of(page)
    assert "Your time is booked" in text_of(done)
    assert state_of(offer) == ("accepted", "booked", "booked")
    assert "You have taken this time" in text_of(browser.get(f"/offer/{offer.key}/"))
    assert browser.post(f"/offer/{offer.key}/accept/").headers["Location"] == f"/offer/{offer.key}/"
    assert Message.across.filter(kind=Kind.CONFIRMATION).count() == 2


def test_offer_is_declined(offer: Offer, browser: Browser) -> None:
    asked = browser.get(f"/offer/{offer.key}/decline/")
    browser.post(f"/offer/{offer.key}/decline/")
    page = browser.get(f"/offer/{offer.key}/")

    assert "Let this time go?" in text_of(asked)
    assert (page.status_code, "You let this time go" in text_of(page)) == (410, True)
    assert state_of(offer) == ("declined", "expired", "waiting")
    browser.post(f"/offer/{offer.key}/accept/")
    assert state_of(offer) == ("declined", "expired", "waiting")


@pytest.mark.parametrize("page", ["", "accept/", "decline/"])
def test_links_that_a_mail_scanner_opens_change_nothing(offer: Offer, browser: Browser, page: str) -> None:
    for method in ("GET", "HEAD"):
        assert browser.generic(method, f"/offer/{offer.key}/{page}").status_code in (200, 405)

    assert state_of(offer) == ("open", "held", "waiting")


def test_late_answer_is_told_so(offer: Offer, browser: Browser) -> None:
    Booking.across.filter(pk=offer.booking.pk).update(hold_expires_at=timezone.now() - timedelta(seconds=1))
    answer = browser.post(f"/offer/{offer.key}/accept/")
    page = browser.get(answer.headers["Location"])

    assert (page.status_code, "The time is no longer held" in text_of(page)) == (410, True)
    assert Booking.across.get().state == Booking.State.HELD


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_speak_every_language(practice: Practice, offer: Offer, language: str) -> None:
    browser = Browser(practice.host, language)
    for address in (
        "/waiting/",
        f"/waiting/{offer.wish.key}/",
        f"/offer/{offer.key}/",
        f"/offer/{offer.key}/decline/",
    ):
        page = browser.get(address)
        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.content.decode()
        assert ("waiting list" in text_of(page)) == (language == "en" and address != "/waiting/")


def test_closed_portal_takes_no_wishes(practice: Practice, browser: Browser) -> None:
    practice.organisation.settings.maintenance_mode = True
    practice.organisation.settings.save()

    assert browser.get("/waiting/").status_code == 503
    assert browser.post("/waiting/", typed(practice)).status_code == 503
    assert not Wish.across.exists()
