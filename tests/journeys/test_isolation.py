"""Every address of a portal's host, given another organisation's ids: nothing there answers to them.

A new address fails here until somebody has said below how it is tried.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from clinics.consents import record_consent
from clinics.models import Membership, Picture, User
from clinics.pictures import Drawn, keep
from clinics.scope import OrganisationOwned, organisation_scope
from notifications.models import Channel, EmailRefusal, Kind, Mailing
from notifications.outbox import queue_message
from notifications.unsubscribing import unsubscribe_url
from scheduling.forms import stamp_of
from scheduling.links import path_of
from scheduling.marketing import stop_url
from scheduling.models import Booking, BookingPatient, Login, Offer, Wish
from scheduling.offers import offer_free_times
from tests.conftest import Practice
from tests.console.conftest import SECRET
from tests.console.test_people import recent
from tests.console.test_roles import LEAST_ROLE
from tests.factories import BookingFactory, BookingPatientFactory, WishFactory, next_monday_at, wake
from tests.journeys.addresses import address, routes
from tests.pages import fake_eid
from tests.pages.conftest import TYPED, Browser, book_url, booking_at, log_in, newest_code, open_login
from tests.pages.eid_patient import eid_from, is_let_in, let_in_by_eid, way_back
from tests.scheduling.clinic_made import answered, logged_in, the_one

pytestmark = pytest.mark.django_db

STEPS = ("clinic", "treatment", "practitioner")


@dataclass(frozen=True)
class Trespass:
    """A browser at the first organisation's host that knows everything of the second's."""

    browser: Browser
    own: Practice
    other: Practice
    ids: dict[str, str]
    """Public id to the model of what is the other organisation's."""
    code: str
    keys: dict[str, str]
    """Model to the key of its row at the other organisation."""

    def requests(self, route: str) -> Iterator[tuple[str, int]]:
        """Every foreign id in the address, asked for and written to; what it was and the answer."""
        for public_id, model in self.ids.items():
            path = address(route, uuid=public_id)
            yield f"GET {model}", self.browser.get(path).status_code
            yield f"POST {model}", self.browser.post(path, {**TYPED, "code": self.code}).status_code


Probe = Callable[[Trespass, str], None]


def id_in_the_address(trespass: Trespass, route: str) -> None:
    answers = dict(trespass.requests(route))

    assert set(answers.values()) <= {404, 405}
    assert all(404 in (answers[f"GET {model}"], answers[f"POST {model}"]) for model in trespass.ids.values())


def ids_in_the_query(trespass: Trespass, route: str) -> None:
    for step in STEPS:
        for public_id in trespass.ids:
            response = trespass.browser.get(book_url(trespass.own, **{step: public_id}))
            assert response.status_code == 404
            assert f">{trespass.other.clinic.name}<" not in response.content.decode()


def ids_of_a_month(trespass: Trespass, route: str) -> None:
    for step in STEPS:
        for public_id in trespass.ids:
            sent = book_url(trespass.own, **{step: public_id}).removeprefix("/book/")
            response = trespass.browser.get(f"{address(route)}{sent}")
            assert response.status_code == 302
            assert public_id not in response.headers["Location"]


def name_of_a_picture(trespass: Trespass, route: str) -> None:
    """The other organisation's logo, and the photo of somebody there who has agreed to its being shown."""
    names = list(
        Picture.across.filter(organisation=trespass.other.organisation).values_list("name", flat=True)
    )
    assert len(names) == 2
    for name in [*names, *trespass.ids]:
        assert trespass.browser.get(address(route, slug=name)).status_code == 404
    at_home = Browser(trespass.other.host)
    assert all(at_home.get(address(route, slug=name)).status_code == 200 for name in names)


def ids_in_the_form(trespass: Trespass, route: str) -> None:
    own = {step: str(getattr(trespass.own, step).public_id) for step in STEPS}
    for step in STEPS:
        for public_id in trespass.ids:
            sent = {**own, step: public_id, "at": stamp_of(next_monday_at(10))}
            response = trespass.browser.post(address(route), sent)
            assert response.status_code == 302
            assert response.headers["Location"].startswith("/book/")


