"""A week page that is kept: the same for everybody, but for the token of its forms, and never stale."""

import re

from clinics.kept_pages import KeptPages
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.pages.conftest import Answer, Browser, book_url

TOKEN = re.compile(rb'name="csrfmiddlewaretoken"\s+value="([^"]+)"')


def tokens_of(response: Answer) -> set[bytes]:
    return set(TOKEN.findall(response.content))


def week(practice: Practice) -> str:
    return book_url(practice, week=next_monday_at(8).date())


def test_kept_page_has_each_visitors_own_token(
    practice: Practice, browser: Browser, stranger: Browser
) -> None:
    first, second = browser.get(week(practice)), stranger.get(week(practice))

    assert len(tokens_of(first)) == len(tokens_of(second)) == 1
    assert tokens_of(first) != tokens_of(second)
    assert TOKEN.sub(b"", first.content) == TOKEN.sub(b"", second.content)


def test_kept_page_has_a_token_that_counts(practice: Practice) -> None:
    first, second = (Browser(practice.host) for _ in range(2))
    second.handler.enforce_csrf_checks = True
    first.get(week(practice))
    (token,) = tokens_of(second.get(week(practice)))
    language = {"language": "sv", "next": "/", "csrfmiddlewaretoken": token.decode()}

    assert second.post("/language/", language).status_code == 302
    assert second.post("/language/", {**language, "csrfmiddlewaretoken": "x" * 64}).status_code == 403


def test_kept_page_shows_at_once_that_a_time_was_taken(
    practice: Practice, browser: Browser, stranger: Browser
) -> None:
    before = browser.get(week(practice))
    stranger.hold(practice, next_monday_at(9))
    after = browser.get(week(practice))

    assert after.content.count(b'name="at"') == before.content.count(b'name="at"') - 1


def test_kept_question_shows_at_once_that_the_first_time_was_taken(
    practice: Practice, browser: Browser, stranger: Browser
) -> None:
    question = book_url(practice, change="practitioner")
    before = browser.get(question)
    stranger.hold(practice, next_monday_at(8))
    after = browser.get(question)

    assert b"8:00" in before.content
    assert b"8:00" not in after.content
    assert b"8:30" in after.content


def test_kept_page_shows_at_once_that_a_clinic_was_renamed(practice: Practice, browser: Browser) -> None:
    browser.get(week(practice))
    practice.clinic.name = "Uusi nimi"
    practice.clinic.save()

    assert b"Uusi nimi" in browser.get(week(practice)).content


def test_kept_page_is_another_in_another_language(practice: Practice) -> None:
    english, finnish = (Browser(practice.host, language).get(week(practice)) for language in ("en", "fi"))

    assert b"Choose a time" in english.content
    assert b"Choose a time" not in finnish.content


def test_kept_pages_are_those_asked_for_last() -> None:
    kept = KeptPages(most=2)
    for key in "ab":
        kept.put(key, key)
    kept.get("a")
    kept.put("c", "c")

    assert [kept.get(key) for key in "abc"] == ["a", None, "c"]
