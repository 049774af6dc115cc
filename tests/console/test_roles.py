"""Every address of the console, and who may ask for it: a new one fails here until its line is written."""

import pytest

from clinics.models import AuditEntry, Membership
from clinics.roles import Role
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.journeys.addresses import SAMPLES, address, routes
from tests.pages.conftest import Browser

pytestmark = pytest.mark.django_db

OWNER, EDITOR, VIEWER = Role.OWNER, Role.EDITOR, Role.VIEWER
EVERYBODY = None
"""Pages of signing in: django-allauth decides who may see them."""

LEAST_ROLE: dict[str, Role | None] = {
    "manage/": VIEWER,
    "manage/bookings/": VIEWER,
    "manage/bookings/search/": VIEWER,
    "manage/bookings/calendar/": VIEWER,
    "manage/bookings/export/": EDITOR,
    "manage/bookings/refusals/<int:sequence>/handled/": EDITOR,
    "manage/bookings/<uuid:public_id>/": VIEWER,
    "manage/bookings/<uuid:public_id>/cancel/": EDITOR,
    "manage/bookings/<uuid:public_id>/move/": EDITOR,
    "manage/bookings/<uuid:public_id>/move/confirm/": EDITOR,
    "manage/bookings/<uuid:public_id>/mark/": EDITOR,
    "manage/bookings/<uuid:public_id>/confirmation/": EDITOR,
    "manage/bookings/<uuid:public_id>/national-id/": EDITOR,
    "manage/messages/": VIEWER,
    "manage/messages/search/": VIEWER,
    "manage/messages/received/": VIEWER,
    "manage/messages/received/search/": VIEWER,
    "manage/messages/received/<uuid:public_id>/": EDITOR,
    "manage/messages/stops/<int:pk>/lift/": EDITOR,
    "manage/messages/status/": VIEWER,
    "manage/messages/status/pause/": EDITOR,
    "manage/messages/<uuid:public_id>/cancel/": EDITOR,
    "manage/messages/<uuid:public_id>/again/": EDITOR,
    "manage/statistics/": VIEWER,
    "manage/status/": VIEWER,
    "manage/status/enter-again/": EDITOR,
    "manage/clinics/": EDITOR,
    "manage/clinics/new/": EDITOR,
    "manage/clinics/groups/": EDITOR,
    "manage/clinics/groups/<uuid:public_id>/": EDITOR,
    "manage/clinics/groups/<uuid:public_id>/move/": EDITOR,
    "manage/clinics/groups/<uuid:public_id>/remove/": EDITOR,
    "manage/clinics/<uuid:public_id>/": EDITOR,
    "manage/clinics/<uuid:public_id>/move/": EDITOR,
    "manage/clinics/<uuid:public_id>/publish/": EDITOR,
    "manage/practitioners/": EDITOR,
    "manage/practitioners/<uuid:public_id>/": EDITOR,
    "manage/practitioners/<uuid:public_id>/move/": EDITOR,
    "manage/practitioners/<uuid:public_id>/publish/": EDITOR,
    "manage/practitioners/<uuid:public_id>/consent/": EDITOR,
    "manage/practitioners/<uuid:public_id>/consent/withdraw/": EDITOR,
    "manage/practitioners/<uuid:public_id>/photo/": VIEWER,
    "manage/practitioners/<uuid:public_id>/photo/send/": EDITOR,
    "manage/practitioners/<uuid:public_id>/photo/remove/": EDITOR,
    "manage/general/": EDITOR,
    "manage/registration/": EDITOR,
    "manage/order/": EDITOR,
    "manage/changes/": EDITOR,
    "manage/times/": EDITOR,
    "manage/texts/": EDITOR,
    "manage/texts/<slug:place>/<slug:language>/": EDITOR,
    "manage/texts/clinic/<slug:language>/<uuid:public_id>/": EDITOR,
    "manage/email/": EDITOR,
    "manage/email/<slug:kind>/<slug:language>/": EDITOR,
    "manage/email/<slug:kind>/<slug:language>/preview/": EDITOR,
    "manage/email/<slug:kind>/<slug:language>/try/": EDITOR,
    "manage/sms/": EDITOR,
    "manage/sms/<slug:kind>/<slug:language>/": EDITOR,
    "manage/sms/<slug:kind>/<slug:language>/preview/": EDITOR,
    "manage/sms/<slug:kind>/<slug:language>/try/": EDITOR,
    "manage/looks/": EDITOR,
    "manage/looks/contrast/": EDITOR,
    "manage/looks/logo/": EDITOR,
    "manage/looks/logo/remove/": EDITOR,
    "manage/address/": EDITOR,
    "manage/address/availability/": EDITOR,
    "manage/analytics/": EDITOR,
    "manage/sms-provider/": OWNER,
    "manage/sms-provider/test/": OWNER,
    "manage/preview/<slug:page>/": EDITOR,
    "manage/people/": OWNER,
    "manage/people/invite/": OWNER,
    "manage/people/invitations/<uuid:public_id>/revoke/": OWNER,
    "manage/people/<uuid:public_id>/": OWNER,
    "manage/people/<uuid:public_id>/sign-out/": OWNER,
    "manage/people/<uuid:public_id>/remove/": OWNER,
    "manage/people/join/<str:key>/": EVERYBODY,
    "manage/privacy/": OWNER,
    "manage/privacy/json/": OWNER,
    "manage/privacy/page/": OWNER,
    "manage/privacy/erase/": OWNER,
    "manage/privacy/erase/now/": OWNER,
    "manage/privacy/retention/": OWNER,
    "manage/privacy/record/": OWNER,
    "manage/announcements/<uuid:public_id>/put-away/": VIEWER,
    "manage/audit/": EDITOR,
    "manage/audit/export/": OWNER,
    "manage/audit/<str:key>/undo/": EDITOR,
    **dict.fromkeys(
        [
            "manage/login/",
            "manage/logout/",
            "manage/inactive/",
            "manage/reauthenticate/",
            "manage/password/change/",
            "manage/password/set/",
            "manage/password/reset/",
            "manage/password/reset/done/",
            "manage/password/reset/key/<str:uidb36>-<str:key>/",
            "manage/password/reset/key/done/",
            "manage/sessions/",
            "manage/sessions/<int:pk>/end/",
            "manage/2fa/",
            "manage/2fa/authenticate/",
            "manage/2fa/reauthenticate/",
            "manage/2fa/recovery-codes/",
            "manage/2fa/recovery-codes/download/",
            "manage/2fa/recovery-codes/generate/",
            "manage/2fa/totp/activate/",
            "manage/2fa/totp/deactivate/",
            "manage/2fa/webauthn/",
            "manage/2fa/webauthn/add/",
            "manage/2fa/webauthn/keys/<int:pk>/edit/",
            "manage/2fa/webauthn/keys/<int:pk>/remove/",
            "manage/2fa/webauthn/login/",
            "manage/2fa/webauthn/reauthenticate/",
        ],
        EVERYBODY,
    ),
}
OURS = sorted(route for route, role in LEAST_ROLE.items() if role is not EVERYBODY)
FOR_LIMITED = {
    "manage/",
    "manage/statistics/",
    "manage/status/",
    *(route for route in OURS if route.startswith("manage/bookings/")),
    *(route for route in OURS if route.startswith("manage/messages/")),
    "manage/texts/",
    "manage/texts/clinic/<slug:language>/<uuid:public_id>/",
    "manage/preview/<slug:page>/",
    "manage/announcements/<uuid:public_id>/put-away/",
}
FOR_LIMITED -= {"manage/messages/status/pause/", "manage/messages/stops/<int:pk>/lift/"}
"""What an editor who is limited to some clinics may still see."""
PLACES = [route for route in OURS if route.startswith(("manage/clinics/", "manage/practitioners/"))]
FOR_LIMITED |= {
    route for route in PLACES if "/move/" not in route and "/groups/" not in route and "/new/" not in route
}


