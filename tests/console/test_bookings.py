"""The desk: bookings listed, searched, shown, changed on the patient's behalf, and downloaded."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinics.models import AuditEntry, Clinic
from clinics.roles import Role
from clinics.scope import organisation_scope
from notifications.models import Kind, Message
from scheduling.bookings import refuse_booking
from scheduling.cancellations import cancel_booking
from scheduling.changes import hold_new_time
from scheduling.console import bookings
from scheduling.forms import stamp_of
from scheduling.models import AgentEvent, Booking, DeskAct
from scheduling.national_ids import digest_of
from sync_api.events import events_for_agent
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.console.test_people import recent
from tests.factories import BookingFactory, BookingPatientFactory, ClinicFactory, next_monday_at
from tests.pages.conftest import Browser, text_of
from tests.scheduling.booked import booked, colleague_of, fresh, newest_event

pytestmark = pytest.mark.django_db

HOME = "/manage/bookings/"
NATIONAL_ID = "131052-308T"


@pytest.fixture
def booking(practice: Practice) -> Booking:
    """Maija's, on Monday at nine."""
    with organisation_scope(practice.organisation.pk):
        return booked(practice)


def page_of(booking: Booking, action: str = "") -> str:
    return f"{HOME}{booking.public_id}/{action}"


def hidden(browser: Browser, booking: Booking) -> dict[str, Any]:
    """What the booking's page would send along."""
    context = browser.get(page_of(booking)).context
    return {"seen": context["seen"], "sent_before": context["sent_before"]}


def kinds(booking: Booking) -> list[str]:
    messages = Message.across.filter(about__startswith=f"booking:{booking.public_id}", channel="email")
    return sorted(messages.values_list("kind", flat=True))


def acts(booking: Booking) -> list[tuple[str, str, bool | None]]:
    rows = DeskAct.across.filter(booking=booking.public_id).order_by("pk")
    return list(rows.values_list("act", "who", "tells_patient"))


def made(
    practice: Practice, many: int, clinic: Clinic | None = None, last_name: str = "Virtanen"
) -> list[Booking]:
    """Bookings of the coming weeks, a quarter of an hour apart."""
    found = []
    for number in range(many):
        start = next_monday_at(8) + timedelta(days=7, minutes=30 * number)
        row: Booking = BookingFactory(
            organisation=practice.organisation,
            clinic=clinic or practice.clinic,
            practitioner=practice.practitioner,
            treatment=practice.treatment,
            during=practice.treatment.during(start),
            accepted_at=timezone.now(),
            booked_at=timezone.now(),
        )
        BookingPatientFactory(
            organisation=practice.organisation, booking=row, last_name=f"{last_name}{number}"
        )
        found.append(row)
    return found


