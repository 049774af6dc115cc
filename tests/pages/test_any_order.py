"""The steps in any order: whichever way a patient walks, it ends at a time that is held."""

from datetime import timedelta
from itertools import permutations
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.models import Clinic, Practitioner
from clinics.scope import organisation_scope
from scheduling.forms import stamp_of
from scheduling.free_weeks import rebuild_free_weeks
from scheduling.models import Booking, BookingResource, Treatment, TreatmentResource
from tests.conftest import Practice
from tests.factories import (
    BookingFactory,
    ClinicFactory,
    PractitionerFactory,
    ResourceFactory,
    TreatmentFactory,
    next_monday_at,
    publish,
)
from tests.journeys.pages import Page
from tests.pages.conftest import Answer, Browser, booking_at, text_of

pytestmark = pytest.mark.django_db

ORDERS = list(permutations(["clinic", "treatment", "practitioner", "time"]))
NINE = stamp_of(next_monday_at(9))
MOST_PAGES = 6


def choose_settings(practice: Practice, **settings: object) -> None:
    for name, value in settings.items():
        setattr(practice.organisation.settings, name, value)
    practice.organisation.settings.save()


@pytest.fixture
def larger(practice: Practice) -> Practice:
    """Two clinics, three practitioners and two treatments; not everybody is everywhere at all times."""
    organisation = practice.organisation
    second = ClinicFactory(organisation=organisation, name="Second clinic", external_id="C2")
    colleague = PractitionerFactory(organisation=organisation, name="Colleague")
    elsewhere = PractitionerFactory(organisation=organisation, name="Elsewhere", external_id="P-3")
    TreatmentFactory(organisation=organisation, name="Long treatment", minutes=120, external_id="T/2 b")
    publish(organisation, colleague, practice.clinic, (next_monday_at(9), next_monday_at(12)))
    publish(organisation, elsewhere, second, (next_monday_at(8), next_monday_at(10)))
    with organisation_scope(organisation.pk):
        rebuild_free_weeks(organisation=organisation)
    choose_settings(practice, any_clinic=True)
    return practice


def second_clinic_of(practice: Practice) -> Clinic:
    clinic: Clinic = Clinic.across.get(organisation=practice.organisation, name="Second clinic")
    return clinic


def named(practice: Practice, name: str) -> Practitioner:
    practitioner: Practitioner = Practitioner.across.get(organisation=practice.organisation, name=name)
    return practitioner


def walk(browser: Browser, which: int, start: str = "/") -> tuple[str, list[str]]:
    """Gives the first (0) or last (-1) answer to everything; the held booking's address, and the headings."""
    response: Answer = browser.get(start)
    headings: list[str] = []
    for _ in range(MOST_PAGES):
        while response.status_code == 302:
            location = response.headers["Location"]
            if location.startswith("/booking/"):
                return location.partition("details/")[0], headings
            response = browser.get(location)
        assert response.status_code == 200
        page = Page(response.content.decode())
        headings.append(page.heading)
        response = answer(browser, page, which)
    raise AssertionError(headings)


def answer(browser: Browser, page: Page, which: int) -> Answer:
    unanswered = [link for link in page.answers.values() if "fresh=" not in link]
    if unanswered:
        found: Answer = browser.get(unanswered[which])
        return found
    form = page.form("/book/time/")
    sent: Answer = browser.post(
        "/book/time/", form.fields | dict([form.buttons[which]] if form.buttons else [])
    )
    return sent


@pytest.mark.parametrize("which", [0, -1])
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_every_order_ends_at_a_held_time(
    larger: Practice, browser: Browser, order: tuple[str, ...], which: int
) -> None:
    choose_settings(larger, step_order=list(order))
    address, headings = walk(browser, which)

    assert booking_at(address).state == Booking.State.HELD
    assert 1 <= len(headings) <= 4
    assert len(set(headings)) == len(headings)


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_every_order_works_where_there_is_only_one_of_each(
    practice: Practice, browser: Browser, order: tuple[str, ...]
) -> None:
    choose_settings(practice, step_order=list(order))
    address, headings = walk(browser, 0)

    assert len(headings) == 1
    assert booking_at(address).starts_at == next_monday_at(8)


