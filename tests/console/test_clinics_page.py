"""Clinics in the console: shown, ordered, grouped, and reached by the clinic's own words."""

import re

import pytest
from pytest_django import DjangoAssertNumQueries

from clinics.models import AuditEntry, Clinic, ClinicGroup, Organisation, OrganisationSettings
from clinics.roles import Role
from clinics.scope import organisation_scope
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.console.places import clinics_in_order, names_of, typed_in
from tests.factories import ClinicFactory
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

LIST = "/manage/clinics/"


def page_of(clinic: Clinic, what: str = "") -> str:
    return f"{LIST}{clinic.public_id}/{what}"


def stored(clinic: Clinic) -> Clinic:
    found: Clinic = Clinic.across.get(pk=clinic.pk)
    return found


def order_of(practice: Practice) -> list[int]:
    clinics = Clinic.across.filter(organisation=practice.organisation).order_by("position")
    return list(clinics.values_list("pk", flat=True))


def version_of(practice: Practice) -> int:
    return Organisation.objects.get(pk=practice.organisation.pk).version


def group_at(practice: Practice, name: str, position: int = 0) -> ClinicGroup:
    group: ClinicGroup = ClinicGroup.across.create(
        organisation=practice.organisation, name=name, position=position
    )
    return group


def test_step_moves_a_clinic_and_says_where_it_stands(practice: Practice, owner: Browser) -> None:
    second, third = clinics_in_order(practice, 2)

    response = owner.post(page_of(third, "move/"), {"by": "up"}, follow=True)

    assert order_of(practice) == [practice.clinic.pk, third.pk, second.pk]
    assert f"{third.name} now stands at place 2 of 3." in text_of(response)


def test_step_returns_to_the_button_that_was_pressed(practice: Practice, owner: Browser) -> None:
    response = owner.post(page_of(practice.clinic, "move/"), {"by": "down"})

    assert response.headers["Location"] == f"{LIST}#down-{practice.clinic.public_id}"
    assert f'id="down-{practice.clinic.public_id}"' in owner.get(LIST).content.decode()


def test_clinic_is_dropped_before_another_or_at_the_end(practice: Practice, owner: Browser) -> None:
    second, third = clinics_in_order(practice, 2)

    owner.post(page_of(third, "move/"), {"before": str(practice.clinic.public_id)})
    assert order_of(practice) == [third.pk, practice.clinic.pk, second.pk]

    owner.post(page_of(third, "move/"), {"before": ""})
    assert order_of(practice) == [practice.clinic.pk, second.pk, third.pk]


def test_clinic_keeps_to_its_group_when_moved(practice: Practice, owner: Browser) -> None:
    north, south = group_at(practice, "North"), group_at(practice, "South", 1)
    first, second = clinics_in_order(practice, 2, group=south)
    (stranger,) = clinics_in_order(practice, 1, group=north)

    owner.post(page_of(first, "move/"), {"by": "up"})
    owner.post(page_of(second, "move/"), {"before": str(stranger.public_id)})

    page = owner.get(LIST).content.decode()
    places = [page.index(str(each.public_id)) for each in (stranger, first, second, practice.clinic)]
    assert places == sorted(places)


def test_clinic_out_of_reach_takes_no_place(practice: Practice, owner: Browser) -> None:
    """One that the practice system no longer names is stepped over, and comes back where it stood."""
    gone, last = clinics_in_order(practice, 2)
    Clinic.across.filter(pk=gone.pk).update(retired_at="2026-01-01T00:00Z")

    response = owner.post(page_of(last, "move/"), {"by": "up"}, follow=True)

    assert f"{last.name} now stands at place 1 of 2." in text_of(response)
    assert order_of(practice).index(last.pk) == 0


@pytest.mark.parametrize("sent", [{"by": "sideways"}, {"before": "x"}])
def test_odd_move_changes_nothing(practice: Practice, owner: Browser, sent: dict[str, str]) -> None:
    clinics_in_order(practice, 2)
    before = order_of(practice)

    response = owner.post(page_of(practice.clinic, "move/"), sent, follow=True)

    assert "Nothing was moved." in text_of(response)
    assert order_of(practice) == before


def test_order_shows_on_the_next_page_of_a_patient(practice: Practice, owner: Browser) -> None:
    (second,) = clinics_in_order(practice, 1)
    version = version_of(practice)

    owner.post(page_of(second, "move/"), {"by": "up"})

    assert version_of(practice) > version
    from_patients_side = Clinic.across.filter(organisation=practice.organisation, is_published=True)
    assert from_patients_side.order_by("position").first() == second


