"""Two at the desk at one message in the same moment: it goes again once, and is cancelled once."""

import uuid
from collections.abc import Callable

import pytest

from notifications.models import Message
from scheduling.message_desk import send_again, withdraw
from scheduling.models import DeskAct
from tests.conftest import Practice
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

Do = Callable[..., bool]


def a_message(practice: Practice, **fields: str) -> Message:
    made: Message = Message.across.create(
        organisation=practice.organisation,
        channel="sms",
        kind="general",
        about="by-hand:1",
        to="+358401234567",
        language="fi",
        body="Hei",
        **fields,
    )
    return made


def twice(practice: Practice, message: Message, do: Do) -> list[str]:
    outcomes: list[str] = at_once(
        practice.organisation,
        *[lambda: do(organisation=practice.organisation, message=message, who="Editor")] * 2,
    )
    return outcomes


@pytest.mark.parametrize("round_", range(3))
def test_failed_message_goes_again_once(practice: Practice, in_scope: Practice, round_: int) -> None:
    message = a_message(practice, state="failed")

    assert twice(practice, message, send_again) == ["done", "done"]

    assert list(Message.across.exclude(pk=message.pk).values_list("about", flat=True)) == [
        "by-hand:1:retry:1"
    ]
    assert DeskAct.across.count() == 1


def test_waiting_message_is_cancelled_once(practice: Practice, in_scope: Practice) -> None:
    message = a_message(practice)

    twice(practice, message, withdraw)

    assert Message.across.get().state == "cancelled"
    assert DeskAct.across.count() == 1


def test_without_a_name_of_its_own_it_would_go_twice(
    practice: Practice, in_scope: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr("notifications.resending.about_retry", lambda about: f"{about}:{uuid.uuid4()}")
    message = a_message(practice, state="failed")

    twice(practice, message, send_again)

    assert Message.across.exclude(pk=message.pk).count() == 2
