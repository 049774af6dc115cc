"""The tab "Send by hand": whom it reaches, what is asked and shown first, and how far it has come."""

from datetime import time, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinics.models import MembershipClinic, OrganisationSettings
from clinics.roles import Role
from clinics.scope import organisation_scope
from notifications.models import Mailing, Message, SmsMonth
from scheduling.models import Booking, BookingPatient, DeskAct, Recipient
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.factories import ClinicFactory, wake
from tests.pages.conftest import Browser, text_of
from tests.scheduling.sent_by_hand import WORDING, a_patient

pytestmark = pytest.mark.django_db

HOME = "/manage/send/"
MOBILE = "+358401234001"


@pytest.fixture(autouse=True)
def awake(practice: Practice) -> None:
    wake(practice.organisation)


def begin(browser: Browser, to: str, **typed: Any) -> str:
    """Where the page of the words is, or what comes instead."""
    answer = browser.post(f"{HOME}{to}", {"kind": "general", "channel": "sms", **typed})
    assert answer.status_code == 302, text_of(answer)
    return str(answer.headers["Location"])


def word(browser: Browser, words: str, **typed: str) -> str:
    """Where it is confirmed."""
    answer = browser.post(words, {"body_fi": "Hei [etunimi]!", "subject_fi": "Moi", **typed})
    assert answer.status_code == 302, text_of(answer)
    return str(answer.headers["Location"])


def press(browser: Browser, confirm: str, **more: str) -> Any:
    """Sends what the page shows; where that leads."""
    return browser.post(confirm, {"seen": browser.get(confirm).context["seen"], **more})


def to_one(booking: Booking) -> str:
    return f"booking/{booking.public_id}/"


def written() -> list[str]:
    rows = Message.across.exclude(mailing=None).order_by("to")
    return list(rows.values_list("to", flat=True))


def test_message_to_a_patient_goes_from_the_bookings_page_to_the_counts(
    practice: Practice, editor: Browser
) -> None:
    booking = a_patient(practice, 1)
    page = editor.get(f"/manage/bookings/{booking.public_id}/").content.decode()
    assert f"{HOME}{to_one(booking)}" in page

    words = begin(editor, to_one(booking))
    confirm = word(editor, words)
    asked = editor.get(confirm)
    sent = press(editor, confirm).headers["Location"]

    assert "Hei [etunimi]!" in text_of(asked)
    assert asked.context["mailing"].many == 1
    assert dict(Message.across.values_list("to", "body")) == {MOBILE: "Hei Maija1!"}
    assert dict(editor.get(sent).context["numbers"])["Waiting"] == 1
    listed = editor.get("/manage/messages/").context["lines"]
    assert [line.booking for line in listed] == [booking]


def test_second_press_and_a_reload_send_nothing_more(practice: Practice, editor: Browser) -> None:
    confirm = word(editor, begin(editor, to_one(a_patient(practice, 1))))
    seen = editor.get(confirm).context["seen"]

    answers = [editor.post(confirm, {"seen": seen}) for _press in range(2)]

    assert {answer.headers["Location"] for answer in answers} == {confirm.replace("confirm/", "")}
    assert written() == [MOBILE]
    assert DeskAct.across.count() == 1


def test_what_another_tab_changed_is_shown_again(practice: Practice, editor: Browser) -> None:
    words = begin(editor, to_one(a_patient(practice, 1)))
    confirm = word(editor, words)
    seen = editor.get(confirm).context["seen"]
    word(editor, words, body_fi="Jotain muuta")

    answer = editor.post(confirm, {"seen": seen})

    assert answer.status_code == 409
    assert "Jotain muuta" in text_of(answer)
    assert written() == []


def test_selection_is_what_the_lists_filter_finds(practice: Practice, editor: Browser) -> None:
    """Neither names nor numbers are in an address."""
    a_patient(practice, 1)
    a_patient(practice, 2, clinic=ClinicFactory(organisation=practice.organisation))
    asked = f"bookings/?clinic={practice.clinic.public_id}"
    assert editor.get(HOME + asked).context["many"] == 1

    confirm = word(editor, begin(editor, asked))
    press(editor, confirm)

    assert written() == [MOBILE]


