"""The front page and the questions: answers that lead to a free time, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics.models import Clinic, ClinicGroup, PortalText, Practitioner
from clinics.scope import organisation_scope
from scheduling.free_weeks import rebuild_free_weeks
from scheduling.models import AgentLink, Treatment, TreatmentPractitioner
from tests.conftest import Practice
from tests.factories import (
    ClinicFactory,
    PractitionerFactory,
    TreatmentFactory,
    next_monday_at,
    publish,
)
from tests.pages.conftest import Browser, book_url, text_of

pytestmark = pytest.mark.django_db


def second_clinic(practice: Practice, **fields: object) -> tuple[Clinic, Practitioner]:
    """Another clinic, with a practitioner and a free time of its own."""
    clinic = ClinicFactory(organisation=practice.organisation, name="Second clinic", **fields)
    practitioner = PractitionerFactory(organisation=practice.organisation, name="Second practitioner")
    publish(practice.organisation, practitioner, clinic, (next_monday_at(12), next_monday_at(14)))
    return clinic, practitioner


def second_treatment(practice: Practice) -> Treatment:
    treatment: Treatment = TreatmentFactory(organisation=practice.organisation, name="Second treatment")
    rebuild(practice)
    return treatment


def rebuild(practice: Practice) -> None:
    with organisation_scope(practice.organisation.pk):
        rebuild_free_weeks(organisation=practice.organisation)


def test_front_page_asks_for_the_clinic_with_each_ones_first_free_time(
    practice: Practice, browser: Browser
) -> None:
    second_clinic(practice)
    text = text_of(browser.get("/"))

    assert "Book an appointment" in text
    assert "Which clinic?" in text
    assert f"{practice.clinic.name} Testikatu 1, 00100 Helsinki · +358 9 555 0100 First free:" in text
    assert ", 12:00" in text


def test_first_time_of_anyone_is_of_somebody_who_is_published(practice: Practice, browser: Browser) -> None:
    """An earlier one stays in the weeks worked out before."""
    colleague = PractitionerFactory(organisation=practice.organisation, name="Colleague")
    hidden = PractitionerFactory(organisation=practice.organisation, name="Hidden")
    publish(practice.organisation, colleague, practice.clinic, (next_monday_at(13), next_monday_at(14)))
    publish(practice.organisation, hidden, practice.clinic, (next_monday_at(5), next_monday_at(6)))
    url = f"/book/?clinic={practice.clinic.public_id}&treatment={practice.treatment.public_id}"
    assert ", 5:00" in text_of(browser.get(url))

    Practitioner.across.filter(pk=hidden.pk).update(is_published=False)

    text = text_of(browser.get(url))
    assert ", 13:00" in text
    assert ", 5:00" not in text


def test_front_page_begins_with_the_organisations_own_welcome(practice: Practice, browser: Browser) -> None:
    second_clinic(practice)
    PortalText.across.create(
        organisation=practice.organisation, place="welcome", language="fi", heading="Hei!", body="<b>Tule</b>"
    )
    response = browser.get("/")

    assert "<h1>Hei!</h1>" in response.content.decode()
    assert "&lt;b&gt;Tule&lt;/b&gt;" in response.content.decode()


def test_single_answers_are_passed_over_and_can_be_changed(practice: Practice, browser: Browser) -> None:
    second_treatment(practice)
    page = browser.get("/")
    changing = browser.get(f"/book/?clinic={practice.clinic.public_id}&change=clinic")

    assert "What do you need?" in text_of(page)
    assert f"Clinic {practice.clinic.name} Change" in text_of(page)
    assert "Which clinic?" in text_of(changing)


def test_answers_that_lead_to_no_free_time_are_not_offered(practice: Practice, browser: Browser) -> None:
    second_clinic(practice)
    ClinicFactory(organisation=practice.organisation, name="Empty clinic")

    assert ">Empty clinic</span>" not in browser.get("/").content.decode()


def test_clinics_stand_in_groups_and_the_others_come_last(practice: Practice, browser: Browser) -> None:
    group = ClinicGroup.across.create(organisation=practice.organisation, name="Espoo")
    second_clinic(practice, group=group)
    text = text_of(browser.get("/"))

    assert text.index("Espoo") < text.index("Second clinic") < text.index("Other clinics")
    assert text.index("Other clinics") < text.index(practice.clinic.name)


def test_anyone_is_offered_first_where_there_is_a_choice(practice: Practice, browser: Browser) -> None:
    other = PractitionerFactory(organisation=practice.organisation)
    publish(practice.organisation, other, practice.clinic, (next_monday_at(12), next_monday_at(14)))
    text = text_of(browser.get("/"))

    assert "Whom would you like to see?" in text
    assert text.index("Anyone") < text.index(practice.practitioner.name)


def test_anyone_is_not_offered_where_it_is_switched_off(practice: Practice, browser: Browser) -> None:
    other = PractitionerFactory(organisation=practice.organisation)
    publish(practice.organisation, other, practice.clinic, (next_monday_at(12), next_monday_at(14)))
    practice.organisation.settings.any_practitioner = False
    practice.organisation.settings.save()

    assert "Anyone" not in text_of(browser.get("/"))
    assert browser.get(book_url(practice, practitioner="any")).status_code == 404


def test_title_is_shown_only_with_consent(practice: Practice, browser: Browser) -> None:
    agreed = PractitionerFactory(
        organisation=practice.organisation,
        title="Suuhygienisti",
        consent_given_at=timezone.now(),
        consent_recorded_by="Owner",
    )
    publish(practice.organisation, agreed, practice.clinic, (next_monday_at(12), next_monday_at(14)))
    text = text_of(browser.get("/"))

    assert "Suuhygienisti" in text
    assert "Hammaslääkäri" not in text


def test_changed_choice_keeps_those_that_still_go_with_it(practice: Practice, browser: Browser) -> None:
    clinic, _practitioner = second_clinic(practice)
    treatment = second_treatment(practice)
    changed = browser.get(
        f"/book/?clinic={clinic.public_id}&treatment={treatment.public_id}&practitioner=any&fresh=clinic"
    )

    assert changed.status_code == 200
    assert "Choose a time" in text_of(changed)


def test_changed_choice_drops_those_that_do_not_go_with_it(practice: Practice, browser: Browser) -> None:
    special = second_treatment(practice)
    other = PractitionerFactory(organisation=practice.organisation, name="Other practitioner")
    publish(practice.organisation, other, practice.clinic, (next_monday_at(12), next_monday_at(14)))
    Treatment.across.filter(pk=special.pk).update(by_all_practitioners=False)
    TreatmentPractitioner.across.create(
        organisation=practice.organisation, treatment=special, practitioner=other
    )
    rebuild(practice)
    response = browser.get(book_url(practice, treatment=special.public_id, fresh="treatment"))

    assert response.status_code == 200
    assert "does not go with this" in text_of(response)
    assert "Practitioner Other practitioner Change" in text_of(response)


def test_choice_that_is_gone_is_said_and_asked_again(practice: Practice, browser: Browser) -> None:
    gone = second_treatment(practice)
    third: Treatment = TreatmentFactory(organisation=practice.organisation, name="Third treatment")
    rebuild(practice)
    Treatment.across.filter(pk=gone.pk).update(retired_at=timezone.now())
    response = browser.get(book_url(practice, treatment=gone.public_id))

    assert response.status_code == 404
    assert "not available any more" in text_of(response)
    assert "What do you need?" in text_of(response)
    assert third.name in text_of(response)


def test_order_of_steps_is_the_organisations(practice: Practice, browser: Browser) -> None:
    second_clinic(practice)
    second_treatment(practice)
    practice.organisation.settings.step_order = ["treatment", "clinic", "practitioner", "time"]
    practice.organisation.settings.save()

    assert "What do you need?" in text_of(browser.get("/"))


@pytest.mark.parametrize(
    ("switch", "status", "words"),
    [
        ({"maintenance_mode": True}, 503, "We will be back soon"),
        ({"publish_on_portal": False}, 404, "No online booking here"),
        ({"new_booking": False}, 200, "Online booking is closed"),
    ],
)
def test_closed_portal_says_why_and_whom_to_call(
    practice: Practice, browser: Browser, switch: dict[str, bool], status: int, words: str
) -> None:
    for name, value in switch.items():
        setattr(practice.organisation.settings, name, value)
    practice.organisation.settings.save()

    for response in (browser.get("/"), browser.get(book_url(practice))):
        assert response.status_code == status
        assert words in text_of(response)
        assert "+358 9 555 0100" in text_of(response)


def test_silent_agent_means_no_times(practice: Practice, browser: Browser) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    AgentLink.objects.update_or_create(
        organisation=practice.organisation, defaults={"last_push_at": long_ago, "last_seen_at": long_ago}
    )

    assert "We cannot show free times right now" in text_of(browser.get("/"))
    assert browser.choose(practice, next_monday_at(9)).status_code == 200


def test_nothing_free_anywhere_leads_to_the_telephone(practice: Practice, browser: Browser) -> None:
    Treatment.across.filter(pk=practice.treatment.pk).update(is_published=False)
    text = text_of(browser.get("/"))

    assert "There are no free times to book online just now" in text
    assert "+358 9 555 0100" in text


def welcome(practice: Practice, **text: object) -> None:
    PortalText.across.create(organisation=practice.organisation, language="fi", **text)


def test_welcome_stands_above_the_times_where_everything_is_passed_over(
    practice: Practice, browser: Browser
) -> None:
    welcome(practice, place="welcome", heading="Hei!", body="Tervetuloa")
    html = browser.get("/").content.decode()

    assert "<h1>Hei!</h1>" in html
    assert "Tervetuloa" in html
    assert 'name="at"' in html
    assert html.count("<h1") == 1


def test_clinic_has_its_own_text_or_the_default(practice: Practice, browser: Browser) -> None:
    second, _ = second_clinic(practice)
    second_treatment(practice)
    welcome(practice, place="clinic", body="For any clinic")
    welcome(practice, place="clinic", clinic=second, body="For the second")
    own, default = (
        text_of(browser.get(f"/book/?clinic={clinic.public_id}")) for clinic in (second, practice.clinic)
    )

    assert "For the second" in own
    assert "For any clinic" not in own
    assert "For any clinic" in default
    assert "For the second" not in default


@pytest.mark.parametrize(
    ("switch", "place"),
    [("maintenance_mode", "maintenance"), ("publish_on_portal", "closed"), ("new_booking", "closed")],
)
def test_closed_portal_speaks_with_the_clinics_words(
    practice: Practice, browser: Browser, switch: str, place: str
) -> None:
    welcome(practice, place=place, heading="Own heading", body="Own words")
    setattr(practice.organisation.settings, switch, switch == "maintenance_mode")
    practice.organisation.settings.save()

    assert "Own heading Own words" in text_of(browser.get("/"))


def test_any_clinic_stands_before_the_groups(practice: Practice, browser: Browser) -> None:
    group = ClinicGroup.across.create(organisation=practice.organisation, name="Espoo")
    second_clinic(practice, group=group)
    practice.organisation.settings.any_clinic = True
    practice.organisation.settings.save()
    text = text_of(browser.get("/"))

    assert text.index("Any clinic") < text.index("Espoo") < text.index("Other clinics")


def test_description_stands_beside_the_name(practice: Practice, browser: Browser) -> None:
    practitioner = PractitionerFactory(organisation=practice.organisation, description="Speaks Sámi")
    publish(practice.organisation, practitioner, practice.clinic, (next_monday_at(12), next_monday_at(14)))

    assert "Speaks Sámi" in browser.get("/").content.decode()
