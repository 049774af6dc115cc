"""Where one is signed in: each session ended by itself, all others at once, a colleague's by an owner."""

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.utils import timezone

from clinics.models import AuditEntry, Membership, User
from clinics.roles import Role
from clinics.sessions import SEEN, SEEN_EVERY, device_of
from tests.conftest import Practice
from tests.console.conftest import PASSWORD, browser_of, seat_at
from tests.console.test_people import recent
from tests.console.test_signing_in import code, log_in
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

PAGE = "/manage/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


def signed_in(practice: Practice, user: User, agent: str = FIREFOX) -> Browser:
    """A browser in which the user has really logged in: a viewer, so by password alone."""
    browser = Browser(practice.host)
    browser.defaults["HTTP_USER_AGENT"] = agent
    log_in(browser, user)
    browser.post("/manage/2fa/authenticate/", {"code": code()})
    assert is_in(browser)
    return browser


def viewer_at(practice: Practice) -> User:
    """Somebody whose password is enough, so that two logins need no two codes."""
    user = seat_at(practice, Role.VIEWER)
    user.authenticator_set.all().delete()  # type: ignore[attr-defined]
    return user


def is_in(browser: Browser) -> bool:
    return browser.get("/manage/").status_code == 200


def row_of(browser: Browser) -> UserSession:
    found: UserSession = UserSession.objects.get(session_key=browser.session.session_key)
    return found


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Linux"),
        (SAFARI, "Safari, iPhone"),
        (CHROME, "Chrome, Windows"),
        ("curl/8", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_device_is_said_in_words(agent: str, words: str) -> None:
    assert device_of(agent) == words


def test_page_says_which_devices_and_which_is_this(practice: Practice) -> None:
    user = viewer_at(practice)
    here = signed_in(practice, user)
    signed_in(practice, user, SAFARI)

    page = text_of(here.get(PAGE))

    assert "Firefox, Linux This one" in page
    assert "Safari, iPhone" in page
    assert "Unknown, network address 127.0.0.1" in page
    assert page.count("Last used") == 2


def test_one_session_is_ended_and_the_others_stay(practice: Practice) -> None:
    user = viewer_at(practice)
    here, phone, tablet = (signed_in(practice, user, agent) for agent in (FIREFOX, SAFARI, CHROME))

    assert here.post(f"{PAGE}{row_of(phone).pk}/end/").headers["Location"] == PAGE

    assert [is_in(browser) for browser in (here, phone, tablet)] == [True, False, True]


def test_ending_this_session_logs_out(practice: Practice) -> None:
    here = signed_in(practice, viewer_at(practice))

    assert here.post(f"{PAGE}{row_of(here).pk}/end/").headers["Location"] == "/manage/login/"
    assert not is_in(here)


def test_everywhere_else_is_ended_at_once(practice: Practice) -> None:
    user = viewer_at(practice)
    here, phone = signed_in(practice, user), signed_in(practice, user, SAFARI)

    here.post(PAGE)

    assert (is_in(here), is_in(phone)) == (True, False)


def test_session_of_somebody_else_is_not_there(practice: Practice, other_practice: Practice) -> None:
    colleague = signed_in(practice, viewer_at(practice))
    stranger = signed_in(other_practice, viewer_at(other_practice))
    here = signed_in(practice, viewer_at(practice))

    for other in (colleague, stranger):
        assert here.post(f"{PAGE}{row_of(other).pk}/end/").status_code == 404
        assert is_in(other)


def test_new_password_ends_the_others_and_the_list_knows(practice: Practice) -> None:
    user = viewer_at(practice)
    here, phone = signed_in(practice, user), signed_in(practice, user, SAFARI)
    new = "kolme uutta sanaa"

    here.post("/manage/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert not is_in(phone)
    assert "Safari" not in text_of(here.get(PAGE))


def test_owner_ends_all_sessions_of_a_colleague(practice: Practice) -> None:
    user, owner = viewer_at(practice), seat_at(practice)
    colleague, phone = signed_in(practice, user), signed_in(practice, user, SAFARI)
    member = Membership.across.get(user=user)
    boss = recent(browser_of(owner, practice))

    assert boss.post(f"/manage/people/{member.public_id}/sign-out/").status_code == 302

    assert not any(map(is_in, (colleague, phone)))
    assert is_in(boss)
    entry = AuditEntry.across.filter(organisation=practice.organisation, kind="member")[0]
    assert (entry.who, entry.changed) == (owner.name, ["signed_out_at"])


def test_ending_a_colleagues_sessions_asks_who_it_is(practice: Practice) -> None:
    user = viewer_at(practice)
    colleague = signed_in(practice, user)
    member = Membership.across.get(user=user)

    response = browser_of(seat_at(practice), practice).post(f"/manage/people/{member.public_id}/sign-out/")

    assert "reauthenticate" in response.headers["Location"]
    assert is_in(colleague)


def test_last_use_is_noted_every_few_minutes(practice: Practice) -> None:
    here = signed_in(practice, viewer_at(practice))
    long_ago = timezone.now() - timedelta(hours=1)
    UserSession.objects.update(last_seen_at=long_ago)

    here.get("/manage/")
    assert row_of(here).last_seen_at == long_ago

    session = here.session
    session[SEEN] = time.time() - SEEN_EVERY - 1
    session.save()
    here.get("/manage/")
    assert row_of(here).last_seen_at > long_ago


@pytest.mark.parametrize("others", [0, 2, 49])
def test_page_costs_the_same_queries(practice: Practice, others: int, django_assert_num_queries: Any) -> None:
    user = viewer_at(practice)
    here = signed_in(practice, user)
    for _ in range(others):
        other = Browser(practice.host)
        other.force_login(user)
        UserSession.objects.create(
            user=user, ip="127.0.0.1", session_key=other.session.session_key, user_agent=SAFARI
        )
    here.get(PAGE)

    with django_assert_num_queries(5):
        assert text_of(here.get(PAGE)).count("Last used") == others + 1
