"""The demo's books: believable, the same every time, always eight weeks ahead."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text

from agent.book import BookUnavailable
from agent.books.engine import writing
from agent.books.sample import tables
from agent.books.sample.book import SampleBook
from agent.books.sample.demo_book import fill_demo_book
from agent.windows import Horizon, Window, windows_of

TODAY = date(2026, 11, 23)


@pytest.fixture
def empty_book(tmp_path: Path) -> Iterator[SampleBook]:
    book = SampleBook(f"sqlite:///{tmp_path / 'demo.db'}")
    yield book
    book.close()


def windows(book: SampleBook, *, today: date = TODAY) -> list[Window]:
    zones = {clinic.id: ZoneInfo(clinic.time_zone) for clinic in book.catalogue().clinics}
    horizon = Horizon(datetime(today.year, today.month, today.day, 4, tzinfo=UTC), 7)
    return list(windows_of(book.diaries(horizon.during), zones, horizon))


@pytest.mark.parametrize(
    ("organisation", "clinics", "practitioners", "treatments"),
    [("demoklinikka", 2, 5, 8), ("pikkuhammas", 1, 2, 3)],
)
def test_demo_book_is_published_whole(
    empty_book: SampleBook, organisation: str, clinics: int, practitioners: int, treatments: int
) -> None:
    fill_demo_book(empty_book, organisation, today=TODAY)

    catalogue = empty_book.catalogue()
    found = len(catalogue.clinics), len(catalogue.practitioners), len(catalogue.treatments)
    assert found == (clinics, practitioners, treatments)
    assert all(window.slots for window in windows(empty_book))


def test_every_working_day_has_free_time_and_about_half_is_taken(empty_book: SampleBook) -> None:
    fill_demo_book(empty_book, "demoklinikka", today=TODAY)

    slots = [slot for window in windows(empty_book) for slot in window.body["slots"]]
    days = {slot["start"][:10] for slot in slots}
    working_days = {TODAY + timedelta(days=number) for number in range(56)}
    assert days >= {day.isoformat() for day in working_days if day.weekday() < 5}
    free = sum(
        (datetime.fromisoformat(slot["end"]) - datetime.fromisoformat(slot["start"]) for slot in slots),
        timedelta(),
    )
    table = tables.preblock_times.c
    with empty_book.engine.begin() as connection:
        published = [
            row.end_at - row.start_at for row in connection.execute(select(table.start_at, table.end_at))
        ]
    assert 0.4 < free / sum(published, timedelta()) < 0.6


def test_filling_again_adds_only_the_days_that_are_missing(empty_book: SampleBook) -> None:
    fill_demo_book(empty_book, "pikkuhammas", today=TODAY)
    before = windows(empty_book)
    fill_demo_book(empty_book, "pikkuhammas", today=TODAY)
    assert windows(empty_book) == before

    fill_demo_book(empty_book, "pikkuhammas", today=TODAY + timedelta(days=14))

    assert all(window.slots for window in windows(empty_book, today=TODAY + timedelta(days=14)))
    assert windows(empty_book)[:6] == before[:6]
    with empty_book.engine.begin() as connection:
        assert connection.execute(select(func.count()).select_from(tables.clinics)).scalar_one() == 1


def test_book_of_an_older_version_gets_the_columns_that_it_lacks(empty_book: SampleBook) -> None:
    fill_demo_book(empty_book, "pikkuhammas", today=TODAY)
    before = windows(empty_book)
    with writing(empty_book.engine) as connection:
        connection.execute(text("ALTER TABLE work_schedules DROP COLUMN every_weeks"))
    with pytest.raises(BookUnavailable, match="work_schedules lacks every_weeks"):
        empty_book.check()

    fill_demo_book(empty_book, "pikkuhammas", today=TODAY)

    empty_book.check()
    assert windows(empty_book) == before
