"""Serves the local page: on this very machine, to browsers that were sent here by nobody else."""

import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

from agent import languages
from agent.page.answers import Answered, Asked, NotThere
from agent.page.frame import plain_page
from agent.page.switch import COOKIE
from agent.words import LANGUAGES, _, speaking, words_of

log = logging.getLogger(__name__)

ADDRESS = "127.0.0.1"
TOKEN_FIELD = "token"  # noqa: S105 - the name of a form's field
MOST_BYTES = 16 * 1024
MOST_FIELDS = 30
FORM = "application/x-www-form-urlencoded"
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Site = Callable[[Asked], Answered]


class Refused(Exception):
    """The guard lets this request not in."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that went away in the midst of an answer is no trouble."""


class PageServer:
    """Listens on this machine's own address only; port 0 takes any that is free."""

    def __init__(self, port: int, *, language: str = "") -> None:
        """``language`` is spoken to browsers that have chosen no other, instead of their own."""
        self.language = language
        self.token = secrets.token_urlsafe(24)
        owner = self

        class Handler(Requests):
            server_of = owner

        self._server = Listener((ADDRESS, port), Handler)
        self.port: int = self._server.server_port
        self.site: Site = _nothing

    @property
    def address(self) -> str:
        return f"http://{ADDRESS}:{self.port}/"

    def start(self, site: Site, *, look_seconds: float = 1.0) -> None:
        """Answer in threads of its own; ``close`` takes up to ``look_seconds``."""
        self.site = site
        Thread(target=self._server.serve_forever, args=[look_seconds], name="page", daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Requests(BaseHTTPRequestHandler):
    """One connection; the standard library's server does the rest."""

    server_of: PageServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body of an answer are two writes
    server_version = "agent"
    sys_version = ""
    timeout = 30

    def log_message(self, *_words: object) -> None:
        """Say nothing: what is looked at is nobody's business."""

    def do_GET(self) -> None:
        self._answer(is_post=False)

    def do_POST(self) -> None:
        self._answer(is_post=True)

    def _answer(self, *, is_post: bool) -> None:
        with speaking(self._language()):
            self._send(self._answered(is_post=is_post))

    def _language(self) -> str:
        kept = SimpleCookie()
        with suppress(CookieError):
            kept.load(self.headers.get("Cookie", ""))
        chosen = kept[COOKIE].value if COOKIE in kept else ""
        if chosen in LANGUAGES:
            return chosen
        accepted = self.headers.get("Accept-Language", "")
        return self.server_of.language or languages.of_browser(accepted) or languages.of_machine()

    def _answered(self, *, is_post: bool) -> Answered:
        try:
            return self.server_of.site(self._asked(is_post=is_post))
        except Refused as refused:
            self.close_connection = True  # what was sent has not been read
            return Answered(plain_page(_("Not possible"), words_of(refused)), status=refused.status)
        except NotThere:
            return Answered(plain_page(_("Not here"), _("There is no such page.")), status=404)
        except Exception:
            log.exception("The local page could not be made.")
            words = _("Something failed; the log says more.")
            return Answered(plain_page(_("Not possible"), words), status=500)

    def _asked(self, *, is_post: bool) -> Asked:
        self._require_own_name()
        form = self._form() if is_post else {}
        try:
            address = urlsplit(self.path)
            query = dict(parse_qsl(address.query, max_num_fields=MOST_FIELDS))
        except ValueError:
            raise Refused(400, _("That is no address of this page.")) from None
        return Asked(address.path, query, form, is_post=is_post)

    def _require_own_name(self) -> None:
        """Another name that leads here is a stranger's (DNS rebinding), and so is another site that asks."""
        port = self.server_of.port
        names = {f"{ADDRESS}:{port}", f"localhost:{port}"}
        origin = self.headers.get("Origin")
        if self.headers.get("Host") not in names:
            raise Refused(
                421, _("This page is at {address} and nowhere else.", address=self.server_of.address)
            )
        if origin is not None and origin not in {f"http://{name}" for name in names}:
            raise Refused(403, _("Another website has asked this in your place."))

    def _form(self) -> dict[str, str]:
        form = self._fields()
        given = form.pop(TOKEN_FIELD, "")
        if not hmac.compare_digest(given.encode(), self.server_of.token.encode()):
            raise Refused(
                403, _("The agent has been started anew since this page was opened; open it again.")
            )
        return form

    def _fields(self) -> dict[str, str]:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES or "Transfer-Encoding" in self.headers:
            raise Refused(413, _("That is more than a form of this page holds."))
        if self.headers.get_content_type() != FORM:
            raise Refused(415, _("Only forms of this page are taken."))
        content = self.rfile.read(int(length))
        try:
            return dict(
                parse_qsl(content.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
            )
        except ValueError:
            raise Refused(400, _("That is no form of this page.")) from None

    def _send(self, answer: Answered) -> None:
        content = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in {**SECURITY_HEADERS, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _nothing(_asked: Asked) -> Answered:
    raise NotThere
