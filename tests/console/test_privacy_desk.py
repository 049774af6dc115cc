"""The privacy desk: one patient found, handed out, erased; and of who is erased nothing remains."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clinics.models import AuditEntry, PrivacyAction
from clinics.scope import organisation_scope
from notifications.models import Channel, IncomingMessage, Message, OptOut, State, SuppressedAddress
from scheduling.models import AgentEvent, Booking, BookingPatient, Login, LoginCode, Wish
from scheduling.national_ids import digest_of
from scheduling.personal_data import Criteria, find_person
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.console.test_people import recent
from tests.factories import BookingFactory, BookingPatientFactory, WishFactory, next_monday_at
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

CANARY = "Kanarialintunen"
MOBILE = "+358501112223"
EMAIL = "kanaria@lintu.example"
NATIONAL_ID = "131052-308T"
DESK = "/manage/privacy/"


@pytest.fixture
def desk(practice: Practice) -> Browser:
    """An owner who has just shown who she is."""
    return recent(browser_of(seat_at(practice), practice))


def past_booking(practice: Practice, **patient: Any) -> Booking:
    """A booking of a month ago, with everything that is known of a patient."""
    start = next_monday_at(9) - timedelta(days=35)
    booking: Booking = BookingFactory(
        organisation=practice.organisation,
        clinic=practice.clinic,
        practitioner=practice.practitioner,
        treatment=practice.treatment,
        during=practice.treatment.during(start + timedelta(hours=Booking.across.count())),
        visitor=f"{CANARY}-visitor",
        appointment_id=f"{CANARY}-a1",
        link_digest=f"{CANARY}{Booking.across.count()}".encode(),
    )
    typed = {
        "first_name": "Kaisa",
        "last_name": CANARY,
        "mobile": MOBILE,
        "email": EMAIL,
        "national_id": NATIONAL_ID,
        "national_id_digest": digest_of(practice.organisation.pk, NATIONAL_ID),
        "address_1": f"{CANARY}n katu 1",
        "message": f"Terveisin {CANARY}",
    }
    BookingPatientFactory(organisation=practice.organisation, booking=booking, **(typed | patient))
    return booking


def message_to(practice: Practice, to: str, about: str, **more: Any) -> Message:
    message: Message = Message.across.create(
        **{
            "organisation": practice.organisation,
            "channel": Channel.EMAIL if "@" in to else Channel.SMS,
            "kind": "confirmation",
            "about": about,
            "to": to,
            "language": "fi",
            "body": f"Hei {CANARY}",
            "state": State.SENT,
            "sent_at": timezone.now(),
            **more,
        }
    )
    return message


def fill(practice: Practice) -> Booking:
    """A row of every kind that can be about one patient."""
    booking = past_booking(practice)
    message_to(practice, EMAIL, f"booking:{booking.public_id}:1")
    message_to(practice, MOBILE, "by-hand:1", last_error=f"refused {MOBILE}")
    AgentEvent.across.create(
        organisation=practice.organisation,
        sequence=1,
        type=AgentEvent.Type.BOOKING_CREATED,
        booking=booking,
        acknowledged_at=timezone.now(),
        outcome=AgentEvent.Outcome.ACCEPTED,
        appointment_id=f"{CANARY}-a1",
        detail=f"{CANARY} is known",
    )
    WishFactory(
        organisation=practice.organisation,
        treatment=practice.treatment,
        last_name=CANARY,
        mobile=MOBILE,
        email=EMAIL,
    )
    now = timezone.now()
    spoken = {"organisation": practice.organisation, "created_at": now, "mobile": MOBILE}
    end = now + timedelta(minutes=10)
    Login.across.create(**spoken, key_digest=b"1", method="sms", expires_at=end)
    LoginCode.across.create(**spoken, visitor="v", address_hash="a", language="fi", expires_at=end)
    hear(practice)
    return booking


def hear(practice: Practice) -> None:
    """What came back from them."""
    own: dict[str, Any] = {"organisation": practice.organisation}
    IncomingMessage.across.create(
        **own,
        sender=MOBILE,
        to="+358501112222",
        text=f"STOP {CANARY}",
        route="sms",
        provider_reference=f"SM{practice.organisation.pk}",
    )
    OptOut.across.create(**own, mobile=MOBILE, word=f"STOP {CANARY}")
    SuppressedAddress.across.create(**own, address=EMAIL, reason=f"{CANARY} unknown")


def everything_stored() -> str:
    """Every text, JSON and binary column of every table, the audit log's histories included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND data_type IN"
            " ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY')"
        )
        found = []
        for table, column, kind in cursor.fetchall():
            written = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(f'SELECT string_agg({written}, chr(10)) FROM "{table}"')  # noqa: S608 - our names
            found.append(str(cursor.fetchone()[0] or ""))
    return "\n".join(found)