def test_switch_hides_and_shows(practice: Practice, owner: Browser) -> None:
    version = version_of(practice)
    response = owner.post(page_of(practice.clinic, "publish/"), {"on": "0"}, follow=True)

    assert not stored(practice.clinic).is_published
    assert version_of(practice) > version
    assert 'aria-checked="false"' in response.content.decode()

    owner.post(page_of(practice.clinic, "publish/"), {"on": "1"})
    assert stored(practice.clinic).is_published


def test_group_is_added_renamed_and_removed(practice: Practice, owner: Browser) -> None:
    owner.post(f"{LIST}groups/", {"name": "North"})
    group = ClinicGroup.across.get()
    Clinic.across.filter(pk=practice.clinic.pk).update(group=group)
    page = f"{LIST}groups/{group.public_id}/"

    owner.post(page, typed_in(owner.get(page)) | {"name": "South"})
    assert ClinicGroup.across.get().name == "South"

    owner.post(f"{page}remove/")
    assert not ClinicGroup.across.exists()
    assert stored(practice.clinic).group is None


def test_group_name_is_there_once(practice: Practice, other_practice: Practice, owner: Browser) -> None:
    group_at(practice, "North")
    south = group_at(practice, "South", 1)
    group_at(other_practice, "East")
    page = f"{LIST}groups/{south.public_id}/"

    added = owner.post(f"{LIST}groups/", {"name": "North"})
    renamed = owner.post(page, typed_in(owner.get(page)) | {"name": "North"})

    for response in (added, renamed):
        assert response.status_code == 422
        assert "There is a group of this name already." in text_of(response)
        assert 'value="North"' in response.content.decode()
    assert owner.post(f"{LIST}groups/", {"name": "East"}).status_code == 302


def test_groups_are_ordered(practice: Practice, owner: Browser) -> None:
    group_at(practice, "North")
    south = group_at(practice, "South", 1)

    owner.post(f"{LIST}groups/{south.public_id}/move/", {"by": "up"})

    groups = ClinicGroup.across.filter(organisation=practice.organisation).order_by("position")
    assert names_of(groups) == ["South", "North"]


def test_own_words_stand_before_the_practice_systems(practice: Practice, owner: Browser) -> None:
    page = page_of(practice.clinic)
    owner.post(
        page, typed_in(owner.get(page)) | {"phone": "+358 9 555 0199", "opening_hours": "Mon–Fri 8–16"}
    )

    clinic = stored(practice.clinic)
    assert (clinic.phone, clinic.agents_phone) == ("+358 9 555 0199", "+358 9 555 0100")
    assert (clinic.address, clinic.agents_address) == ("Testikatu 1, 00100 Helsinki", None)
    assert clinic.opening_hours == "Mon–Fri 8–16"
    assert "Your own. The practice system says: +358 9 555 0100" in text_of(owner.get(page))


def test_practice_systems_words_are_taken_again(practice: Practice, owner: Browser) -> None:
    page = page_of(practice.clinic)
    owner.post(page, typed_in(owner.get(page)) | {"phone": "+358 9 555 0199"})

    owner.post(page, typed_in(owner.get(page)) | {"phone_again": "on"})

    assert (stored(practice.clinic).phone, stored(practice.clinic).agents_phone) == ("+358 9 555 0100", None)


def test_own_words_may_be_nothing(practice: Practice, owner: Browser) -> None:
    page = page_of(practice.clinic)
    owner.post(page, typed_in(owner.get(page)) | {"phone": ""})

    assert (stored(practice.clinic).phone, stored(practice.clinic).agents_phone) == ("", "+358 9 555 0100")


def test_bad_phone_is_refused_with_what_was_typed(practice: Practice, owner: Browser) -> None:
    page = page_of(practice.clinic)
    response = owner.post(page, typed_in(owner.get(page)) | {"phone": "12", "address": "Uusikatu 2"})

    assert response.status_code == 422
    assert "This is not a phone number." in text_of(response)
    assert 'value="Uusikatu 2"' in response.content.decode()
    assert stored(practice.clinic).address == "Testikatu 1, 00100 Helsinki"


