"""Real processes, and the line between them cut: afterwards each booking is in the book, once."""

import time
from pathlib import Path

import pytest

from tests.agent.cut_line import Mischief, eventually, scene

pytestmark = pytest.mark.django_db(transaction=True)

CUT_SECONDS = 0.7


def test_bookings_survive_a_line_that_is_cut(transactional_db: None, tmp_path: Path) -> None:
    with scene(tmp_path) as play:
        for number, mischief in enumerate([Mischief.DELAY, Mischief.DROP, Mischief.HALF_CLOSE]):
            play.line.do(mischief)
            play.book(2 * number)
            time.sleep(CUT_SECONDS)
            play.line.do(Mischief.NOTHING)
            play.book(2 * number + 1)
            eventually(play.is_in_step)

        assert len(play.desk.standing()) == 6