@pytest.mark.parametrize(
    "typed",
    [
        {"mobile": "050 111 2223"},
        {"email": EMAIL.upper()},
        {"national_id": NATIONAL_ID.lower()},
        {"name": f"kaisa  {CANARY.lower()}"},
        {"name": f"{CANARY} Kaisa"},
        {"mobile": MOBILE, "name": f"Kaisa {CANARY}"},
    ],
)
def test_search_finds_the_patient_by_each_of_their_names(
    practice: Practice, desk: Browser, typed: dict[str, str]
) -> None:
    fill(practice)
    past_booking(
        practice,
        last_name="Muukalainen",
        mobile="+358409998887",
        email="m@x.example",
        national_id=None,
        national_id_digest=None,
    )

    page = text_of(desk.post(DESK, typed))

    assert CANARY in page
    assert "Muukalainen" not in page


@pytest.mark.parametrize(
    ("typed", "terms", "rows"),
    [
        ({"mobile": MOBILE}, ["mobile"], 9),
        ({"email": EMAIL, "name": f"Kaisa {CANARY}"}, ["email", "name"], None),
        ({"national_id": NATIONAL_ID}, ["national_id"], None),
        ({"email": "nobody@example.com"}, ["email"], 0),
    ],
)
def test_search_is_noted_by_kind_of_term_and_number_found(
    practice: Practice, desk: Browser, typed: dict[str, str], terms: list[str], rows: int | None
) -> None:
    fill(practice)

    page = text_of(desk.post(DESK, typed))

    (noted,) = AuditEntry.across.filter(kind="privacy")
    assert noted.after
    assert (noted.after["kind"], noted.after["sought_by"], noted.who) == ("searched", terms, "Owner 0")
    assert rows is None or noted.after["rows"] == rows
    assert not any(value in str(noted.after) for value in typed.values())
    assert "Owner 0 A patient was looked for" in page
    log = text_of(desk.get("/manage/audit/"))
    assert "Privacy desk" in log
    assert not any(value in log for value in typed.values())


def test_what_was_not_understood_was_not_looked_for(desk: Browser) -> None:
    desk.post(DESK, {"mobile": "123"})

    assert not AuditEntry.across.filter(kind="privacy").exists()


def test_asking_before_erasing_is_noted_too(practice: Practice, desk: Browser) -> None:
    fill(practice)

    desk.post(f"{DESK}erase/", {"mobile": MOBILE})

    assert AuditEntry.across.filter(kind="privacy", after__kind="searched").count() == 1


@pytest.mark.parametrize("searches", [1, 3, 50])
def test_desk_costs_the_same_queries_however_much_was_noted(
    practice: Practice, desk: Browser, searches: int, django_assert_num_queries: Any
) -> None:
    PrivacyAction.across.bulk_create(
        PrivacyAction(organisation=practice.organisation, kind="searched", rows=0) for _ in range(searches)
    )
    with django_assert_num_queries(8):
        desk.get(DESK)


def test_search_stops_at_the_organisation(
    practice: Practice, other_practice: Practice, desk: Browser
) -> None:
    fill(other_practice)

    assert "holds nothing about this person" in text_of(desk.post(DESK, {"mobile": MOBILE}))


@pytest.mark.parametrize(
    "typed", [{}, {"mobile": "123"}, {"email": "x"}, {"national_id": "131052-308U"}, {"name": "\x00"}]
)
def test_search_gives_back_what_it_does_not_understand(desk: Browser, typed: dict[str, str]) -> None:
    response = desk.post(DESK, typed)

    assert response.status_code == 422
    assert all(value in response.content.decode() for value in typed.values() if value != "\x00")


