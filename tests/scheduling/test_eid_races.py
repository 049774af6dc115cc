"""Two that come back with the same answer at the same moment: one is let in."""

from datetime import timedelta
from threading import Barrier

import pytest
from django.utils import timezone

from scheduling.eid_logins import digest_of, used_up
from scheduling.errors import EidAttemptGone
from scheduling.models import EidAttempt
from tests.conftest import Practice
from tests.races import at_once

BROWSERS = 8

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def attempt(practice: Practice) -> EidAttempt:
    now = timezone.now()
    begun: EidAttempt = EidAttempt.across.create(
        organisation=practice.organisation,
        state_digest=digest_of("state"),
        binding_digest=digest_of("binding"),
        nonce="nonce",
        code_verifier="verifier",
        next_path="/my/",
        created_at=now,
        expires_at=now + timedelta(minutes=10),
    )
    return begun


def test_attempt_is_used_up_by_one(practice: Practice, attempt: EidAttempt) -> None:
    def come_back() -> str:
        try:
            used_up(practice.organisation, "state", "binding")
        except EidAttemptGone:
            return "gone"
        return "in"

    assert sorted(at_once(practice.organisation, *[come_back] * BROWSERS)) == [
        *["gone"] * (BROWSERS - 1),
        "in",
    ]


def test_attempt_that_is_only_looked_at_lets_all_in(practice: Practice, attempt: EidAttempt) -> None:
    """The negative control: the same without the conditional update."""

    def look_and_go_in() -> str:
        is_open = EidAttempt.objects.filter(pk=attempt.pk, used_at__isnull=True).exists()
        everybody_has_looked.wait()
        EidAttempt.objects.filter(pk=attempt.pk).update(used_at=timezone.now())
        return "in" if is_open else "gone"

    everybody_has_looked = Barrier(BROWSERS)

    assert at_once(practice.organisation, *[look_and_go_in] * BROWSERS) == ["in"] * BROWSERS