def test_selection_can_be_ticked(practice: Practice, editor: Browser) -> None:
    chosen, other = a_patient(practice, 1), a_patient(practice, 2)
    assert f'value="{other.public_id}"' in editor.get("/manage/bookings/").content.decode()
    ticked = {"ticked": "yes", "booking": [str(chosen.public_id), "x"]}

    page = editor.post(f"{HOME}bookings/", ticked)
    press(editor, word(editor, begin(editor, "bookings/", **ticked)))
    none = editor.post(f"{HOME}bookings/", {"ticked": "yes"})

    assert page.context["many"] == 1
    assert written() == [MOBILE]
    assert none.headers["Location"].startswith("/manage/bookings/")


def test_todays_patients_are_told_and_others_are_not(practice: Practice, editor: Browser) -> None:
    a_patient(practice, 1, days=0)
    a_patient(practice, 2, days=3)
    at = timezone.now() + timedelta(minutes=1)
    Booking.across.update(created_at=at)

    words = begin(editor, "today/")

    assert list(Recipient.across.values_list("to", flat=True)) == [MOBILE]
    assert editor.get(words).status_code == 200


def test_recall_asks_for_months_and_treatment(practice: Practice, editor: Browser) -> None:
    a_patient(practice, 1, days=-250)
    a_patient(practice, 2, days=-20)
    kind = {"kind": "recall", "treatment": str(practice.treatment.public_id)}
    assert editor.post(f"{HOME}recall/", {**kind, "channel": "sms", "months": "0"}).status_code == 422

    confirm = word(editor, begin(editor, "recall/", months="6", **kind), body_fi="Varaa [linkki]")
    press(editor, confirm)

    assert written() == [MOBILE]
    assert Message.across.get().body == f"Varaa {practice.organisation.portal_url}"


def test_number_is_typed_and_checked(practice: Practice, editor: Browser) -> None:
    typed = {"kind": "message", "channel": "sms", "mobile": "09 123"}
    answer = editor.post(f"{HOME}number/", typed)
    words = begin(editor, "number/", kind="message", mobile="040 1234 001", language="fi")
    wrong = editor.post(words, {"body_fi": "Hei [etunimi]"})
    press(editor, word(editor, words, body_fi="Soita [vastaanotto]"))

    assert answer.status_code == 422
    assert 'value="09 123"' in answer.content.decode()
    assert wrong.status_code == 422
    assert "nothing is known of who reads it" in text_of(wrong)
    assert written() == [MOBILE]


def test_words_are_held_to_the_rules_of_texts_and_kept(practice: Practice, editor: Browser) -> None:
    words = begin(editor, to_one(a_patient(practice, 1)), channel="email")
    for typed in ({"body_fi": "[etunmi]"}, {"body_fi": ""}, {"subject_fi": "", "body_fi": "Hei"}):
        answer = editor.post(words, {"subject_fi": "Moi", **typed})
        assert answer.status_code == 422
        assert 'id="errors"' in answer.content.decode()
    assert "Did you mean [etunimi]?" in text_of(
        editor.post(words, {"subject_fi": "x", "body_fi": "[etunmi]"})
    )


def test_preview_is_of_a_real_recipient_but_without_their_key(practice: Practice, editor: Browser) -> None:
    booking = a_patient(practice, 1)
    Booking.across.filter(pk=booking.pk).update(link_digest=b"x")
    preview = begin(editor, to_one(booking)).replace("words", "preview")

    shown = text_of(editor.post(preview, {"body_fi": "Hei [etunimi], [linkki] [x]", "with": "0"}))
    filled = text_of(editor.post(preview, {"body_fi": "Hei [etunimi]!", "with": "99"}))

    assert "Hei [etunimi], [linkki] [x]" in shown
    assert "Hei Maija1!" in filled
    assert written() == []


def test_offer_says_who_is_left_out_and_how_to_stop(practice: Practice, editor: Browser) -> None:
    first, _second = a_patient(practice, 1), a_patient(practice, 2)
    BookingPatient.across.filter(booking=first).update(marketing_wording=WORDING)

    confirm = word(editor, begin(editor, "bookings/", kind="marketing"))
    page = editor.get(confirm)

    assert page.context["left_out"] == [("Has not agreed to offers", 1)]
    assert "Peru: http" in text_of(page)


