"""Two organisations on one portal: neither's host shows, accepts or leaks anything of the other."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from agent.identity import load_identity
from agent.portal import Portal as SyncApi
from agent.problems import PortalError
from tests.journeys.patient import Patient
from tests.journeys.portal import Portal
from tests.journeys.surgery import Surgery
from tests.journeys.waiting import eventually
from tests.journeys.walk import AINO

pytestmark = pytest.mark.xdist_group("journeys")

OTHERS_NAMES = ("Demoklinikka", "Aino", "Eero", "Helmi", "Koivuranta", "Testikatu", "Keskusta", "Tapiola")
STEPS = ("details/", "code/", "done/", "calendar.ics", "code/resend/", "release/")


@contextmanager
def agent_of(surgery: Surgery) -> Iterator[SyncApi]:
    """The sync API with this organisation's own key in hand."""
    with closing(SyncApi(load_identity(surgery.home))) as api:
        yield api


def test_host_shows_nothing_of_the_other_organisation(portal: Portal) -> None:
    with Patient(portal, "pikkuhammas") as patient:
        patient.choose("Lapsen hammastarkastus", "Oona Kivilahti")
        pages = ["/", patient.path, "/privacy/", "/nowhere/", "/manage/login/", "/theme.css"]
        texts = [patient.http.get(path).text for path in pages]

    assert "Oona Kivilahti" in texts[1]
    assert [name for name in OTHERS_NAMES for text in texts if name in text] == []


def test_host_refuses_the_other_organisations_ids(portal: Portal) -> None:
    with Patient(portal, "demoklinikka") as patient:
        patient.choose(*AINO)
        foreign = patient.page.form("/book/time/").fields
        moment = next(patient.stamps())
        page_of_times = patient.path
    with Patient(portal, "pikkuhammas") as stranger:
        stranger.open(page_of_times)
        assert stranger.status == 404
        assert [name for name in OTHERS_NAMES if name in stranger.page.text] == []
        for step in ("clinic", "treatment", "practitioner"):
            stranger.choose("Lapsen hammastarkastus", "Oona Kivilahti")
            own = stranger.page.form("/book/time/").fields
            stranger.send("/book/time/", **{**own, step: foreign[step]}, at=moment)
            assert "/booking/" not in stranger.path
    held = portal.rows(
        "select 1 from scheduling_booking where state = 'held' and during @> %s::timestamptz", moment
    )
    assert held == []


def test_booking_exists_on_its_own_host_only(portal: Portal) -> None:
    with Patient(portal, "demoklinikka") as patient, Patient(portal, "pikkuhammas") as stranger:
        patient.choose(*AINO)
        patient.hold(patient.times()[0])
        patient.give_details()
        code = patient.code()
        stranger.open("/")
        token = stranger.page.form("/language/").fields["csrfmiddlewaretoken"]
        stranger.http.cookies.set("visitor", patient.http.cookies["visitor"])
        for step in STEPS:
            address = f"/booking/{patient.booking_id}/{step}"
            sent = {"csrfmiddlewaretoken": token, "code": code, **stranger.person.typed}
            statuses = (
                stranger.http.get(address).status_code,
                stranger.http.post(address, data=sent).status_code,
            )
            assert set(statuses) <= {404, 405}
            assert 404 in statuses
        assert portal.booking(patient.booking_id)["state"] == "held"
        patient.type_code(code)
        assert portal.booking(patient.booking_id)["state"] == "booked"


def test_cookies_are_for_their_own_host_only(portal: Portal) -> None:
    with Patient(portal, "demoklinikka") as patient:
        patient.choose(*AINO)
        patient.hold(patient.times()[0])
        patient.send("/language/", language="en")
        jar = list(patient.http.cookies.jar)
        patient.open(patient.path)
        patient.send("/release/")

    assert {cookie.name for cookie in jar} >= {"visitor", "csrf", "language"}
    assert [cookie.name for cookie in jar if cookie.domain_specified] == []


def test_owner_of_one_console_is_a_stranger_at_the_other(portal: Portal) -> None:
    login = {"login": "owner@journeys.example", "password": portal.environment["DEMO_PASSWORD"]}
    with Patient(portal, "demoklinikka") as owner, Patient(portal, "pikkuhammas") as stranger:
        owner.open("/manage/login/")
        owner.send("/manage/login/", **login)
        assert (owner.path, owner.status) == ("/manage/", 200)
        stranger.http.cookies.set("session", owner.http.cookies["session"])
        assert stranger.http.get("/manage/").status_code in (302, 404)
        stranger.http.cookies.clear()
        stranger.open("/manage/login/")
        stranger.send("/manage/login/", **login)
        assert stranger.path != "/manage/"


def test_agent_sees_and_answers_its_own_events_only(portal: Portal) -> None:
    ours, theirs = portal.demoklinikka, portal.pikkuhammas
    ours.agent.freeze()
    theirs.agent.freeze()
    with Patient(portal, "demoklinikka") as patient, agent_of(ours) as our_api, agent_of(theirs) as their_api:
        patient.choose(*AINO)
        patient.book(patient.times()[0])
        [event] = [one for one in our_api.events(wait=5) if one["data"]["booking"] == patient.booking_id]

        assert their_api.events(wait=0) == []
        with pytest.raises(PortalError):
            their_api.acknowledge([{"event": event["id"], "outcome": "refused", "reason": "taken"}])
        assert portal.booking(patient.booking_id)["state"] == "booked"

        ours.agent.thaw()
        eventually(lambda: ours.appointments(patient.booking_id), "the booking is in the book")
        assert portal.booking(patient.booking_id)["state"] == "booked"
    assert theirs.appointments(patient.booking_id) == []
