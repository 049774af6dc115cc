"""Sending by hand: who gets it, who is left out, what it says, what it costs, and once."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinics.scope import organisation_scope
from notifications.claims import due_messages
from notifications.errors import NotSendable, SmsNotAllowed
from notifications.given_back import give_back_unsent
from notifications.models import Mailing, Message, OptOut, Priority, SmsDay, SmsMonth, SuppressedAddress
from notifications.retention import forget_mailings
from notifications.unsubscribing import digest_of, refuse_email
from scheduling import mailings
from scheduling.cancellations import cancel_booking
from scheduling.erasure import erase_person
from scheduling.errors import ChangedMeanwhile
from scheduling.mailings import how_far, stop_mailing, write_mailing
from scheduling.marketing import stop_url, withdraw_consent
from scheduling.message_desk import send_again
from scheduling.models import Booking, BookingPatient, DeskAct, Recipient
from scheduling.models.desk import Act
from scheduling.personal_data import Criteria
from scheduling.recalling import bookings_to_recall, todays_bookings
from scheduling.recipients import Candidate
from scheduling.tasks import write_mailings
from tests.conftest import Practice
from tests.factories import BookingPatientFactory, ClinicFactory, TreatmentFactory
from tests.scheduling.sent_by_hand import WORDING, WORDS, a_patient, draft_of, send

pytestmark = pytest.mark.django_db


def sent_to(practice: Practice) -> dict[str, str]:
    """What was written to whom."""
    rows = Message.across.filter(organisation=practice.organisation, mailing__isnull=False)
    return dict(rows.values_list("to", "body"))


def agree(booking: Booking) -> None:
    BookingPatient.across.filter(booking=booking).update(marketing_wording=WORDING)


def test_each_patient_gets_their_own_words_in_their_own_language(in_scope: Practice) -> None:
    a_patient(in_scope, 1)
    a_patient(in_scope, 2, language="en")

    assert send(in_scope, draft_of(in_scope))

    assert sent_to(in_scope) == {"+358401234001": "Hei Maija1!", "+358401234002": "Hi Maija2!"}
    mailing = Mailing.across.get()
    assert (mailing.state, mailing.many, mailing.words) == ("done", 2, {})
    assert not Recipient.across.exists()


def test_same_number_gets_it_once(in_scope: Practice) -> None:
    for number in (1, 2):
        a_patient(in_scope, number, mobile="+358401234567")

    mailing = draft_of(in_scope)
    send(in_scope, mailing)

    assert (mailing.many, mailing.left_out) == (1, {"twice": 1})
    assert sent_to(in_scope) == {"+358401234567": "Hei Maija1!"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"mobile": ""}, "no_mobile"),
        ({"mobile": "+491511234567"}, "country"),
        ({"mobile": "+35892345678"}, "country"),
    ],
)
def test_number_that_no_sms_goes_to_is_left_out(
    in_scope: Practice, fields: dict[str, Any], reason: str
) -> None:
    a_patient(in_scope, 1, **fields)

    assert draft_of(in_scope).left_out == {reason: 1}


def test_who_said_stop_is_left_out_even_if_it_was_after_the_draft(in_scope: Practice) -> None:
    a_patient(in_scope, 1)
    a_patient(in_scope, 2)
    OptOut.across.create(organisation=in_scope.organisation, mobile="+358401234001", word="STOP")
    mailing = draft_of(in_scope)
    assert mailing.left_out == {"stop": 1}
    OptOut.across.create(organisation=in_scope.organisation, mobile="+358401234002", word="STOP")

    send(in_scope, mailing)

    assert sent_to(in_scope) == {}
    mailing.refresh_from_db()
    assert (mailing.many, mailing.left_out) == (0, {"stop": 2})


def test_email_goes_neither_where_it_bounces_nor_offers_where_they_were_refused(in_scope: Practice) -> None:
    for number in (1, 2, 3):
        a_patient(in_scope, number)
    organisation = in_scope.organisation
    SuppressedAddress.across.create(organisation=organisation, address="p1@example.com")
    refuse_email(organisation=organisation, digest=digest_of(organisation, "p2@example.com"))

    recall = draft_of(in_scope, "recall", "email")
    general = draft_of(in_scope, "general", "email")

    assert recall.left_out == {"bounces": 1, "refused": 1}
    assert general.left_out == {"bounces": 1}
    send(in_scope, recall)
    assert sent_to(in_scope) == {"p3@example.com": "Hei Maija3!"}


# Consent to offers


def test_offers_go_only_to_who_agreed(in_scope: Practice) -> None:
    agree(a_patient(in_scope, 1))
    a_patient(in_scope, 2)
    held = a_patient(in_scope, 3, state=Booking.State.HELD)
    agree(held)

    mailing = draft_of(in_scope, "marketing")
    send(in_scope, mailing)

    assert mailing.left_out == {"no_consent": 2}
    assert list(sent_to(in_scope)) == ["+358401234001"]
    assert Message.across.get(mailing=mailing).priority == Priority.BULK


def test_offer_by_sms_ends_with_how_to_stop(in_scope: Practice) -> None:
    booking = a_patient(in_scope, 1)
    agree(booking)

    send(in_scope, draft_of(in_scope, "sales"))

    link = stop_url(in_scope.organisation, booking.patient.pk)
    assert sent_to(in_scope)["+358401234001"] == f"Hei Maija1!\nPeru: {link}"


def test_offer_that_can_be_answered_names_the_word(in_scope: Practice, settings: Any) -> None:
    chosen = in_scope.organisation.settings
    chosen.sms_sender, chosen.sms_replies_allowed = "+358457000000", True
    chosen.save()
    agree(a_patient(in_scope, 1))

    send(in_scope, draft_of(in_scope, "marketing"))

    assert sent_to(in_scope)["+358401234001"].endswith("\nPeru: vastaa LOPETA")


def test_withdrawing_ends_what_waits_and_what_is_being_prepared(in_scope: Practice) -> None:
    agree(a_patient(in_scope, 1))
    agree(a_patient(in_scope, 2, mobile="+358401234001"))
    waiting, prepared = draft_of(in_scope, "marketing"), draft_of(in_scope, "marketing")
    send(in_scope, waiting)

    many = withdraw_consent(organisation=in_scope.organisation, mobile="+358401234001", email="")
    send(in_scope, prepared)

    assert many == 2
    assert [row.state for row in Message.across.exclude(mailing=None)] == ["cancelled"]
    prepared.refresh_from_db()
    assert prepared.left_out == {"twice": 1, "no_consent": 1}


def test_stop_withdraws_and_start_does_not_give_it_again(
    in_scope: Practice, other_practice: Practice
) -> None:
    agree(a_patient(in_scope, 1))
    elsewhere = a_patient(other_practice, 1)
    agree(elsewhere)
    stop = OptOut.across.create(organisation=in_scope.organisation, mobile="+358401234001", word="STOP")
    stop.delete()

    assert draft_of(in_scope, "marketing").left_out == {"no_consent": 1}
    assert BookingPatient.across.get(booking=elsewhere).marketing_withdrawn_at is None


def test_other_organisations_consent_does_not_count(in_scope: Practice, other_practice: Practice) -> None:
    agree(a_patient(other_practice, 1))
    a_patient(in_scope, 1)

    assert draft_of(in_scope, "marketing").left_out == {"no_consent": 1}


def test_failed_offer_does_not_go_again_to_who_has_withdrawn(in_scope: Practice) -> None:
    agree(a_patient(in_scope, 1))
    send(in_scope, draft_of(in_scope, "marketing"))
    Message.across.exclude(mailing=None).update(state="failed")
    withdraw_consent(organisation=in_scope.organisation, mobile="+358401234001", email="")

    with pytest.raises(NotSendable):
        send_again(organisation=in_scope.organisation, message=Message.across.get(), who="Desk")


# What it costs


def test_sms_are_counted_by_parts_and_taken_once(in_scope: Practice, settings: Any) -> None:
    settings.SMS_PRICES = {"FI": 700}
    a_patient(in_scope, 1)
    a_patient(in_scope, 2)
    long = {"fi": {"subject": "", "body": "a" * 161}}

    mailing = draft_of(in_scope, words=long)
    assert (mailing.parts, mailing.cost) == (4, 2800)
    assert send(in_scope, mailing)
    assert not send(in_scope, mailing)

    assert SmsMonth.across.get().spent == 2800
    assert SmsDay.across.values_list("queued", "spent").get() == (2, 2800)
    assert DeskAct.across.get().many == 2


@pytest.mark.parametrize("few", [0, 20])
def test_what_is_stopped_in_time_is_given_back(
    in_scope: Practice, settings: Any, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Whether its messages were written already, or not yet."""
    monkeypatch.setattr(mailings, "FEW", few)
    settings.SMS_PRICES = {"FI": 700}
    for number in (1, 2):
        a_patient(in_scope, number)
    mailing = draft_of(in_scope)
    send(in_scope, mailing)
    assert SmsDay.across.values_list("queued", "spent").get() == (2, 1400)

    assert stop_mailing(organisation=in_scope.organisation, mailing=mailing, who="Desk") == 2
    give_back_unsent()

    assert SmsDay.across.values_list("queued", "spent").get() == (0, 0)
    assert SmsMonth.across.get().spent == 0


