"""The tab "Sent and received": lists, searches, cancelling, sending again, answers, STOP, and status."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinics.models import AuditEntry, OrganisationSettings
from clinics.roles import Role
from clinics.scope import organisation_scope
from notifications.models import (
    CodePause,
    IncomingMessage,
    Message,
    OptOut,
    RouteState,
    SmsDay,
    SmsMonth,
)
from scheduling.console.message_lines import mark_of
from scheduling.models import Booking, DeskAct
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.factories import BookingFactory, BookingPatientFactory, ClinicFactory, next_monday_at
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

HOME = "/manage/messages/"
RECEIVED = f"{HOME}received/"
STATUS = f"{HOME}status/"
MOBILE = "+358401234567"


@pytest.fixture
def booking(practice: Practice) -> Booking:
    return a_booking(practice)


def a_booking(practice: Practice, **fields: Any) -> Booking:
    made: Booking = BookingFactory(
        **{
            "organisation": practice.organisation,
            "clinic": practice.clinic,
            "practitioner": practice.practitioner,
            "treatment": practice.treatment,
            **fields,
        }
    )
    BookingPatientFactory(organisation=practice.organisation, booking=made, mobile=MOBILE)
    return made


def a_message(practice: Practice, about: str = "by-hand:1", **fields: Any) -> Message:
    sent_at = timezone.now() if fields.get("state") == "sent" else None
    usual = {"channel": "sms", "kind": "reminder_1", "to": MOBILE, "language": "fi", "body": "Hei, muista!"}
    made: Message = Message.across.create(
        organisation=practice.organisation, about=about, **{**usual, "sent_at": sent_at, **fields}
    )
    return made


def a_reply(practice: Practice, answers: Message | None = None, text: str = "Kiitos!") -> IncomingMessage:
    made: IncomingMessage = IncomingMessage.across.create(
        organisation=practice.organisation,
        sender=MOBILE,
        to="+358457000000",
        text=text,
        route="sms",
        provider_reference=text,
        answers=answers,
    )
    return made


def about(booking: Booking, more: str = ":plan:0") -> str:
    return f"booking:{booking.public_id}{more}"


def listed(browser: Browser, asked: str = "") -> list[str]:
    """What the messages on the page are about."""
    return [line.message.about for line in browser.get(HOME + asked).context["lines"]]


def limited(practice: Practice, clinic: Any) -> Browser:
    return browser_of(seat_at(practice, Role.EDITOR, [clinic]), practice)


def state_of(message: Message) -> str:
    return str(Message.across.get(pk=message.pk).state)


def acts(practice: Practice) -> list[str]:
    rows = DeskAct.across.filter(organisation=practice.organisation).order_by("pk")
    return list(rows.values_list("act", flat=True))


# Sent


def test_message_is_listed_with_its_booking(practice: Practice, owner: Browser, booking: Booking) -> None:
    a_message(practice, about(booking), not_after=next_monday_at(9))

    page = owner.get(HOME)

    words = text_of(page)
    for part in ("Meikäläinen, Maija", MOBILE, "Reminder 1", "Waiting to be sent", "Hei, muista!", "Latest"):
        assert part in words
    assert practice.practitioner.name in words
    assert f"/manage/bookings/{booking.public_id}/" in page.content.decode()


def test_other_organisations_messages_are_not_listed(
    practice: Practice, other_practice: Practice, owner: Browser
) -> None:
    a_message(other_practice)

    assert listed(owner) == []
    assert owner.post(f"{HOME}search/", {"q": MOBILE}).context["lines"] == []


def test_secret_and_patients_link_are_not_shown(practice: Practice, owner: Browser) -> None:
    a_message(practice, "a", kind="code", is_secret=True, body="Koodi 987123")
    a_message(practice, "b", body="Varaus: https://demoklinikka.example/b/SeCrEt")

    page = owner.get(HOME).content.decode()

    assert "987123" not in page
    assert "SeCrEt" not in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("?state=waiting", ["waiting"]),
        ("?state=sent", ["answered", "sent"]),
        ("?state=answered", ["answered"]),
        ("?state=failed", ["failed"]),
        ("?channel=email", ["failed"]),
        ("?kind=thanks", ["waiting"]),
        ("?last=2020-01-01", []),
        ("?state=odd&kind=odd&first=odd", ["answered", "failed", "sent", "waiting"]),
    ],
)
def test_list_is_filtered(practice: Practice, owner: Browser, asked: str, found: list[str]) -> None:
    a_message(practice, "waiting", kind="thanks")
    a_message(practice, "sent", state="sent")
    a_message(practice, "answered", state="sent", answered_at=timezone.now())
    a_message(practice, "failed", state="failed", channel="email", to="maija@example.com")

    assert sorted(listed(owner, asked)) == found


def test_list_goes_on_where_the_page_ends(practice: Practice, owner: Browser) -> None:
    now = timezone.now()
    for number in range(53):
        a_message(practice, f"n:{number}", created_at=now)

    first = owner.get(HOME)
    second = listed(owner, f"?after={first.context['following']}")

    everything = [line.message.about for line in first.context["lines"]] + second
    assert everything == [f"n:{number}" for number in reversed(range(53))]


@pytest.mark.parametrize("words", ["040 1234567", "Meikäläinen", "maija meik"])
def test_message_is_found_by_its_recipient(
    practice: Practice, owner: Browser, booking: Booking, words: str
) -> None:
    a_message(practice, about(booking))
    a_message(practice, "other", to="+358409999999")

    response = owner.post(f"{HOME}search/", {"q": words})

    assert [line.message.about for line in response.context["lines"]] == [about(booking)]


def test_search_without_words_says_so(practice: Practice, owner: Browser) -> None:
    assert owner.post(f"{HOME}search/", {"q": ""}).status_code == 422
    assert owner.post(f"{RECEIVED}search/", {"q": ""}).status_code == 422
    assert owner.get(f"{HOME}search/").status_code == 302


def test_waiting_message_is_cancelled_once(practice: Practice, editor: Browser, booking: Booking) -> None:
    message = a_message(practice, about(booking))

    response = editor.post(f"{HOME}{message.public_id}/cancel/", {"asked": "state=waiting&next=//evil"})
    editor.post(f"{HOME}{message.public_id}/cancel/")

    assert response.headers["Location"] == f"{HOME}?state=waiting"
    assert state_of(message) == "cancelled"
    assert acts(practice) == ["withdrawn"]


def test_cancelled_secret_is_forgotten(practice: Practice, editor: Browser) -> None:
    message = a_message(practice, kind="code", is_secret=True, body="123456")

    editor.post(f"{HOME}{message.public_id}/cancel/")

    assert Message.across.get(pk=message.pk).body == ""


def test_failed_message_is_sent_again_exactly_once(
    practice: Practice, editor: Browser, booking: Booking
) -> None:
    message = a_message(practice, about(booking), state="failed", last_error="Unreachable")

    for _time in range(2):
        editor.post(f"{HOME}{message.public_id}/again/")

    copy = Message.across.get(about=about(booking, ":plan:0:retry:1"))
    assert (copy.state, copy.body, copy.to) == ("waiting", message.body, message.to)
    assert Message.across.count() == 2
    assert acts(practice) == ["resent"]


def test_copy_that_fails_can_go_again(practice: Practice, editor: Browser) -> None:
    copy = a_message(practice, "by-hand:1:retry:1", state="failed")

    editor.post(f"{HOME}{copy.public_id}/again/")

    assert Message.across.filter(about="by-hand:1:retry:2").count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "sent"},
        {"state": "failed", "is_secret": True, "body": ""},
        {"state": "failed", "not_after": timezone.now() - timedelta(hours=1)},
    ],
)
def test_what_cannot_go_again_stays(practice: Practice, editor: Browser, fields: dict[str, Any]) -> None:
    message = a_message(practice, **fields)

    page = editor.post(f"{HOME}{message.public_id}/again/", follow=True)

    assert "cannot be sent again" in text_of(page)
    assert Message.across.count() == 1


def test_message_about_a_changed_booking_does_not_go_again(
    practice: Practice, editor: Browser, booking: Booking
) -> None:
    message = a_message(practice, about(booking), state="failed")
    Booking.across.filter(pk=booking.pk).update(revision=1)

    editor.post(f"{HOME}{message.public_id}/again/")

    assert not editor.get(HOME).context["lines"][0].can_go_again
    assert Message.across.count() == 1


def test_limits_hold_for_what_goes_again(practice: Practice, editor: Browser) -> None:
    OrganisationSettings.objects.filter(organisation=practice.organisation).update(sms_countries=["SE"])
    message = a_message(practice, state="failed")

    page = editor.post(f"{HOME}{message.public_id}/again/", follow=True)

    assert "limit on SMS" in text_of(page)
    assert Message.across.count() == 1


def test_viewer_has_no_buttons(practice: Practice) -> None:
    a_message(practice)
    viewer = browser_of(seat_at(practice, Role.VIEWER), practice)

    assert "/cancel/" not in viewer.get(HOME).content.decode()


def test_limited_editor_sees_only_their_clinics_messages(practice: Practice, booking: Booking) -> None:
    elsewhere = a_booking(
        practice,
        clinic=ClinicFactory(organisation=practice.organisation),
        during=practice.treatment.during(next_monday_at(12)),
    )
    mine, other = a_message(practice, about(booking)), a_message(practice, about(elsewhere))
    a_message(practice, "by-hand:1")
    a_reply(practice, other)
    browser = limited(practice, practice.clinic)

    assert listed(browser) == [about(booking)]
    assert browser.get(RECEIVED).context["lines"] == []
    assert browser.post(f"{HOME}{other.public_id}/cancel/").status_code == 404
    assert browser.post(f"{HOME}{mine.public_id}/cancel/").status_code == 302
    assert (state_of(mine), state_of(other)) == ("cancelled", "waiting")


def test_another_organisations_message_is_not_found(
    practice: Practice, other_practice: Practice, editor: Browser
) -> None:
    message, reply = a_message(other_practice, state="failed"), a_reply(other_practice)
    stop = OptOut.across.create(organisation=other_practice.organisation, mobile=MOBILE, word="STOP")

    for path in (f"{message.public_id}/cancel/", f"{message.public_id}/again/", f"stops/{stop.pk}/lift/"):
        assert editor.post(HOME + path).status_code == 404
    assert editor.post(f"{RECEIVED}{reply.public_id}/", {"state": "done"}).status_code == 404
    assert OptOut.across.count() == Message.across.count() == 1


# Marks


@pytest.mark.parametrize(
    ("fields", "hours", "key", "words"),
    [
        ({}, 48, "waiting", "Will be sent"),
        ({"state": "sent"}, 48, "sent", "the provider has not said more"),
        ({"state": "sent", "delivery": "accepted"}, 48, "sent", "Accepted"),
        ({"state": "sent", "delivery": "delivered", "delivered_at": timezone.now()}, 48, "good", "Delivered"),
        ({"state": "sent", "delivery": "undelivered"}, 5, "bad", "more than 4 hours"),
        ({"state": "sent", "delivery": "undelivered"}, 3, "urgent", "less than 4 hours"),
        ({"state": "failed"}, 48, "bad", "failed"),
    ],
)
def test_mark_says_how_far_a_message_has_come(
    practice: Practice, fields: dict[str, Any], hours: int, key: str, words: str
) -> None:
    starts_at = timezone.now() + timedelta(hours=hours)
    booking = a_booking(practice, during=practice.treatment.during(starts_at))

    mark = mark_of(a_message(practice, about(booking), **fields), booking)

    assert mark.key == key
    assert words in mark.words


def test_bookings_page_shows_its_messages(practice: Practice, owner: Browser, booking: Booking) -> None:
    a_message(practice, about(booking), state="sent", delivery="accepted")

    words = text_of(owner.get(f"/manage/bookings/{booking.public_id}/"))

    assert "SMS: Reminder 1 Accepted by the provider" in words


# Received


def test_reply_is_listed_with_what_it_answers(practice: Practice, owner: Browser, booking: Booking) -> None:
    a_reply(practice, a_message(practice, about(booking), state="sent"), "En pääse")

    page = owner.get(RECEIVED)

    assert {"En pääse", "Reminder 1", "Unread"} <= {
        part for part in ("En pääse", "Reminder 1", "Unread") if part in text_of(page)
    }
    assert f"/manage/bookings/{booking.public_id}/" in page.content.decode()


@pytest.mark.parametrize("state", ["read", "follow_up", "done", "unread"])
def test_reply_is_marked(practice: Practice, editor: Browser, state: str) -> None:
    reply = a_reply(practice)

    editor.post(f"{RECEIVED}{reply.public_id}/", {"state": state})
    editor.post(f"{RECEIVED}{reply.public_id}/", {"state": "odd"})

    assert IncomingMessage.across.get().state == state
    assert len(editor.get(f"{RECEIVED}?state={state}").context["lines"]) == 1


@pytest.mark.parametrize("words", [MOBILE, "040 1234567", "Meikäläinen"])
def test_reply_is_found_by_its_sender(
    practice: Practice, owner: Browser, booking: Booking, words: str
) -> None:
    a_reply(practice, a_message(practice, about(booking), state="sent"))

    assert len(owner.post(f"{RECEIVED}search/", {"q": words}).context["lines"]) == 1
    assert owner.post(f"{RECEIVED}search/", {"q": "Virtanen"}).context["lines"] == []


def test_stop_is_shown_and_lifted_with_a_note(practice: Practice, editor: Browser) -> None:
    stop = OptOut.across.create(organisation=practice.organisation, mobile=MOBILE, word="Lopeta")
    a_reply(practice, text="Lopeta")
    assert text_of(editor.get(RECEIVED)).count("Said “Lopeta”") == 2

    editor.post(f"{HOME}stops/{stop.pk}/lift/")

    assert OptOut.across.count() == 0
    with organisation_scope(practice.organisation.pk):
        entry = AuditEntry.across.filter(organisation=practice.organisation, label="lifted").get()
    assert MOBILE not in str(entry.after)


# How sending goes


def test_status_counts_and_tells_the_last_error(practice: Practice, owner: Browser) -> None:
    now = timezone.now()
    a_message(practice, "a", state="sent")
    a_message(practice, "b", created_at=now - timedelta(hours=3))
    a_message(practice, "c", not_before=now + timedelta(days=1), next_attempt_at=now + timedelta(days=1))
    a_message(practice, "d", state="failed", last_error="Landline or unreachable")

    page = owner.get(STATUS)

    assert [number for _name, number, _more in page.context["numbers"]] == [1, 1, 1, 1]
    assert "3 hours" in page.context["numbers"][2][2].replace("\xa0", " ")
    assert "SMS: Landline or unreachable" in text_of(page)
    assert page.context["plot"].figures[-1].values == (1, 2, 1, 0)


def test_status_tells_the_money_of_today_and_the_month(
    practice: Practice, other_practice: Practice, owner: Browser
) -> None:
    today = timezone.now().date()
    of = {"organisation": practice.organisation}
    SmsDay.across.create(day=today, queued=3, spent=14_000, **of)
    SmsDay.across.create(day=today - timedelta(days=2), queued=1, spent=700, **of)
    SmsMonth.across.create(month=today.replace(day=1), spent=500_000, **of)
    SmsDay.across.create(organisation=other_practice.organisation, day=today, queued=9, spent=90_000)
    CodePause.across.create(until=timezone.now() + timedelta(minutes=9), **of)

    page = owner.get(STATUS)

    assert [line[1:] for line in page.context["money"]] == [("1.40", ""), ("50.00", "of 200.00, 25\xa0%")]
    plot = page.context["money_plot"]
    assert [figure.values for figure in plot.figures[-3:]] == [(7,), (0,), (140,)]
    assert plot.table[-1][1] == ["1.40"]
    assert "Codes by SMS pause until" in text_of(page)
    assert "Quiet hours and days" in text_of(page)


def test_status_says_that_the_provider_is_left_alone(practice: Practice, owner: Browser) -> None:
    RouteState.objects.create(
        route="sms", closed_until=timezone.now() + timedelta(seconds=30), last_error="+358401 is odd"
    )

    page = text_of(owner.get(STATUS))

    assert "The provider does not answer" in page
    assert "+358401 is odd" not in page  # the operator's account sends others' messages too


@pytest.mark.parametrize(("wanted", "is_paused"), [("yes", True), ("no", False), ("odd", False)])
def test_editor_pauses_and_resumes(practice: Practice, editor: Browser, wanted: str, is_paused: bool) -> None:
    editor.post(f"{STATUS}pause/", {"paused": wanted})

    settings = OrganisationSettings.objects.get(organisation=practice.organisation)
    assert settings.messages_paused == is_paused
    assert ("Messages are paused" in text_of(editor.get(STATUS))) == is_paused