def queries(browser: Browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


# The list


def test_list_shows_coming_bookings_by_time(practice: Practice, editor: Browser, booking: Booking) -> None:
    made(practice, 2)

    page = editor.get(HOME)

    assert [line.patient.split(",")[0] for line in page.context["lines"]] == [
        "Meikäläinen",
        "Virtanen0",
        "Virtanen1",
    ]


def test_what_wants_a_hand_stands_first(practice: Practice, editor: Browser, booking: Booking) -> None:
    event = newest_event(booking)
    page = editor.get(HOME)
    assert [matter.event.pk for matter in page.context["waiting"]] == [event.pk]
    assert page.context["urgent"].late_count == 0

    AgentEvent.across.update(created_at=timezone.now() - timedelta(minutes=6))
    assert "has waited for more than five minutes" in text_of(editor.get(HOME))

    refuse(practice, booking)
    page = editor.get(HOME)
    text = text_of(page)
    assert "The time was taken in the clinic’s book: Chair. The patient has no appointment." in text
    assert text.index("refused by the clinic’s book") < text.index("Find a patient")


def refuse(practice: Practice, booking: Booking) -> AgentEvent:
    event = newest_event(booking)
    AgentEvent.across.filter(pk=event.pk).update(
        acknowledged_at=timezone.now(), outcome="refused", reason="taken", detail="Chair"
    )
    with organisation_scope(practice.organisation.pk):
        refuse_booking(organisation=practice.organisation, booking=booking, reason="taken")
    return event


def test_refusal_leaves_the_list_when_it_is_seen_to(
    practice: Practice, editor: Browser, booking: Booking
) -> None:
    event = refuse(practice, booking)

    for _again in range(2):
        assert editor.post(f"{HOME}refusals/{event.sequence}/handled/").status_code == 302

    assert editor.get(HOME).context["refused"] == []
    assert acts(booking) == [("handled", "Editor 0", None)]


@pytest.mark.parametrize(
    ("asked", "many"),
    [
        ({}, 3),
        ({"state": "booked"}, 3),
        ({"state": "cancelled"}, 0),
        ({"first": "2199-01-01"}, 0),
        ({"last": "2020-01-01", "first": ""}, 0),
        ({"last": "9999-12-31", "first": "0001-01-01"}, 3),
        ({"first": "no day", "clinic": "\x00", "state": "x", "after": "y"}, 3),
        ({"practitioner": str(uuid.uuid4())}, 3),
    ],
)
def test_list_is_filtered(practice: Practice, editor: Browser, asked: dict[str, str], many: int) -> None:
    made(practice, 3)

    assert len(editor.get(HOME, asked).context["lines"]) == many


@pytest.mark.parametrize("name", ["clinic", "practitioner", "treatment"])
def test_list_is_filtered_by_what_is_booked(practice: Practice, editor: Browser, name: str) -> None:
    made(practice, 1)
    other = BookingFactory(organisation=practice.organisation)

    page = editor.get(HOME, {name: str(getattr(other, name).public_id)})

    assert [line.booking.pk for line in page.context["lines"]] == [other.pk]


def test_pages_go_on_without_gap_or_overlap(
    practice: Practice, editor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduling.desk_lists.PER_PAGE", 2)
    wanted = [row.pk for row in made(practice, 5)]
    found, after = [], ""
    while True:
        context = editor.get(HOME, {"after": after}).context
        found += [line.booking.pk for line in context["lines"]]
        if not context["following"]:
            break
        after = str(context["following"])

    assert found == wanted


def test_pages_ask_the_database_as_often_for_one_as_for_fifty(practice: Practice, editor: Browser) -> None:
    addresses = [HOME, f"{HOME}calendar/?on={next_monday_at(8).date() + timedelta(days=7)}", "/manage/"]
    made(practice, 1)
    one = [queries(editor, address) for address in addresses]
    Booking.across.all().delete()
    for many in (3, 50):
        made(practice, many)
        assert [queries(editor, address) for address in addresses] == one
        Booking.across.all().delete()


# Searching


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("virtanen0", True),
        ("mai virt", True),
        ("VIRTANEN0, Maija", True),
        ("maija x", False),
        ("%", False),
        ("maija@ex", True),
        ("MAIJA@EXAMPLE.COM", True),
        ("other@example.com", False),
        ("040 123 4567", True),
        ("+358 40-1234567", True),
        ("00358401234567", True),
        ("+358 (0)40 1234567", True),
        ("040 765 4321", False),
        ("99999999999999999999", False),
        ("\x00", False),
    ],
)
def test_patient_is_found(practice: Practice, editor: Browser, words: str, is_found: bool) -> None:
    (row,) = made(practice, 1)

    page = editor.post(f"{HOME}search/", {"q": words})

    assert [line.booking.pk for line in page.context["lines"]] == ([row.pk] if is_found else [])


def test_booking_is_found_by_its_reference(practice: Practice, editor: Browser) -> None:
    row = made(practice, 2)[1]
    for words in (str(row.public_id), str(row.public_id)[:8], row.public_id.hex.upper()):
        page = editor.post(f"{HOME}search/", {"q": words})
        assert [line.booking.pk for line in page.context["lines"]] == [row.pk]