@pytest.mark.parametrize("which", [0, -1])
def test_combined_view_asks_for_treatment_and_practitioner_on_one_page(
    larger: Practice, browser: Browser, which: int
) -> None:
    choose_settings(larger, combined_view=True, step_order=["time", "practitioner", "clinic", "treatment"])
    clinic = f"/book/?clinic={larger.clinic.public_id}"
    text = text_of(browser.get(clinic))

    assert "Which clinic?" in text_of(browser.get("/"))
    assert "What do you need, and from whom?" in text
    assert "What do you need?" in text
    assert "Whom would you like to see?" in text
    assert booking_at(walk(browser, which, clinic)[0]).state == Booking.State.HELD


def test_combined_view_offers_only_who_is_free_for_the_treatment(larger: Practice, browser: Browser) -> None:
    choose_settings(larger, combined_view=True)
    Treatment.across.filter(name="Long treatment").update(by_all_practitioners=False)
    with organisation_scope(larger.organisation.pk):
        rebuild_free_weeks(organisation=larger.organisation)
    colleague = named(larger, "Colleague").public_id
    text = text_of(browser.get(f"/book/?clinic={larger.clinic.public_id}&practitioner={colleague}"))

    assert "Long treatment" not in text


def test_time_first_shows_all_that_fits(larger: Practice, browser: Browser) -> None:
    choose_settings(larger, step_order=["time", "clinic", "treatment", "practitioner"])
    html = browser.get("/").content.decode()

    assert html.count('name="at"') == 1 + 16
    assert "Book an appointment" in html


def test_steps_after_the_time_offer_only_what_is_free_then(larger: Practice, browser: Browser) -> None:
    choose_settings(larger, step_order=["time", "practitioner", "clinic", "treatment"])
    at_eight = browser.get(f"/book/?at={stamp_of(next_monday_at(8))}")
    at_three = browser.post("/book/time/", {"at": stamp_of(next_monday_at(15))})

    assert "Elsewhere" in text_of(at_eight)
    assert "Colleague" not in text_of(at_eight)
    assert "/booking/" in at_three.headers["Location"], "only one is there, for only one treatment"


def test_resource_in_use_is_nobodys_free_time(larger: Practice, browser: Browser) -> None:
    choose_settings(larger, step_order=["time", "treatment", "clinic", "practitioner"])
    chair = ResourceFactory(organisation=larger.organisation, clinic=larger.clinic)
    TreatmentResource.across.create(
        organisation=larger.organisation, treatment=larger.treatment, resource=chair
    )
    during = larger.treatment.during(next_monday_at(14))
    taken = BookingFactory(organisation=larger.organisation, during=during)
    BookingResource.across.create(
        organisation=larger.organisation, booking=taken, resource=chair, during=during
    )
    url = f"/book/?treatment={larger.treatment.public_id}&change=time"

    assert stamp_of(next_monday_at(13, 30)) in browser.get(url).content.decode()
    assert stamp_of(next_monday_at(14)) not in browser.get(url).content.decode()
    assert "not free any more" in text_of(
        browser.get(f"/book/?treatment={larger.treatment.public_id}&at={stamp_of(next_monday_at(14))}")
    )


def test_any_clinic_shows_equal_times_once(larger: Practice, browser: Browser) -> None:
    html = browser.get(f"/book/?clinic=any&treatment={larger.treatment.public_id}&practitioner=any").content

    assert html.decode().count(f'value="{NINE}"') == 1
    assert html.decode().count('name="at"') == 1 + 16


def test_any_clinic_is_offered_only_where_it_is_enabled(larger: Practice, browser: Browser) -> None:
    assert "Any clinic" in text_of(browser.get("/"))

    choose_settings(larger, any_clinic=False)

    assert "Any clinic" not in text_of(browser.get("/"))
    assert browser.get("/book/?clinic=any").status_code == 404


def test_anywhere_goes_to_the_least_loaded(larger: Practice, browser: Browser) -> None:
    for busy in (larger.practitioner, named(larger, "Colleague")):
        BookingFactory(
            organisation=larger.organisation,
            clinic=larger.clinic,
            practitioner=busy,
            treatment=larger.treatment,
            during=larger.treatment.during(next_monday_at(11)),
        )
    booking = booking_at(browser.choose_anywhere(larger, next_monday_at(9)))

    assert booking.practitioner.name == "Elsewhere"
    assert booking.clinic == second_clinic_of(larger)


