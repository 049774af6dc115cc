"""The operator's desk: all organisations at a glance, accounts, keys, visits and announcements."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clinics.accounts import issue_account_key, organisation_for_account_key
from clinics.errors import AccountKeyInvalid
from clinics.models import (
    AccountKey,
    Announcement,
    AuditEntry,
    Invitation,
    Membership,
    OperatorVisit,
    Organisation,
    OrganisationSettings,
    User,
)
from clinics.roles import Role
from notifications.delivery import deliver
from notifications.models import Channel, Message, SendingPause, State
from scheduling.models import AgentEvent, AgentLink
from tests.conftest import Practice
from tests.console.conftest import SECRET, browser_of, seat_at
from tests.console.test_people import recent
from tests.factories import BookingFactory, make_organisation
from tests.journeys.addresses import address, routes
from tests.pages.conftest import Browser, text_of
from tests.sync_api.client import DjangoTransport, SyncAgent

pytestmark = pytest.mark.django_db

HOST = "admin.localhost:8000"
ACCOUNT = {
    "name": "Uusi Hammas",
    "subdomain": "Uusi-Hammas",
    "country": "FI",
    "language": "fi",
    "email": "omistaja@example.com",
}
REASON = "The clinic asked us why no times are shown"
SYLLABLES = ("ha", "ke", "po", "su", "ty", "ba", "de", "gu")
STOPS = ("/messages/stop/", "/messages/resume/")
OPEN_TO_ALL = ("manage/", "health/", "language/", "metrics/")
"""Below the first, django-allauth decides; its pages are the same on every host. The last wants a token."""


@pytest.fixture(autouse=True)
def as_in_earnest(settings: Any) -> None:
    settings.DEMO = False
    settings.EMAIL_BACKEND = "notifications.mail_backend.OutboxBackend"


def make_operator() -> User:
    user = User.objects.create_superuser("operator@example.com", "correct horse battery", name="Olli")
    TOTP.activate(user, SECRET)
    return user


def at_desk(user: User) -> Browser:
    browser = Browser(HOST)
    browser.force_login(user)
    return recent(browser)


@pytest.fixture
def operator(db: None) -> Browser:
    return at_desk(make_operator())


def page_of(practice: Practice) -> str:
    return f"/organisations/{practice.organisation.public_id}/"


def desk_routes() -> list[str]:
    """Every address of the host that belongs to nobody but the operator, Django's admin included."""
    own = [route for route in routes("admin") if not route.startswith(OPEN_TO_ALL)]
    return [route for route in own if route != "records/login/"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_address_is_for_operators_alone(
    practice: Practice, method: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    stranger, member = Browser(HOST), Browser(HOST)
    member.force_login(seat_at(practice))
    factorless = User.objects.create_superuser("new@example.com", "correct horse battery")
    without_factor = at_desk(factorless)
    before = (Organisation.objects.count(), AccountKey.across.count(), OperatorVisit.across.count())
    for route in desk_routes():
        path = address(route, uuid=str(practice.organisation.public_id))
        for browser, answers in (
            (stranger, {302, 405}),
            (recent(member), {302, 403, 405}),
            (without_factor, {302, 405}),
        ):
            response = getattr(browser, method)(path, ACCOUNT)
            assert response.status_code in answers, (route, method)
            assert practice.organisation.name not in response.content.decode(), route
    assert (Organisation.objects.count(), AccountKey.across.count(), OperatorVisit.across.count()) == before


@pytest.mark.parametrize("route", [route for route in desk_routes() if not route.startswith("records/")])
def test_operator_reaches_every_address(practice: Practice, operator: Browser, route: str) -> None:
    path = address(route, uuid=str(practice.organisation.public_id))

    assert 403 not in {operator.get(path).status_code, operator.post(path).status_code}


def test_deeds_need_who_came_lately(practice: Practice) -> None:
    late = Browser(HOST)
    late.force_login(make_operator())

    for deed in (
        *(f"{page_of(practice)}{deed}" for deed in ("suspend/", "key/", "visit/")),
        *STOPS,
        "/sandbox/",
    ):
        assert "reauthenticate" in late.post(deed).headers["Location"]
    assert not SendingPause.objects.exists()
    assert "reauthenticate" in late.get("/open/").headers["Location"]


def test_list_says_how_each_organisation_is(
    practice: Practice, other_practice: Practice, operator: Browser
) -> None:
    organisation = practice.organisation
    AgentLink.objects.filter(organisation=organisation).update(last_seen_at=timezone.now())
    booking = BookingFactory(organisation=organisation, booked_at=timezone.now())
    AgentEvent.across.create(
        organisation=organisation, sequence=1, type=AgentEvent.Type.BOOKING_CREATED, booking=booking
    )
    for number, state in enumerate([State.WAITING, State.FAILED, State.FAILED]):
        Message.across.create(
            organisation=organisation,
            channel=Channel.SMS,
            kind="move",
            about=f"b:{number}",
            to="+358401234567",
            language="fi",
            state=state,
        )
    OrganisationSettings.objects.filter(organisation=other_practice.organisation).update(
        maintenance_mode=True
    )

    rows = {row.organisation.subdomain: row for row in operator.get("/").context["rows"]}

    own = rows[organisation.subdomain]
    assert (own.state, own.events, own.waiting, own.failed, own.bookings) == ("open", 1, 1, 2, 1)
    assert rows[other_practice.organisation.subdomain].state == "maintenance"


def test_list_is_searched_filtered_and_paged(practice: Practice, operator: Browser) -> None:
    for number in range(60):
        Organisation.objects.create(
            name=f"Many {number}",
            subdomain=f"many-{number:02}",
            country="FI",
            time_zone="Europe/Helsinki",
            default_language="fi",
        )
    for organisation in Organisation.objects.filter(settings=None):
        OrganisationSettings.objects.create(organisation=organisation)
    Organisation.objects.filter(subdomain="many-07").update(is_suspended=True)

    def shown(query: str) -> list[str]:
        return [row.organisation.subdomain for row in operator.get(f"/{query}").context["rows"]]

    first = shown("?q=many")
    assert (len(first), first[0]) == (50, "many-00")
    assert shown(f"?q=MANY&after={first[-1]}") == [f"many-{number}" for number in range(50, 60)]
    assert shown("?state=suspended") == ["many-07"]
    assert shown(f"?q={practice.organisation.name[:4]}") == [practice.organisation.subdomain]
    assert shown("?q=%00%25&state=x") == []


@pytest.mark.parametrize("organisations", [1, 3, 50])
def test_list_costs_the_same_queries_for_any_number(
    practice: Practice, operator: Browser, organisations: int, django_assert_num_queries: Any
) -> None:
    for number in range(1, organisations):
        make_organisation(f"{SYLLABLES[number % 7]}-{SYLLABLES[number // 7]}-koti")
    operator.get("/")

    with django_assert_num_queries(9):
        assert len(operator.get("/").context["rows"]) == organisations


def test_new_account_is_opened_with_its_owner_and_key(operator: Browser) -> None:
    response = operator.post("/open/", ACCOUNT)

    organisation = Organisation.objects.get(subdomain="uusi-hammas")
    assert response.headers["Location"] == f"/organisations/{organisation.public_id}/"
    assert Invitation.across.get().role == Role.OWNER
    mail = Message.across.get()
    assert (mail.to, mail.language, mail.is_secret) == ("omistaja@example.com", "fi", True)
    assert "Tervetuloa" in mail.body
    (key,) = re.findall(r"^uusi-hammas-\S+$", mail.body, re.MULTILINE)
    assert organisation_for_account_key(key) == organisation
    assert key not in operator.get(response.headers["Location"]).content.decode()
    link = re.search(r"/manage/people/join/\S+", mail.body)
    assert link
    assert Browser("uusi-hammas.localhost:8000").get(link.group()).status_code == 200
    assert AuditEntry.across.filter(organisation=organisation, kind="organisation", who="Olli").exists()


def test_key_is_forgotten_once_the_mail_is_sent(operator: Browser, settings: Any, tmp_path: Any) -> None:
    settings.EMAIL_TRANSPORT, settings.MESSAGES_FILE = "file", str(tmp_path / "mails")
    operator.post("/open/", ACCOUNT)

    deliver(Message.across.get().pk)

    mail = Message.across.get()
    assert (mail.state, mail.body) == (State.SENT, "")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"subdomain": "admin"}, "reserved"),
        ({"subdomain": "demoklinikka"}, "Another clinic has this address"),
        ({"email": "x"}, "Enter a valid"),
        ({"country": "DE"}, "Select a valid"),
        ({"name": ""}, "required"),
    ],
)
def test_account_that_cannot_be_is_not_opened(
    practice: Practice, operator: Browser, typed: dict[str, str], words: str
) -> None:
    response = operator.post("/open/", {**ACCOUNT, **typed})

    assert (response.status_code, Organisation.objects.count()) == (422, 1)
    assert words in text_of(response)