def test_search_leaves_no_trace(
    practice: Practice, editor: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    made(practice, 1, last_name="Kanarialintu")
    before = dict(editor.session.items())

    page = editor.post(f"{HOME}search/", {"q": "Kanarialintu"})

    assert dict(editor.session.items()) == before
    assert "Kanarialintu" not in caplog.text
    addresses = [part.split('"')[0] for part in page.content.decode().split('href="')[1:]]
    assert not [address for address in addresses if "kanaria" in address.lower()]
    assert page.headers["Cache-Control"] == "no-store"


# One booking


def give_national_id(practice: Practice, booking: Booking) -> None:
    patient = booking.patient
    patient.national_id = NATIONAL_ID
    patient.national_id_digest = digest_of(practice.organisation.pk, NATIONAL_ID)
    patient.save()


def test_national_id_is_shown_on_demand_and_noted(
    practice: Practice, editor: Browser, booking: Booking
) -> None:
    give_national_id(practice, booking)
    address = page_of(booking, "national-id/")
    assert NATIONAL_ID not in text_of(editor.get(page_of(booking)))
    assert editor.get(address).headers["Location"].startswith("/manage/reauthenticate/")
    recent(editor)
    assert NATIONAL_ID not in text_of(editor.get(address))
    assert acts(booking) == []

    assert NATIONAL_ID in text_of(editor.post(address))

    assert acts(booking) == [("id_shown", "Editor 0", None)]
    entry = AuditEntry.across.get(organisation=practice.organisation, kind="desk")
    assert (entry.who, entry.label, entry.after) == (
        "Editor 0",
        "id_shown",
        {"booking": str(booking.public_id)},
    )
    assert "National identity number looked at" in text_of(editor.get("/manage/audit/"))


def test_page_tells_what_has_happened(practice: Practice, editor: Browser, booking: Booking) -> None:
    editor.post(page_of(booking, "cancel/"), {**hidden(editor, booking), "tell": "on"})

    text = text_of(editor.get(page_of(booking)))

    said = [
        "Time chosen and held",
        "Booked Confirmed: By a code",
        "For the clinic’s book: a new booking",
        "E-mail: Confirmation",
        "Cancelled by the clinic Editor 0, the patient is told",
    ]
    places = [text.index(words) for words in said]
    assert places[0] < places[1] < places[4]


def test_page_without_its_patient_still_shows(practice: Practice, editor: Browser, booking: Booking) -> None:
    booking.patient.delete()

    assert "The patient’s details have been erased." in text_of(editor.get(page_of(booking)))
    assert "Erased" in text_of(editor.get(HOME))


# On the patient's behalf


@pytest.mark.parametrize("is_told", [True, False])
def test_cancelling_frees_the_time_tells_the_agent_and_whom_it_says(
    practice: Practice, editor: Browser, booking: Booking, is_told: bool
) -> None:
    practice.organisation.settings.cancel_allowed = False
    practice.organisation.settings.change_deadline_hours = 10_000
    practice.organisation.settings.save()

    sent = {**hidden(editor, booking), **({"tell": "on"} if is_told else {})}
    response = editor.post(page_of(booking, "cancel/"), sent)

    assert response.status_code == 302
    assert fresh(booking).state == Booking.State.CANCELLED
    assert (Kind.CANCELLATION in kinds(booking)) is is_told
    event = newest_event(booking)
    assert (event.type, event.data["by"], event.data["patient_told"]) == (
        "booking.cancelled",
        "admin",
        is_told,
    )
    assert acts(booking) == [("cancelled", "Editor 0", is_told)]


def test_cancelling_what_has_changed_meanwhile_is_a_conflict(
    practice: Practice, editor: Browser, booking: Booking
) -> None:
    sent = hidden(editor, booking)
    with organisation_scope(practice.organisation.pk):
        cancel_booking(organisation=practice.organisation, booking=booking)

    response = editor.post(page_of(booking, "cancel/"), sent)

    assert response.status_code == 409
    assert "has changed since you opened it" in text_of(response)
    assert AgentEvent.across.filter(type="booking.cancelled").count() == 1
    assert acts(booking) == []


def choice(editor: Browser, booking: Booking, hour: int) -> dict[str, Any]:
    page = editor.get(page_of(booking, "move/confirm/"), {"at": stamp_of(next_monday_at(hour))})
    context = page.context
    return {
        "seen": context["seen"],
        "at": context["at"],
        "practitioner": str(context["practitioners"][0].public_id),
    }


@pytest.mark.parametrize("is_told", [True, False])
def test_moving_ignores_the_deadline_and_tells_whom_it_says(
    practice: Practice, editor: Browser, booking: Booking, is_told: bool
) -> None:
    practice.organisation.settings.change_deadline_hours = 10_000
    practice.organisation.settings.save()
    practice.treatment.move_within_days = 0
    practice.treatment.save()
    week = editor.get(page_of(booking, "move/"))
    assert "It is too late to change this online" in text_of(week)

    sent = {**choice(editor, booking, 11), **({"tell": "on"} if is_told else {})}
    response = editor.post(page_of(booking, "move/confirm/"), sent)

    assert response.status_code == 302
    assert fresh(booking).starts_at == next_monday_at(11)
    assert (Kind.MOVE in kinds(booking)) is is_told
    assert newest_event(booking).data["by"] == "admin"
    assert acts(booking) == [("moved", "Editor 0", is_told)]


def test_moving_offers_who_is_free_the_own_practitioner_first(
    practice: Practice, editor: Browser, booking: Booking
) -> None:
    colleague = colleague_of(practice)
    page = editor.get(page_of(booking, "move/confirm/"), {"at": stamp_of(next_monday_at(11))})
    assert page.context["practitioners"] == [practice.practitioner, colleague]

    sent = {**choice(editor, booking, 11), "practitioner": str(colleague.public_id)}
    editor.post(page_of(booking, "move/confirm/"), sent)

    assert fresh(booking).practitioner == colleague


def test_moving_to_a_time_that_is_gone_is_a_conflict(
    practice: Practice, editor: Browser, booking: Booking
) -> None:
    sent = choice(editor, booking, 11)
    with organisation_scope(practice.organisation.pk):
        booked(practice, next_monday_at(11))

    response = editor.post(page_of(booking, "move/confirm/"), sent)

    assert response.status_code == 409
    assert "That time is not free any more" in text_of(response)
    assert fresh(booking).starts_at == next_monday_at(9)


def test_moving_lets_go_what_the_patient_held(practice: Practice, editor: Browser, booking: Booking) -> None:
    with organisation_scope(practice.organisation.pk):
        hold_new_time(organisation=practice.organisation, booking=booking, starts_at=next_monday_at(12))

    editor.post(page_of(booking, "move/confirm/"), choice(editor, booking, 11))

    assert fresh(booking).starts_at == next_monday_at(11)
    assert not Booking.across.filter(state="held").exists()


@pytest.mark.parametrize("state", ["arrived", "no_show"])
def test_mark_is_given_and_taken_back(
    practice: Practice, editor: Browser, booking: Booking, state: str
) -> None:
    Booking.across.filter(pk=booking.pk).update(
        during=practice.treatment.during(timezone.now() - timedelta(minutes=5))
    )
    editor.post(page_of(booking, "mark/"), {**hidden(editor, booking), "state": state})
    assert fresh(booking).state == state

    editor.post(page_of(booking, "mark/"), {**hidden(editor, booking), "state": "booked"})

    assert fresh(booking).state == Booking.State.BOOKED
    assert [act for act, *_ in acts(booking)] == [state, "unmarked"]


@pytest.mark.parametrize(
    "sent", [{"state": "no_show"}, {"state": "held"}, {"state": "arrived", "seen": "x"}, {}]
)
def test_mark_that_does_not_fit_is_a_conflict(
    editor: Browser, booking: Booking, sent: dict[str, str]
) -> None:
    response = editor.post(page_of(booking, "mark/"), {**hidden(editor, booking), **sent})

    assert response.status_code == 409
    assert fresh(booking).state == Booking.State.BOOKED


def test_confirmation_is_sent_again_once_for_two_clicks(editor: Browser, booking: Booking) -> None:
    sent = hidden(editor, booking)

    first, second = (editor.post(page_of(booking, "confirmation/"), sent) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 409)
    assert kinds(booking).count(Kind.CONFIRMATION) == 2
    assert editor.post(page_of(booking, "confirmation/"), hidden(editor, booking)).status_code == 302
    assert kinds(booking).count(Kind.CONFIRMATION) == 3


def test_agent_reads_who_cancelled(practice: Practice, editor: Browser, booking: Booking) -> None:
    editor.post(page_of(booking, "cancel/"), hidden(editor, booking))

    with organisation_scope(practice.organisation.pk):
        events = events_for_agent(organisation=practice.organisation, after=None, limit=10)["events"]

    assert events[-1]["data"]["by"] == "admin"


# The download


def test_download_asks_who_it_is_is_noted_and_holds_no_formulas(
    practice: Practice, editor: Browser, booking: Booking
) -> None:
    booking.patient.last_name, booking.patient.message = "=1+1", "@sum(1)\nriviä"
    booking.patient.save()
    made(practice, 2)
    assert editor.post(f"{HOME}export/").headers["Location"].startswith("/manage/reauthenticate/")
    recent(editor)
    assert "3 bookings" in text_of(editor.get(f"{HOME}export/"))
    assert not DeskAct.across.exists()

    response = editor.post(f"{HOME}export/?last={next_monday_at(9).date()}")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]

    assert text.startswith("\ufeffReference,Begins,")
    assert "'=1+1, Maija" in text
    assert "'+358 40 1234567" in text
    assert '"\'@sum(1)\nriviä"' in text
    assert "Virtanen" not in text
    assert DeskAct.across.get().act == "exported"