def test_of_very_many_some_are_measured(in_scope: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailings, "MOST_MEASURED", 2)
    for number in range(6):
        a_patient(in_scope, number)

    mailing = draft_of(in_scope, words={"fi": {"subject": "", "body": "a" * 161}})

    assert (mailing.parts, mailing.cost) == (12, 12 * 700)


@pytest.mark.parametrize(
    ("limits", "limit"), [({"sms_daily_limit": 2}, "day"), ({"sms_monthly_cap": 0}, "month")]
)
def test_nothing_is_sent_past_a_limit(in_scope: Practice, limits: dict[str, int], limit: str) -> None:
    """Of the day's two SMS a fifth is kept for codes."""
    for number in (1, 2):
        a_patient(in_scope, number)
    mailing = draft_of(in_scope)
    for name, value in limits.items():
        setattr(in_scope.organisation.settings, name, value)

    with pytest.raises(SmsNotAllowed) as refused:
        send(in_scope, mailing)

    assert refused.value.limit == limit
    mailing.refresh_from_db()
    assert mailing.state == "draft"
    assert not Message.across.exists()
    assert not SmsDay.across.exists()


def test_what_was_changed_since_it_was_shown_is_not_sent(in_scope: Practice) -> None:
    a_patient(in_scope, 1)
    shown = draft_of(in_scope)
    mailings.word_mailing(
        organisation=in_scope.organisation,
        mailing=shown,
        words={"fi": {"subject": "", "body": "Something else"}},
    )

    with pytest.raises(ChangedMeanwhile):
        send(in_scope, shown)