def test_address_is_checked_while_it_is_typed(practice: Practice, operator: Browser) -> None:
    assert operator.get("/open/check/?name=vapaa-nimi").json()["free"] is True
    assert operator.get("/open/check/?name=demoklinikka").json()["free"] is False
    assert operator.get("/open/check/?name=%00").json()["free"] is False


def test_suspended_portal_says_so_and_comes_back(
    practice: Practice, other_practice: Practice, operator: Browser
) -> None:
    operator.post(f"{page_of(practice)}suspend/")
    closed = Browser(practice.host).get("/")
    assert (closed.status_code, Browser(practice.host).get("/manage/").status_code) == (503, 503)
    assert "closed for now" in text_of(closed)
    assert Browser(other_practice.host).get("/").status_code == 200
    assert AuditEntry.across.filter(kind="organisation", changed=["is_suspended"], who="Olli").exists()

    operator.post(f"{page_of(practice)}resume/")

    assert Browser(practice.host).get("/").status_code == 200


def test_reissued_key_kills_the_old_one_and_goes_to_the_owners(
    practice: Practice, other_practice: Practice, operator: Browser
) -> None:
    owner = seat_at(practice)
    seat_at(other_practice)
    old = AccountKey.across.get(organisation=practice.organisation, revoked_at=None)

    operator.post(f"{page_of(practice)}key/")

    old.refresh_from_db()
    assert old.revoked_at
    mail = Message.across.get()
    assert mail.to == owner.email
    (key,) = re.findall(r"^demoklinikka-\S+$", mail.body, re.MULTILINE)
    assert organisation_for_account_key(key) == practice.organisation
    operator.post(f"{page_of(practice)}key/")
    with pytest.raises(AccountKeyInvalid):
        organisation_for_account_key(key)


