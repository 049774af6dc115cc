"""The agent's three lights, and what the clinic's book has refused."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from clinics.roles import Role
from notifications.models import CodePause
from scheduling.models import AgentEvent, AgentLink
from sync_api.models import Agent, Mismatch
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.factories import BookingFactory, BookingPatientFactory, next_monday_at
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db


def lights(browser: Browser) -> list[bool]:
    response = browser.get("/manage/status/")
    assert response.status_code == 200
    return [light.is_green for light in response.context["lights"]]


def activate(practice: Practice) -> None:
    Agent(
        organisation=practice.organisation,
        generation=1,
        public_key={},
        machine_name="RECEPTION-1",
        agent_version="1.2",
    ).save()


def hear(practice: Practice, ago: timedelta | None) -> None:
    heard_at = None if ago is None else timezone.now() - ago
    AgentLink.objects.update_or_create(
        organisation=practice.organisation, defaults={"last_seen_at": heard_at, "last_push_at": heard_at}
    )


def refuse(practice: Practice, sequence: int) -> None:
    AgentEvent(
        organisation=practice.organisation,
        booking=BookingFactory(organisation=practice.organisation),
        sequence=sequence,
        type=AgentEvent.Type.BOOKING_MOVED,
        acknowledged_at=timezone.now(),
        outcome=AgentEvent.Outcome.REFUSED,
        reason="taken",
        detail=f"Chair is broken {practice.organisation.subdomain}",
    ).save()


def test_lights_are_red_before_an_agent_was_heard(owner: Browser, practice: Practice) -> None:
    hear(practice, None)

    assert lights(owner) == [False, False, True]


def test_lights_are_green_while_the_agent_is_in_contact(owner: Browser, practice: Practice) -> None:
    activate(practice)
    hear(practice, timedelta(seconds=20))

    assert lights(owner) == [True, True, True]
    assert "RECEPTION-1" in text_of(owner.get("/manage/status/"))


def test_lights_tell_of_silence_before_the_portal_closes(owner: Browser, practice: Practice) -> None:
    activate(practice)
    hear(practice, timedelta(minutes=10))
    assert lights(owner) == [True, False, True]

    hear(practice, timedelta(days=2))
    assert lights(owner) == [True, False, False]


def test_refusals_are_ones_own(owner: Browser, practice: Practice, other_practice: Practice) -> None:
    refuse(practice, 1)
    refuse(other_practice, 1)

    words = text_of(owner.get("/manage/status/"))

    assert "Chair is broken demoklinikka" in words
    assert "pikkuhammas" not in words


@pytest.mark.parametrize("many", [1, 3])
def test_status_asks_as_much_for_many_refusals_as_for_one(
    practice: Practice, owner: Browser, many: int, django_assert_max_num_queries: object
) -> None:
    for sequence in range(many):
        refuse(practice, sequence + 1)
    owner.get("/manage/status/")

    with django_assert_max_num_queries(13):  # type: ignore[operator]
        owner.get("/manage/status/")


def test_paused_codes_are_a_light_of_their_own(
    owner: Browser, practice: Practice, other_practice: Practice
) -> None:
    until = timezone.now() + timedelta(minutes=5)
    CodePause(organisation=other_practice.organisation, until=until).save()
    assert len(lights(owner)) == 3

    CodePause(organisation=practice.organisation, until=until).save()

    assert lights(owner)[3:] == [False]


def double(practice: Practice, hour: int) -> None:
    """A booking of the practice, and one that its book has put there too."""
    place = {
        "organisation": practice.organisation,
        "clinic": practice.clinic,
        "practitioner": practice.practitioner,
        "treatment": practice.treatment,
        "during": practice.treatment.during(next_monday_at(hour)),
    }
    names = (
        {"first_name": "Eeva", "last_name": "Ensimmäinen"},
        {"first_name": "Tuomas", "last_name": "Toinen"},
    )
    for is_doubled, name in enumerate(names):
        booking = BookingFactory(**place, is_doubled=bool(is_doubled))
        BookingPatientFactory(organisation=practice.organisation, booking=booking, **name)


def test_two_at_once_in_the_book_are_for_a_person(
    owner: Browser, practice: Practice, other_practice: Practice
) -> None:
    double(other_practice, 9)
    assert "At the same time" not in text_of(owner.get("/manage/status/"))

    double(practice, 9)
    page = owner.get("/manage/status/")

    assert text_of(page).count("At the same time") == 1
    (lines,) = page.context["doubled"]
    assert [line.patient for line in lines] == ["Toinen, Tuomas", "Ensimmäinen, Eeva"]
    assert all(line.patient in text_of(page) for line in lines)


def test_more_at_once_cost_no_more_questions(
    owner: Browser, practice: Practice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    double(practice, 9)
    with CaptureQueriesContext(connection) as one:
        owner.get("/manage/status/")
    double(practice, 10)
    double(practice, 11)

    with django_assert_max_num_queries(len(one)):
        owner.get("/manage/status/")


def lose(practice: Practice, hour: int = 9) -> Mismatch:
    row = Mismatch(
        organisation=practice.organisation,
        booking=str(uuid4()),
        kind=Mismatch.Kind.MISSING,
        starts_at=next_monday_at(hour),
        who=f"Somebody of {practice.organisation.subdomain}",
    )
    row.save()
    return row


def test_first_page_says_how_many_only_people_can_decide(
    owner: Browser, practice: Practice, other_practice: Practice
) -> None:
    lose(other_practice)
    double(other_practice, 9)
    assert "only you can say" not in text_of(owner.get("/manage/"))

    lose(practice)
    assert "1 appointment stands otherwise" in text_of(owner.get("/manage/"))
    double(practice, 9)
    assert "2 appointments stand otherwise" in text_of(owner.get("/manage/"))

    limited = browser_of(seat_at(practice, Role.EDITOR, [practice.clinic]), practice)
    assert "only you can say" not in text_of(limited.get("/manage/"))


def test_what_the_book_has_lost_is_ones_own_and_can_be_entered_again(
    owner: Browser,
    practice: Practice,
    other_practice: Practice,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    lose(practice)
    lose(other_practice)
    with CaptureQueriesContext(connection) as one:
        words = text_of(owner.get("/manage/status/"))
    assert "Somebody of demoklinikka" in words
    assert "pikkuhammas" not in words
    lose(practice, 10)
    lose(practice, 11)
    with django_assert_max_num_queries(len(one)):
        owner.get("/manage/status/")

    assert owner.post("/manage/status/enter-again/").status_code == 302

    assert [row.organisation_id for row in Mismatch.across.all()] == [other_practice.organisation.pk]
