"""The whole way through the portal, wrong turnings included, with a look at every page of it."""

from collections.abc import Callable
from datetime import UTC, datetime

from tests.journeys.patient import STAMP, Patient
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor

Look = Callable[[str], None]

AINO = ("Demoklinikka Keskusta", "Hammastarkastus", "Aino Koivuranta")


def walk_through(visitor: Visitor, look: Look) -> None:
    """Look at every page that a patient can come to; ``look`` is told what page it is."""
    walk_to_the_times(visitor, look)
    lose_a_time(visitor, look)
    walk_to_the_end(visitor, look)
    find_the_hold_expired(visitor, look)
    look_around(visitor, look)
    find_the_portal_closed(visitor, look)


def walk_to_the_times(visitor: Visitor, look: Look) -> None:
    visitor.open()
    look("the front page")
    for number, name in enumerate(AINO, start=1):
        visitor.answer(name)
        look(f"after question {number}")
    times = visitor.path
    visitor.follow(visitor.page.locator("a[rel=next]"))
    look("the next week")
    visitor.open(f"{times}&week=2999-01-01")
    look("a week too far ahead")
    visitor.follow(visitor.page.locator("a[href^='/book/month/']"))
    look("a month")
    visitor.open("/book/?change=time")
    look("the times of everything")
    visitor.submit(visitor.page.locator(".days button[name=at]").first)
    look("the question after the time")
    visitor.open(f"{times}&at={first_stamp_of(visitor, times)}")
    look("a moment to confirm")
    visitor.open(f"{times}&change=practitioner")
    look("changing a choice")
    visitor.open("/book/?treatment=00000000-0000-4000-8000-000000000000")
    look("a treatment that is gone")
    visitor.open(times)


def first_stamp_of(visitor: Visitor, times: str) -> str:
    visitor.open(times)
    return visitor.stamps()[0]


def lose_a_time(visitor: Visitor, look: Look) -> None:
    """Somebody else is quicker."""
    stamp = visitor.stamps()[0]
    moment = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    with Patient(visitor.portal, visitor.subdomain) as other:
        other.choose(*AINO)
        other.hold(moment)
        visitor.hold(moment)
        look("a time that was just taken")
        other.open(other.path)
        other.send("/release/")


def walk_to_the_end(visitor: Visitor, look: Look) -> None:
    visitor.follow(visitor.page.locator(".days button[name=at]").nth(3))
    look("the details")
    visitor.continue_()
    look("the details, all missing")
    visitor.type_details()
    visitor.page.locator("#id_mobile").fill("12")
    visitor.page.locator("#id_national_id").fill("010101-0000")
    visitor.continue_()
    look("the details, some wrong")
    visitor.page.locator("#id_national_id").fill("")
    visitor.type_details()
    visitor.continue_()
    look("the code")
    visitor.type_code("000000" if visitor.code() != "000000" else "000001")
    look("a wrong code")
    visitor.submit(visitor.page.locator("form[action$='/resend/'] button"))
    look("another code too soon")
    visitor.type_code()
    look("done")
    assert visitor.path.endswith("/done/")


def find_the_hold_expired(visitor: Visitor, look: Look) -> None:
    visitor.go_to_times(*AINO)
    visitor.follow(visitor.page.locator(".days button[name=at]").first)
    let_expire(visitor.portal, visitor.booking_id)
    visitor.page.reload()
    look("an expired hold")


def look_around(visitor: Visitor, look: Look) -> None:
    for path in ("/privacy/", "/waiting/", "/nowhere/", "/manage/login/", "/demo/messages/"):
        visitor.open(path)
        look(path)
    visitor.page.goto(f"{visitor.portal.addresses.base_url}/")
    look("the landing page")


def find_the_portal_closed(visitor: Visitor, look: Look) -> None:
    set_maintenance(visitor, on=True)
    try:
        visitor.open()
        look("maintenance")
    finally:
        set_maintenance(visitor, on=False)


def set_maintenance(visitor: Visitor, *, on: bool) -> None:
    visitor.portal.rows(
        "update clinics_organisationsettings s set maintenance_mode = %s from clinics_organisation o"
        " where o.id = s.organisation_id and o.subdomain = %s returning 1",
        on,
        visitor.subdomain,
    )


def let_expire(portal: Portal, hold: str) -> None:
    """Move the end of a hold into the past, as if its minutes had gone by."""
    moved = portal.rows(
        "update scheduling_booking set hold_expires_at = now() - interval '1 second'"
        " where public_id = %s and state = 'held' returning 1",
        hold,
    )
    assert len(moved) == 1