def test_download_in_pages_holds_each_booking_once_by_time(
    monkeypatch: pytest.MonkeyPatch, practice: Practice, other_practice: Practice, editor: Browser
) -> None:
    monkeypatch.setattr(bookings, "AT_ONCE", 2)
    rows = made(practice, 4)
    Booking.across.filter(pk__in=[row.pk for row in rows[1:]]).update(
        during=practice.treatment.during(rows[1].starts_at), state=Booking.State.CANCELLED
    )
    made(other_practice, 3)
    recent(editor)

    response = editor.post(f"{HOME}export/")
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]

    assert [line.split(",")[0] for line in lines[1:]] == [str(row.public_id) for row in rows]


# Who may


def test_viewer_sees_and_changes_nothing(practice: Practice, booking: Booking) -> None:
    viewer = browser_of(seat_at(practice, Role.VIEWER), practice)
    page = viewer.get(page_of(booking))
    assert page.status_code == 200
    assert 'method="post"\n' not in page.content.decode().partition("<main")[2]

    for action in ("cancel/", "move/confirm/", "mark/", "confirmation/", "national-id/"):
        assert viewer.post(page_of(booking, action), {"seen": "booked-0"}).status_code == 403
    assert viewer.post(f"{HOME}export/").status_code == 403
    assert fresh(booking).state == Booking.State.BOOKED