def test_search_terms_stand_in_no_address_and_no_session(practice: Practice) -> None:
    fill(practice)
    late = browser_of(seat_at(practice), practice)

    response = late.post(DESK, {"mobile": MOBILE, "name": f"Kaisa {CANARY}"})

    assert response.status_code == 302
    assert CANARY not in response.headers["Location"]
    assert "reauthenticate" in response.headers["Location"]
    assert CANARY not in json.dumps(dict(late.session))


def test_exports_hold_everything_and_are_noted_without_it(practice: Practice, desk: Browser) -> None:
    fill(practice)

    answer = desk.post(f"{DESK}json/", {"mobile": MOBILE})
    page = desk.post(f"{DESK}page/", {"mobile": MOBILE})

    document = json.loads(answer.content)
    assert {name: len(rows) for name, rows in document.items() if isinstance(rows, list)} == {
        "bookings": 1,
        "waiting_list": 1,
        "messages": 2,
        "replies": 1,
        "refusals": 2,
        "logins": 1,
        "login_codes": 1,
        "lookups": 0,
        "changes": 0,
    }
    assert document["bookings"][0]["national_id"] == NATIONAL_ID
    assert f"Terveisin {CANARY}" in page.content.decode()
    for response in (answer, page):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Content-Disposition"].startswith("attachment")
    noted = list(AuditEntry.across.filter(kind="privacy"))
    assert len(noted) == 2
    assert all(entry.after["kind"] == "exported" and CANARY not in str(entry.after) for entry in noted)


def test_nothing_of_an_erased_patient_remains_in_any_table(practice: Practice, desk: Browser) -> None:
    booking = fill(practice)
    before = everything_stored()
    assert all(canary in before for canary in (CANARY, MOBILE, EMAIL))

    asked = text_of(desk.post(f"{DESK}erase/", {"mobile": MOBILE}))
    assert "Names and details of bookings 1" in asked
    assert BookingPatient.across.count() == 1
    response = desk.post(f"{DESK}erase/now/", {"mobile": MOBILE})

    assert response.status_code == 302
    left = everything_stored()
    assert [canary for canary in (CANARY, MOBILE, EMAIL, NATIONAL_ID) if canary in left] == []
    booking.refresh_from_db()
    assert booking.state == Booking.State.BOOKED
    assert "holds nothing about this person" in text_of(desk.post(DESK, {"mobile": MOBILE}))
    noted = list(AuditEntry.across.filter(kind="privacy"))
    assert [entry.after["kind"] for entry in noted] == ["searched", "erased", "searched"]
    assert all(entry.who for entry in noted)


def test_erasing_twice_erases_once(practice: Practice, desk: Browser) -> None:
    fill(practice)
    for _time in range(2):
        assert desk.post(f"{DESK}erase/now/", {"email": EMAIL}).status_code == 302

    assert AuditEntry.across.filter(kind="privacy").count() == 1


def test_coming_booking_and_its_messages_stay(practice: Practice, desk: Browser) -> None:
    fill(practice)
    coming = past_booking(practice)
    Booking.across.filter(pk=coming.pk).update(during=practice.treatment.during(next_monday_at(10)))
    reminder = message_to(practice, MOBILE, f"booking:{coming.public_id}:reminder")

    assert "This stays: it is still to come" in text_of(desk.post(f"{DESK}erase/", {"mobile": MOBILE}))
    response = desk.post(f"{DESK}erase/now/", {"mobile": MOBILE}, follow=True)

    assert "1 coming booking is left as it is" in text_of(response)
    assert list(BookingPatient.across.values_list("booking_id", flat=True)) == [coming.pk]
    assert list(Message.across.values_list("pk", flat=True)) == [reminder.pk]