def test_clinic_is_put_into_a_group(practice: Practice, other_practice: Practice, owner: Browser) -> None:
    own, foreign = group_at(practice, "North"), group_at(other_practice, "East")
    page = page_of(practice.clinic)

    assert owner.post(page, typed_in(owner.get(page)) | {"group": foreign.pk}).status_code == 422
    assert owner.post(page, typed_in(owner.get(page)) | {"group": own.pk}).status_code == 302
    assert stored(practice.clinic).group == own


def test_two_at_once_lose_nothing(practice: Practice, owner: Browser, editor: Browser) -> None:
    page = page_of(practice.clinic)
    mine = typed_in(owner.get(page)) | {"address": "Uusikatu 2"}
    theirs = typed_in(editor.get(page)) | {"address": "Vanhakatu 3"}
    owner.post(page, mine)

    response = editor.post(page, theirs)

    assert response.status_code == 409
    assert "Address Uusikatu 2 Vanhakatu 3" in text_of(response)
    assert stored(practice.clinic).address == "Uusikatu 2"
    seen = re.search(r'name="seen" value="(\w+)"', response.content.decode())
    assert seen
    assert editor.post(page, theirs | {"seen": seen[1]}).status_code == 302
    assert stored(practice.clinic).address == "Vanhakatu 3"


def test_newcomers_are_shown_as_the_switches_say(practice: Practice, owner: Browser) -> None:
    page = f"{LIST}new/"
    typed = typed_in(owner.get(page))
    del typed["publish_new_clinics"]

    owner.post(page, typed)

    chosen = OrganisationSettings.objects.get(organisation=practice.organisation)
    assert (chosen.publish_new_clinics, chosen.publish_new_practitioners) == (False, True)


def test_changes_are_in_the_audit_log(practice: Practice, owner: Browser) -> None:
    page = page_of(practice.clinic)
    owner.post(page, typed_in(owner.get(page)) | {"address": "Uusikatu 2"})

    with organisation_scope(practice.organisation.pk):
        entry = AuditEntry.objects.filter(kind="clinic", label="update")[0]
    assert entry.after["address"] == "Uusikatu 2"
    assert entry.who == "Owner 0"
    assert "Address in the practice system" in text_of(owner.get("/manage/audit/"))


def test_limited_editor_sees_and_changes_only_own_clinics(practice: Practice) -> None:
    (other,) = clinics_in_order(practice, 1)
    group_at(practice, "North")
    editor = browser_of(seat_at(practice, Role.EDITOR, [practice.clinic]), practice)

    page = editor.get(LIST).content.decode()

    assert str(practice.clinic.public_id) in page
    assert str(other.public_id) not in page
    assert "North" not in page
    assert "/move/" not in page
    assert editor.get(page_of(practice.clinic)).status_code == 200
    assert editor.get(page_of(other)).status_code == 404
    assert editor.post(page_of(other, "publish/"), {"on": "0"}).status_code == 404
    assert editor.post(page_of(practice.clinic, "move/"), {"by": "up"}).status_code == 403


@pytest.mark.parametrize("more", [0, 2, 49])
def test_list_costs_the_same_queries(
    practice: Practice, owner: Browser, django_assert_num_queries: DjangoAssertNumQueries, more: int
) -> None:
    clinics_in_order(practice, more, group=group_at(practice, "North"))
    owner.get(LIST)

    with django_assert_num_queries(7):
        owner.get(LIST)


@pytest.mark.parametrize("more", [1, 3, 50])
def test_move_is_one_update_however_many_there_are(
    practice: Practice, owner: Browser, django_assert_num_queries: DjangoAssertNumQueries, more: int
) -> None:
    last = clinics_in_order(practice, more)[-1]

    with django_assert_num_queries(13) as asked:
        owner.post(page_of(last, "move/"), {"before": str(practice.clinic.public_id)})

    assert sum('UPDATE "clinics_clinic"' in query["sql"] for query in asked.captured_queries) == 1
    assert order_of(practice)[0] == last.pk


def test_patient_finds_the_hidden_clinic_no_more(practice: Practice, owner: Browser) -> None:
    patient = Browser(practice.host)
    ClinicFactory(organisation=practice.organisation, position=5)
    assert patient.get(f"/book/?clinic={practice.clinic.public_id}").status_code == 200

    owner.post(page_of(practice.clinic, "publish/"), {"on": "0"})

    assert patient.get(f"/book/?clinic={practice.clinic.public_id}").status_code == 404