SANDBOX = {"name": "Author Oy", "subdomain": "Tryout"}


def key_on(page: str) -> str:
    (key,) = set(re.findall(r"tryout-[\w-]{40,}", page))
    return str(key)


def test_sandbox_is_opened_and_its_key_shown_once(operator: Browser) -> None:
    assert operator.get("/sandbox/").status_code == 200
    assert not Organisation.objects.exists()

    response = operator.post("/sandbox/", SANDBOX)

    organisation = Organisation.objects.get(sandbox__isnull=False)
    assert (organisation.name, organisation.subdomain) == ("Author Oy", "tryout")
    key = key_on(response.content.decode())
    assert organisation_for_account_key(key) == organisation
    assert response.headers["Cache-Control"] == "no-store"
    assert AuditEntry.across.filter(organisation=organisation, kind="organisation", who="Olli").exists()
    assert not Message.across.exists()
    for path in ("/", f"/organisations/{organisation.public_id}/", "/sandbox/"):
        assert key not in operator.get(path).content.decode()


@pytest.mark.parametrize("typed", [{"subdomain": "admin"}, {"subdomain": "demoklinikka"}, {"name": ""}])
def test_sandbox_that_cannot_be_is_not_opened(
    practice: Practice, operator: Browser, typed: dict[str, str]
) -> None:
    response = operator.post("/sandbox/", {**SANDBOX, **typed})

    assert (response.status_code, Organisation.objects.count()) == (422, 1)
    assert {**SANDBOX, **typed}["subdomain"] in response.content.decode()


