"""Putting back what the audit log holds: every setting, by the rules of its own page, and never unseen."""

from typing import Any

import pytest

from clinics.consents import record_consent
from clinics.models import (
    AccountKey,
    AuditEntry,
    Clinic,
    ClinicGroup,
    Invitation,
    Membership,
    Organisation,
    OrganisationSettings,
    PortalText,
    Practitioner,
)
from clinics.pictures import Drawn, keep
from clinics.roles import Role
from clinics.scope import organisation_scope
from clinics.visits import begin_visit
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.console.places import clinics_in_order, colleagues, names_of, typed_in
from tests.console.test_people import recent
from tests.factories import ClinicFactory, PractitionerFactory
from tests.pages.conftest import Answer, Browser, text_of

pytestmark = pytest.mark.django_db


def newest(practice: Practice, kind: str, **more: Any) -> AuditEntry:
    found: AuditEntry = AuditEntry.across.filter(organisation=practice.organisation, kind=kind, **more)[0]
    return found


def change(browser: Browser, path: str, **typed: object) -> None:
    """As somebody would by hand."""
    sent = typed_in(browser.get(path)) | typed
    answer = browser.post(path, {name: value for name, value in sent.items() if value is not False})
    assert answer.status_code == 302, text_of(answer)


def put_back(browser: Browser, entry: AuditEntry, status: int = 302) -> Answer:
    """Looks at what would change, and agrees."""
    path = f"/manage/audit/{entry.key}/undo/"
    page = browser.get(path)
    assert page.status_code == 200
    answer = browser.post(path, {"seen": page.context["undoing"].stored})
    assert answer.status_code == status, text_of(answer)
    return answer


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("general", {"weekend_booking": "on", "any_clinic": "on", "code_by_sms": False}),
        ("general", {"login": "on", "sms_login": "on", "sms_login_sees": "all", "sms_login_decided_by": "A"}),
        ("registration", {"ask_postcode": "on", "national_id": "required"}),
        ("changes", {"change_deadline_hours": 48, "journal_moves": "on"}),
        ("times", {"step_minutes": 15, "horizon_days": 90, "agent_silence_minutes": 60}),
        ("looks", {"preset": "#1f5fbf"}),
        ("looks", {"preset": "own", "accent_colour": "#114411"}),
        ("analytics", {"analytics_service": "plausible", "analytics_site": "clinic.example"}),
        ("clinics/new", {"publish_new_clinics": False}),
    ],
)
def test_settings_of_each_page_are_put_back_and_on_again(
    practice: Practice, owner: Browser, page: str, typed: dict[str, object]
) -> None:
    def stored() -> dict[str, object]:
        left_out = {"sms_login_decided_at", "sms_login_decided_by"}
        row = OrganisationSettings.objects.filter(organisation=practice.organisation).values()[0]
        return {name: value for name, value in row.items() if name not in left_out}

    before = stored()
    change(owner, f"/manage/{page}/", **typed)
    after = stored()
    assert after != before

    put_back(owner, newest(practice, "settings"))
    assert stored() == before
    put_back(owner, newest(practice, "settings"))
    assert stored() == after


def test_order_of_the_steps_is_put_back(practice: Practice, owner: Browser) -> None:
    sent = {"step_order_0": "time", "step_order_1": "clinic", "step_order_2": "treatment"}
    seen = owner.get("/manage/order/").context["form"].stored
    typed = {**sent, "step_order_3": "practitioner", "seen": seen}
    assert owner.post("/manage/order/", typed).status_code == 302

    put_back(owner, newest(practice, "settings"))

    steps = ["clinic", "treatment", "practitioner", "time"]
    assert OrganisationSettings.objects.get(organisation=practice.organisation).step_order == steps


def test_putting_back_is_an_entry_of_whoever_did_it(practice: Practice, owner: Browser) -> None:
    change(owner, "/manage/times/", horizon_days=90)
    put_back(browser_of(seat_at(practice, Role.EDITOR), practice), newest(practice, "settings"))

    entry = newest(practice, "settings")

    assert (entry.who, entry.changed) == ("Editor 1", ["horizon_days"])
    assert entry.after
    assert entry.after["horizon_days"] == 180