def test_nobody_to_write_to_is_said(practice: Practice, editor: Browser) -> None:
    confirm = begin(editor, to_one(a_patient(practice, 1)), kind="marketing")

    page = editor.get(confirm)

    assert "There is nobody to send it to" in text_of(page)
    assert press(editor, confirm).status_code == 409
    assert written() == []


def test_price_is_shown_and_the_cap_holds(practice: Practice, editor: Browser, settings: Any) -> None:
    settings.SMS_PRICES = {"FI": 700}
    OrganisationSettings.objects.filter(organisation=practice.organisation).update(sms_monthly_cap=1)
    month = timezone.now().date().replace(day=1)
    spent = SmsMonth.across.create(organisation=practice.organisation, month=month, spent=9_500)
    confirm = word(editor, begin(editor, to_one(a_patient(practice, 1))))

    page = editor.get(confirm)
    refused = press(editor, confirm)
    SmsMonth.across.filter(pk=spent.pk).update(spent=0)
    sent = press(editor, confirm)

    assert (page.context["price"], page.context["left_money"]) == ("0.07", "0.05")
    assert "That costs more than SMS may cost this month: 0.05 is left." in text_of(page)
    assert 'name="seen"' not in page.content.decode()
    assert (refused.status_code, sent.status_code) == (422, 302)


def test_quiet_is_kept_unless_the_box_is_ticked(practice: Practice, editor: Browser) -> None:
    OrganisationSettings.objects.filter(organisation=practice.organisation).update(
        quiet_from=time(0), quiet_until=time(23, 59)
    )
    to = to_one(a_patient(practice, 1, days=3))
    quiet, urgent = (word(editor, begin(editor, to)) for _time in range(2))

    assert 'name="at_once"' in editor.get(quiet).content.decode()
    press(editor, quiet)
    press(editor, urgent, at_once="on")

    waits = [row.not_before is not None for row in Message.across.order_by("pk")]
    assert waits == [True, False]


def test_progress_counts_and_can_be_stopped(practice: Practice, editor: Browser) -> None:
    for number in (1, 2):
        a_patient(practice, number)
    sent = press(editor, word(editor, begin(editor, "bookings/"))).headers["Location"]
    first = Message.across.order_by("pk")[0]
    Message.across.filter(pk=first.pk).update(state="sent", sent_at=timezone.now())
    going = editor.get(f"{sent}progress/")

    editor.post(f"{sent}stop/")
    page = editor.get(sent)

    assert "hx-get" in going.content.decode()
    assert [number for _name, number in going.context["numbers"]] == [1, 0, 1, 0, 0]
    assert [number for _name, number in page.context["numbers"]] == [1, 0, 0, 0, 1]
    assert "hx-get" not in page.content.decode()
    assert "It was stopped." in text_of(page)


def test_log_says_who_sent_what_to_how_many_and_nothing_of_whom(practice: Practice) -> None:
    owner = seat_at(practice)
    browser = browser_of(owner, practice)
    press(browser, word(browser, begin(browser, to_one(a_patient(practice, 1)))))

    log = text_of(browser.get("/manage/audit/"))

    assert "Bookings: Messages sent by hand" in log
    assert [change.after for change in browser.get("/manage/audit/").context["entries"][0].changes] == [
        "General",
        "1",
    ]
    for personal in ("Maija1", MOBILE, "Hei"):
        assert personal not in log


def test_limited_editor_writes_to_own_clinics_patients_only(practice: Practice) -> None:
    elsewhere = ClinicFactory(organisation=practice.organisation)
    own, other = a_patient(practice, 1, days=0), a_patient(practice, 2, days=0, clinic=elsewhere)
    limited = browser_of(seat_at(practice, Role.EDITOR, [practice.clinic]), practice)

    assert limited.get(f"{HOME}{to_one(other)}").status_code == 404
    assert limited.get(f"{HOME}number/").status_code == 404
    ticked = {"ticked": "yes", "booking": [str(own.public_id), str(other.public_id)]}
    for to, typed in (("bookings/?first=2000-01-01", {}), ("today/", {}), ("bookings/", ticked)):
        words = begin(limited, to, **typed)
        mailing = Mailing.across.get(public_id=words.split("/")[3])
        assert list(Recipient.across.filter(mailing=mailing).values_list("booking_id", flat=True)) == [own.pk]