def test_sandboxs_key_is_reissued_to_whoever_asks(operator: Browser) -> None:
    old = key_on(operator.post("/sandbox/", SANDBOX).content.decode())
    organisation = Organisation.objects.get()

    new = key_on(operator.post(f"/organisations/{organisation.public_id}/key/").content.decode())

    assert organisation_for_account_key(new) == organisation
    with pytest.raises(AccountKeyInvalid):
        organisation_for_account_key(old)


def test_sandbox_is_marked_and_stands_under_no_other_state(practice: Practice, operator: Browser) -> None:
    operator.post("/sandbox/", SANDBOX)
    AgentLink.objects.update_or_create(
        organisation=Organisation.objects.get(subdomain="tryout"), defaults={"alarmed_at": timezone.now()}
    )

    def shown(state: str) -> list[tuple[str, str]]:
        rows = operator.get(f"/?state={state}").context["rows"]
        return [(row.organisation.subdomain, row.state) for row in rows]

    assert ("tryout", "sandbox") in shown("")
    assert shown("sandbox") == [("tryout", "sandbox")]
    for state in ("unpublished", "silent", "no_agent", "maintenance"):
        assert "tryout" not in dict(shown(state))
    page = operator.get(f"/organisations/{Organisation.objects.get(subdomain='tryout').public_id}/")
    assert "somebody tries out an agent here" in text_of(page)


def test_visit_opens_one_console_for_an_hour_to_look(
    practice: Practice, other_practice: Practice, operator: Browser
) -> None:
    owner = seat_at(practice)
    visitor = browser_of(User.objects.get(email="operator@example.com"), practice)
    assert visitor.get("/manage/").status_code == 404

    assert operator.post(f"{page_of(practice)}visit/", {"reason": " "}).status_code == 422
    assert visitor.get("/manage/").status_code == 404
    operator.post(f"{page_of(practice)}visit/", {"reason": REASON})

    assert "the owners see this visit" in text_of(visitor.get("/manage/"))
    assert visitor.get("/manage/general/").status_code == 403
    assert visitor.get("/manage/privacy/").status_code == 403
    visitor.defaults["HTTP_HOST"] = other_practice.host
    assert visitor.get("/manage/").status_code == 404
    visitor.defaults["HTTP_HOST"] = practice.host
    mail = Message.across.get()
    assert (mail.to, REASON in mail.body) == (owner.email, True)
    page = text_of(recent(browser_of(owner, practice)).get("/manage/people/"))
    assert "Olli" in page
    assert REASON in page
    assert AuditEntry.across.get(kind="visit").after["reason"] == REASON
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert visitor.get("/manage/").status_code == 404


def test_visit_ends_with_the_operators_rights(practice: Practice, operator: Browser) -> None:
    operator.post(f"{page_of(practice)}visit/", {"reason": REASON})
    user = User.objects.get(email="operator@example.com")
    visitor = browser_of(user, practice)
    user.authenticator_set.all().delete()  # type: ignore[attr-defined]
    assert visitor.get("/manage/").headers["Location"] == "/manage/2fa/"

    User.objects.filter(pk=user.pk).update(is_staff=False)

    assert visitor.get("/manage/").status_code == 404


def test_visitor_signs_in_at_the_organisations_host_only_on_a_visit(
    practice: Practice, operator: Browser
) -> None:
    typed = {"login": "operator@example.com", "password": "correct horse battery"}
    assert Browser(practice.host).post("/manage/login/", typed).status_code == 200

    operator.post(f"{page_of(practice)}visit/", {"reason": REASON})

    assert Browser(practice.host).post("/manage/login/", typed).status_code == 302


def announcement(**more: Any) -> dict[str, Any]:
    now = timezone.now()
    return {
        **{f"text_{code}": f"Words in {code}" for code in ("fi", "sv", "nb", "en")},
        "from_at": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "until_at": f"{now + timedelta(days=1):%Y-%m-%dT%H:%M}",
        **more,
    }


