"""Members, roles and invitations."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from django.utils import timezone

from clinics.memberships import change_member, remove_member
from clinics.models import Invitation, Membership, MembershipClinic, User
from clinics.roles import Role
from notifications.models import Message
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.factories import ClinicFactory
from tests.pages.conftest import Browser, text_of
from tests.races import at_once

pytestmark = pytest.mark.django_db

MAIL = "notifications.mail_backend.OutboxBackend"
JOINING = {"name": "Uusi Tulija", "password": "tuuli puhaltaa mereltä"}


@pytest.fixture(autouse=True)
def real_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = MAIL


@pytest.fixture
def boss(practice: Practice) -> Browser:
    """The only owner, who has just shown who she is."""
    return recent(browser_of(seat_at(practice), practice))


def recent(browser: Browser) -> Browser:
    session = browser.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": timezone.now().timestamp(), "reauthenticated": True}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session.save()
    return browser


def invite(browser: Browser, email: str = "uusi@example.com", **typed: object) -> int:
    return browser.post("/manage/people/invite/", {"email": email, "role": "editor", **typed}).status_code


def newest_link() -> str:
    found = re.search(r"(/manage/people/join/\S+)", Message.across.latest("pk").body)
    assert found
    return found[1]


def member_of(practice: Practice, email: str) -> Membership:
    found: Membership = Membership.across.get(organisation=practice.organisation, user__email=email)
    return found


def test_people_page_asks_again_who_came_long_ago(practice: Practice) -> None:
    browser = browser_of(seat_at(practice), practice)

    assert browser.get("/manage/people/").headers["Location"].startswith("/manage/reauthenticate/")


def test_invited_person_opens_an_account_and_may_work(practice: Practice, boss: Browser) -> None:
    assert invite(boss) == 302
    message = Message.across.latest("pk")
    assert (message.to, message.is_secret) == ("uusi@example.com", True)
    newcomer = Browser(practice.host)

    assert "You will log in as uusi@example.com" in text_of(newcomer.get(newest_link()))
    assert newcomer.post(newest_link(), JOINING).headers["Location"] == "/manage/login/"
    assert member_of(practice, "uusi@example.com").role == Role.EDITOR
    login = {"login": "uusi@example.com", "password": JOINING["password"]}
    assert newcomer.post("/manage/login/", login).status_code == 302
    assert newcomer.get("/manage/").headers["Location"] == "/manage/2fa/"


def test_invitation_is_good_once(practice: Practice, boss: Browser) -> None:
    invite(boss)
    link = newest_link()
    Browser(practice.host).post(link, JOINING)

    assert Browser(practice.host).get(link).status_code == 410
    assert Browser(practice.host).post(link, JOINING).status_code == 410


@pytest.mark.parametrize("field", ["revoked_at", "expires_at"])
def test_invitation_ends(practice: Practice, boss: Browser, field: str) -> None:
    invite(boss)
    Invitation.across.update(**{field: timezone.now() - timedelta(seconds=1)})

    assert Browser(practice.host).post(newest_link(), JOINING).status_code == 410
    assert not User.objects.filter(email="uusi@example.com").exists()


def test_invitation_of_another_organisation_is_not_good_here(
    practice: Practice, other_practice: Practice, boss: Browser
) -> None:
    invite(boss)

    assert Browser(other_practice.host).get(newest_link()).status_code == 410


def test_second_invitation_ends_the_first(practice: Practice, boss: Browser) -> None:
    invite(boss)
    first = newest_link()
    invite(boss, "UUSI@example.com")

    assert Browser(practice.host).get(first).status_code == 410
    assert Browser(practice.host).get(newest_link()).status_code == 200


def test_invitation_can_be_withdrawn(practice: Practice, boss: Browser) -> None:
    invite(boss)
    invitation = Invitation.across.get()

    boss.post(f"/manage/people/invitations/{invitation.public_id}/revoke/")

    assert Browser(practice.host).get(newest_link()).status_code == 410
    assert "uusi@example.com" not in text_of(boss.get("/manage/people/"))


def test_somebody_with_an_account_accepts_with_it(
    practice: Practice, other_practice: Practice, boss: Browser
) -> None:
    known = seat_at(other_practice, Role.VIEWER)
    invite(boss, known.email, role="viewer")
    stranger = Browser(practice.host)

    assert stranger.get(newest_link()).headers["Location"].startswith("/manage/login/")
    browser = browser_of(known, practice)
    assert browser.post(newest_link()).status_code == 302
    assert member_of(practice, known.email).role == Role.VIEWER


def test_invitation_of_somebody_else_cannot_be_accepted(practice: Practice, boss: Browser) -> None:
    known, thief = seat_at(practice, Role.VIEWER), seat_at(practice, Role.VIEWER)
    Membership.across.filter(user=known).delete()
    invite(boss, known.email, role="owner")

    response = browser_of(thief, practice).post(newest_link())

    assert response.headers["Location"].startswith("/manage/login/")
    assert member_of(practice, thief.email).role == Role.VIEWER


def test_limits_come_with_the_invitation(practice: Practice, boss: Browser) -> None:
    ClinicFactory(organisation=practice.organisation)
    invite(boss, is_limited="on", clinics=[practice.clinic.pk])
    Browser(practice.host).post(newest_link(), JOINING)

    member = member_of(practice, "uusi@example.com")

    assert member.is_limited
    assert list(MembershipClinic.across.values_list("clinic", flat=True)) == [practice.clinic.pk]


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "no address"},
        {"role": "king"},
        {"role": "owner", "is_limited": "on"},
        {"is_limited": "on"},
        {"is_limited": "on", "clinics": ["999999"]},
        {"is_limited": "on", "clinics": ["\x00"]},
    ],
)
def test_bad_invitation_is_refused(boss: Browser, typed: dict[str, Any]) -> None:
    assert invite(boss, **typed) == 422
    assert not Invitation.across.exists()


def test_clinic_of_another_organisation_is_no_choice(other_practice: Practice, boss: Browser) -> None:
    assert invite(boss, is_limited="on", clinics=[other_practice.clinic.pk]) == 422


def test_member_is_not_invited_again(practice: Practice, boss: Browser) -> None:
    assert invite(boss, seat_at(practice, Role.VIEWER).email.upper()) == 422


def test_role_is_changed_and_counts_at_once(practice: Practice, boss: Browser) -> None:
    editor = seat_at(practice, Role.EDITOR)
    member = member_of(practice, editor.email)

    assert boss.post(f"/manage/people/{member.public_id}/", {"role": "viewer"}).status_code == 302
    assert browser_of(editor, practice).get("/manage/general/").status_code == 403


def test_removed_member_is_a_stranger(practice: Practice, boss: Browser) -> None:
    editor = seat_at(practice, Role.EDITOR)
    browser = browser_of(editor, practice)

    boss.post(f"/manage/people/{member_of(practice, editor.email).public_id}/remove/")

    assert browser.get("/manage/").status_code == 404


def test_last_owner_stays(practice: Practice, boss: Browser) -> None:
    member = Membership.across.get(organisation=practice.organisation)

    assert boss.post(f"/manage/people/{member.public_id}/", {"role": "viewer"}).status_code == 422
    assert "only owner" in text_of(boss.post(f"/manage/people/{member.public_id}/remove/", follow=True))
    assert Membership.across.get(organisation=practice.organisation).role == Role.OWNER


def test_member_of_another_organisation_is_not_there(
    practice: Practice, other_practice: Practice, boss: Browser
) -> None:
    seat_at(other_practice)
    member = Membership.across.get(organisation=other_practice.organisation)

    assert boss.get(f"/manage/people/{member.public_id}/").status_code == 404
    assert boss.post(f"/manage/people/{member.public_id}/remove/").status_code == 404
    assert Membership.across.filter(pk=member.pk).exists()


@pytest.mark.parametrize("others", [1, 3])
def test_people_page_costs_the_same_queries(
    practice: Practice, boss: Browser, others: int, django_assert_num_queries: Any
) -> None:
    for number in range(others):
        seat_at(practice, Role.EDITOR, [practice.clinic])
        invite(boss, f"new{number}@example.com")
    boss.get("/manage/people/")

    with django_assert_num_queries(10):
        boss.get("/manage/people/")


def owners(practice: Practice) -> list[Membership]:
    return list(Membership.across.filter(organisation=practice.organisation, role=Role.OWNER))


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_leave_one(practice: Practice) -> None:
    seat_at(practice), seat_at(practice)
    first, second = owners(practice)

    outcomes = at_once(
        practice.organisation,
        lambda: remove_member(organisation=practice.organisation, member=first),
        lambda: change_member(organisation=practice.organisation, member=second, role=Role.VIEWER),
    )

    assert sorted(outcomes) == ["LastOwner", "done"]
    assert len(owners(practice)) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_none_would_be_left(practice: Practice) -> None:
    """The negative control: both look first, and then both write."""
    seat_at(practice), seat_at(practice)
    barrier = threading.Barrier(2)

    def unguarded(member: Membership) -> Callable[[], object]:
        def attempt() -> None:
            assert len(owners(practice)) == 2
            barrier.wait()
            Membership.across.filter(pk=member.pk).delete()

        return attempt

    at_once(practice.organisation, *map(unguarded, owners(practice)))

    assert owners(practice) == []
