"""PUT catalogue: what it makes, changes, retires and brings back, and what it refuses."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from pytest_django import DjangoAssertNumQueries

from clinics.models import Clinic, Organisation, Practitioner, PractitionerClinic
from clinics.own_details import agents_value, give_detail
from scheduling.models import Category, Resource, Treatment, TreatmentClinic, TreatmentResource
from tests.sync_api.client import Body, SyncAgent, catalogue_body, slot, window


@pytest.fixture
def body() -> Body:
    return catalogue_body()


def counts(created: int = 0, updated: int = 0, retired: int = 0) -> dict[str, int]:
    return {"created": created, "updated": updated, "retired": retired}


def test_catalogue_creates_everything_it_names(agent: SyncAgent, body: Body) -> None:
    answer = agent.put_catalogue(body)

    assert (answer.status, answer.json()) == (200, counts(created=8))
    clinic, surgery = Clinic.across.get(), Treatment.across.get(external_id="t2")
    assert (clinic.name, clinic.phone, clinic.time_zone) == (
        "Demoklinikka",
        "+358 9 555 0100",
        "Europe/Helsinki",
    )
    assert [p.name for p in Practitioner.across.order_by("position")] == ["Aino Aalto", "Eino Elo"]
    assert (surgery.minutes, surgery.category.external_id, surgery.move_allowed) == (60, "surgery", False)
    assert (surgery.at_all_clinics, surgery.by_all_practitioners) == (False, False)
    assert TreatmentResource.across.get().resource.external_id == "xray"
    assert PractitionerClinic.across.count() == 2


def test_catalogue_sent_again_changes_nothing(agent: SyncAgent, body: Body) -> None:
    agent.put_catalogue(body)
    version = Organisation.objects.get().version

    answer = agent.put_catalogue(body)

    assert answer.json() == counts()
    assert Organisation.objects.get().version == version


def test_catalogue_updates_what_differs(agent: SyncAgent, body: Body) -> None:
    agent.put_catalogue(body)
    body["clinics"][0]["name"] = "Uusi nimi"
    body["treatments"][0]["minutes"] = 45
    body["treatments"][1]["clinics"] = None

    answer = agent.put_catalogue(body)

    assert answer.json() == counts(updated=3)
    assert Clinic.across.get().name == "Uusi nimi"
    assert Treatment.across.get(external_id="t1").minutes == 45
    assert Treatment.across.get(external_id="t2").at_all_clinics
    assert not TreatmentClinic.across.exists()


def test_catalogue_retires_and_brings_back_with_its_settings(agent: SyncAgent, body: Body) -> None:
    agent.put_catalogue(body)
    Practitioner.across.filter(external_id="p2").update(description="Kokenut", is_published=False, position=7)
    smaller = deepcopy(body)
    del smaller["practitioners"][1]
    smaller["resources"] = []
    smaller["treatments"][1]["resources"] = []

    assert agent.put_catalogue(smaller).json() == counts(updated=1, retired=2)
    gone = Practitioner.across.get(external_id="p2")
    assert gone.retired_at is not None
    assert Resource.across.get().retired_at is not None
    assert agent.put_catalogue(smaller).json() == counts()

    assert agent.put_catalogue(body).json() == counts(updated=3)
    back = Practitioner.across.get(external_id="p2")
    assert back.retired_at is None
    assert (back.pk, back.description, back.is_published, back.position) == (gone.pk, "Kokenut", False, 7)


def test_catalogue_places_new_ones_last(agent: SyncAgent, body: Body) -> None:
    agent.put_catalogue(body)
    new = {"id": "p0", "name": "Uusi", "title": "", "clinics": []}
    body["practitioners"].insert(0, new)

    agent.put_catalogue(body)

    assert [p.external_id for p in Practitioner.across.order_by("position")] == ["p1", "p2", "p0"]


def test_catalogue_publishes_new_ones_as_the_settings_say(agent: SyncAgent, body: Body) -> None:
    settings = Organisation.objects.get().settings
    settings.publish_new_clinics = settings.publish_new_practitioners = False
    settings.save()

    agent.put_catalogue(body)

    assert not Clinic.across.get().is_published
    assert not Practitioner.across.filter(is_published=True).exists()


def test_catalogue_of_one_organisation_leaves_the_other_alone(
    agent: SyncAgent, other_agent: SyncAgent, body: Body
) -> None:
    agent.put_catalogue(body)
    assert other_agent.put_catalogue(body).json() == counts(created=8)

    empty: Body = {"clinics": [], "practitioners": [], "categories": [], "resources": [], "treatments": []}
    assert agent.put_catalogue(empty).json() == counts(retired=8)

    other = Organisation.objects.get(subdomain="pikkuhammas")
    assert Clinic.across.get(organisation=other).retired_at is None
    assert Category.across.filter(organisation=other, retired_at=None).count() == 2


def test_catalogue_change_shows_in_the_times_offered(agent: SyncAgent, body: Body) -> None:
    agent.put_catalogue(body)
    agent.put_slots(1, window(slot("08:00", "09:00")))
    before = Organisation.objects.get().version

    body["treatments"][0]["minutes"] = 20
    agent.put_catalogue(body)

    assert Organisation.objects.get().version > before


@pytest.mark.parametrize(
    ("change", "kind", "pointers"),
    [
        (lambda b: b.pop("clinics"), "invalid-body", ["/clinics"]),
        (lambda b: b.update(clinics={}), "invalid-body", ["/clinics"]),
        (lambda b: b["clinics"].append(7), "invalid-body", ["/clinics/1"]),
        (lambda b: b["clinics"][0].update(id=""), "invalid-body", ["/clinics/0/id"]),
        (lambda b: b["clinics"][0].update(id="x" * 65), "invalid-body", ["/clinics/0/id"]),
        (lambda b: b["clinics"][0].update(id=7), "invalid-body", ["/clinics/0/id"]),
        (lambda b: b["clinics"][0].update(time_zone="Mars/Base"), "invalid-body", ["/clinics/0/time_zone"]),
        (
            lambda b: b["clinics"][0].update(time_zone="../etc/passwd"),
            "invalid-body",
            ["/clinics/0/time_zone"],
        ),
        (lambda b: b["clinics"][0].update(phone="not a phone"), "invalid-body", ["/clinics/0/phone"]),
        (lambda b: b["clinics"][0].update(email="not an address"), "invalid-body", ["/clinics/0/email"]),
        (lambda b: b["clinics"][0].update(name="a\0b"), "invalid-body", ["/clinics/0/name"]),
        (lambda b: b["clinics"][0].update({"a/~\0": 1}), "invalid-body", ["/clinics/0"]),
        (lambda b: b["clinics"].append(dict(b["clinics"][0])), "invalid-body", ["/clinics/1/id"]),
        (lambda b: b["treatments"][0].update(minutes=0), "invalid-body", ["/treatments/0/minutes"]),
        (lambda b: b["treatments"][0].update(minutes="30"), "invalid-body", ["/treatments/0/minutes"]),
        (lambda b: b["treatments"][0].update(minutes=True), "invalid-body", ["/treatments/0/minutes"]),
        (lambda b: b["treatments"][0].update(minutes=10**30), "invalid-body", ["/treatments/0/minutes"]),
        (lambda b: b["treatments"][0].update(move_allowed=1), "invalid-body", ["/treatments/0/move_allowed"]),
        (
            lambda b: b["practitioners"][1].update(clinics=["c1", "c9"]),
            "unknown-id",
            ["/practitioners/1/clinics/1"],
        ),
        (lambda b: b["resources"][0].update(clinic="c9"), "unknown-id", ["/resources/0/clinic"]),
        (lambda b: b["treatments"][0].update(category="c9"), "unknown-id", ["/treatments/0/category"]),
        (lambda b: b["treatments"][0].update(resources=["c9"]), "unknown-id", ["/treatments/0/resources/0"]),
        (lambda b: b["treatments"][0].update(clinics=["p1"]), "unknown-id", ["/treatments/0/clinics/0"]),
        (
            lambda b: b["treatments"][0].update(practitioners=["c1"]),
            "unknown-id",
            ["/treatments/0/practitioners/0"],
        ),
    ],
)
def test_catalogue_points_at_what_is_wrong_and_applies_nothing(
    agent: SyncAgent, body: Body, change: Callable[[Body], object], kind: str, pointers: list[str]
) -> None:
    change(body)

    answer = agent.put_catalogue(body)

    assert (answer.status, answer.kind, answer.pointers) == (422, kind, pointers)
    assert not Clinic.across.exists()


def test_catalogue_ignores_unknown_members(agent: SyncAgent, body: Body) -> None:
    body["clinics"][0]["colour"] = "blue"
    body["vouchers"] = [{"id": "v1"}]

    assert agent.put_catalogue(body).json() == counts(created=8)


def numbered(sequence: object, name: str = "Aino Aalto") -> Body:
    body = {**catalogue_body(), "sequence": sequence}
    body["practitioners"][0]["name"] = name
    return body


def test_numbered_catalogue_that_comes_late_undoes_nothing(agent: SyncAgent, other_agent: SyncAgent) -> None:
    other_agent.put_catalogue(numbered(9))
    assert agent.put_catalogue(numbered(2, "Uusi nimi")).json() == {**counts(created=8), "sequence": 2}

    for sequence in (1, 2):
        late = agent.put_catalogue(numbered(sequence, "Vanha nimi"))
        assert (late.status, late.kind, late.json()["sequence"]) == (409, "stale-sequence", 2)

    names = Practitioner.across.filter(external_id="p1").order_by("organisation__subdomain")
    assert [one.name for one in names] == ["Uusi nimi", "Aino Aalto"]


def test_numbered_catalogue_again_is_replayed(agent: SyncAgent) -> None:
    agent.put_catalogue(numbered(1))

    again = agent.put_catalogue(dict(reversed(numbered(1).items())))

    assert again.json() == {**counts(), "sequence": 1, "replayed": True}


def test_catalogues_and_pushes_are_counted_together(agent: SyncAgent) -> None:
    agent.put_catalogue(numbered(1))

    assert agent.put_slots(1, window()).kind == "stale-sequence"
    assert agent.put_slots(2, window()).status == 200
    assert agent.put_catalogue(numbered(1)).kind == "stale-sequence"
    assert agent.put_catalogue(numbered(3, "Uusi nimi")).json()["updated"] == 1
    assert agent.put_slots(2, window(slot("08:00", "09:00"))).json()["sequence"] == 3
    assert agent.status().json()["sequence"] == 3


@pytest.mark.parametrize("change", [lambda b: b.pop("sequence"), lambda b: b.update(sequence=None)])
def test_catalogue_without_a_number_is_taken_whenever_it_comes(
    agent: SyncAgent, change: Callable[[Body], object]
) -> None:
    agent.put_catalogue(numbered(5))
    body = numbered(5, "Uusi nimi")
    change(body)

    assert agent.put_catalogue(body).json() == counts(updated=1)
    assert agent.status().json()["sequence"] == 5


def test_refused_catalogue_takes_no_number(agent: SyncAgent) -> None:
    wrong = numbered(1)
    wrong["resources"][0]["clinic"] = "c9"

    assert agent.put_catalogue(wrong).kind == "unknown-id"
    assert agent.put_catalogue(numbered(1)).status == 200


@pytest.mark.parametrize("sequence", [-1, 1.5, "1", True, 2**53])
def test_catalogues_number_must_be_a_whole_one(agent: SyncAgent, sequence: object) -> None:
    answer = agent.put_catalogue(numbered(sequence))

    assert (answer.status, answer.kind, answer.pointers) == (422, "invalid-body", ["/sequence"])


def test_catalogue_costs_the_same_queries_for_one_and_three(
    agent: SyncAgent, body: Body, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    agent.put_catalogue(body)
    for number in (1, 3):
        for extra in range(number):
            body["practitioners"].append(
                {"id": f"n{number}-{extra}", "name": "Uusi", "title": "", "clinics": ["c1"]}
            )
        with django_assert_max_num_queries(60) as queries:
            agent.put_catalogue(body)
        if number == 1:
            once = len(queries)
    assert len(queries) == once


def test_catalogue_never_overwrites_the_clinics_own_words(agent: SyncAgent, body: Body) -> None:
    """What the agent says waits behind them, and is taken again as it is by then."""
    agent.put_catalogue(body)
    clinic = Clinic.across.get()
    give_detail(clinic, "phone", "+358 9 555 0199")
    clinic.save()
    body["clinics"][0] |= {"phone": "+358 9 555 0111", "address": "Uusikatu 2"}

    assert agent.put_catalogue(body).json() == counts(updated=1)
    assert agent.put_catalogue(body).json() == counts()

    clinic = Clinic.across.get()
    assert (clinic.phone, clinic.agents_phone) == ("+358 9 555 0199", "+358 9 555 0111")
    assert (clinic.address, clinic.agents_address) == ("Uusikatu 2", None)
    give_detail(clinic, "phone", agents_value(clinic, "phone"))
    assert (clinic.phone, clinic.agents_phone) == ("+358 9 555 0111", None)


def test_catalogue_leaves_what_the_clinic_admin_chose(agent: SyncAgent, body: Body) -> None:
    agent.put_catalogue(body)
    chosen = {"opening_hours": "ma–pe 8–16", "is_published": False, "position": 7}
    Clinic.across.update(**chosen)
    body["clinics"][0]["name"] = "Uusi nimi"

    agent.put_catalogue(body)

    assert Clinic.across.values(*chosen).get() == chosen
