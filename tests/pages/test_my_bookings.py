"""My bookings: the list of who is logged in, and each booking's page as its link would open it."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinics.models.settings import LoginSees
from clinics.scope import organisation_scope
from scheduling.logins import start_login
from scheduling.models import Booking, BookingPatient, Login
from scheduling.my_bookings import my_bookings
from scheduling.national_ids import digest_of
from tests.conftest import Practice
from tests.factories import BookingFactory, BookingPatientFactory, next_monday_at
from tests.pages.conftest import TYPED, Browser, booking_at, log_in, open_login, text_of
from tests.pages.test_linked_pages import choose

pytestmark = pytest.mark.django_db

ID = "131052-308T"


@pytest.fixture
def patient(practice: Practice, browser: Browser) -> Browser:
    """Logged in with the number of a booking that another browser has made."""
    open_login(practice)
    Browser(practice.host).book(practice)
    log_in(browser)
    return browser


def the_booking() -> Booking:
    booking: Booking = Booking.across.exclude(link_digest=None).latest("pk")
    return booking


def home() -> str:
    return f"/my/{the_booking().public_id}/"


def add_booking(practice: Practice, hour: int, **patient: object) -> Booking:
    """One more booking with the number, or with whatever is said of the patient."""
    starts_at = next_monday_at(8) + timedelta(days=hour)
    booking: Booking = BookingFactory(
        organisation=practice.organisation,
        clinic=practice.clinic,
        practitioner=practice.practitioner,
        treatment=practice.treatment,
        during=practice.treatment.during(starts_at),
    )
    BookingPatientFactory(organisation=practice.organisation, booking=booking, **patient)
    return booking


def eid_login(practice: Practice, national_id: str = ID) -> Login:
    with organisation_scope(practice.organisation.pk):
        return start_login(
            organisation=practice.organisation, method=Login.Method.EID, national_id=national_id
        )[0]


def seen_by(practice: Practice, login: Login) -> list[Booking]:
    with organisation_scope(practice.organisation.pk):
        return my_bookings(organisation=practice.organisation, login=login)


def test_list_shows_what_was_booked_with_the_number(practice: Practice, patient: Browser) -> None:
    others = add_booking(practice, 2, mobile="+358407654321")

    page = patient.get("/my/")

    words = text_of(page)
    for shown in ("My bookings", practice.clinic.name, practice.practitioner.name, "9:00"):
        assert shown in words
    assert home() in page.content.decode()
    assert str(others.public_id) not in page.content.decode()
    assert "Earlier" not in words


def test_bookings_for_others_are_among_them_by_name(practice: Practice, patient: Browser) -> None:
    add_booking(practice, 2, first_name="Otso", booker_first_name="Maija", booker_last_name="M")

    words = text_of(patient.get("/my/"))

    assert words.count("for Otso") == 1
    assert "for Maija" not in words


def test_earlier_and_cancelled_ones_are_folded(practice: Practice, patient: Browser) -> None:
    add_booking(practice, -30)
    patient.post(f"{home()}cancel/")

    words = text_of(patient.get("/my/"))

    assert "You have no coming bookings here." in words
    assert "Earlier and cancelled bookings (2)" in words
    assert "Cancelled" in words


def test_past_retention_nothing_is_shown(practice: Practice, patient: Browser) -> None:
    add_booking(practice, -practice.organisation.settings.retention_days - 30)

    assert "Earlier" not in text_of(patient.get("/my/"))


def test_holds_are_not_shown(practice: Practice, patient: Browser, stranger: Browser) -> None:
    address = stranger.hold(practice, next_monday_at(11))
    stranger.post(f"{address}details/", TYPED)

    assert str(booking_at(address).public_id) not in patient.get("/my/").content.decode()
    assert patient.get(f"/my/{booking_at(address).public_id}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 50])
def test_list_costs_the_same_however_long(practice: Practice, browser: Browser, count: int) -> None:
    open_login(practice)
    for number in range(count):
        add_booking(practice, number)
    log_in(browser)
    browser.get("/my/")

    with CaptureQueriesContext(connection) as captured:
        page = browser.get("/my/")

    assert page.content.decode().count('<a class="answer"') == count
    assert len(captured) == 3, [query["sql"][:80] for query in captured]  # host, login, bookings


def test_eid_shows_what_was_booked_with_the_national_id(practice: Practice, other_practice: Practice) -> None:
    own = add_booking(practice, 1, national_id=ID, national_id_digest=digest_of(practice.organisation.pk, ID))
    add_booking(practice, 2)
    add_booking(
        other_practice, 1, national_id=ID, national_id_digest=digest_of(other_practice.organisation.pk, ID)
    )

    assert [booking.pk for booking in seen_by(practice, eid_login(practice))] == [own.pk]
    assert seen_by(practice, eid_login(practice, "010190-9999")) == []


def test_list_is_its_own_organisations(
    practice: Practice, other_practice: Practice, patient: Browser
) -> None:
    foreign = add_booking(other_practice, 1)

    assert str(foreign.public_id) not in patient.get("/my/").content.decode()
    for path in ("", "calendar.ics", "cancel/", "move/", "move/confirm/"):
        assert patient.get(f"/my/{foreign.public_id}/{path}").status_code == 404
    assert patient.post(f"/my/{foreign.public_id}/cancel/").status_code == 404


@pytest.mark.parametrize("path", ["", "calendar.ics", "cancel/", "move/", "move/confirm/"])
def test_somebody_elses_booking_is_not_there(practice: Practice, patient: Browser, path: str) -> None:
    others = add_booking(practice, 2, mobile="+358407654321")

    assert patient.get(f"/my/{others.public_id}/{path}").status_code == 404
    assert patient.get(f"/my/{uuid.uuid4()}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["cancel/", "undo/", "move/", "move/confirm/"])
def test_somebody_elses_booking_is_not_changed(practice: Practice, patient: Browser, path: str) -> None:
    others = add_booking(practice, 2, mobile="+358407654321")

    assert patient.post(f"/my/{others.public_id}/{path}").status_code == 404
    assert Booking.across.get(pk=others.pk).state == Booking.State.BOOKED


@pytest.mark.parametrize(
    ("path", "then"),
    [("", ""), ("cancel/", "cancel/"), ("undo/", ""), ("move/", "move/"), ("move/confirm/", "move/confirm/")],
)
def test_booking_wants_a_login_and_leads_back(
    practice: Practice, patient: Browser, stranger: Browser, path: str, then: str
) -> None:
    sent = stranger.post(home() + path)
    assert (sent.status_code, the_booking().state) == (302, Booking.State.BOOKED) or path == ""
    expected = f"/login/?next={(home() + then).replace('/', '%2F')}"
    assert path == "" or sent.headers["Location"] == expected
    if path != "undo/":
        assert stranger.get(home() + path).headers["Location"] == expected


def test_booking_is_cancelled_and_booked_again_from_the_list(practice: Practice, patient: Browser) -> None:
    page = patient.get(home())
    assert f'href="{home()}calendar.ics"' in page.content.decode()
    assert "Back to my bookings" in text_of(page)
    assert patient.get(f"{home()}calendar.ics").headers["Content-Type"].startswith("text/calendar")
    assert "Cancel this appointment?" in text_of(patient.get(f"{home()}cancel/"))
    first = home()

    cancelled = patient.post(f"{first}cancel/")
    assert cancelled.headers["Location"] == first
    assert the_booking().state == Booking.State.CANCELLED
    undone = patient.post(f"{first}undo/")

    again = the_booking()
    assert undone.headers["Location"] == f"/my/{again.public_id}/" != first
    assert (again.state, again.confirmed_by) == (Booking.State.BOOKED, Booking.Confirmation.LINK)
    assert patient.get(undone.headers["Location"]).status_code == 200


def test_booking_is_moved_from_the_list(practice: Practice, patient: Browser) -> None:
    stamp = re.search(r'name="at"\s+value="([^"]+)"', patient.get(f"{home()}move/").content.decode())
    assert stamp
    chosen = patient.post(f"{home()}move/", {"at": stamp.group(1)})
    assert chosen.headers["Location"] == f"{home()}move/confirm/"
    new = re.search(
        r'name="new_time"\s+value="([^"]+)"', patient.get(f"{home()}move/confirm/").content.decode()
    )
    assert new

    moved = patient.post(f"{home()}move/confirm/", {"new_time": new.group(1)})

    assert moved.headers["Location"] == f"{home()}?moved=1"
    assert "Your appointment has been moved." in text_of(patient.get(moved.headers["Location"]))
    assert the_booking().revision == 1


def test_looking_changes_nothing(practice: Practice, patient: Browser) -> None:
    before = list(Booking.across.values())

    for path in ("/my/", home(), f"{home()}cancel/", f"{home()}move/", f"{home()}calendar.ics"):
        assert patient.get(path).status_code == 200
    assert patient.get(f"{home()}undo/").status_code == 405

    assert list(Booking.across.values()) == before


def test_list_is_not_there_where_patients_see_no_bookings(practice: Practice, patient: Browser) -> None:
    choose(practice, view_bookings=False)

    assert patient.get("/my/").status_code == 404
    assert patient.get(home()).status_code == 404
    front = patient.get("/")
    assert 'href="/login/"' in front.content.decode()
    assert patient.get("/login/").headers["Location"] == "/"


def test_whole_list_that_is_not_whole_says_so(practice: Practice, patient: Browser) -> None:
    assert "may be missing here" not in text_of(patient.get("/my/"))

    choose(
        practice,
        sms_login_sees=LoginSees.WHOLE_LIST,
        sms_login_decided_by="Olli Omistaja",
        sms_login_decided_at=timezone.now(),
    )

    assert "appointments that the clinic made may be missing here" in text_of(patient.get("/my/"))


def test_new_address_goes_with_the_next_booking(practice: Practice, patient: Browser) -> None:
    assert "A new address?" not in text_of(patient.get("/my/"))
    choose(practice, ask_postcode=True)
    assert "A new address?" in text_of(patient.get("/my/"))


def test_national_id_of_an_earlier_booking_is_not_shown_to_a_phone(
    practice: Practice, patient: Browser
) -> None:
    BookingPatient.across.update(national_id=ID)
    address = patient.hold(practice, next_monday_at(11))

    assert f'value="{ID}"' not in patient.get(f"{address}details/").content.decode()


def test_header_names_nobody(practice: Practice, patient: Browser, stranger: Browser) -> None:
    """Kept pages are the same for everybody, logged in or not."""
    token = re.compile(r'value="[A-Za-z0-9]{64}"')
    pages = [token.sub("", each.get("/book/?change=time").content.decode()) for each in (patient, stranger)]

    assert pages[0] == pages[1]
    assert 'href="/my/"' in pages[0]


@pytest.mark.parametrize("language", ["fi", "sv", "nb"])
def test_pages_speak_every_language(practice: Practice, patient: Browser, language: str) -> None:
    patient.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    words = text_of(patient.get("/my/"))

    assert "bookings" not in words
    assert "Log out" not in words
