"""What goes over the line when the book changes, and when the line breaks."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from agent.books.engine import writing
from agent.books.sample import tables
from agent.books.sample.book import SampleBook
from agent.identity import Identity
from agent.portal import Portal
from agent.problems import PortalError, StaleSequence, Superseded, TryLater
from agent.push_state import HomeInUse, PushState, WindowKey
from agent.pusher import Pusher, batches
from agent.windows import empty_window, week_name
from tests.agent.fake_portal import FakePortal
from tests.agent.small_book import ZONE, at, next_monday, place, written

NOW = datetime.now(UTC)
WHOLE_DAY = [(written(8), written(12)), (written(12, 30), written(16))]


@pytest.fixture
def pusher(book: SampleBook, connection: Portal, state: PushState) -> Pusher:
    return Pusher(book, connection, state, weeks_ahead=2)


def test_first_push_sends_catalogue_and_every_window(pusher: Pusher, fake_portal: FakePortal) -> None:
    sent = pusher.push(NOW)

    assert sent == 6  # two practitioners, three weeks
    assert fake_portal.slots_of("p1") == WHOLE_DAY
    assert fake_portal.slots_of("p2") == []
    (catalogue,) = fake_portal.state.catalogues
    assert [treatment["id"] for treatment in catalogue["treatments"]] == ["t1", "t2"]
    assert catalogue["treatments"][1]["resources"] == ["xray"]


def test_unchanged_book_sends_nothing(pusher: Pusher, fake_portal: FakePortal) -> None:
    pusher.push(NOW)

    assert pusher.push(NOW) == 0
    assert len(fake_portal.state.received) == 1
    assert len(fake_portal.state.catalogues) == 1


def test_desk_change_sends_only_the_window_it_touched(
    pusher: Pusher, book: SampleBook, fake_portal: FakePortal
) -> None:
    pusher.push(NOW)
    appointment = book.enter_at_desk(place(at(9), at(10)), text="", entered_by="DESK")

    assert pusher.push(NOW) == 1
    taken = [(written(8), written(9)), (written(10), written(12)), (written(12, 30), written(16))]
    assert fake_portal.slots_of("p1") == taken

    book.cancel_at_desk(appointment)
    assert pusher.push(NOW) == 1
    assert fake_portal.slots_of("p1") == WHOLE_DAY


def test_deleted_preblock_takes_the_time_off(
    pusher: Pusher, book: SampleBook, fake_portal: FakePortal
) -> None:
    pusher.push(NOW)
    with writing(book.engine) as connection:
        connection.execute(delete(tables.preblock_times))

    pusher.push(NOW)

    assert fake_portal.slots_of("p1") == []


def test_practitioner_who_no_longer_publishes_is_cleared_before_the_catalogue(
    pusher: Pusher, book: SampleBook, fake_portal: FakePortal, state: PushState
) -> None:
    pusher.push(NOW)
    with writing(book.engine) as connection:
        connection.execute(
            update(tables.practitioners).where(tables.practitioners.c.id == "p1").values(may_publish=False)
        )

    pusher.push(NOW)

    assert fake_portal.slots_of("p1") == []
    assert [one["id"] for one in fake_portal.state.catalogues[-1]["practitioners"]] == ["p2"]
    assert {key.practitioner for key in state.accepted()} == {"p2"}


def test_lost_answer_is_followed_by_the_same_body_with_the_same_number(
    pusher: Pusher, book: SampleBook, connection: Portal, state: PushState, fake_portal: FakePortal
) -> None:
    fake_portal.state.lose_answers_to.append("slots")
    with pytest.raises(TryLater):
        pusher.push(NOW)
    book.enter_at_desk(place(at(9), at(10)), text="", entered_by="DESK")  # the book goes on meanwhile

    reborn = Pusher(book, connection, state, weeks_ahead=2)
    reborn.meet()
    reborn.push(NOW)

    first, again, then = fake_portal.state.received
    assert first == again
    assert (first[0], then[0]) == (2, 3)  # the catalogue was the first
    assert (written(8), written(9)) in fake_portal.slots_of("p1")


def test_push_that_never_arrived_is_sent_after_a_crash(
    pusher: Pusher, book: SampleBook, connection: Portal, home: Path, identity: Identity, state: PushState
) -> None:
    pusher.push(NOW)
    state.begin(3, b'{"sequence":3,"windows":[]}', {})  # written down, then killed
    state.close()

    reopened = PushState(home, agent=f"{identity.agent_id} {identity.generation}")
    pusher = Pusher(book, connection, reopened, weeks_ahead=2)
    pusher.meet()
    pusher.push(NOW)

    assert reopened.sequence == 4  # whoever was killed may have known of doubts: everything once more
    assert reopened.pending is None
    reopened.close()


def rename(book: SampleBook, name: str) -> None:
    with writing(book.engine) as connection:
        connection.execute(
            update(tables.practitioners).where(tables.practitioners.c.id == "p1").values(name=name)
        )


def test_catalogue_whose_answer_is_lost_is_sent_again_before_a_newer_one(
    pusher: Pusher, book: SampleBook, connection: Portal, state: PushState, fake_portal: FakePortal
) -> None:
    fake_portal.state.lose_answers_to.append("catalogue")
    with pytest.raises(TryLater):
        pusher.push(NOW)
    assert state.pending is not None
    assert (state.pending.sequence, state.pending.is_catalogue) == (1, True)
    rename(book, "Uusi nimi")

    reborn = Pusher(book, connection, state, weeks_ahead=2)
    reborn.meet()
    assert reborn.push(NOW) == 6

    first, second = fake_portal.state.catalogues  # the same one again was not taken twice
    assert [(one["sequence"], one["practitioners"][0]["name"]) for one in (first, second)] == [
        (1, "Example Practitioner"),
        (2, "Uusi nimi"),
    ]
    assert state.sequence == 3
    assert state.pending is None


@pytest.mark.parametrize("kind", ["unknown-id", "invalid-body", "too-large"])
def test_refused_catalogue_is_not_insisted_on(
    pusher: Pusher, book: SampleBook, state: PushState, fake_portal: FakePortal, kind: str
) -> None:
    pusher.push(NOW)
    rename(book, "?")
    fake_portal.state.problems_for["catalogue"] = [(422, kind)]
    with pytest.raises(PortalError):
        pusher.push(NOW)
    rename(book, "Uusi nimi")

    assert pusher.push(NOW) == 0
    assert fake_portal.state.catalogues[-1]["practitioners"][0]["name"] == "Uusi nimi"
    assert state.sequence == fake_portal.state.sequence == 3


def test_portal_that_does_not_count_catalogues_is_kept_in_step(
    pusher: Pusher, book: SampleBook, state: PushState, fake_portal: FakePortal
) -> None:
    fake_portal.state.counts_catalogues = False
    pusher.push(NOW)
    rename(book, "Uusi nimi")

    assert pusher.push(NOW) == 0
    pusher.meet()
    assert pusher.push(NOW) == 0
    assert len(fake_portal.state.catalogues) == 2
    assert state.sequence == fake_portal.state.sequence == 1


def test_folder_of_an_older_agent_is_taken_over(state: PushState, home: Path, identity: Identity) -> None:
    state.close()
    with closing(sqlite3.connect(home / "state.db", isolation_level=None)) as database:
        database.execute("ALTER TABLE push DROP COLUMN catalogue_sent")
        database.execute("UPDATE push SET sequence = 7, catalogue = 'digest'")

    reopened = PushState(home, agent=f"{identity.agent_id} {identity.generation}")

    assert (reopened.sequence, reopened.catalogue, reopened.pending) == (7, "digest", None)
    reopened.close()


def test_stale_number_is_adopted_and_everything_sent_anew(
    pusher: Pusher, fake_portal: FakePortal, state: PushState
) -> None:
    fake_portal.state.sequence = 41

    with pytest.raises(StaleSequence):
        pusher.push(NOW)

    assert state.sequence == 41
    assert pusher.push(NOW) == 6
    assert fake_portal.state.sequence == 43


def test_portal_set_back_to_an_older_copy_is_sent_everything_anew(
    pusher: Pusher, book: SampleBook, fake_portal: FakePortal
) -> None:
    pusher.push(NOW)
    book.enter_at_desk(place(at(9), at(10)), text="", entered_by="DESK")
    pusher.push(NOW)
    fake_portal.state.sequence = 1
    fake_portal.state.windows.clear()

    pusher.meet()

    assert pusher.push(NOW) == 6
    assert fake_portal.state.sequence == 3


def test_unknown_id_sends_the_catalogue_again(pusher: Pusher, fake_portal: FakePortal) -> None:
    pusher.push(NOW)
    fake_portal.state.sequence = 0
    fake_portal.state.problems_for["slots"] = [(422, "unknown-id")]
    pusher.meet()

    with pytest.raises(PortalError) as refused:
        pusher.push(NOW)

    assert refused.value.kind == "unknown-id"
    assert pusher.push(NOW) == 6
    assert len(fake_portal.state.catalogues) == 3


def test_too_large_push_is_cut_smaller(pusher: Pusher, fake_portal: FakePortal, state: PushState) -> None:
    fake_portal.state.problems_for["slots"] = [(413, "too-large")]

    with pytest.raises(PortalError):
        pusher.push(NOW)

    assert state.pending is None
    assert pusher.push(NOW) == 6
    assert fake_portal.state.sequence == 2  # the refused one's number is free again


def test_batches_keep_below_slots_and_bytes() -> None:
    windows = [empty_window(WindowKey(f"p{n}", "c1", week_name(next_monday())), ZONE) for n in range(10)]
    length = 1_000 + 3 * 200

    assert [len(batch) for batch in batches(windows, most_slots=10, most_bytes=10**6)] == [10]
    assert max(len(batch) for batch in batches(windows, most_slots=10, most_bytes=length)) < 10
    assert [one for batch in batches(windows, most_slots=10, most_bytes=length) for one in batch] == windows


def test_new_activation_starts_over(pusher: Pusher, home: Path, state: PushState) -> None:
    pusher.push(NOW)
    state.close()

    renewed = PushState(home, agent="agent-2 2")

    assert (renewed.sequence, renewed.catalogue, renewed.accepted()) == (0, "", {})
    renewed.close()


def test_one_home_is_for_one_agent_at_a_time(state: PushState, home: Path) -> None:
    with pytest.raises(HomeInUse):
        PushState(home, agent="agent-1 1")


def test_refused_token_is_replaced_once(connection: Portal, fake_portal: FakePortal) -> None:
    connection.status()
    fake_portal.state.tokens.clear()

    assert connection.status()["sequence"] == 0
    assert fake_portal.state.tokens_issued == 2


def test_superseded_agent_is_told_so(connection: Portal, fake_portal: FakePortal) -> None:
    fake_portal.state.superseded |= set(fake_portal.state.agents)

    with pytest.raises(Superseded):
        connection.status()


def test_doubted_practitioner_is_sent_anew_though_nothing_changed(
    pusher: Pusher, fake_portal: FakePortal
) -> None:
    pusher.push(NOW)
    before = fake_portal.slots_of("p1")
    pusher.doubt("p1")

    assert pusher.push(NOW) > 0
    assert pusher.push(NOW) == 0
    assert fake_portal.slots_of("p1") == before
