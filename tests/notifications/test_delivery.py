"""Delivery: one claim, one sending, and what becomes of errors, deaths and delays."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from clinics.models import Organisation
from notifications.claims import claim, due_messages
from notifications.delivery import MOST_ATTEMPTS, attempt, delay_after, deliver
from notifications.models import Kind, Message, Priority, State
from notifications.tasks import deliver_message
from notifications.transports.file.transport import written_messages
from tests.notifications.conftest import Queued
from tests.notifications.fake_twilio import Answer, FakeTwilio
from tests.notifications.states import let_back_off_pass, let_claim_run_out, state_of, stored


def claimed(message: Message) -> Message:
    mine = claim(message.pk)
    assert mine is not None
    return mine


def at_once(*jobs: Callable[[], None]) -> None:
    """Runs the jobs on real connections of their own, all beginning at the same moment."""
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], None]) -> None:
        try:
            barrier.wait()
            job()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_deliver_sends_and_marks(waiting: Queued) -> None:
    message = waiting()

    deliver(message.pk)

    sent = stored(message)
    assert (sent.state, sent.attempts, sent.provider_reference) == (State.SENT, 1, str(message.public_id))
    assert sent.sent_at is not None
    assert [entry["text"] for entry in written_messages()] == [message.body]


def test_task_run_twice_sends_once(waiting: Queued) -> None:
    message = waiting()

    deliver_message(message.pk)
    deliver_message(message.pk)

    assert len(written_messages()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_once(waiting: Queued, twilio: FakeTwilio) -> None:
    for _round in range(5):
        message = waiting()
        at_once(partial(deliver, message.pk), partial(deliver, message.pk))
        assert state_of(message) == State.SENT

    assert len(twilio.taken) == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_without_a_claim_would_send_twice(waiting: Queued, twilio: FakeTwilio) -> None:
    """The negative control: the race that the claim decides is a real one."""
    message = waiting()
    read = Message.across.select_related("organisation__settings").get
    first, second = read(pk=message.pk), read(pk=message.pk)
    first.attempts = second.attempts = 1
    first.route = second.route = "sms"

    at_once(lambda: attempt(first), lambda: attempt(second))

    assert len(twilio.taken) == 2


def test_secret_is_forgotten_once_sent(waiting: Queued) -> None:
    message = waiting(kind=Kind.CODE, is_secret=True, body="Vahvistuskoodisi on 123456")

    deliver(message.pk)

    assert written_messages()[0]["text"] == "Vahvistuskoodisi on 123456"
    assert (state_of(message), stored(message).body) == (State.SENT, "")


def test_database_refuses_to_keep_a_secret_that_was_sent(waiting: Queued) -> None:
    message = waiting(is_secret=True)

    with pytest.raises(IntegrityError, match="message_secret_forgotten"), transaction.atomic():
        Message.across.filter(pk=message.pk).update(state=State.SENT, sent_at=timezone.now())


def test_worker_that_died_after_sending_does_not_send_again(waiting: Queued, twilio: FakeTwilio) -> None:
    message = waiting()
    twilio.take({"To": message.to, "From": "Demoklinikk", "Body": message.body})
    claim(message.pk)
    deliver(message.pk)
    assert state_of(message) == State.SENDING

    let_claim_run_out(message)
    assert due_messages(limit=10) == [message.pk]
    deliver(message.pk)

    assert state_of(message) == State.SENT
    assert stored(message).provider_reference == twilio.taken[0]["sid"]
    assert stored(message).unknown_outcomes == 1
    assert len(twilio.taken) == 1


def test_worker_that_died_before_sending_is_made_up_for(waiting: Queued, twilio: FakeTwilio) -> None:
    message = waiting()
    claim(message.pk)
    let_claim_run_out(message)

    deliver(message.pk)

    assert state_of(message) == State.SENT
    assert twilio.texts() == [message.body]


def test_worker_that_died_after_writing_to_the_file_does_not_write_again(waiting: Queued) -> None:
    message = waiting()
    attempt(claimed(message))
    Message.across.filter(pk=message.pk).update(state=State.SENDING, sent_at=None)
    let_claim_run_out(message)

    deliver(message.pk)

    assert state_of(message) == State.SENT
    assert len(written_messages()) == 1


def test_same_text_to_the_same_number_is_told_apart_by_what_is_on_record(
    waiting: Queued, twilio: FakeTwilio
) -> None:
    """Two children at the same time with one parent's number: each gets its own message."""
    first = waiting(body="Varauksesi on vastaanotettu: 12.3. klo 10.00")
    second = waiting(body="Varauksesi on vastaanotettu: 12.3. klo 10.00")
    deliver(first.pk)
    claim(second.pk)
    let_claim_run_out(second)

    deliver(second.pk)

    assert len(twilio.taken) == 2
    assert stored(first).provider_reference != stored(second).provider_reference


def test_another_text_to_the_same_number_holds_up_no_look_up(waiting: Queued, twilio: FakeTwilio) -> None:
    first, second = waiting(body="Ensimmäinen"), waiting(body="Toinen")
    claim(first.pk)
    claim(second.pk)
    let_claim_run_out(second)

    deliver(second.pk)

    assert (state_of(first), state_of(second)) == (State.SENDING, State.SENT)