def test_colour_that_cannot_be_read_is_not_put_back(practice: Practice, owner: Browser) -> None:
    OrganisationSettings.objects.filter(organisation=practice.organisation).update(accent_colour="#ffff00")
    change(owner, "/manage/looks/", preset="#1f5fbf")

    answer = put_back(owner, newest(practice, "settings"), status=422)

    assert "cannot be read on light pages" in text_of(answer)


def test_retention_is_put_back_by_owners_alone(practice: Practice, owner: Browser) -> None:
    change(recent(owner), "/manage/privacy/retention/", retention_days=30)
    path = f"/manage/audit/{newest(practice, 'settings').key}/undo/"
    editor = recent(browser_of(seat_at(practice, Role.EDITOR), practice))
    late = browser_of(seat_at(practice), practice)

    assert editor.post(path, {"seen": "x"}).status_code == 403
    assert "reauthenticate" in late.post(path, {"seen": "x"}).headers["Location"]
    put_back(owner, newest(practice, "settings"))
    assert OrganisationSettings.objects.get(organisation=practice.organisation).retention_days == 365


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_viewers_and_limited_editors_put_nothing_back(
    practice: Practice, owner: Browser, role: Role | None
) -> None:
    change(owner, "/manage/times/", horizon_days=90)
    user = seat_at(practice, role) if role else seat_at(practice, Role.EDITOR, [practice.clinic])

    path = f"/manage/audit/{newest(practice, 'settings').key}/undo/"

    assert browser_of(user, practice).post(path, {"seen": ""}).status_code == 403


def test_clinics_details_are_put_back(practice: Practice, owner: Browser) -> None:
    path = f"/manage/clinics/{practice.clinic.public_id}/"
    clinic = Clinic.across.filter(pk=practice.clinic.pk)
    clinic.update(phone="+358 9 555 0101")
    before = clinic.values().get()
    change(owner, path, phone="+358 9 555 0202", opening_hours="Ma–Pe 8–16", is_published=False)
    own = clinic.values().get()

    put_back(owner, newest(practice, "clinic"))
    assert clinic.values().get() == before

    put_back(owner, newest(practice, "clinic"))
    assert clinic.values().get() == own


def test_practice_systems_newer_word_comes_back_not_its_older(practice: Practice, owner: Browser) -> None:
    clinic = Clinic.across.filter(pk=practice.clinic.pk)
    clinic.update(phone="+358 9 555 0101")
    change(owner, f"/manage/clinics/{practice.clinic.public_id}/", phone="+358 9 555 0202")
    entry = newest(practice, "clinic")
    clinic.update(agents_phone="+358 9 555 0303")

    put_back(owner, entry)

    assert clinic.values_list("phone", "agents_phone").get() == ("+358 9 555 0303", None)


def test_what_the_practice_system_changed_stays(practice: Practice, owner: Browser) -> None:
    Clinic.across.filter(pk=practice.clinic.pk).update(address="Uusi katu 1")

    page = text_of(owner.get("/manage/audit/"))

    assert "This came from the practice system: change it there." in page
    assert owner.get(f"/manage/audit/{newest(practice, 'clinic').key}/undo/").status_code == 404


def test_clinic_that_is_gone_is_said_to_be(practice: Practice, owner: Browser) -> None:
    clinic = ClinicFactory(organisation=practice.organisation)
    change(owner, f"/manage/clinics/{clinic.public_id}/", opening_hours="Aina")
    entry = newest(practice, "clinic")
    Clinic.across.filter(pk=clinic.pk).update(retired_at="2026-01-01T00:00Z")

    response = owner.get(f"/manage/audit/{entry.key}/undo/")

    assert response.status_code == 409
    assert "not in the practice system any more" in text_of(response)


def test_order_of_practitioners_is_put_back(practice: Practice, owner: Browser) -> None:
    rows = colleagues(practice, 3)
    before = names_of(Practitioner.across.filter(organisation=practice.organisation))
    owner.post(f"/manage/practitioners/{rows[2].public_id}/move/", {"before": str(rows[0].public_id)})
    assert names_of(Practitioner.across.filter(organisation=practice.organisation)) != before

    put_back(owner, newest(practice, "practitioner", object_id=rows[2].pk))

    assert names_of(Practitioner.across.filter(organisation=practice.organisation)) == before


