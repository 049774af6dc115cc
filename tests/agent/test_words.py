"""The agent speaks the language that was chosen; its log and files stay English."""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from gettext import NullTranslations
from html.parser import HTMLParser
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from agent import dates, languages
from agent.activity import Activity, facts_of
from agent.book import Clinic, Practitioner, TimeTaken
from agent.books.sample.book import SampleBook
from agent.books.sample.preblocks import PreblockKind, laid_preblocks, preblock_kinds
from agent.catalogues import catalogue
from agent.cli import main
from agent.configuration import FILE_NAME, load_configuration, written
from agent.identity import Identity
from agent.intervals import Interval
from agent.logs import CarefulFormatter
from agent.page.server import PageServer
from agent.page.site import Site
from agent.toml_files import ConfigurationError
from agent.words import LANGUAGES, _, listed, ngettext, restored, speaking, stored
from tests.agent.fake_portal import FakePortal
from tests.agent.small_book import at, next_monday, place

NO_HEADERS: Mapping[str, str] = {}
WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture
def page(book: SampleBook) -> Iterator[PageServer]:
    server = PageServer(0)
    activity = Activity()
    activity.pushed(sequence=4, slots=2, weeks=1)
    activity.pulled(["booking.created", "booking.moved", "patient.lookup"])
    activity.answered(["accepted", "refused (taken)"])
    activity.failed(_("The portal cannot be reached ({trouble}).", trouble="ConnectError"))
    site = Site(
        account="Demo",
        account_words="Demo.",
        activity=activity,
        book=book,
        token=server.token,
        poke=lambda: None,
    )
    server.start(site.answer, look_seconds=0.01)
    yield server
    server.close()


def ask(
    page: PageServer,
    path: str,
    headers: Mapping[str, str] = NO_HEADERS,
    *,
    form: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """The status, and the page or else where to go on."""
    connection = HTTPConnection("127.0.0.1", page.port, timeout=10)
    try:
        body = None if form is None else urlencode({"token": page.token, **form})
        kind = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("GET" if form is None else "POST", path, body, {**kind, **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, text or f"{answer.headers['Location']} {answer.headers.get('Set-Cookie', '')}"
    finally:
        connection.close()


def test_text_is_english_and_said_in_the_language_that_is_spoken() -> None:
    text = listed([ngettext("{number} week", "{number} weeks", 2), _("Patients can book.")])

    with speaking("fi"):
        assert f"{text}" == "2 viikkoa, Potilaat voivat varata aikoja."
        assert str(TimeTaken(text)) == str(restored(json.loads(json.dumps(stored(text)))))
    assert str(text) == text == "2 weeks, Patients can book."
    assert json.dumps(text) == '"2 weeks, Patients can book."'


def test_log_is_english_whoever_reads_the_page() -> None:
    trouble = _("The portal cannot be reached ({trouble}).", trouble="ConnectError")
    record = logging.LogRecord("agent", logging.INFO, "", 0, "%s", (TimeTaken(trouble),), None)

    with speaking("fi"):
        assert CarefulFormatter().format(record).endswith("The portal cannot be reached (ConnectError).")


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [
        ("fi-FI,fi;q=0.9,en;q=0.8", "fi"),
        ("nn-NO,no;q=0.9", "nb"),
        ("de,sv;q=0.5,en;q=0.7", "en"),
        ("de", ""),
        ("sv;q=nonsense, ;;,\x00", "sv"),
        ("fi;q=0, sv", "sv"),
        ("", ""),
    ],
)
def test_browser_is_answered_in_the_first_language_that_is_spoken(accepted: str, spoken: str) -> None:
    assert languages.of_browser(accepted) == spoken


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LC_ALL": "fi_FI.UTF-8", "LANG": "sv_SE"}, "fi"),
        ({"LC_ALL": "", "LANG": "nb_NO.UTF-8"}, "nb"),
        ({"LC_MESSAGES": "C", "LANG": "sv_SE"}, "en"),
        ({"LANG": "de_DE"}, "en"),
        ({}, "en"),
    ],
)
def test_machine_says_its_language(environment: dict[str, str], spoken: str) -> None:
    assert languages.of_machine(environment) == spoken


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Mon 23 Nov", "23 Nov – 4 Dec 2026", "23 Nov 2026, 8:05", "8:05:09")),
        ("fi", ("ma 23.11.", "23.11. – 4.12.2026", "23.11.2026 klo 8.05", "8.05.09")),
        ("sv", ("mån 23/11", "2026-11-23 – 2026-12-04", "2026-11-23 kl. 08:05", "08:05:09")),
        ("nb", ("man. 23.11.", "23.11. – 04.12.2026", "23.11.2026 kl. 08:05", "08:05:09")),
    ],
)
def test_days_and_times_are_written_as_the_language_does(language: str, said: tuple[str, ...]) -> None:
    moment = datetime(2026, 11, 23, 8, 5, 9)  # noqa: DTZ001 - by the clock on the wall

    with speaking(language):
        days = (dates.short_day(moment.date()), dates.span_of_days(moment.date(), date(2026, 12, 4)))
        assert (*days, dates.moment(moment), dates.clock(moment, seconds=True)) == said


