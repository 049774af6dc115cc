"""Two presses of "send" in the same moment, or a press and a stop: sent once, counted once."""

import threading

import pytest

from clinics.models import Organisation
from notifications.mailings import take_allowance_for
from notifications.models import Mailing, Message, SmsDay
from scheduling import mailings
from scheduling.mailings import write_mailing
from scheduling.models import DeskAct
from tests.conftest import Practice
from tests.races import at_once
from tests.scheduling.sent_by_hand import a_patient, draft_of, send

pytestmark = pytest.mark.django_db(transaction=True)


def pressed_twice(practice: Practice) -> list[str]:
    for number in range(3):
        a_patient(practice, number)
    mailing = draft_of(practice)
    return at_once(practice.organisation, *[lambda: send(practice, mailing)] * 2)


def test_mailing_pressed_twice_is_sent_once(practice: Practice, in_scope: Practice) -> None:
    assert pressed_twice(practice) == ["done", "done"]

    assert sorted(Message.across.values_list("to", flat=True)) == [f"+3584012340{n:02}" for n in range(3)]
    assert DeskAct.across.count() == 1
    assert SmsDay.across.get().queued == 3


def test_without_the_lock_it_would_be_sent_and_paid_for_twice(
    practice: Practice, in_scope: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control. Even so the database lets nobody get two."""

    def unlocked(organisation: Organisation, mailing: Mailing) -> Mailing:
        found: Mailing = Mailing.objects.get(organisation=organisation, pk=mailing.pk)
        return found

    monkeypatch.setattr(mailings, "locked_mailing", unlocked)
    barrier = threading.Barrier(2)

    def take_together(**asked: object) -> None:
        barrier.wait()
        take_allowance_for(**asked)  # type: ignore[arg-type]

    monkeypatch.setattr(mailings, "take_allowance_for", take_together)

    assert pressed_twice(practice) == ["done", "done"]

    assert DeskAct.across.count() == 2
    assert SmsDay.across.get().queued == 6
    assert Message.across.count() == 3


def test_two_workers_at_one_mailing_write_each_message_once(
    practice: Practice, in_scope: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "FEW", 1)
    monkeypatch.setattr(mailings, "BATCH", 3)
    monkeypatch.setattr(mailings, "have_done", lambda *_asked: None)
    for number in range(12):
        a_patient(practice, number)
    mailing = draft_of(practice)
    send(practice, mailing)

    outcomes = at_once(practice.organisation, *[lambda: write_mailing(mailing.pk)] * 2)
    write_mailing(mailing.pk)

    assert outcomes == ["done", "done"]
    assert Message.across.filter(mailing=mailing).count() == 12
    mailing.refresh_from_db()
    assert (mailing.state, mailing.left_out) == ("done", {})