def test_same_text_that_is_being_sent_is_waited_for(waiting: Queued, twilio: FakeTwilio) -> None:
    first, second = waiting(body="Sama"), waiting(body="Sama")
    claim(first.pk)
    claim(second.pk)
    let_claim_run_out(second)

    deliver(second.pk)

    assert (state_of(second), twilio.taken) == (State.WAITING, [])


def test_old_worker_that_wakes_up_does_not_undo_the_new_ones_mark(
    waiting: Queued, twilio: FakeTwilio
) -> None:
    message = waiting()
    old = claimed(message)
    let_claim_run_out(message)
    deliver(message.pk)
    assert state_of(message) == State.SENT
    twilio.answers = [Answer(503, "{}")]

    attempt(old)

    assert state_of(message) == State.SENT
    assert stored(message).last_error == ""


def test_passing_error_waits_and_is_tried_again(waiting: Queued, twilio: FakeTwilio) -> None:
    message = waiting()
    twilio.answers = [Answer(503, "<html>try later</html>")]

    deliver(message.pk)

    assert state_of(message) == State.WAITING
    assert stored(message).next_attempt_at > timezone.now()
    assert due_messages(limit=10) == []
    let_back_off_pass(message)
    deliver(message.pk)
    assert (state_of(message), stored(message).attempts) == (State.SENT, 2)
    assert len(twilio.taken) == 1


def test_answer_that_never_came_is_looked_up_before_sending_again(
    waiting: Queued, twilio: FakeTwilio
) -> None:
    message = waiting()
    twilio.answers = [Answer(takes_it=True, hangs_up=True)]

    deliver(message.pk)

    assert (state_of(message), len(twilio.taken)) == (State.WAITING, 1)
    let_back_off_pass(message)
    deliver(message.pk)
    assert state_of(message) == State.SENT
    assert len(twilio.taken) == 1


def test_permanent_error_fails_at_once_with_the_providers_words(waiting: Queued, twilio: FakeTwilio) -> None:
    message = waiting(is_secret=True)
    twilio.answers = [Answer(400, '{"code": 21211, "message": "Invalid To number", "status": 400}')]

    deliver(message.pk)

    failed = stored(message)
    assert (failed.state, failed.body) == (State.FAILED, "")
    assert "21211 Invalid To number" in failed.last_error.replace("Unable to create record: ", "")
    assert due_messages(limit=10) == []


def test_passing_errors_end_after_the_last_attempt(waiting: Queued, twilio: FakeTwilio) -> None:
    message = waiting(attempts=MOST_ATTEMPTS - 1)
    twilio.answers = [Answer(503, "{}")]

    deliver(message.pk)

    assert state_of(message) == State.FAILED


def test_message_that_kills_its_workers_ends_too(waiting: Queued, twilio: FakeTwilio) -> None:
    message = waiting(attempts=MOST_ATTEMPTS)

    deliver(message.pk)

    assert (state_of(message), twilio.taken) == (State.FAILED, [])


def test_delays_grow_and_stay_bounded() -> None:
    delays = [delay_after(attempts).total_seconds() for attempts in range(1, 12)]

    assert 4 <= delays[0] <= 6
    assert 36 <= delays[2] <= 54
    assert max(delays) <= 2160


def test_message_past_its_latest_time_is_dropped_and_never_sent(waiting: Queued) -> None:
    message = waiting(is_secret=True, not_after=timezone.now() - timedelta(seconds=1))

    deliver(message.pk)

    assert (state_of(message), stored(message).body, written_messages()) == (State.EXPIRED, "", [])


def test_retry_comes_no_later_than_the_latest_time(waiting: Queued, twilio: FakeTwilio) -> None:
    latest = timezone.now() + timedelta(seconds=2)
    message = waiting(not_after=latest)
    twilio.answers = [Answer(503, "{}")]

    deliver(message.pk)

    assert stored(message).next_attempt_at == latest


def test_message_before_its_time_stays(waiting: Queued) -> None:
    message = waiting(next_attempt_at=timezone.now() + timedelta(hours=1))

    deliver(message.pk)

    assert (state_of(message), written_messages()) == (State.WAITING, [])


def test_cancelled_message_is_not_sent(waiting: Queued) -> None:
    message = waiting(state=State.CANCELLED)

    deliver(message.pk)

    assert written_messages() == []


def test_sweep_takes_turns_between_organisations_and_codes_first(
    waiting: Queued, organisation: Organisation, other_organisation: Organisation
) -> None:
    plain = [waiting() for _ in range(3)]
    code = waiting(priority=Priority.SOMEBODY_WAITS)
    other = waiting(organisation=other_organisation)

    assert due_messages(limit=10) == [code.pk, plain[0].pk, other.pk, plain[1].pk, plain[2].pk]
    assert due_messages(limit=3) == [code.pk, plain[0].pk, other.pk]


def test_sweep_leaves_a_living_worker_alone(waiting: Queued) -> None:
    message = waiting()
    claim(message.pk)

    assert due_messages(limit=10) == []
    deliver(message.pk)
    assert written_messages() == []


def test_logs_name_no_person(waiting: Queued, twilio: FakeTwilio, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="notifications")
    caplog.set_level("INFO")
    message = waiting(body="Salainen teksti")
    twilio.answers = [Answer(503, "{}")]

    deliver(message.pk)
    let_back_off_pass(message)
    deliver(message.pk)

    assert state_of(message) == State.SENT
    assert "Message " in caplog.text
    assert "401234567" not in caplog.text
    assert "Salainen" not in caplog.text