def test_limited_editor_reaches_the_own_clinics_alone(practice: Practice, booking: Booking) -> None:
    own = ClinicFactory(organisation=practice.organisation)
    (mine,) = made(practice, 1, clinic=own, last_name="Oma")
    event = refuse(practice, booking)
    limited = recent(browser_of(seat_at(practice, Role.EDITOR, [own]), practice))
    week = f"{HOME}calendar/?on="

    for address in (HOME, "/manage/", f"{week}{next_monday_at(9).date()}", f"{HOME}export/"):
        assert "Meikäläinen" not in text_of(limited.get(address))
    assert limited.get(HOME, {"clinic": str(practice.clinic.public_id)}).context["lines"][0].booking == mine
    assert "Oma0" in text_of(limited.get(f"{week}{next_monday_at(9).date() + timedelta(days=7)}"))
    assert limited.post(f"{HOME}search/", {"q": "Meikäläinen"}).context["lines"] == []
    for action in ("", "cancel/", "move/", "national-id/"):
        assert limited.get(page_of(booking, action)).status_code == 404
        assert limited.get(page_of(mine, action)).status_code == 200
    assert limited.post(page_of(booking, "cancel/"), {"seen": "refused-1"}).status_code == 404
    assert limited.post(f"{HOME}refusals/{event.sequence}/handled/").status_code == 404
    exported = b"".join(limited.post(f"{HOME}export/").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Oma0" in exported
    assert "Meikäläinen" not in exported


def test_another_organisations_booking_is_not_there(
    practice: Practice, other_practice: Practice, editor: Browser
) -> None:
    with organisation_scope(other_practice.organisation.pk):
        theirs = booked(other_practice)
    recent(editor)
    sent = {"seen": "booked-0", "at": stamp_of(next_monday_at(11)), "state": "arrived", "sent_before": "0"}

    for action in ("", "cancel/", "move/", "move/confirm/", "mark/", "confirmation/", "national-id/"):
        assert editor.get(page_of(theirs, action)).status_code in (404, 405)
        assert editor.post(page_of(theirs, action), sent).status_code in (404, 405)
    event = refuse(other_practice, theirs)
    assert editor.post(f"{HOME}refusals/{event.sequence}/handled/").status_code == 404
    for words in ("Meikäläinen", str(theirs.public_id), "0401234567", "maija@example.com"):
        assert editor.post(f"{HOME}search/", {"q": words}).context["lines"] == []
    assert editor.get(HOME, {"clinic": str(other_practice.clinic.public_id)}).context["lines"] == []
    assert "Meikäläinen" not in text_of(editor.get(f"{HOME}calendar/?on={next_monday_at(9).date()}"))
    assert fresh(theirs).revision == 1
    assert not DeskAct.across.exists()