def test_order_of_clinics_and_groups_is_put_back(practice: Practice, owner: Browser) -> None:
    groups = [
        ClinicGroup.across.create(organisation=practice.organisation, name=name, position=place)
        for place, name in enumerate("ABC")
    ]
    clinics = clinics_in_order(practice, 2)
    owner.post(f"/manage/clinics/groups/{groups[2].public_id}/move/", {"by": "up"})
    owner.post(f"/manage/clinics/{clinics[1].public_id}/move/", {"by": "up"})

    put_back(owner, newest(practice, "group", object_id=groups[2].pk))
    put_back(owner, newest(practice, "clinic", object_id=clinics[1].pk))

    assert names_of(ClinicGroup.across.filter(organisation=practice.organisation)) == ["A", "B", "C"]
    assert names_of(Clinic.across.filter(organisation=practice.organisation))[1:] == names_of(clinics)


def test_own_words_of_practitioner_are_put_back(practice: Practice, owner: Browser) -> None:
    path = f"/manage/practitioners/{practice.practitioner.public_id}/"
    change(owner, path, description="Suomi, ruotsi", is_published=False)

    put_back(owner, newest(practice, "practitioner"))

    row = Practitioner.across.get(pk=practice.practitioner.pk)
    assert (row.description, row.is_published) == ("", True)


def test_group_is_renamed_removed_and_comes_back_with_its_clinics(practice: Practice, owner: Browser) -> None:
    owner.post("/manage/clinics/groups/", {"name": "Espoo"})
    group = ClinicGroup.across.get()
    Clinic.across.filter(pk=practice.clinic.pk).update(group=group)
    change(owner, f"/manage/clinics/groups/{group.public_id}/", name="Vantaa")
    put_back(owner, newest(practice, "group"))
    assert ClinicGroup.across.get().name == "Espoo"

    owner.post(f"/manage/clinics/groups/{group.public_id}/remove/")
    assert not ClinicGroup.across.exists()
    put_back(owner, newest(practice, "group"))
    assert Clinic.across.get(pk=practice.clinic.pk).group == ClinicGroup.across.get(name="Espoo")

    put_back(owner, newest(practice, "group", label="insert"))
    assert not ClinicGroup.across.exists()


def test_group_whose_name_is_taken_by_now_does_not_come_back(practice: Practice, owner: Browser) -> None:
    owner.post("/manage/clinics/groups/", {"name": "Espoo"})
    owner.post(f"/manage/clinics/groups/{ClinicGroup.across.get().public_id}/remove/")
    owner.post("/manage/clinics/groups/", {"name": "Espoo"})

    answer = put_back(owner, newest(practice, "group", label="delete"), status=422)

    assert "a group of this name already" in text_of(answer)
    assert ClinicGroup.across.count() == 1


def test_texts_are_put_back(practice: Practice, owner: Browser) -> None:
    path = "/manage/texts/welcome/fi/"
    change(owner, path, heading="Hei", body="Yksi.")
    change(owner, path, heading="Moi", body="Kaksi.")
    put_back(owner, newest(practice, "text"))
    assert PortalText.across.values_list("heading", "body").get() == ("Hei", "Yksi.")

    put_back(owner, newest(practice, "text", label="insert"))
    assert not PortalText.across.exists()

    put_back(owner, newest(practice, "text", label="delete"))
    assert PortalText.across.values_list("heading", "body").get() == ("Hei", "Yksi.")


def test_text_of_a_clinic_is_put_back(practice: Practice, owner: Browser) -> None:
    change(owner, f"/manage/texts/clinic/sv/{practice.clinic.public_id}/", body="Välkommen")

    put_back(owner, newest(practice, "text"))

    assert not PortalText.across.exists()