def test_all_messages_are_stopped_and_go_again_and_the_desk_says_so(
    practice: Practice, operator: Browser
) -> None:
    stop, resume = STOPS
    assert "have been stopped" not in text_of(operator.get("/"))

    for _twice in range(2):
        assert operator.post(stop).status_code == 302

    assert SendingPause.objects.count() == 1
    for path in ("/", "/open/", "/messages/"):
        assert "have been stopped since" in text_of(operator.get(path))
    console = browser_of(seat_at(practice), practice).get("/manage/messages/status/")
    assert "The service has stopped all messages" in text_of(console)

    for _twice in range(2):
        operator.post(resume)

    assert not SendingPause.objects.exists()
    page = text_of(operator.get("/messages/"))
    assert re.findall(
        r"(Stopped|Resumed) \d+ \w+ \d{4}, [\d:]+ (\S+)", page.split("Stopped and resumed")[1]
    ) == [
        ("Resumed", "Olli"),
        ("Stopped", "Olli"),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.audit_retention = 'off'")
        with pytest.raises(DatabaseError, match="stands"), transaction.atomic():
            cursor.execute("DELETE FROM notifications_sendingpauseevent")


def test_announcement_stands_in_consoles_until_it_is_put_away(
    practice: Practice, other_practice: Practice, operator: Browser
) -> None:
    first, second = browser_of(seat_at(practice), practice), browser_of(seat_at(practice), practice, "fi")
    assert operator.post("/announcements/", announcement()).status_code == 302
    path = f"/manage/announcements/{Announcement.objects.get().public_id}/put-away/"
    assert "Words in en" in text_of(first.get("/manage/"))
    assert "Words in fi" in text_of(second.get("/manage/general/"))

    assert first.post(path).status_code == 302

    assert "Words in" not in text_of(first.get("/manage/"))
    assert "Words in" in text_of(second.get("/manage/"))
    assert first.post(path).status_code == 404
    operator.post(f"/announcements/{Announcement.objects.get().public_id}/withdraw/")
    assert "Words in" not in text_of(second.get("/manage/"))


def test_announcement_for_some_is_for_them_alone_and_in_its_time(
    practice: Practice, other_practice: Practice, operator: Browser
) -> None:
    own = browser_of(seat_at(practice), practice)
    other = browser_of(seat_at(other_practice), other_practice)
    operator.post("/announcements/", announcement(subdomains="Demoklinikka"))

    assert "Words in en" in text_of(own.get("/manage/"))
    assert "Words in" not in text_of(other.get("/manage/"))
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert "Words in" not in text_of(browser_of(seat_at(practice), practice).get("/manage/"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"subdomains": "nobody-has-this"},
        {"until_at": "2020-01-01T00:00"},
        {"text_nb": ""},
        {"from_at": "tomorrow"},
        {"text_fi": "x" * 1001},
    ],
)
def test_announcement_that_is_wrong_is_given_back(
    practice: Practice, operator: Browser, wrong: dict[str, str]
) -> None:
    response = operator.post("/announcements/", announcement(**wrong))

    assert (response.status_code, Announcement.objects.count()) == (422, 0)
    assert "Words in sv" in response.content.decode()


def test_members_are_nobody_at_the_desk(practice: Practice) -> None:
    member = at_desk(seat_at(practice))

    assert member.get("/").status_code == 403
    assert Membership.across.count() == 1


def test_agent_is_locked_out_by_the_operator_alone_and_at_once(
    practice: Practice, other_practice: Practice, operator: Browser
) -> None:
    agents = [
        SyncAgent.activated(DjangoTransport(), issue_account_key(organisation=each.organisation))
        for each in (practice, other_practice)
    ]
    assert [agent.status().status for agent in agents] == [200, 200]

    assert operator.post(f"{page_of(practice)}lock-out/").status_code == 302

    assert [agent.status().status for agent in agents] == [401, 200]