def test_catalogue_that_is_damaged_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.catalogues.files", lambda _package: tmp_path)
    catalogue.cache_clear()
    try:
        with speaking("sv"):
            assert str(_("Patients can book.")) == "Patients can book."
    finally:
        catalogue.cache_clear()


def test_configured_language_is_read_kept_and_looked_over(identity: Identity, home: Path) -> None:
    path = home / FILE_NAME
    path.write_text(f'language = "nb"\n{path.read_text()}')

    assert load_configuration(home).language == languages.of_home(home) == "nb"
    assert written(load_configuration(home)).startswith('language = "nb"')

    path.write_text(path.read_text().replace('"nb"', '"no"'))
    assert languages.of_home(home) == ""
    with pytest.raises(ConfigurationError, match="language must be one of fi, sv, nb, en"):
        load_configuration(home)


def test_status_speaks_finnish_when_told_to(
    identity: Identity, home: Path, fake_portal: FakePortal, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / FILE_NAME
    path.write_text(f'language = "fi"\n{path.read_text()}')
    activity = Activity(home)
    activity.pushed(sequence=1, slots=1, weeks=1)
    activity.book_failed(_("The appointment book cannot be used ({trouble}).", trouble="OSError"))
    activity.stopped()

    assert main(["status", "--home", str(home)]) == 0

    told = capsys.readouterr().out
    assert "yhteys       ok  Portaaliin on yhteys." in told
    assert "Ajanvarauskirjaa ei voi käyttää (OSError)." in told
    assert re.search(r"viime lähetys +\d+\.\d+\.\d{4} klo \d+\.\d\d\n", told)
    assert str(facts_of(home) or "").count("The appointment book cannot be used (OSError).") == 1
    assert main(["status", "--home", str(home), "--json"]) == 0
    assert (
        json.loads(capsys.readouterr().out)["lights"]["connection"]["words"] == "In contact with the portal."
    )


def test_faults_and_help_are_told_in_the_machines_language(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "sv_SE.UTF-8")

    assert main(["status", "--home", str(home)]) == 1
    assert capsys.readouterr().err == f"{home} har ingen aktiverad agent; kör först `setup`.\n"
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert told.startswith("användning: agent")
    assert "flytta till en annan dator" in told
    with pytest.raises(SystemExit):
        main(["desk", "mark", "--database", "x", "1", "asleep"])
    assert "ogiltigt val: 'asleep'" in capsys.readouterr().err


def test_page_follows_the_browser_until_somebody_chooses(page: PageServer) -> None:
    swedish = {"Accept-Language": "sv-SE,sv;q=0.9"}
    body = ask(page, "/", swedish)[1]
    assert '<html lang="sv">' in body
    assert "Portalen kan inte nås (ConnectError)." in body
    assert "Sändning 4: 1 vecka, 2 lediga luckor" in body

    form = {"language": "fi", "back": f"/desk/?week={next_monday()}"}
    status, went = ask(page, "/language", form=form, headers=swedish)
    assert (status, went.split()[0]) == (303, f"/desk/?week={next_monday()}")
    cookie = went.split()[1].rstrip(";")

    body = ask(page, "/desk/", {**swedish, "Cookie": cookie})[1]
    assert '<html lang="fi">' in body
    assert "Edellinen viikko" in body
    taken = ask(page, "/desk/enter", form={}, headers={"Cookie": cookie})[1]
    assert "Valitse päivä." in taken


def test_page_speaks_the_configured_language_instead_of_the_browsers(page: PageServer) -> None:
    page.language = "nb"

    assert '<html lang="nb">' in ask(page, "/", {"Accept-Language": "sv"})[1]
    status, body = ask(page, "/nothing", {"Cookie": "agent-language=nonsense"})
    assert (status, "Det finnes ingen slik side." in body) == (404, True)


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil",
        "/desk/\r\nX: y",
        "/nothing",
        "",
        "/?" + "&a=1" * 99,
    ],
)
def test_switch_leads_nowhere_but_to_the_page(page: PageServer, back: str) -> None:
    status, went = ask(page, "/language", form={"language": "fi", "back": back})

    assert (status, went.split()[0]) == (303, "/")
    assert ask(page, "/language")[0] == 404