def test_text_in_a_language_that_is_spoken_no_more_is_not_put_back(
    practice: Practice, owner: Browser
) -> None:
    change(owner, "/manage/texts/welcome/sv/", body="Hej")
    change(owner, "/manage/texts/welcome/sv/", body="Hejsan")
    Organisation.objects.filter(pk=practice.organisation.pk).update(languages=["fi", "en"])

    answer = put_back(owner, newest(practice, "text"), status=422)

    assert "does not speak this language" in text_of(answer)


def test_address_is_put_back_by_who_came_lately(practice: Practice, owner: Browser) -> None:
    before = practice.organisation.subdomain
    recent(owner).post("/manage/address/", {"subdomain": "uusi-osoite"})
    entry = newest(practice, "organisation", changed__contains=["subdomain"])
    there = browser_of(seat_at(practice), practice)
    there.defaults["HTTP_HOST"] = "uusi-osoite.localhost:8000"
    assert "reauthenticate" in there.get(f"/manage/audit/{entry.key}/undo/").headers["Location"]

    answer = put_back(recent(there), entry, status=200)

    assert Organisation.objects.get(pk=practice.organisation.pk).subdomain == before
    assert before in text_of(answer)


def test_what_was_changed_meanwhile_is_shown_beside(practice: Practice, owner: Browser) -> None:
    path = f"/manage/practitioners/{practice.practitioner.public_id}/"
    change(owner, path, description="Yksi")
    entry = newest(practice, "practitioner")
    undo = f"/manage/audit/{entry.key}/undo/"
    seen = owner.get(undo).context["undoing"].stored
    change(owner, path, description="Kaksi")

    response = owner.post(undo, {"seen": seen})

    assert response.status_code == 409
    assert "Description Kaksi –" in text_of(response)
    assert "changed again since" in text_of(owner.get(undo))
    assert Practitioner.across.get(pk=practice.practitioner.pk).description == "Kaksi"


def test_what_is_as_it_was_needs_nothing(practice: Practice, owner: Browser) -> None:
    change(owner, "/manage/times/", horizon_days=90)
    entry = newest(practice, "settings")
    change(owner, "/manage/times/", horizon_days=180)

    assert "already as it was" in text_of(owner.get(f"/manage/audit/{entry.key}/undo/"))


def unreturnable(practice: Practice) -> dict[str, str]:
    """A change of each kind that stands, and a word of why it does."""
    organisation = practice.organisation
    member = seat_at(practice, Role.EDITOR, [practice.clinic])
    with organisation_scope(organisation.pk):
        begin_visit(organisation=organisation, operator=member, reason="Help")
        keep(organisation, None, Drawn(b"logo", "image/webp", 1, 1, "any"))
        record_consent(
            organisation=organisation,
            practitioner=PractitionerFactory(organisation=organisation),
            by="Omistaja",
        )
    Invitation.across.create(organisation=organisation, email="uusi@example.com", role=Role.VIEWER)
    AccountKey.across.filter(organisation=organisation).update(revoked_at="2026-01-01T00:00Z")
    return {
        "member": "page of people",
        "member_clinic": "page of people",
        "visit": "what has been seen",
        "picture": "not kept",
        "practitioner": "consent is the person’s own",
        "invitation": "good once",
    }


def test_what_cannot_come_back_says_why(practice: Practice, owner: Browser) -> None:
    for kind, words in unreturnable(practice).items():
        entry = newest(practice, kind)
        path = f"/manage/audit/{entry.key}/undo/"
        assert words in text_of(owner.get("/manage/audit/")), kind
        assert owner.get(path).status_code == 404, kind
        assert owner.post(path).status_code == 404, kind


def test_entry_of_another_organisation_is_not_there(
    practice: Practice, other_practice: Practice, owner: Browser
) -> None:
    other = browser_of(seat_at(other_practice), other_practice)
    change(other, "/manage/texts/welcome/fi/", body="Hei")
    key = newest(other_practice, "text").key

    assert owner.get(f"/manage/audit/{key}/undo/").status_code == 404
    assert owner.post(f"/manage/audit/{key}/undo/", {"seen": ""}).status_code == 404
    assert PortalText.across.get().body == "Hei"
    assert Membership.across.filter(organisation=other_practice.organisation).exists()
