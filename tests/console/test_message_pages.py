"""The tabs "E-mail" and "SMS": settings, texts, what is counted, previewed, tried out and put back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinics.models import AuditEntry, OrganisationSettings
from clinics.roles import Role
from clinics.scope import organisation_scope
from notifications.models import Message, MessageText
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.factories import next_monday_at
from tests.pages.conftest import Browser, text_of
from tests.scheduling.booked import booked

pytestmark = pytest.mark.django_db

REMINDER = "/manage/sms/reminder_1/fi/"
CONFIRMATION = "/manage/email/confirmation/fi/"
BODY = "Nähdään [päivä] klo [kellonaika]! [linkki]"


def settings_of(practice: Practice) -> OrganisationSettings:
    return OrganisationSettings.objects.get(organisation=practice.organisation)


def typed_in(browser: Browser, url: str, **typed: Any) -> dict[str, Any]:
    """What the form would send, with some of it changed."""
    form = browser.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in sent.items() if value not in (None, False)}
    return sent | typed


def save(browser: Browser, url: str, **typed: Any) -> Any:
    return browser.post(url, typed_in(browser, url, **typed))


def texts_of(practice: Practice) -> list[tuple[str, str, str, str, str]]:
    rows = MessageText.across.filter(organisation=practice.organisation).order_by("pk")
    return list(rows.values_list("channel", "kind", "language", "subject", "body"))


def test_email_settings_are_saved(practice: Practice, owner: Browser) -> None:
    response = save(
        owner,
        "/manage/email/",
        email_sender_name="  Demo  Klinikka ",
        email_reply_to="vastaanotto@demo.fi",
        email_reminders="on",
        url_1="https://kysely.example.com/?a=1",
    )

    assert response.status_code == 302
    saved = settings_of(practice)
    assert (saved.email_sender_name, saved.email_reply_to) == ("Demo Klinikka", "vastaanotto@demo.fi")
    assert (saved.email_reminders, saved.url_1) == (True, "https://kysely.example.com/?a=1")


def test_sms_settings_are_saved(practice: Practice, owner: Browser) -> None:
    response = save(
        owner,
        "/manage/sms/",
        sms_sender="Demoklinikka"[:11],
        reminders_to="asked",
        reminder_1_hours="48",
        reminder_2_hours="3",
        reminder_2_by="both",
        thanks_hours="2",
        quiet_from="22:00",
        quiet_until="07:30",
        quiet_weekdays=["5", "6"],
    )

    assert response.status_code == 302
    saved = settings_of(practice)
    assert (saved.sms_sender, saved.reminders_to, saved.reminder_1_hours) == ("Demoklinikk", "asked", 48)
    assert (saved.reminder_2_hours, saved.reminder_2_by, saved.thanks_hours) == (3, "both", 2)
    assert (str(saved.quiet_from), str(saved.quiet_until)) == ("22:00:00", "07:30:00")
    assert saved.quiet_weekdays == [5, 6]
    entry = AuditEntry.across.filter(kind="settings", label="update").first()
    assert entry is not None
    assert "reminder_1_hours" in entry.changed


def test_what_sms_may_cost_is_the_owners_to_set(practice: Practice, owner: Browser, editor: Browser) -> None:
    assert save(editor, "/manage/sms/", sms_monthly_cap="9000", sms_daily_limit="7").status_code == 302
    assert (settings_of(practice).sms_monthly_cap, settings_of(practice).sms_daily_limit) == (200, 7)
    assert "sms_monthly_cap" not in editor.get("/manage/sms/").content.decode()

    assert save(owner, "/manage/sms/", sms_monthly_cap="50").status_code == 302
    assert settings_of(practice).sms_monthly_cap == 50
    assert save(owner, "/manage/sms/", sms_monthly_cap="-1").status_code == 422


@pytest.mark.parametrize(
    ("url", "typed", "error"),
    [
        ("/manage/email/", {"email_sender_name": "Demo <x@y.fi>"}, "A name without"),
        ("/manage/email/", {"email_reply_to": "nobody"}, "email_reply_to"),
        ("/manage/email/", {"url_2": "http://example.com/"}, "begins with https://"),
        ("/manage/email/", {"url_2": "javascript:alert(1)"}, "url_2"),
        ("/manage/sms/", {"sms_sender": "Demoklinikka"}, "At most 11 letters"),
        ("/manage/sms/", {"sms_sender": "Öljy"}, "At most 11 letters"),
        ("/manage/sms/", {"sms_sender": "12345"}, "At most 11 letters"),
        ("/manage/sms/", {"sms_sender": "Demo", "sms_replies_allowed": "on"}, "has to be a number"),
        ("/manage/sms/", {"reminder_1_hours": "0"}, "reminder_1_hours"),
        ("/manage/sms/", {"reminder_1_hours": "721"}, "From 1 to 720"),
        ("/manage/sms/", {"reminder_2_hours": "24"}, "Another reminder"),
        ("/manage/sms/", {"quiet_from": "22:00"}, "Give both times"),
        ("/manage/sms/", {"quiet_weekdays": list("0123456")}, "There has to be a day"),
        ("/manage/sms/", {"quiet_weekdays": ["7"]}, "quiet_weekdays"),
        ("/manage/sms/", {"reminders_to": "everybody"}, "reminders_to"),
    ],
)
def test_settings_that_cannot_be_come_back(
    practice: Practice, owner: Browser, url: str, typed: dict[str, Any], error: str
) -> None:
    before = OrganisationSettings.objects.filter(organisation=practice.organisation).values().get()

    response = save(owner, url, **typed)

    assert response.status_code == 422
    assert error in text_of(response) or error in response.context["form"].errors
    assert OrganisationSettings.objects.filter(organisation=practice.organisation).values().get() == before


def test_settings_saved_by_somebody_else_are_not_overwritten(practice: Practice, owner: Browser) -> None:
    sent = typed_in(owner, "/manage/sms/", reminder_1_hours="48")
    OrganisationSettings.objects.filter(organisation=practice.organisation).update(reminder_1_hours=12)

    response = owner.post("/manage/sms/", sent)

    assert response.status_code == 409
    assert settings_of(practice).reminder_1_hours == 12
    assert "Reminder 1, hours before" in text_of(response)


@pytest.mark.parametrize("texts", [1, 3])
def test_list_of_texts_costs_the_same_queries(
    practice: Practice, owner: Browser, texts: int, django_assert_num_queries: Any
) -> None:
    for kind in ("move", "confirmation", "code")[:texts]:
        MessageText.across.create(
            organisation=practice.organisation, channel="sms", kind=kind, language="fi", body="x"
        )
    owner.get("/manage/sms/")

    with django_assert_num_queries(7):
        page = text_of(owner.get("/manage/sms/"))
    assert page.count("Your own") == 2 * texts  # in the line that opens, and at the language


def test_text_is_saved_and_noted(practice: Practice, owner: Browser, other_practice: Practice) -> None:
    response = save(owner, REMINDER, body=f"  {BODY}\r\n[Clinic] ")

    assert response.status_code == 302
    assert texts_of(practice) == [("sms", "reminder_1", "fi", "", f"{BODY}\n[Clinic]")]
    assert texts_of(other_practice) == []
    assert AuditEntry.across.filter(kind="message_text", who="Owner 0").exists()
    assert "Text of a message: Added Reminder 1, SMS, Suomi" in " ".join(
        text_of(owner.get("/manage/audit/")).split()
    )


def test_saved_text_is_what_is_sent(practice: Practice, owner: Browser) -> None:
    save(owner, "/manage/sms/confirmation/en/", body="Booked: [date] [time]")
    practice.organisation.refresh_from_db()

    with organisation_scope(practice.organisation.pk):
        booked(practice)

    sent = Message.across.get(kind="confirmation", channel="sms")
    assert sent.body.startswith("Booked: Mon")


def test_empty_text_gives_way_to_the_standard_one(practice: Practice, owner: Browser) -> None:
    save(owner, REMINDER, body=BODY)

    save(owner, REMINDER, body="")

    assert texts_of(practice) == []


@pytest.mark.parametrize(
    ("url", "words", "error"),
    [
        (REMINDER, {"body": "[päivä] [kello]"}, "There is no field [kello]. Did you mean [kellonaika]?"),
        (REMINDER, {"body": "[päivä] [time] [koodi]"}, "[koodi] has no meaning"),
        (REMINDER, {"body": "[päivä]"}, "The text has to hold [kellonaika]"),
        (REMINDER, {"body": "[päivä] [time] [treatment]"}, "never what the treatment is"),
        (REMINDER, {"body": f"{BODY} {'a' * 960}"}, "too long"),
        (REMINDER, {"body": f"[päivä] [time] {'š' * 420}"}, "6 SMS at most"),
        (REMINDER, {"body": f"{BODY}\x07"}, "cannot be seen"),
        ("/manage/sms/code/fi/", {"body": "Koodi: 1234"}, "The text has to hold [koodi]"),
        ("/manage/email/code/fi/", {"subject": "[koodi]", "body": "[koodi]"}, "locked screen"),
        (CONFIRMATION, {"subject": "", "body": "[päivä] [time]"}, "needs a subject"),
        (CONFIRMATION, {"subject": "Hei", "body": ""}, "needs a text"),
        (CONFIRMATION, {"subject": "a" * 151, "body": "[päivä] [time]"}, "150"),
        (CONFIRMATION, {"subject": "[zzz]", "body": "[päivä] [time]"}, "There is no field [zzz]"),
    ],
)
def test_text_that_cannot_be_comes_back_with_why(
    practice: Practice, owner: Browser, url: str, words: dict[str, str], error: str
) -> None:
    response = save(owner, url, **words)

    assert response.status_code == 422
    assert error in text_of(response)
    assert texts_of(practice) == []
    assert response.context["form"]["body"].value() == words["body"]


def test_treatment_may_be_named_where_the_clinic_chose_so(practice: Practice, owner: Browser) -> None:
    assert "[toimenpide]" not in text_of(owner.get(REMINDER))
    assert "[toimenpide]" not in owner.get(CONFIRMATION).context["form"]["body"].value()
    save(owner, "/manage/email/", name_treatment_in_messages="on")

    assert "[toimenpide]" in owner.get(CONFIRMATION).context["form"]["body"].value()
    assert save(owner, REMINDER, body=f"{BODY} [toimenpide]").status_code == 302


def test_text_saved_by_somebody_else_is_not_overwritten(practice: Practice, owner: Browser) -> None:
    sent = typed_in(owner, REMINDER, body=BODY)
    MessageText.across.create(
        organisation=practice.organisation,
        channel="sms",
        kind="reminder_1",
        language="fi",
        body="Toisen [päivä] [time]",
    )

    response = owner.post(REMINDER, sent)

    assert response.status_code == 409
    assert {"Toisen [päivä] [time]", BODY} <= {
        side for each in response.context["differences"] for side in (each.stored, each.typed)
    }
    assert len(texts_of(practice)) == 1
    assert owner.post(REMINDER, sent | {"seen": response.context["form"]["seen"].value()}).status_code == 302


def test_standard_text_and_earlier_ones_are_fetched_and_not_saved(practice: Practice, owner: Browser) -> None:
    save(owner, REMINDER, body=BODY)
    save(owner, REMINDER, body=f"Uusi: {BODY}")
    entry = AuditEntry.across.filter(kind="message_text", label="update").get()

    standard = owner.post(REMINDER, typed_in(owner, REMINDER, fetch="standard"))
    earlier = owner.post(REMINDER, typed_in(owner, REMINDER, fetch=entry.key))

    assert standard.context["form"]["body"].value().startswith("Muistutus:")
    assert earlier.context["form"]["body"].value() == BODY
    assert [body for *_named, body in texts_of(practice)] == [f"Uusi: {BODY}"]


def test_length_is_counted_filled_in_and_names_what_made_it_long(owner: Browser) -> None:
    page = text_of(owner.get(REMINDER))
    assert "of 160 characters, 1 SMS" in " ".join(page.split())

    response = save(owner, REMINDER, body="š [päivä]")

    assert "“š” makes it long" in text_of(response)
    assert response.context["length"].limit == 70


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_preview_shows_what_is_typed_and_stores_nothing(
    practice: Practice, owner: Browser, channel: str, method: str
) -> None:
    url = f"/manage/{channel}/reminder_1/fi/preview/"
    typed = {"subject": "Hei", "body": "<script>[etunimi] [päivä]</script>"} if method == "post" else {}

    response = getattr(owner, method)(url, typed)

    page = response.content.decode()
    assert response.status_code == 200
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "script-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert ("&lt;script&gt;Maija-Liisa" if method == "post" else "10.30") in page
    assert texts_of(practice) == []


def test_preview_is_made_with_a_real_bookings_data(
    practice: Practice, other_practice: Practice, owner: Browser
) -> None:
    bookings = []
    for place in (practice, other_practice):
        with organisation_scope(place.organisation.pk):
            bookings.append(booked(place, next_monday_at(13)))
    url = f"{REMINDER}preview/"

    own, others = (
        owner.post(url, {"body": "[last name] [time] [link]", "with": str(booking.public_id)})
        for booking in bookings
    )

    assert "Meikäläinen 13.00" in text_of(own)
    assert "Meikäläinen 10.30" in text_of(others)  # the made-up patient's name
    assert "/b/aB3_-xyZ0123/" in text_of(own)
    assert str(bookings[0].public_id) in owner.get(REMINDER).content.decode()
    assert str(bookings[1].public_id) not in owner.get(REMINDER).content.decode()


@pytest.mark.parametrize("with_booking", ["", "nonsense", "00000000-0000-4000-8000-000000000000", "\x00"])
def test_preview_makes_do_without_a_booking(owner: Browser, with_booking: str) -> None:
    response = owner.post(f"{REMINDER}preview/", {"body": "[zzz] \x00", "with": with_booking})

    assert response.status_code == 200
    assert "[zzz]" in text_of(response)


def test_trial_goes_to_who_writes(practice: Practice, owner: Browser) -> None:
    typed = typed_in(owner, CONFIRMATION, subject="Kokeilu", body="[päivä] [kellonaika]")

    response = owner.post(f"{CONFIRMATION}try/", typed)

    assert response.status_code == 200
    message = Message.across.get()
    assert (message.to, message.subject, message.organisation_id) == (
        "owner0@example.com",
        "Kokeilu",
        practice.organisation.pk,
    )
    assert texts_of(practice) == []


def test_trial_by_sms_goes_to_the_number_given(owner: Browser) -> None:
    typed = typed_in(owner, REMINDER, body=BODY, mobile="040 123 4567")

    response = owner.post(f"{REMINDER}try/", typed)

    assert response.status_code == 200
    assert Message.across.get().to == "+358401234567"


@pytest.mark.parametrize("mobile", ["", "12", "+1 212 555 0100", "\x00"])
def test_trial_to_no_number_of_ours_sends_nothing(owner: Browser, mobile: str) -> None:
    response = owner.post(f"{REMINDER}try/", typed_in(owner, REMINDER, body=BODY, mobile=mobile))

    assert response.status_code == 422
    assert not Message.across.exists()
    assert response.context["form"]["body"].value() == BODY


def test_trials_are_few(practice: Practice, owner: Browser) -> None:
    typed = typed_in(owner, CONFIRMATION)

    statuses = [owner.post(f"{CONFIRMATION}try/", typed).status_code for _time in range(6)]

    assert statuses == [200] * 5 + [429]
    assert Message.across.count() == 5
    Message.across.update(created_at=timezone.now() - timedelta(hours=2))
    assert owner.post(f"{CONFIRMATION}try/", typed).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "sms/zzz/fi/",
        "sms/reminder_1/de/",
        "email/reminder_2/fi/",
        "email/agent_silent/fi/",
        "sms/agent_back/fi/",
    ],
)
def test_text_that_there_is_not_is_not_found(owner: Browser, path: str) -> None:
    assert owner.get(f"/manage/{path}").status_code == 404
    assert owner.get(f"/manage/{path}preview/").status_code == 404
    assert owner.post(f"/manage/{path}try/").status_code == 404


@pytest.mark.parametrize("language", ["fi", "sv", "nb", "en"])
def test_every_text_opens_in_every_language(practice: Practice, language: str) -> None:
    browser = browser_of(seat_at(practice, Role.EDITOR), practice, language)
    for channel in ("email", "sms"):
        page = browser.get(f"/manage/{channel}/").content.decode()
        for kind in ("reminder_1", "offer", "code"):
            url = f"/manage/{channel}/{kind}/{language}/"
            assert url in page
            form = browser.get(url).context["form"]
            assert browser.post(url, typed_in(browser, url)).status_code == 302, form.errors