def test_shared_number_is_told_apart_by_the_name(practice: Practice, desk: Browser) -> None:
    """A parent and a child with one number: what is the parent's stays."""
    child = past_booking(practice, first_name="Lapsi")
    parent = past_booking(practice, first_name="Vanhempi", national_id=None, national_id_digest=None)
    message_to(practice, MOBILE, f"booking:{child.public_id}")
    kept = message_to(practice, MOBILE, f"booking:{parent.public_id}")
    shared = message_to(practice, MOBILE, "by-hand:2")

    assert "several people" in text_of(desk.post(DESK, {"mobile": MOBILE}))
    desk.post(f"{DESK}erase/now/", {"mobile": MOBILE, "name": f"Lapsi {CANARY}"})

    assert list(BookingPatient.across.values_list("first_name", flat=True)) == ["Vanhempi"]
    assert set(Message.across.values_list("pk", flat=True)) == {kept.pk, shared.pk}


def test_a_name_alone_erases_nobody(practice: Practice, desk: Browser) -> None:
    fill(practice)

    for path in ("erase/", "erase/now/"):
        assert desk.post(f"{DESK}{path}", {"name": f"Kaisa {CANARY}"}).status_code == 422
    assert BookingPatient.across.count() == 1


def test_erasing_leaves_other_organisations_alone(
    practice: Practice, other_practice: Practice, desk: Browser
) -> None:
    fill(practice)
    fill(other_practice)

    desk.post(f"{DESK}erase/now/", {"mobile": MOBILE})

    assert list(BookingPatient.across.values_list("organisation_id", flat=True)) == [
        other_practice.organisation.pk
    ]
    assert Wish.across.get().organisation_id == other_practice.organisation.pk


@pytest.mark.parametrize("many", [1, 3])
def test_finding_costs_the_same_queries_for_one_and_for_many(
    practice: Practice, many: int, django_assert_num_queries: Any
) -> None:
    for _number in range(many):
        past_booking(practice)
        WishFactory(
            organisation=practice.organisation, treatment=practice.treatment, mobile=MOBILE, email=EMAIL
        )
    with organisation_scope(practice.organisation.pk), django_assert_num_queries(15):
        find_person(organisation=practice.organisation, criteria=Criteria(mobile=MOBILE))


PERSONAL = {
    "scheduling_appointmentchange",
    "scheduling_booking",
    "scheduling_bookingpatient",
    "scheduling_confirmationcode",
    "scheduling_agentevent",
    "scheduling_login",
    "scheduling_logincode",
    "scheduling_lookup",
    "scheduling_offer",
    "scheduling_recipient",
    "scheduling_wish",
    "scheduling_wishcode",
    "notifications_message",
    "notifications_incomingmessage",
    "notifications_optout",
    "notifications_suppressedaddress",
}
"""Tables with something of a patient, which the desk finds and erases."""
IMPERSONAL = {
    "scheduling_agentlink",
    "scheduling_bookingresource",
    "scheduling_category",
    "scheduling_daynumbers",
    "scheduling_deskact",  # what members did, with the booking's id
    "scheduling_eidattempt",  # a way to the identity provider: who came back is the login's
    "scheduling_freeweek",
    "scheduling_resource",
    "scheduling_slot",
    "scheduling_stepcount",
    "scheduling_treatment",
    "scheduling_treatmentclinic",
    "scheduling_treatmentpractitioner",
    "scheduling_treatmentresource",
    "scheduling_wishclinic",
    "scheduling_wishpractitioner",
    "notifications_codepause",
    "notifications_mailing",  # what was sent by hand to how many; its words go with the draft
    "notifications_smsday",
    "notifications_smsminute",
    "notifications_housemail",
    "notifications_messagetotal",
    "notifications_smsmonth",
    "notifications_routestate",  # how sending goes by each provider
    "notifications_sendingpause",
    "notifications_sendingpauseevent",
    "notifications_emailrefusal",  # a keyed hash, by which the address is kept from being written to
    "notifications_messagetext",
    "notifications_messagetextevent",
    "scheduling_reminderplan",
}
"""Tables without. A new one fails below until somebody has thought about it."""


def test_every_table_about_bookings_and_messages_has_been_thought_about() -> None:
    own = {
        table
        for table in connection.introspection.table_names()
        if table.startswith(("scheduling_", "notifications_"))
    }

    assert own - PERSONAL - IMPERSONAL == set()