def id_of_mine(trespass: Trespass, route: str) -> None:
    """Logged in at the first organisation with the very number of the second's patient."""
    past = BookingFactory(
        organisation=trespass.own.organisation,
        clinic=trespass.own.clinic,
        practitioner=trespass.own.practitioner,
        treatment=trespass.own.treatment,
    )
    BookingPatientFactory(organisation=trespass.own.organisation, booking=past)
    log_in(trespass.browser)
    assert trespass.browser.get("/my/").status_code == 200

    answers = dict(trespass.requests(route))

    assert set(answers.values()) <= {404, 405}
    assert all(404 in (answers[f"GET {model}"], answers[f"POST {model}"]) for model in trespass.ids.values())
    past.delete()


def key_of_a_login(trespass: Trespass, route: str) -> None:
    """The cookie of somebody who is logged in at the other organisation."""
    path = address(route)
    for response in (trespass.browser.get(path), trespass.browser.post(path, {"code": trespass.code})):
        assert response.status_code in (302, 405, 422)
        assert response.headers.get("Location", "/login/").startswith("/login/")
        assert f">{trespass.other.practitioner.name}<" not in response.content.decode()


def link_in_the_address(trespass: Trespass, route: str) -> None:
    """The links of the other organisation's bookings, each of which is there at home."""
    bookings = Booking.across.filter(organisation=trespass.other.organisation).exclude(link_digest=None)
    tokens = [path_of(booking).split("/")[1] for booking in bookings]
    at_home = Browser(trespass.other.host)
    assert tokens
    for token in tokens:
        path = address(route, slug=token)
        answers = (trespass.browser.get(path).status_code, trespass.browser.post(path, TYPED).status_code)
        assert 404 in answers
        assert set(answers) <= {404, 405}
        assert at_home.get(path).status_code != 404


def key_in_the_address(trespass: Trespass, route: str) -> None:
    """The links that the other organisation sent to its waiting list."""
    for model, key in trespass.keys.items():
        path = address(route, slug=key)
        for response in (trespass.browser.get(path), trespass.browser.post(path, {"code": trespass.code})):
            assert response.status_code in (404, 405), model
            assert trespass.other.clinic.name not in response.content.decode()


def link_of_a_reader(trespass: Trespass, route: str) -> None:
    """The link in a reminder that the other organisation sent."""
    path = urlsplit(unsubscribe_url(trespass.other.organisation, TYPED["email"])).path
    answers = [trespass.browser.get(path), trespass.browser.post(path, {"answer": "no"})]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert not EmailRefusal.across.exists()
    assert Browser(trespass.other.host).get(path).status_code == 200