def test_others_drafts_and_mailings_are_not_there(
    practice: Practice, editor: Browser, owner: Browser
) -> None:
    """A draft is its writer's; what was sent is seen by all who reach all clinics."""
    words = begin(editor, to_one(a_patient(practice, 1)))
    assert owner.get(words).status_code == 404
    confirm = word(editor, words)
    assert owner.post(confirm, {"seen": "x"}).status_code == 404
    sent = press(editor, confirm).headers["Location"]
    limited = browser_of(seat_at(practice, Role.EDITOR, [practice.clinic]), practice)

    assert owner.get(sent).status_code == 200
    assert limited.get(sent).status_code == 404
    assert limited.post(f"{sent}stop/").status_code == 404
    assert [line[0].many for line in owner.get(HOME).context["lines"]] == [1]
    assert limited.get(HOME).context["lines"] == []


def test_draft_out_of_reach_since_is_gone(practice: Practice) -> None:
    """Whose clinics were taken away meanwhile sends nothing there any more."""
    user = seat_at(practice, Role.EDITOR, [practice.clinic])
    limited = browser_of(user, practice)
    words = begin(limited, to_one(a_patient(practice, 1)))
    MembershipClinic.across.all().delete()

    assert limited.get(words).status_code == 404


def test_other_organisations_bookings_are_not_written_to(
    practice: Practice, other_practice: Practice, editor: Browser
) -> None:
    with organisation_scope(other_practice.organisation.pk):
        other = a_patient(other_practice, 2)
    a_patient(practice, 1)

    assert editor.get(f"{HOME}{to_one(other)}").status_code == 404
    ticked = {"ticked": "yes", "booking": [str(other.public_id)]}
    assert "nobody" in text_of(editor.get(begin(editor, "bookings/", **ticked)))
    foreign = {"kind": "recall", "channel": "sms", "months": "6"}
    assert (
        editor.post(
            f"{HOME}recall/", {**foreign, "treatment": str(other_practice.treatment.public_id)}
        ).status_code
        == 422
    )


def test_pages_cost_the_same_for_one_and_for_three(practice: Practice, editor: Browser) -> None:
    costs = []
    for rounds in (1, 2):
        for _each in range(rounds):
            a_patient(practice, Booking.across.count())
            sent = press(editor, word(editor, begin(editor, "bookings/"))).headers["Location"]
        words = begin(editor, "bookings/")
        confirm = word(editor, words)
        costs.append([cost_of(editor, page) for page in (HOME, words, confirm, sent)])

    assert costs[0] == costs[1]


def cost_of(browser: Browser, page: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(page).status_code == 200
    return len(asked)


ODD = ["\x00", "\ud800", "9" * 400, "<script>alert(1)</script>[x", "ä\u202e🦷" * 2000]
FORM = "application/x-www-form-urlencoded"
NAMES = ["kind", "channel", "mobile", "email", "language", "months", "treatment", "booking", "ticked"]
NAMES += ["body_fi", "subject_fi", "with", "seen", "at_once", "first", "clinic"]


def test_odd_values_are_answered_clearly_and_send_nothing(practice: Practice, editor: Browser) -> None:
    words = begin(editor, to_one(a_patient(practice, 1)))
    confirm = word(editor, words)
    for odd in ODD:
        typed = urlencode(dict.fromkeys(NAMES, odd), errors="surrogatepass")
        months = quote(odd, errors="surrogatepass")
        for page, sent in (
            ("number/", typed),
            ("recall/", f"kind=recall&channel=sms&months={months}&treatment={months}"),
            (f"bookings/?{typed}", typed),
        ):
            assert editor.post(f"{HOME}{page}", sent, content_type=FORM).status_code in (200, 302, 422)
        for page in (words, words.replace("words", "preview"), confirm):
            answer = editor.post(page, typed, content_type=FORM)
            assert answer.status_code in (200, 302, 409, 422)
            assert b"<script>alert" not in answer.content
    assert written() == []