# When it goes


def test_quiet_is_kept_unless_it_cannot_wait(in_scope: Practice) -> None:
    a_patient(in_scope, 1, days=3)
    quiet, urgent = draft_of(in_scope), draft_of(in_scope)
    in_scope.organisation.settings.quiet_from = time(0)
    in_scope.organisation.settings.quiet_until = time(23, 59)
    in_scope.organisation.settings.save()

    send(in_scope, quiet)
    mailings.send_mailing(
        organisation=in_scope.organisation,
        mailing=urgent,
        seen=mailings.stamp_of(urgent),
        ignores_quiet=True,
        who="Desk",
    )

    later = Message.across.get(mailing=quiet)
    assert later.not_before is not None
    assert later.not_before > timezone.now() - timedelta(minutes=2)
    assert Message.across.get(mailing=urgent).not_before is None


def test_nothing_is_said_of_an_appointment_that_is_over_by_then(in_scope: Practice) -> None:
    a_patient(in_scope, 1, days=1)
    mailing = draft_of(in_scope)
    in_scope.organisation.settings.quiet_weekdays = list(range(7))
    in_scope.organisation.settings.save()

    send(in_scope, mailing)

    mailing.refresh_from_db()
    assert mailing.left_out == {"too_late": 1}


def test_cancelled_appointment_takes_what_waits_about_it_along(in_scope: Practice) -> None:
    booking = a_patient(in_scope, 1, days=5)
    send(in_scope, draft_of(in_scope))

    cancel_booking(organisation=in_scope.organisation, booking=booking)

    assert Message.across.get(mailing__isnull=False).state == "cancelled"