def statuses(browser: Browser, practice: Practice, route: str) -> set[int]:
    member = Membership.across.filter(organisation=practice.organisation).first()
    entry = AuditEntry.across.filter(organisation=practice.organisation).first()
    assert entry
    path = address(route, uuid=str(member.public_id) if member else SAMPLES["uuid"], str=entry.key)
    return {browser.get(path).status_code, browser.post(path).status_code}


def test_every_address_has_its_least_role() -> None:
    assert sorted(LEAST_ROLE) == [route for route in routes("portal") if route.startswith("manage/")]


@pytest.mark.parametrize("role", [VIEWER, EDITOR, OWNER])
def test_page_is_for_its_role_and_above(practice: Practice, role: Role) -> None:
    seat_at(practice)
    browser = browser_of(seat_at(practice, role), practice)
    for route in OURS:
        least = LEAST_ROLE[route]
        assert least is not None
        answers = statuses(browser, practice, route)
        assert (403 in answers) is not role.reaches(least), route
        assert role.reaches(least) or answers <= {403, 405}, route


def test_limited_editor_reaches_no_page_about_the_whole(practice: Practice) -> None:
    browser = browser_of(seat_at(practice, EDITOR, [practice.clinic]), practice)
    for route in OURS:
        assert (403 in statuses(browser, practice, route)) is (route not in FOR_LIMITED), route


def test_stranger_is_sent_to_the_login(practice: Practice) -> None:
    for route in OURS:
        assert statuses(Browser(practice.host), practice, route) <= {302, 405}, route


def test_member_of_another_organisation_finds_nothing(practice: Practice, other_practice: Practice) -> None:
    browser = browser_of(seat_at(other_practice), other_practice)
    browser.defaults["HTTP_HOST"] = practice.host
    for route in OURS:
        assert statuses(browser, practice, route) <= {404, 405}, route


@pytest.mark.parametrize(("role", "is_led"), [(OWNER, True), (EDITOR, True), (VIEWER, False)])
def test_owners_and_editors_need_a_second_factor(practice: Practice, role: Role, is_led: bool) -> None:
    user = seat_at(practice, role)
    user.authenticator_set.all().delete()  # type: ignore[attr-defined]
    browser = browser_of(user, practice)

    response = browser.get("/manage/")

    assert response.status_code == (302 if is_led else 200)
    assert not is_led or response.headers["Location"] == "/manage/2fa/"


def test_demo_needs_no_second_factor(practice: Practice, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    user = seat_at(practice)
    user.authenticator_set.all().delete()  # type: ignore[attr-defined]

    assert browser_of(user, practice).get("/manage/").status_code == 200


def test_refusal_says_whom_to_ask(practice: Practice, other_practice: Practice) -> None:
    owner, stranger = seat_at(practice), seat_at(other_practice)
    viewer = browser_of(seat_at(practice, VIEWER), practice)

    page = viewer.get("/manage/general/").content.decode()

    assert owner.email in page
    assert stranger.email not in page