def test_anywhere_takes_the_next_until_nobody_is_free(larger: Practice, browser: Browser) -> None:
    held = [booking_at(browser.choose_anywhere(larger, next_monday_at(9))) for _ in range(3)]
    refused = browser.post(
        "/book/time/",
        {"clinic": "any", "treatment": larger.treatment.public_id, "practitioner": "any", "at": NINE},
    )

    assert len({booking.practitioner_id for booking in held}) == 3
    assert "taken=" in refused.headers["Location"]
    assert "just been taken" in text_of(browser.get(refused.headers["Location"]))


@pytest.mark.parametrize("step", ["clinic", "treatment", "practitioner"])
def test_link_may_name_things_by_the_agents_ids(larger: Practice, browser: Browser, step: str) -> None:
    thing = getattr(larger, step)
    by_ours = browser.get("/book/", {step: str(thing.public_id).upper()})
    by_theirs = browser.get("/book/", {step: thing.external_id})

    assert by_theirs.status_code == 200
    assert text_of(by_theirs) == text_of(by_ours)


def test_agents_ids_may_hold_any_letters(larger: Practice, browser: Browser) -> None:
    text = text_of(browser.get("/book/", {"clinic": "c1", "treatment": "T/2 b"}))

    assert "Treatment Long treatment Change" in text
    assert browser.get("/book/", {"treatment": "t/2 B"}).status_code == 404


def test_agents_ids_of_another_organisation_are_not_known(
    practice: Practice, other_practice: Practice, browser: Browser
) -> None:
    PractitionerFactory(organisation=other_practice.organisation, external_id="theirs")

    assert browser.get("/book/", {"practitioner": "theirs"}).status_code == 404


def test_link_to_a_moment_asks_only_whether_to_hold_it(larger: Practice, browser: Browser) -> None:
    link = f"/book/?clinic=c1&treatment=t1&practitioner=p1&at={NINE}"
    response = browser.get(link)

    assert "Is this the time you want?" in text_of(response)
    assert not Booking.across.exists()
    assert booking_at(walk(browser, 0, link)[0]).starts_at == next_monday_at(9)


def test_link_to_a_moment_that_is_gone_leads_to_the_others(
    larger: Practice, browser: Browser, stranger: Browser
) -> None:
    stranger.hold(larger, next_monday_at(9))
    response = browser.get(f"/book/?clinic=c1&treatment=t1&practitioner=p1&at={NINE}")

    assert response.status_code == 200
    assert "not free any more" in text_of(response)
    assert 'name="at"' in response.content.decode()


def test_changed_answer_keeps_the_time_that_still_fits(larger: Practice, browser: Browser) -> None:
    choose_settings(larger, step_order=["treatment", "time", "clinic", "practitioner"])
    changing = Page(browser.get(f"/book/?treatment=t1&at={NINE}&clinic=c1&change=treatment").content.decode())
    location = changing.answers["Long treatment"]

    assert dict(parse_qsl(urlsplit(location).query))["at"] == NINE
    assert "Practitioner Colleague" in text_of(browser.get(location)), "the only one with two hours from nine"


@pytest.mark.parametrize("practitioners", [1, 3, 50])
def test_time_first_costs_the_same_few_queries(
    larger: Practice, browser: Browser, practitioners: int
) -> None:
    for _ in range(practitioners - 1):
        other = PractitionerFactory(organisation=larger.organisation)
        publish(larger.organisation, other, larger.clinic, (next_monday_at(8), next_monday_at(17)))
    url = f"/book/?change=time&week={next_monday_at(8).date()}"
    answers = f"/book/?clinic=any&treatment=t1&at={NINE}"
    for page, expected in ((url, 3), (answers, 3)):
        browser.get(page)
        with CaptureQueriesContext(connection) as queries:
            browser.get(page)
        assert len(queries) == expected


def test_no_step_offers_the_past(larger: Practice, browser: Browser) -> None:
    past = stamp_of(next_monday_at(9) - timedelta(days=28))

    assert "not free any more" in text_of(browser.get(f"/book/?treatment=t1&at={past}"))