def test_many_are_written_by_a_worker_in_batches_each_once(
    in_scope: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "FEW", 1)
    monkeypatch.setattr(mailings, "BATCH", 2)
    for number in range(5):
        a_patient(in_scope, number)
    mailing = draft_of(in_scope)

    send(in_scope, mailing)
    assert how_far(organisation=in_scope.organisation, mailing=mailing).unwritten == 5
    organisation = in_scope.organisation
    assert mailings.write_next(organisation, mailing.pk)
    write_mailings()
    write_mailing(mailing.pk)

    far = how_far(organisation=organisation, mailing=mailing)
    assert (far.waiting, far.unwritten) == (5, 0)
    assert Mailing.across.get().state == "done"


def test_code_of_another_goes_before_a_mailing(in_scope: Practice, other_practice: Practice) -> None:
    for number in range(3):
        agree(a_patient(in_scope, number))
    send(in_scope, draft_of(in_scope, "marketing"))
    code = Message.across.create(
        organisation=other_practice.organisation,
        channel="sms",
        kind="code",
        about="booking:1:code:1",
        to="+358401234099",
        language="fi",
        body="123456",
        priority=Priority.SOMEBODY_WAITS,
    )

    assert due_messages(limit=1) == [code.pk]


def test_stopping_ends_what_waits_written_or_not(in_scope: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailings, "FEW", 1)
    monkeypatch.setattr(mailings, "BATCH", 2)
    for number in range(5):
        a_patient(in_scope, number)
    mailing = draft_of(in_scope)
    send(in_scope, mailing)
    mailings.write_next(in_scope.organisation, mailing.pk)
    first = Message.across.filter(mailing=mailing).order_by("pk")[0]
    Message.across.filter(pk=first.pk).update(state="sent", sent_at=timezone.now())

    assert stop_mailing(organisation=in_scope.organisation, mailing=mailing, who="Desk") == 4
    assert stop_mailing(organisation=in_scope.organisation, mailing=mailing, who="Desk") == 0
    write_mailing(mailing.pk)

    far = how_far(organisation=in_scope.organisation, mailing=mailing)
    assert (far.sent, far.cancelled, far.waiting, far.unwritten) == (1, 1, 0, 0)
    assert [act.act for act in DeskAct.across.order_by("pk")] == [Act.MAILED, Act.STOPPED]


def test_number_of_which_nothing_is_known_is_told_of_the_one_clinic(in_scope: Practice) -> None:
    to = Candidate("+358401234567", "fi")
    words = {"fi": {"subject": "", "body": "Soita [vastaanoton puhelin]\n[vastaanotto]"}}

    send(in_scope, draft_of(in_scope, "message", words=words, candidates=[to]))

    assert sent_to(in_scope) == {to.to: f"Soita +358 9 555 0100\n{in_scope.clinic.name}"}
    assert Message.across.get().about.startswith("hand:")


# Recall, and today's


def recalled(practice: Practice, treatment: Any = None, months: int = 6) -> list[str]:
    rows = bookings_to_recall(
        organisation=practice.organisation, clinic_ids=None, months=months, treatment=treatment
    )
    return [booking.patient.first_name for booking in rows]


