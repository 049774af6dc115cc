"""The local page: for this machine's own browsers only, with a desk that changes the book."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

import pytest

from agent.activity import Activity
from agent.books.sample.book import SampleBook
from agent.books.sample.preblocks import laid_preblocks
from agent.intervals import Interval
from agent.page.server import PageServer
from agent.page.site import Site
from tests.agent.small_book import at, next_monday, place

DAY = str(next_monday())
PLACE = {"practitioner": "p1", "clinic": "c1", "day": DAY, "start": "09:00", "minutes": "30"}


@dataclass
class Browser:
    """Speaks to the page over a real socket."""

    server: PageServer
    pokes: list[str]

    def ask(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[HTTPResponse, str]:
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()

    def get(self, path: str) -> str:
        response, body = self.ask("GET", path)
        assert response.status == 200, body
        return body

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        form = urlencode({"token": self.server.token, **fields})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        response, body = self.ask("POST", path, form, **kind)
        return response.status, body

    def week(self) -> str:
        return self.get(f"/desk/?week={DAY}")


@pytest.fixture
def serve() -> Iterator[Callable[[SampleBook | None], Browser]]:
    servers: list[PageServer] = []

    def start(book: SampleBook | None) -> Browser:
        server = PageServer(0)
        servers.append(server)
        browser = Browser(server, [])
        site = Site(
            account="Demoklinikka",
            account_words="Demoklinikka, activation 1.",
            activity=Activity(),
            book=book,
            token=server.token,
            poke=lambda: browser.pokes.append("poked"),
        )
        server.start(site.answer)
        return browser

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def browser(serve: Callable[[SampleBook | None], Browser], book: SampleBook) -> Browser:
    return serve(book)


def standing(book: SampleBook) -> list[tuple[Interval, str, str]]:
    whole = Interval(at(0), at(0) + timedelta(days=7))
    return [
        (Interval(entry.start_at, entry.end_at), entry.text, entry.state) for entry in book.entries(whole)
    ]


def test_desk_enters_moves_and_cancels_an_appointment(browser: Browser, book: SampleBook) -> None:
    status, _ = browser.post("/desk/enter", **PLACE, text="<b>Tarkastus</b>")
    assert status == 303
    assert standing(book) == [(Interval(at(9), at(9, 30)), "<b>Tarkastus</b>", "booked")]
    page = browser.week()
    assert "&lt;b&gt;Tarkastus&lt;/b&gt;" in page
    (address,) = set(re.findall(r"/desk/appointment\?id=\d+", page))

    assert browser.post(address, **PLACE | {"start": "13:00", "action": "move"})[0] == 303
    assert standing(book)[0][0] == Interval(at(13), at(13, 30))

    assert browser.post(address, action="cancel")[0] == 303
    assert standing(book)[0][2] == "cancelled"
    assert browser.pokes == ["poked"] * 3


def test_desk_notes_who_has_come(browser: Browser, book: SampleBook) -> None:
    appointment = book.enter_at_desk(place(at(9), at(10)), text="", entered_by="DESK")
    address = f"/desk/appointment?id={appointment}"

    assert browser.post(address, action="arrived")[0] == 303
    assert standing(book)[0][2] == "arrived"
    assert browser.post(address, action="booked")[0] == 303
    assert standing(book)[0][2] == "booked"


def test_desk_lays_changes_and_removes_a_preblock(browser: Browser, book: SampleBook) -> None:
    def laid() -> list[Interval]:
        whole = Interval(at(0), at(0) + timedelta(days=7))
        return [one.place.during for one in laid_preblocks(book, "p2", whole)]

    second = PLACE | {"practitioner": "p2", "kind": "b1"}
    assert browser.post("/desk/lay", **second)[0] == 303
    assert laid() == [Interval(at(9), at(9, 30))]
    page = browser.get(f"/desk/?practitioner=p2&week={DAY}")
    (address,) = set(re.findall(r"/desk/preblock\?id=\d+", page))

    assert browser.post(address, **second | {"minutes": "60", "action": "save"})[0] == 303
    assert laid() == [Interval(at(9), at(10))]
    assert browser.post(address, action="remove")[0] == 303
    assert laid() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "soon"},
        {"start": "25:00"},
        {"day": "tomorrow"},
        {"day": "9999-12-31"},
        {"minutes": "0"},
        {"minutes": "²"},
        {"minutes": "9" * 400},
        {"practitioner": "p9"},
        {"clinic": ""},
        {"text": "x" * 201},
        {"text": "a\x00b"},
    ],
)
def test_what_cannot_be_is_said_and_kept(browser: Browser, book: SampleBook, wrong: dict[str, str]) -> None:
    status, page = browser.post("/desk/enter", **PLACE | {"text": "Kept"} | wrong)

    assert status == 422
    assert 'aria-invalid="true"' in page
    assert f'value="{wrong.get("text", "Kept")}"' in page
    assert standing(book) == []


def test_time_that_is_taken_is_said(browser: Browser, book: SampleBook) -> None:
    book.enter_at_desk(place(at(9), at(10)), text="", entered_by="DESK")

    status, page = browser.post("/desk/enter", **PLACE)

    assert status == 422
    assert "another appointment at that time" in page
    assert len(standing(book)) == 1
    assert browser.pokes == []


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1", "127.0.0.1:1", ""])
def test_other_names_that_lead_here_are_refused(browser: Browser, name: str) -> None:
    response, body = browser.ask("GET", "/desk/", Host=name)

    assert response.status == 421
    assert "Aino" not in body


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("guessed", {}),
        (None, {"Origin": "http://evil.example"}),
        (None, {"Origin": "null"}),
        (None, {"Content-Type": "text/plain"}),
    ],
)
def test_other_sites_change_nothing(
    browser: Browser, book: SampleBook, token: str | None, headers: dict[str, str]
) -> None:
    form = urlencode({"token": browser.server.token if token is None else token, **PLACE})
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    response, _ = browser.ask("POST", "/desk/enter", form, **kind | headers)

    assert response.status in (403, 415)
    assert standing(book) == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/desk/enter/", 404),
        ("/../agent.toml", 404),
        ("/desk/appointment?id=99", 404),
        ("/desk/appointment?id=" + "9" * 40, 404),
        ("/desk/preblock?id=x", 404),
        ("/desk/?practitioner=p9", 404),
        ("/desk/?week=9999-12-31", 404),
        ("/desk/?week=nonsense", 200),
        ("/?" + "&".join(f"a{number}=1" for number in range(99)), 400),
    ],
)
def test_addresses_that_are_none_are_told_so(browser: Browser, path: str, status: int) -> None:
    response, body = browser.ask("GET", path)

    assert response.status == status
    assert "Traceback" not in body


def test_big_form_is_not_read(browser: Browser) -> None:
    response, _ = browser.ask("POST", "/desk/enter", "x", **{"Content-Length": "99999999"})

    assert response.status == 413


def test_every_answer_forbids_what_the_page_does_not_need(browser: Browser) -> None:
    for path in ("/", "/desk/", "/page.css", "/nothing"):
        response, body = browser.ask("GET", path)
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert " style=" not in body
        assert "<style" not in body


def test_page_listens_on_this_machine_only(browser: Browser) -> None:
    assert browser.server._server.server_address[0] == "127.0.0.1"


def test_agent_without_a_sample_book_shows_lights_and_no_desk(
    serve: Callable[[SampleBook | None], Browser],
) -> None:
    browser = serve(None)

    assert browser.get("/").count('class="light ') == 3
    assert browser.ask("GET", "/desk/")[0].status == 404
