"""Agreeing to offers when one books, and ending it: by an offer's link, among one's bookings, at the desk."""

from urllib.parse import urlsplit

import pytest

from clinics.models import OrganisationSettings
from clinics.scope import organisation_scope
from notifications.models import Message
from notifications.unsubscribing import unsubscribe_url
from scheduling.marketing import stop_url
from scheduling.models import BookingPatient, DeskAct
from scheduling.personal_data import Criteria, find_person
from scheduling.personal_export import as_document, parts_of
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.pages.conftest import TYPED, Browser, booking_at, log_in, newest_code, open_login, text_of

pytestmark = pytest.mark.django_db

WORDING = "Demoklinikka may send me offers and news by SMS and e-mail. I can end this at any time."


@pytest.fixture
def asking(practice: Practice) -> Practice:
    OrganisationSettings.objects.filter(organisation=practice.organisation).update(ask_marketing_consent=True)
    return practice


def agreed(practice: Practice, browser: Browser) -> BookingPatient:
    address = browser.hold(practice)
    browser.post(f"{address}details/", {**TYPED, "offers": "on"})
    browser.post(f"{address}code/", {"code": newest_code()})
    patient: BookingPatient = booking_at(address).patient
    return patient


def withdrawn(patient: BookingPatient) -> bool:
    return BookingPatient.across.get(pk=patient.pk).marketing_withdrawn_at is not None


def test_box_is_there_only_where_asked_for_and_never_ticked(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    assert 'name="offers"' not in browser.get(f"{address}details/").content.decode()
    OrganisationSettings.objects.filter(organisation=practice.organisation).update(ask_marketing_consent=True)

    page = browser.get(f"{address}details/")

    assert WORDING in text_of(page)
    assert page.context["form"]["offers"].value() is None


def test_consent_is_kept_with_its_very_words_and_nobody_needs_to_give_it(
    asking: Practice, browser: Browser, stranger: Browser
) -> None:
    patient = agreed(asking, browser)
    without = stranger.hold(asking, patient.booking.ends_at)
    stranger.post(f"{without}details/", TYPED)

    assert patient.marketing_wording == WORDING
    with organisation_scope(asking.organisation.pk):
        found = find_person(organisation=asking.organisation, criteria=Criteria(mobile="+358401234567"))
        handed_out = as_document(asking.organisation, parts_of(asking.organisation, found))
    assert [row["offers"] for row in handed_out["bookings"]] == [WORDING, ""]
    assert booking_at(without).patient.marketing_wording == ""


def test_box_that_is_not_asked_cannot_be_ticked(practice: Practice, browser: Browser) -> None:
    assert agreed(practice, browser).marketing_wording == ""


def test_link_of_an_offer_asks_first(asking: Practice, browser: Browser, stranger: Browser) -> None:
    patient = agreed(asking, browser)
    path = urlsplit(stop_url(asking.organisation, patient.pk)).path
    Message.across.create(
        organisation=asking.organisation,
        channel="sms",
        kind="marketing",
        about="hand:1",
        to="+358401234567",
        language="fi",
        body="Tarjous",
    )

    asked = stranger.get(path)
    assert not withdrawn(patient)
    done = stranger.post(path)

    assert "You have agreed" in text_of(asked)
    assert withdrawn(patient)
    assert "sends you no more offers" in text_of(stranger.get(done.headers["Location"]))
    assert Message.across.get(kind="marketing").state == "cancelled"
    for name in ("Maija", "040", "example.com"):
        assert name not in text_of(asked)


def test_unsubscribing_from_an_offer_by_email_ends_it_for_good(asking: Practice, browser: Browser) -> None:
    patient = agreed(asking, browser)
    path = urlsplit(unsubscribe_url(asking.organisation, TYPED["email"])).path

    browser.post(path, {"List-Unsubscribe": "One-Click"})
    browser.post(path, {"answer": "yes"})

    assert withdrawn(patient)


def test_link_that_somebody_made_up_leads_nowhere(asking: Practice, browser: Browser) -> None:
    patient = agreed(asking, browser)
    path = urlsplit(stop_url(asking.organisation, patient.pk)).path
    for made_up in (
        f"/s/AAAAAAAA{patient.pk:x}/",
        f"{path[:-2]}{'1' if path[-2] == '0' else '0'}/",
        "/s/x/",
        f"{path[:-1]}0/",
    ):
        assert browser.post(made_up).status_code == 404
    assert not withdrawn(patient)


def test_who_is_logged_in_ends_it_among_their_bookings(asking: Practice, browser: Browser) -> None:
    patient = agreed(asking, browser)
    open_login(asking)
    log_in(browser)
    assert "No more offers" in text_of(browser.get("/my/"))

    browser.post("/my/no-offers/")

    assert withdrawn(patient)
    assert "/my/no-offers/" not in browser.get("/my/").content.decode()


def test_desk_ends_it_on_the_patients_wish_and_it_is_noted(asking: Practice, browser: Browser) -> None:
    patient = agreed(asking, browser)
    desk = browser_of(seat_at(asking), asking)
    page = f"/manage/bookings/{patient.booking.public_id}/"
    assert WORDING in text_of(desk.get(page))

    for _press in range(2):
        desk.post(f"{page}no-offers/")

    assert withdrawn(patient)
    assert "No more offers" not in text_of(desk.get(page))
    assert [act.act for act in DeskAct.across.all()] == ["no_offers"]