def test_recall_finds_who_has_not_been_here_for_long(in_scope: Practice, other_practice: Practice) -> None:
    a_patient(in_scope, 1, days=-200)
    a_patient(in_scope, 2, days=-100)
    a_patient(in_scope, 3, days=-200)
    a_patient(in_scope, 3, days=-20, first_name="MAIJA3")
    a_patient(in_scope, 4, days=-200)
    a_patient(in_scope, 4, days=20, mobile="")
    a_patient(in_scope, 5, days=-200, state=Booking.State.NO_SHOW)
    a_patient(other_practice, 6, days=-200)

    assert recalled(in_scope) == ["Maija1"]


def test_recall_of_a_treatment_does_not_mind_other_visits(in_scope: Practice) -> None:
    hygiene = TreatmentFactory(organisation=in_scope.organisation)
    a_patient(in_scope, 1, days=-200, treatment=hygiene)
    a_patient(in_scope, 1, days=-10)
    a_patient(in_scope, 2, days=-200)

    assert recalled(in_scope, hygiene) == ["Maija1"]


def test_child_is_recalled_though_its_sibling_was_here(in_scope: Practice) -> None:
    shared = {"mobile": "+358401234567", "email": ""}
    a_patient(in_scope, 1, days=-200, **shared)
    a_patient(in_scope, 2, days=-5, **shared)

    assert recalled(in_scope) == ["Maija1"]


def test_who_was_recalled_lately_is_not_recalled_along_with_many(in_scope: Practice) -> None:
    for number in (1, 2):
        a_patient(in_scope, number, days=-200)
    send(in_scope, draft_of(in_scope, "recall"))

    assert draft_of(in_scope, "recall").left_out == {"recalled": 2}


def test_todays_are_those_of_the_members_clinics(in_scope: Practice, other_practice: Practice) -> None:
    soon = {"days": 0}
    own = a_patient(in_scope, 1, **soon)
    a_patient(in_scope, 2, **soon, clinic=ClinicFactory(organisation=in_scope.organisation))
    a_patient(in_scope, 3, **soon, state=Booking.State.CANCELLED)
    a_patient(in_scope, 4, days=2)
    a_patient(other_practice, 5, **soon)

    rows = todays_bookings(organisation=in_scope.organisation, clinic_ids=[in_scope.clinic.pk])

    assert list(rows) == [own]


# Keeping


def test_drafts_and_old_mailings_are_forgotten(in_scope: Practice) -> None:
    a_patient(in_scope, 1)
    old, sent, fresh = draft_of(in_scope), draft_of(in_scope), draft_of(in_scope)
    send(in_scope, sent)
    Mailing.across.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
    Mailing.across.filter(pk=sent.pk).update(created_at=timezone.now() - timedelta(days=400))

    assert forget_mailings() == 2

    assert list(Mailing.across.all()) == [fresh]
    assert Message.across.get().mailing is None
    assert Recipient.across.count() == 1


def test_who_is_erased_is_not_written_to(in_scope: Practice) -> None:
    booking = a_patient(in_scope, 1, days=-3)
    a_patient(in_scope, 2)
    mailing = draft_of(in_scope)

    erase_person(organisation=in_scope.organisation, criteria=Criteria(mobile="+358401234001"))
    send(in_scope, mailing)

    assert list(sent_to(in_scope)) == ["+358401234002"]
    assert not BookingPatient.across.filter(booking=booking).exists()


def test_mailing_of_another_organisation_has_no_messages_here(
    in_scope: Practice, other_practice: Practice
) -> None:
    a_patient(in_scope, 1)
    with organisation_scope(other_practice.organisation.pk):
        a_patient(other_practice, 2)
        send(other_practice, draft_of(other_practice))
    BookingPatientFactory.reset_sequence()

    send(in_scope, draft_of(in_scope, words=WORDS))

    assert list(sent_to(in_scope)) == ["+358401234001"]
    assert list(sent_to(other_practice)) == ["+358401234002"]