@pytest.mark.parametrize("chosen", ["", "de", "fi; Path=/x"])
def test_language_that_is_not_spoken_is_not_kept(page: PageServer, chosen: str) -> None:
    assert ask(page, "/language", form={"language": chosen, "back": "/"}) == (303, "/ ")


class Aloud(HTMLParser):
    """The words that a page shows or says."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value or "" for name, value in attrs if name in ("aria-label", "title", "placeholder")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


class Marking(NullTranslations):
    def gettext(self, message: str) -> str:
        return f"«{message}»"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"«{msgid2}»"


def test_no_word_of_the_page_is_left_untranslatable(
    page: PageServer, book: SampleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands outside the marks is the book's own, a language's name or a date."""
    monkeypatch.setattr("agent.words.catalogue", lambda _language: Marking())
    page.language = "fi"
    appointment = book.enter_at_desk(place(at(9), at(10)), text="Visit", entered_by="DESK")
    whole = Interval(at(0), at(23))
    laid = laid_preblocks(book, "p1", whole)[0].id
    week = f"/desk/?week={next_monday()}"
    paths = (
        "/",
        week,
        "/desk/enter",
        f"/desk/appointment?id={appointment}",
        "/desk/lay",
        f"/desk/preblock?id={laid}",
    )

    told = [ask(page, path)[1] for path in (*paths, "/nothing", f"{week}&done=entered")]
    told.append(ask(page, "/desk/enter", form={})[1])

    assert outside_marks("".join(told)) - words_in_book(book) == set()


def words_in_book(book: SampleBook) -> set[str]:
    known = book.catalogue()
    named: Iterable[Practitioner | Clinic | PreblockKind]
    named = [*known.practitioners, *known.clinics, *preblock_kinds(book)]
    own = [*LANGUAGES.values(), dates.MANNERS["fi"].weekdays, "klo Demo Visit DESK"]
    return set(WORD.findall(" ".join([*(one.name for one in named), *own])))


def outside_marks(page: str) -> set[str]:
    aloud = Aloud()
    aloud.feed(page)
    text = "\n".join(aloud.texts)
    while (fewer := re.sub(r"«[^«»]*»", "", text)) != text:
        text = fewer
    return set(WORD.findall(text))
