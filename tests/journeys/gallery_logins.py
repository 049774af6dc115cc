"""The pictures of logging in, of my bookings, and of what the clinic has made."""

from typing import Any, Protocol

from django.conf import settings

from clinics.error_pages import locked_out
from clinics.scope import organisation_scope
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.pages import fake_eid
from tests.pages.conftest import TYPED, Browser, booking_at
from tests.pages.eid_patient import CALLBACK_HOST, eid_from, let_in_by_eid, way_back
from tests.scheduling.clinic_made import answered, appointment_facts, logged_in, the_one


class Painter(Protocol):
    """Whoever hangs up the pages of one language."""

    practice: Practice
    browser: Browser

    def see(self, name: str, path: str, status: int = 200) -> str: ...
    def take(self, name: str, response: Any, status: int = 200) -> str: ...
    def somebody(self, host: str = "") -> Browser: ...
    def answered(self, view: Any) -> Any: ...


def paint_logins(painter: Painter) -> None:
    painter.practice.organisation.settings.refresh_from_db()
    paint_sms(painter)
    paint_clinics_own(painter)
    paint_eid(painter)
    painter.take("too many passwords", painter.answered(locked_out), 429)


def paint_sms(painter: Painter) -> None:
    browser, chosen = painter.browser, painter.practice.organisation.settings
    chosen.login = chosen.sms_login = True
    chosen.save()
    address = browser.book(painter.practice, next_monday_at(14))
    painter.see("log in", "/login/")
    painter.take("log in, no number", browser.post("/login/", {"mobile": "123"}), 422)
    browser.post("/login/", {"mobile": TYPED["mobile"]})
    painter.see("login code", "/login/code/")
    painter.take("login code, wrong", browser.post("/login/code/", {"code": "000000"}), 422)
    painter.take("another login code too soon", browser.post("/login/", {"mobile": TYPED["mobile"]}), 429)
    painter.browser = painter.somebody()
    with organisation_scope(painter.practice.organisation.pk):
        _login, key = logged_in(painter.practice)
    painter.browser.cookies[settings.LOGIN_COOKIE_NAME] = key
    painter.see("my bookings, waiting for the clinic", "/my/")
    painter.see("one of my bookings", f"/my/{booking_at(address).public_id}/")
    held = painter.browser.hold(painter.practice, next_monday_at(15))
    painter.see("details while logged in", f"{held}details/")


def paint_clinics_own(painter: Painter) -> None:
    with organisation_scope(painter.practice.organisation.pk):
        login, key = logged_in(painter.practice)
        answered(painter.practice, login, appointment_facts(treatment=None))
        reference = the_one(painter.practice, login).reference
    painter.browser = painter.somebody()
    painter.browser.cookies[settings.LOGIN_COOKIE_NAME] = key
    painter.see("my bookings with those of the clinic", "/my/")
    painter.see("an appointment made by the clinic", f"/my/appointments/{reference}/")
    painter.see("an appointment to call about", f"/my/appointments/{reference}/cancel/", 409)


def paint_eid(painter: Painter) -> None:
    with fake_eid.running() as provider, eid_from(provider.issuer):
        let_in_by_eid(painter.practice.organisation)
        painter.browser = painter.somebody()
        painter.see("log in by eID or SMS", "/login/")
        painter.take("to the identification", painter.browser.post("/login/eid/", {"next": ""}))
        said = way_back(painter.browser)
        query = f"code={said['code']}&state={said['state']}"
        painter.see("back from the identification", f"/login/eid/return/?{query}")
        painter.see("identification not done", "/login/eid/return/?error=access_denied&state=x")
        gone = painter.browser.post("/login/eid/return/", {"code": "x", "state": "y"})
        painter.take("identification for nobody", gone, 410)
        lost = painter.somebody(CALLBACK_HOST)
        painter.take("an identification that got lost", lost.get("/eid/callback/?code=x&state=y"), 404)
    settings_row = painter.practice.organisation.settings
    settings_row.login = settings_row.eid_login = settings_row.sms_login = False
    settings_row.save()
