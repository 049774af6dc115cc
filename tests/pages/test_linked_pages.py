"""The pages behind the link in a confirmation: opened from any browser, changed by POST only."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project_settings
from django.utils import timezone
from pytest_django.fixtures import Settings

from clinics.models import OrganisationSettings
from clinics.scope import organisation_scope
from notifications.gsm import sms_length
from notifications.models import Channel, Kind, Message
from scheduling.forms import stamp_of
from scheduling.free_weeks import rebuild_free_weeks
from scheduling.links import TOKEN_BYTES, VALID_AFTER, digest_of, path_of, token_of
from scheduling.models import AgentLink, Booking
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.pages.conftest import Browser, booking_at, text_of

pytestmark = pytest.mark.django_db


def newest_link(channel: Channel = Channel.SMS) -> str:
    """The path in the newest confirmation."""
    message = Message.across.filter(kind=Kind.CONFIRMATION, channel=channel).latest("pk")
    link = re.search(r"https?://\S+", message.body)
    assert link
    return urlsplit(link.group()).path


def choose(practice: Practice, **chosen: object) -> None:
    """Saves settings, as the console would."""
    row = OrganisationSettings.objects.get(organisation=practice.organisation)
    for name, value in chosen.items():
        setattr(row, name, value)
    row.save()


@pytest.fixture
def link(practice: Practice, browser: Browser) -> str:
    """The link of a booking that another browser than ``stranger`` has made."""
    browser.book(practice)
    return newest_link()


def the_booking() -> Booking:
    booking: Booking = Booking.across.exclude(link_digest=None).latest("pk")
    return booking


def test_link_opens_the_booking_in_another_browser(practice: Practice, stranger: Browser, link: str) -> None:
    page = stranger.get(link)

    assert page.status_code == 200
    words = text_of(page)
    for shown in (practice.clinic.name, practice.practitioner.name, practice.treatment.name, "9:00"):
        assert shown in words
    assert "Maija" not in words
    assert f"{link}move/" in page.content.decode()
    assert f"{link}cancel/" in page.content.decode()


def test_link_is_the_same_in_mail_and_sms_and_short(link: str) -> None:
    assert re.fullmatch(r"/b/[A-Za-z0-9_-]{12}/", link)
    assert newest_link(Channel.EMAIL) == link
    sms = Message.across.filter(kind=Kind.CONFIRMATION, channel=Channel.SMS).latest("pk")
    assert sms_length(sms.body).parts == 1


def test_done_page_leads_to_the_booking(practice: Practice, browser: Browser) -> None:
    address = browser.book(practice)

    page = browser.get(f"{address}done/").content.decode()

    assert f'{newest_link()}"' in page


@pytest.mark.parametrize("path", ["", "cancel/", "move/", "calendar.ics"])
def test_pages_are_kept_by_nobody_and_told_to_nobody(stranger: Browser, link: str, path: str) -> None:
    headers = stranger.get(link + path).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "same-origin"


def test_map_is_a_link_that_says_nothing_of_the_booking(stranger: Browser, link: str) -> None:
    page = stranger.get(link).content.decode()

    found = re.search(r'<a[^>]*href="(https://www.openstreetmap.org/[^"]*)"[^>]*>', page, re.DOTALL)
    assert found
    assert 'rel="noopener noreferrer"' in found.group()
    assert link.split("/")[2] not in found.group(1)


def test_opening_pages_changes_nothing(stranger: Browser, link: str) -> None:
    before = list(Booking.across.values())

    for path in ("", "cancel/", "move/", "move/confirm/", "calendar.ics"):
        for call in (stranger.get, stranger.head):
            assert call(link + path).status_code in (200, 302)
    assert stranger.get(f"{link}undo/").status_code == 405

    assert list(Booking.across.values()) == before


def test_link_is_gone_when_it_is_too_old(stranger: Browser, link: str) -> None:
    now = timezone.now()
    for ends_at, status in ((now - VALID_AFTER - timedelta(minutes=1), 404), (now - timedelta(days=29), 200)):
        during = (ends_at - timedelta(minutes=30), ends_at)
        Booking.across.update(during=during)
        assert stranger.get(link).status_code == status


def test_link_is_not_there_where_patients_see_no_bookings(
    practice: Practice, stranger: Browser, link: str
) -> None:
    choose(practice, view_bookings=False)

    assert stranger.get(link).status_code == 404
    stranger.book(practice, next_monday_at(12))
    bodies = Message.across.filter(kind=Kind.CONFIRMATION).order_by("-pk").values_list("body", flat=True)[:2]
    assert all("/b/" not in body for body in bodies)


def test_link_of_another_organisation_is_not_there(other_browser: Browser, link: str) -> None:
    for path in ("", "cancel/", "move/", "move/confirm/", "calendar.ics"):
        assert other_browser.get(link + path).status_code == 404
    assert other_browser.post(f"{link}cancel/").status_code == 404
    assert the_booking().state == Booking.State.BOOKED


def test_almost_the_right_link_is_not_there(stranger: Browser, link: str) -> None:
    other = "A" if link[3] != "A" else "B"

    assert stranger.get(f"/b/{other}{link[4:]}").status_code == 404
    assert stranger.get(f"/b/{the_booking().public_id}/").status_code == 404


def test_database_knows_only_a_hash_of_the_link(link: str) -> None:
    token = link.split("/")[2]

    assert bytes(the_booking().link_digest or b"") == digest_of(token)
    assert len(token) * 6 == TOKEN_BYTES * 8


def test_link_stands_when_the_servers_key_has_been_changed(
    stranger: Browser, link: str, settings: Settings
) -> None:
    settings.SECRET_KEY_FALLBACKS = [project_settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-for-the-rest-of-time-that-is-long-enough"

    assert stranger.get(link).status_code == 200
    assert f"/{path_of(the_booking())}" == link
    assert token_of(the_booking()) not in link


def test_cancelling_asks_first_and_can_be_undone(stranger: Browser, link: str) -> None:
    assert "Cancel this appointment?" in text_of(stranger.get(f"{link}cancel/"))

    response = stranger.post(f"{link}cancel/")

    assert (response.status_code, response.headers["Location"]) == (302, link)
    cancelled = the_booking()
    assert cancelled.state == Booking.State.CANCELLED
    page = stranger.get(link)
    assert "This booking has been cancelled" in text_of(page)
    assert "The time is still free" in text_of(page)
    assert stranger.get(f"{link}calendar.ics").status_code == 404

    undone = stranger.post(f"{link}undo/")

    again = the_booking()
    assert (again.pk != cancelled.pk, again.state) == (True, Booking.State.BOOKED)
    assert undone.headers["Location"] == newest_link()
    assert "Undo" not in text_of(stranger.get(link))


def test_undo_says_so_when_the_time_is_gone(practice: Practice, stranger: Browser, link: str) -> None:
    stranger.post(f"{link}cancel/")
    stranger.hold(practice)

    response = stranger.post(f"{link}undo/")

    assert response.status_code == 409
    assert "not free any more" in text_of(response)
    assert "Undo" not in text_of(response)


def test_times_that_overlap_the_bookings_own_are_offered(
    practice: Practice, stranger: Browser, link: str
) -> None:
    choose(practice, step_minutes=15)
    with organisation_scope(practice.organisation.pk):
        rebuild_free_weeks(organisation=practice.organisation)
    quarter_past = stamp_of(next_monday_at(9, 15))
    assert f'value="{quarter_past}"' in stranger.get(f"{link}move/").content.decode()

    chosen = stranger.post(f"{link}move/", {"at": quarter_past})

    assert (chosen.status_code, chosen.headers["Location"]) == (302, f"{link}move/confirm/")
    assert the_booking().starts_at == next_monday_at(9)


def test_moving_holds_the_new_time_and_moves_by_the_second_post(
    practice: Practice, stranger: Browser, link: str
) -> None:
    week = stranger.get(f"{link}move/")
    assert f'value="{stamp_of(next_monday_at(11))}"' in week.content.decode()
    assert f'value="{stamp_of(next_monday_at(9))}"' not in week.content.decode()

    chosen = stranger.post(f"{link}move/", {"at": stamp_of(next_monday_at(11))})
    assert (chosen.status_code, chosen.headers["Location"]) == (302, f"{link}move/confirm/")
    page = stranger.get(f"{link}move/confirm/")
    assert "11:00" in text_of(page)
    assert the_booking().starts_at == next_monday_at(9)

    found = re.search(r'name="new_time" value="([^"]+)"', page.content.decode())
    assert found
    moved = stranger.post(f"{link}move/confirm/", {"new_time": found.group(1)})

    assert moved.status_code == 302
    assert the_booking().starts_at == next_monday_at(11)
    assert "Your appointment has been moved." in text_of(stranger.get(moved.headers["Location"]))
    assert f'value="{stamp_of(next_monday_at(9))}"' in stranger.get(f"{link}move/").content.decode()


def test_new_time_can_be_let_go_for_another(stranger: Browser, link: str) -> None:
    stranger.post(f"{link}move/", {"at": stamp_of(next_monday_at(11))})

    response = stranger.post(f"{link}move/confirm/", {"answer": "other"})

    assert response.headers["Location"] == f"{link}move/"
    assert f'value="{stamp_of(next_monday_at(11))}"' in stranger.get(f"{link}move/").content.decode()


@pytest.mark.parametrize("new_time", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_confirming_what_is_not_held_leads_back_to_the_times(
    stranger: Browser, link: str, new_time: str
) -> None:
    response = stranger.post(f"{link}move/confirm/", {"new_time": new_time})

    assert response.status_code == 409
    assert "Your appointment is where it was" in text_of(response)


def test_time_that_is_gone_leads_back_to_the_others(
    practice: Practice, browser: Browser, stranger: Browser, link: str
) -> None:
    browser.hold(practice, next_monday_at(11))

    response = stranger.post(f"{link}move/", {"at": stamp_of(next_monday_at(11))})

    assert response.status_code == 409
    assert "just been taken" in text_of(response)
    assert stranger.post(f"{link}move/", {"at": "never"}).status_code == 422


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"move_allowed": False, "cancel_allowed": False}, "at this clinic cannot be"),
        ({"change_deadline_hours": 24 * 40}, "ends 960 hours before"),
    ],
)
def test_refusal_names_the_rule_and_the_phone(
    practice: Practice, stranger: Browser, link: str, chosen: dict[str, object], words: str
) -> None:
    choose(practice, **chosen)

    for path in ("move/", "cancel/"):
        for page in (stranger.get(link + path), stranger.post(link + path)):
            assert page.status_code == 409
            assert words in text_of(page)
            assert practice.clinic.phone in text_of(page)
    page = stranger.get(link)
    assert words in text_of(page)
    assert "/cancel/" not in page.content.decode()
    assert the_booking().state == Booking.State.BOOKED


def test_treatment_may_forbid_one_and_allow_the_other(
    practice: Practice, stranger: Browser, link: str
) -> None:
    practice.treatment.cancel_allowed = False
    practice.treatment.save()

    assert "treatment cannot be cancelled online" in text_of(stranger.get(f"{link}cancel/"))
    assert stranger.get(f"{link}move/").status_code == 200


def test_times_beyond_the_treatments_days_are_not_shown(
    practice: Practice, stranger: Browser, link: str
) -> None:
    practice.treatment.move_within_days = 1
    practice.treatment.save()
    later = next_monday_at(9) + timedelta(days=7)

    page = stranger.get(f"{link}move/")
    refused = stranger.post(f"{link}move/", {"at": stamp_of(later)})

    assert "can be moved by 1 day at most" in text_of(page)
    assert (refused.status_code, "by 1 day at most" in text_of(refused)) == (409, True)


def test_empty_week_leads_to_the_next_free_time(stranger: Browser, link: str) -> None:
    later = (next_monday_at(9) + timedelta(days=14)).date()

    page = stranger.get(f"{link}move/?week={later}")

    assert "No free times this week." in text_of(page)
    assert f"{link}move/?week={next_monday_at(9).date()}" in page.content.decode()


def test_maintenance_stands_in_the_place_of_every_page(
    practice: Practice, stranger: Browser, link: str
) -> None:
    choose(practice, maintenance_mode=True)

    for path in ("", "cancel/", "move/"):
        assert stranger.get(link + path).status_code == 503
    assert stranger.post(f"{link}cancel/").status_code == 503
    assert the_booking().state == Booking.State.BOOKED


def test_portal_that_takes_no_new_bookings_still_lets_one_be_changed_but_not_booked_again(
    practice: Practice, stranger: Browser, link: str
) -> None:
    choose(practice, new_booking=False)

    assert stranger.get(f"{link}move/").status_code == 200
    assert stranger.post(f"{link}cancel/").status_code == 302
    stranger.post(f"{link}undo/")
    assert Booking.across.filter(state=Booking.State.BOOKED).count() == 0


def test_no_times_are_shown_while_the_agent_is_silent(
    practice: Practice, stranger: Browser, link: str
) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    AgentLink.objects.filter(organisation=practice.organisation).update(
        last_push_at=long_ago, last_seen_at=long_ago
    )

    page = stranger.get(f"{link}move/")

    assert "We cannot show free times right now" in text_of(page)
    assert stranger.post(f"{link}cancel/").status_code == 302


def test_past_appointment_can_be_seen_and_not_changed(stranger: Browser, link: str) -> None:
    ended = timezone.now() - timedelta(hours=1)
    Booking.across.update(during=(ended - timedelta(minutes=30), ended))

    assert "has begun or is over" in text_of(stranger.get(link))
    assert stranger.post(f"{link}cancel/").status_code == 409


@pytest.mark.parametrize("language", ["fi", "sv", "nb"])
def test_pages_speak_every_language(practice: Practice, link: str, language: str) -> None:
    browser = Browser(practice.host, language=language)
    for path in ("", "cancel/", "move/"):
        words = text_of(browser.get(link + path))
        assert not {"Your appointment", "Cancel", "Choose a new time"} & set(words.split("  "))
        assert "appointment" not in words


def test_refused_booking_says_so(practice: Practice, browser: Browser, stranger: Browser) -> None:
    address = browser.book(practice)
    Booking.across.filter(pk=booking_at(address).pk).update(state=Booking.State.REFUSED)

    assert "The clinic could not take this time" in text_of(stranger.get(newest_link()))