def link_of_an_offer(trespass: Trespass, route: str) -> None:
    """The link at the end of an offer that the other organisation sent."""
    rows = BookingPatient.across.filter(organisation=trespass.other.organisation)
    rows.update(marketing_wording="Offers, please")
    path = urlsplit(stop_url(trespass.other.organisation, rows[0].pk)).path
    answers = [trespass.browser.get(path), trespass.browser.post(path)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert not rows.exclude(marketing_withdrawn_at=None).exists()
    assert Browser(trespass.other.host).get(path).status_code == 200


def appointment_in_the_address(trespass: Trespass, route: str) -> None:
    """What the other clinic made: asked for by a patient of this one, and with the other patient's key."""
    keys, references = {}, []
    for practice in (trespass.own, trespass.other):
        with organisation_scope(practice.organisation.pk):
            login, keys[practice.organisation.pk] = logged_in(practice)
            if practice is trespass.other:
                answered(practice, login)
                references = [str(the_one(practice, login).reference)]
    for practice, statuses in ((trespass.own, {404, 405}), (trespass.other, {302, 405})):
        trespass.browser.cookies[settings.LOGIN_COOKIE_NAME] = keys[practice.organisation.pk]
        for public_id in (*references, *trespass.ids):
            path = address(route, uuid=public_id)
            answers = {trespass.browser.get(path).status_code, trespass.browser.post(path).status_code}
            assert answers <= statuses
            assert answers != {405}
    at_home = Browser(trespass.other.host)
    at_home.cookies[settings.LOGIN_COOKIE_NAME] = keys[trespass.other.organisation.pk]
    assert at_home.get(address(route, uuid=references[0])).status_code in (200, 302)


def ids_in_a_wish(trespass: Trespass, route: str) -> None:
    for public_id in trespass.ids:
        asked = trespass.browser.get(
            address(route), {"treatment": public_id, "clinic": public_id, "practitioner": public_id}
        )
        sent = {**TYPED, "treatment": public_id, "clinics": [public_id], "practitioners": [public_id]}
        posted = trespass.browser.post(address(route), sent)
        assert (asked.status_code, posted.status_code) == (200, 422)
        assert f">{trespass.other.clinic.name}<" not in asked.content.decode()


def answer_of_an_eid_login(trespass: Trespass, route: str) -> None:
    """What the provider answered to a login begun at the other organisation, with its browser's cookie."""
    let_in_by_eid(trespass.own.organisation)
    let_in_by_eid(trespass.other.organisation)
    with fake_eid.running() as provider, eid_from(provider.issuer):
        at_home = Browser(trespass.other.host)
        said = way_back(at_home)
        trespass.browser.cookies = at_home.cookies
        answers = [trespass.browser.post(address(route), said), trespass.browser.get(address(route), said)]
        assert not is_let_in(trespass.browser)
        assert at_home.post("/login/eid/return/", said).status_code == 303
    for answer in answers:
        assert trespass.other.clinic.name not in answer.content.decode()
    by_eid = Login.across.filter(method=Login.Method.EID)
    assert by_eid.get().organisation_id == trespass.other.organisation.pk


def other_member(trespass: Trespass, route: str) -> None:
    """Who may see the other organisation's console finds none here."""
    user = Membership.across.get(organisation=trespass.other.organisation).user
    trespass.browser.force_login(user)

    assert trespass.browser.get(address(route)).status_code in (404, 405)
    assert trespass.browser.post(address(route), TYPED).status_code in (404, 405)


def other_members_row(trespass: Trespass, route: str) -> None:
    """Neither the other's member nor our own finds the other's rows here."""
    other_member(trespass, route)
    if not Membership.across.filter(organisation=trespass.own.organisation).exists():
        seat_member(trespass.own, "owner@demoklinikka.example")
    trespass.browser.force_login(User.objects.get(email="owner@demoklinikka.example"))
    recent(trespass.browser)
    id_in_the_address(trespass, route)


def takes_no_id(trespass: Trespass, route: str) -> None:
    """It shows the host's own organisation to everybody, whatever is asked of it."""
    sent = {f"id{number}": public_id for number, public_id in enumerate(trespass.ids)}
    for content in (
        trespass.browser.get(address(route), sent).content,
        trespass.browser.post(address(route), sent).content,
    ):
        for name in (trespass.other.clinic.name, trespass.other.practitioner.name, TYPED["last_name"]):
            assert f">{name}<".encode() not in content


PROBES: dict[str, Probe] = {
    "": takes_no_id,
    "book/": ids_in_the_query,
    "book/time/": ids_in_the_form,
    "book/month/": ids_of_a_month,
    "book/layout/": takes_no_id,
    "pictures/<slug:name>/": name_of_a_picture,
    "booking/<uuid:public_id>/details/": id_in_the_address,
    "booking/<uuid:public_id>/code/": id_in_the_address,
    "booking/<uuid:public_id>/code/resend/": id_in_the_address,
    "booking/<uuid:public_id>/done/": id_in_the_address,
    "booking/<uuid:public_id>/release/": id_in_the_address,
    "booking/<uuid:public_id>/calendar.ics": id_in_the_address,
    "b/<slug:token>/": link_in_the_address,
    "b/<slug:token>/calendar.ics": link_in_the_address,
    "b/<slug:token>/cancel/": link_in_the_address,
    "b/<slug:token>/undo/": link_in_the_address,
    "b/<slug:token>/move/": link_in_the_address,
    "b/<slug:token>/move/confirm/": link_in_the_address,
    "login/": takes_no_id,
    "login/code/": key_of_a_login,
    "login/code/resend/": key_of_a_login,
    "logout/": takes_no_id,
    "my/": key_of_a_login,
    "my/<uuid:public_id>/": id_of_mine,
    "my/<uuid:public_id>/calendar.ics": id_of_mine,
    "my/<uuid:public_id>/cancel/": id_of_mine,
    "my/<uuid:public_id>/undo/": id_of_mine,
    "my/<uuid:public_id>/move/": id_of_mine,
    "my/<uuid:public_id>/move/confirm/": id_of_mine,
    "my/appointments/": takes_no_id,
    "my/appointments/ask/": takes_no_id,
    "my/appointments/<uuid:reference>/": appointment_in_the_address,
    "my/appointments/<uuid:reference>/cancel/": appointment_in_the_address,
    "my/appointments/<uuid:reference>/move/": appointment_in_the_address,
    "my/appointments/<uuid:reference>/move/confirm/": appointment_in_the_address,
    "waiting/": ids_in_a_wish,
    "waiting/<slug:key>/": key_in_the_address,
    "waiting/<slug:key>/code/": key_in_the_address,
    "waiting/<slug:key>/code/resend/": key_in_the_address,
    "waiting/<slug:key>/end/": key_in_the_address,
    "offer/<slug:key>/": key_in_the_address,
    "offer/<slug:key>/accept/": key_in_the_address,
    "offer/<slug:key>/decline/": key_in_the_address,
    "login/eid/": takes_no_id,
    "login/eid/return/": answer_of_an_eid_login,
    "no-reminders/<slug:reader>/": link_of_a_reader,
    "s/<slug:reader>/": link_of_an_offer,
    "my/no-offers/": key_of_a_login,
    "privacy/": takes_no_id,
    "language/": takes_no_id,
    "theme.css": takes_no_id,
    "measuring/": takes_no_id,
    "health/": takes_no_id,
    "demo/messages/": takes_no_id,
    "demo/messages/now/": takes_no_id,
    **{
        route: other_member if least else takes_no_id
        for route, least in LEAST_ROLE.items()
        if "<uuid:" not in route
    },
    **{route: other_members_row for route in LEAST_ROLE if "<uuid:" in route},
}


@pytest.fixture
def trespass(practice: Practice, other_practice: Practice) -> Trespass:
    """The trespasser even has the cookies of the browser that made the other organisation's bookings."""
    victim = Browser(other_practice.host)
    held = victim.hold(other_practice)
    victim.post(f"{held}details/", TYPED)
    code = newest_code()
    victim.book(other_practice, booking_at(held).ends_at)
    seat_member(other_practice)
    queue_message(
        organisation=other_practice.organisation,
        kind=Kind.CANCELLATION,
        channel=Channel.SMS,
        to="+358401234567",
        language="fi",
        values={"date": "ma 23.11.", "time": "8.30"},
        about="booking:1",
    )
    hang_pictures(other_practice)
    for state in ("draft", "done"):
        sent_at = None if state == "draft" else timezone.now()
        Mailing.across.create(
            organisation=other_practice.organisation,
            kind="recall",
            channel="sms",
            state=state,
            sent_at=sent_at,
        )
    keys = keys_of(other_practice)
    for place in (practice, other_practice):
        open_login(place)
    log_in(victim)
    browser = Browser(practice.host)
    browser.cookies = victim.cookies
    return Trespass(browser, practice, other_practice, public_ids_of(other_practice), code, keys)


def keys_of(practice: Practice) -> dict[str, str]:
    """Somebody waits there, somebody has an offer, and somebody has not typed their code yet."""
    wake(practice.organisation)
    WishFactory(organisation=practice.organisation, treatment=practice.treatment)
    with organisation_scope(practice.organisation.pk):
        offer_free_times(organisation=practice.organisation)
    unconfirmed = WishFactory(
        organisation=practice.organisation, treatment=practice.treatment, state=Wish.State.UNCONFIRMED
    )
    offer = Offer.across.select_related("wish").get(organisation=practice.organisation)
    return {"Wish": offer.wish.key, "Offer": offer.key, "UnconfirmedWish": unconfirmed.key}


def hang_pictures(practice: Practice) -> None:
    """Stored as they are: what is in them does not matter here."""
    with organisation_scope(practice.organisation.pk):
        record_consent(organisation=practice.organisation, practitioner=practice.practitioner, by="Owner")
        for owner in (None, practice.practitioner):
            keep(practice.organisation, owner, Drawn(f"picture {owner}".encode(), "image/webp", 1, 1, "any"))


def seat_member(practice: Practice, email: str = "owner@pikkuhammas.example") -> None:
    user = User.objects.create_user(email)
    Membership.across.create(organisation=practice.organisation, user=user, role="owner")
    TOTP.activate(user, SECRET)


def public_ids_of(practice: Practice) -> dict[str, str]:
    """The public id of a row, in each state, of every model that has one; and the organisation's own."""
    found = {("Organisation", ""): str(practice.organisation.public_id)}
    for model in apps.get_models():
        if issubclass(model, OrganisationOwned) and hasattr(model, "public_id"):
            for row in model.across.filter(organisation=practice.organisation):
                found[model.__name__, getattr(row, "state", "")] = str(row.public_id)
    return {public_id: model for (model, _state), public_id in found.items()}


def state_of_everything(practice: Practice) -> list[object]:
    bookings = Booking.across.filter(organisation=practice.organisation).order_by("pk")
    wishes = Wish.across.filter(organisation=practice.organisation).order_by("pk")
    return [
        *bookings.values_list("pk", "state", "hold_expires_at", "visitor"),
        *wishes.values_list("pk", "state", "offered_until"),
    ]


def test_every_address_of_the_portal_has_a_probe() -> None:
    assert sorted(PROBES) == routes("portal")


def test_trespasser_knows_a_row_of_every_model(trespass: Trespass) -> None:
    named = {model.__name__ for model in apps.get_models() if issubclass(model, OrganisationOwned)}
    with_ids = {name for name in named if name in set(trespass.ids.values())}

    assert {"Clinic", "Practitioner", "Treatment", "Booking", "Message"} <= with_ids


def assert_nothing_known(trespass: Trespass, route: str) -> None:
    before = state_of_everything(trespass.other)

    PROBES[route](trespass, route)

    assert state_of_everything(trespass.other) == before
    assert state_of_everything(trespass.own) == []


ALIKE = (
    id_in_the_address,
    key_in_the_address,
    link_in_the_address,
    other_member,
    other_members_row,
    takes_no_id,
)
"""Probes that leave nothing behind: making the trespasser takes longer than trying one address."""


@pytest.mark.parametrize("probe", ALIKE, ids=lambda probe: probe.__name__)
def test_addresses_know_nothing_of_another_organisation(
    trespass: Trespass, subtests: pytest.Subtests, probe: Probe
) -> None:
    """Each address gets the trespasser with the cookies of the beginning."""
    cookies = trespass.browser.cookies
    for route in sorted(route for route in PROBES if PROBES[route] is probe):
        with subtests.test(route=route):
            trespass.browser.cookies = deepcopy(cookies)
            assert_nothing_known(trespass, route)


@pytest.mark.parametrize("route", sorted(route for route in PROBES if PROBES[route] not in ALIKE))
def test_address_knows_nothing_of_another_organisation(trespass: Trespass, route: str) -> None:
    assert_nothing_known(trespass, route)


def test_addresses_answer_their_own_host(trespass: Trespass, subtests: pytest.Subtests) -> None:
    """The negative control: what is a 404 above is there for whom it belongs to."""
    at_home = Browser(trespass.other.host)
    at_home.cookies = trespass.browser.cookies
    own = [public_id for public_id, model in trespass.ids.items() if model == "Booking"]
    for name, values, start in (
        ("uuid", own, "booking/<uuid:"),
        ("slug", list(trespass.keys.values()), ("waiting/<slug:key>", "offer/<slug:key>")),
    ):
        for route in (route for route in PROBES if route.startswith(start)):
            with subtests.test(route=route):
                answers = {at_home.get(address(route, **{name: value})).status_code for value in values}
                assert answers - {404} != set()
