"""Every page that a patient can come to, in every state it has, taken down as it is served.

A browser that is shown these needs no portal behind it: that makes it cheap to look at each of them in
every language, width and colour. Whoever adds a page adds it here: `test_gallery.py` says so otherwise.
"""

import gzip
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.totp.internal.auth import TOTP
from django.db import OperationalError, connection
from django.test import RequestFactory, override_settings
from django.test.signals import template_rendered
from django.utils import timezone, translation

from booking_portal.embedded import ROOT
from clinics.accounts import open_account
from clinics.error_pages import bad_request, permission_denied, suspended
from clinics.models import ClinicGroup, Membership, Organisation, OrganisationSettings, PortalText, User
from clinics.pictures import Drawn, keep
from clinics.scope import organisation_scope
from notifications.unsubscribing import unsubscribe_url
from scheduling.forms import stamp_of
from scheduling.free_weeks import rebuild_free_weeks
from scheduling.links import path_of
from scheduling.marketing import stop_url
from scheduling.models import AgentLink, Booking, BookingPatient, ConfirmationCode, Offer, Wish
from scheduling.offers import offer_free_times
from tests.conftest import Practice
from tests.console.conftest import SECRET
from tests.factories import (
    ClinicFactory,
    PractitionerFactory,
    TreatmentFactory,
    WishFactory,
    next_monday_at,
    publish,
    wake,
)
from tests.journeys.gallery_logins import paint_logins
from tests.pages.conftest import TYPED, Browser, book_url, booking_at, newest_code

LANGUAGES = ("fi", "sv", "nb", "en")
A_WEEK = timedelta(days=7)
# The smallest picture that a browser shows: one grey pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154785e636800000082008177cd72b60000000049454e44ae426082"
)
EVERY_FIELD = {
    "ask_address_1": True,
    "ask_address_2": True,
    "ask_postcode": True,
    "ask_campaign_code": True,
    "ask_marketing_consent": True,
    "national_id": "required",
}
WRONG = {**TYPED, "mobile": "12", "email": "maija@", "national_id": "010101-0000", "consent": ""}
WISHED = {
    "weekdays": [0, 1, 2, 3, 4],
    "from_time": "08:00",
    "until_time": "16:00",
    "first_name": "Maija",
    "last_name": "Meikäläinen",
    "mobile": "040 1234567",
    "email": "maija@example.com",
    "consent": "on",
}


@dataclass(frozen=True)
class Picture:
    """A page as one browser got it."""

    name: str
    language: str
    status: int
    html: str
    weight: int
    """Bytes of its head and body over the wire."""

    @property
    def path(self) -> str:
        return f"/{self.language}/{re.sub('[^a-z0-9]+', '-', self.name.lower())}/"


@dataclass
class Gallery:
    """What was taken down, and which templates it took."""

    pictures: list[Picture] = field(default_factory=list)
    files: dict[str, tuple[bytes, str, int]] = field(default_factory=dict)
    """Address to content, kind and bytes over the wire of what the pages load."""
    templates: set[str] = field(default_factory=set)

    def of(self, language: str) -> list[Picture]:
        return [picture for picture in self.pictures if picture.language == language]

    def weight(self, picture: Picture, loaded: Iterable[str]) -> int:
        """Bytes over the wire of the page with the files that it loads."""
        return picture.weight + sum(self.files[path][2] for path in loaded)

    def named(self, *names: str) -> list[Picture]:
        """The pictures of these names, in every language."""
        found = [picture for picture in self.pictures if picture.name in names]
        assert {picture.name for picture in found} == set(names)
        return found


def taken_gallery() -> Gallery:
    """All pages in all languages; the caller throws away what it left in the database."""
    gallery = Gallery()

    def note(**sent: Any) -> None:
        gallery.templates.add(str(sent["template"].name))

    template_rendered.connect(note)
    try:
        for language in LANGUAGES:
            Painter(gallery, language).paint()
    finally:
        template_rendered.disconnect(note)
    return gallery


def furnished_practice(language: str) -> Practice:
    """Two clinics in a group and one outside, three practitioners, two treatments, every text."""
    organisation, _key = open_account(
        name="Hammas Oy", subdomain=f"kuvat-{language}", language="fi", country="FI"
    )
    group = ClinicGroup.across.create(organisation=organisation, name="Espoo")
    practice = Practice(
        organisation,
        ClinicFactory(organisation=organisation, external_id="c1", group=group),
        PractitionerFactory(organisation=organisation, external_id="p1"),
        TreatmentFactory(organisation=organisation, external_id="t1"),
    )
    second = ClinicFactory(organisation=organisation, phone="+358 9 555 0101")
    colleague = PractitionerFactory(
        organisation=organisation,
        description="Englanti, suomi",
        consent_given_at=timezone.now(),
        consent_recorded_by="Omistaja",
    )
    with organisation_scope(organisation.pk):
        keep(organisation, colleague, Drawn(PICTURE, "image/png", 1, 1, "any"))
    TreatmentFactory(organisation=organisation, minutes=120)
    for practitioner, clinic, begin, end in (
        (practice.practitioner, practice.clinic, 8, 16),
        (colleague, practice.clinic, 9, 12),
        (PractitionerFactory(organisation=organisation), second, 8, 10),
    ):
        publish(organisation, practitioner, clinic, (next_monday_at(begin), next_monday_at(end)))
    for place in PortalText.Place.values:
        PortalText.across.create(
            organisation=organisation,
            place=place,
            language="fi",
            heading="Tervetuloa",
            body="Yksi.\n\nKaksi.",
        )
    with organisation_scope(organisation.pk):
        rebuild_free_weeks(organisation=organisation)
    return practice


class Painter:
    """One language's walk through everything."""

    def __init__(self, gallery: Gallery, language: str) -> None:
        self.gallery = gallery
        self.language = language
        self.practice = furnished_practice(language)
        self.organisation = self.practice.organisation
        self.browser = self.somebody()

    def somebody(self, host: str = "") -> Browser:
        """Somebody new."""
        browser = Browser(host or self.practice.host, self.language)
        browser.defaults["HTTP_ACCEPT_ENCODING"] = "gzip"
        browser.raise_request_exception = False
        return browser

    def take(self, name: str, response: Any, status: int = 200) -> str:
        """Hang the page up, with all that it loads; its HTML."""
        assert response.status_code == status, (name, response.status_code, response.headers.get("Location"))
        content, weight = unpacked(response)
        html = content.decode()
        self.gallery.pictures.append(Picture(name, self.language, status, html, weight))
        self.load(html)
        return html

    def load(self, html: str) -> None:
        """Fetch whatever of this host the page asks for, once."""
        for found in re.findall(r'<(?:link|script|img)\b[^>]*?(?:href|src)="(/[^"]+)"', html):
            address = found.replace("&amp;", "&")
            if address not in self.gallery.files:
                self.fetch(address)

    def fetch(self, address: str) -> None:
        response = self.browser.get(address)
        assert response.status_code == 200, address
        content, weight = unpacked(response)
        self.gallery.files[address] = (content, response.headers["Content-Type"], weight)

    def see(self, name: str, path: str, status: int = 200) -> str:
        return self.take(name, self.browser.get(path), status)

    @contextmanager
    def chosen(self, **switches: object) -> Iterator[None]:
        """While inside, the organisation has chosen otherwise."""
        row = OrganisationSettings.objects.get(organisation=self.organisation)
        before = {name: getattr(row, name) for name in switches}
        self.choose(switches)
        yield
        self.choose(before)

    def choose(self, switches: dict[str, object]) -> None:
        row = OrganisationSettings.objects.get(organisation=self.organisation)
        for name, value in switches.items():
            setattr(row, name, value)
        row.save()

    def paint(self) -> None:
        for paint in (
            self.paint_questions,
            self.paint_weeks,
            self.paint_details,
            self.paint_codes,
            self.paint_ends_of_holds,
            self.paint_linked,
            self.paint_moving,
            self.paint_no_reminders,
            self.paint_no_offers,
            self.paint_waiting,
            self.paint_offers,
            self.paint_logins,
            self.paint_closed,
            self.paint_refusals,
            self.paint_others,
        ):
            paint()
            self.browser = self.somebody()
            Booking.across.filter(organisation=self.organisation, state="held").update(
                state="expired", address_hash=""
            )
            with organisation_scope(self.organisation.pk):
                rebuild_free_weeks(organisation=self.organisation)

    # The questions

    def paint_questions(self) -> None:
        clinic = f"/book/?clinic={self.practice.clinic.public_id}"
        self.see("front page", "/")
        self.see("which treatment", clinic)
        self.see("which practitioner", f"{clinic}&treatment={self.practice.treatment.public_id}")
        self.see("changing a choice", book_url(self.practice, change="treatment"))
        self.see("a choice that is gone", book_url(self.practice, treatment="0"), 404)
        with self.chosen(combined_view=True, any_clinic=True):
            self.see("front page with any clinic", "/")
            self.see("treatment and practitioner on one page", clinic)
        with self.chosen(analytics_service="plausible", analytics_site="clinic.example"):
            self.see("front page that asks to count", "/")
            self.see("privacy notice with counting", "/privacy/")
        with self.chosen(step_order=["time", "clinic", "treatment", "practitioner"]):
            self.see("front page with times", "/")
            self.see("question after the time", f"/book/?at={stamp_of(next_monday_at(9))}")
            last = f"/book/?at={stamp_of(next_monday_at(9))}&clinic=c1&treatment=t1"
            self.see("the last question, which holds", last)
        self.see("a moment to confirm", book_url(self.practice, at=stamp_of(next_monday_at(9))))
        open_account(name="Uusi", subdomain=f"tyhja-{self.language}", language="fi", country="FI")
        empty = self.somebody(f"tyhja-{self.language}.localhost:8000")
        self.take("front page without a free time", empty.get("/"))

    # The times

    def paint_weeks(self) -> None:
        week = book_url(self.practice)
        self.see("week", week)
        self.see(
            "a week with nothing free", book_url(self.practice, week=(next_monday_at(8) + A_WEEK).date())
        )
        self.see("a week too far ahead", book_url(self.practice, week="2999-01-01"))
        self.see("a week that is no date", book_url(self.practice, week="x"))
        self.see("a time just taken", book_url(self.practice, taken=stamp_of(next_monday_at(9))))
        self.see("too many times held", book_url(self.practice, held="many"))
        self.see("month", week.replace("/book/", "/book/month/"))
        with self.chosen(weekend_booking=True, step_minutes=5, any_clinic=True):
            self.see(
                "a full week of anybody anywhere", book_url(self.practice, clinic="any", practitioner="any")
            )
        for layout in ("list", "columns"):
            self.browser.post("/book/layout/", {"layout": layout, "next": week})
            self.see(f"week as {layout}", week)

    # The hold

    def paint_details(self) -> None:
        address = self.browser.hold(self.practice)
        details = f"{address}details/"
        self.see("details", details)
        self.see("details for somebody else", f"{details}?for=other")
        self.take("details, all missing", self.browser.post(details, {}), 422)
        self.take("details, some wrong", self.browser.post(details, WRONG), 422)
        self.take("details, booker missing", self.browser.post(details, {**TYPED, "for_other": "on"}), 422)
        with self.chosen(**EVERY_FIELD):
            self.see("details with every field", details)
            self.take("details with every field missing", self.browser.post(details, {}), 422)
        with self.chosen(skip_confirmation=True):
            self.see("details without a code", details)
        with self.chosen(reminders_to="asked"):
            self.see("details that offer reminders", details)
        with override_settings(RECAPTCHA_PUBLIC_KEY="public", RECAPTCHA_PRIVATE_KEY="private"):
            self.see("details with a captcha", details)
        self.take("more time", self.browser.post(details, {**TYPED, "extend": "1"}))
        self.take("more time again", self.browser.post(details, {**TYPED, "extend": "1"}))

    def paint_codes(self) -> None:
        address = self.browser.hold(self.practice)
        self.browser.post(f"{address}details/", TYPED)
        self.see("code", f"{address}code/")
        self.see("a new code is on its way", f"{address}code/?sent=1")
        wrong = {"code": f"{(int(newest_code()) + 1) % 1_000_000:06}"}
        self.take("code, missing", self.browser.post(f"{address}code/", {}), 422)
        self.take("code, wrong", self.browser.post(f"{address}code/", wrong), 422)
        self.take("another code too soon", self.browser.post(f"{address}code/resend/"), 429)
        expired = {"created_at": timezone.now() - timedelta(hours=1), "expires_at": timezone.now()}
        code = {"code": newest_code()}
        ConfirmationCode.across.filter(booking=booking_at(address)).update(**expired)
        self.take("code, expired", self.browser.post(f"{address}code/", code), 422)
        self.browser.post(f"{address}code/resend/")
        self.browser.post(f"{address}code/", {"code": newest_code()})
        self.see("done", f"{address}done/")
        for state in (Booking.State.REFUSED, Booking.State.CANCELLED):
            Booking.across.filter(pk=booking_at(address).pk).update(state=state)
            self.see(f"done, {state}", f"{address}done/")

    def paint_ends_of_holds(self) -> None:
        address = self.browser.hold(self.practice)
        over = timezone.now() - timedelta(seconds=1)
        Booking.across.filter(pk=booking_at(address).pk).update(hold_expires_at=over)
        self.see("an expired hold", f"{address}details/", 410)
        self.take("an expired hold, typed", self.browser.post(f"{address}details/", TYPED), 410)
        with override_settings(HOLDS_PER_ADDRESS=0):
            self.take("too many from one network", self.browser.choose(self.practice, next_monday_at(9)), 429)

    # My booking

    def paint_linked(self) -> None:
        link = self.booked_link()
        self.see("my booking", link)
        self.see("moved", f"{link}?moved=1")
        self.see("cancel?", f"{link}cancel/")
        with self.chosen(move_allowed=False, cancel_allowed=False):
            self.see("my booking, not to be changed", link)
            self.see("cancelling refused", f"{link}cancel/", 409)
        self.browser.post(f"{link}cancel/")
        self.see("cancelled", link)
        self.somebody().hold(self.practice)
        self.take("undone too late", self.browser.post(f"{link}undo/"), 409)
        refused = self.booked_link(12)
        last = Booking.across.filter(organisation=self.organisation).latest("pk")
        Booking.across.filter(pk=last.pk).update(state=Booking.State.REFUSED)
        self.see("my booking, refused", refused)
        past = (timezone.now() - timedelta(hours=2), timezone.now() - timedelta(hours=1))
        Booking.across.filter(pk=last.pk).update(state=Booking.State.BOOKED, during=past)
        self.see("my booking, over", refused)

    def booked_link(self, hour: int = 9) -> str:
        return f"/{path_of(booking_at(self.browser.book(self.practice, next_monday_at(hour))))}"

    def paint_moving(self) -> None:
        link = self.booked_link()
        self.see("other times", f"{link}move/")
        self.see("no other times", f"{link}move/?week={(next_monday_at(8) + A_WEEK).date()}")
        self.somebody().hold(self.practice, next_monday_at(15))
        taken = {"at": stamp_of(next_monday_at(15))}
        self.take("another time, taken", self.browser.post(f"{link}move/", taken), 409)
        with self.chosen(move_allowed=False):
            self.see("moving refused", f"{link}move/", 409)
        self.browser.post(f"{link}move/", {"at": stamp_of(next_monday_at(11))})
        self.see("move?", f"{link}move/confirm/")

    # The link at the end of a reminder

    def paint_no_reminders(self) -> None:
        address = urlsplit(unsubscribe_url(self.organisation, "maija@example.com")).path
        self.see("no more reminders?", address)
        self.browser.post(address, {"answer": "no"})
        self.see("no more reminders", address)

    # The link at the end of an offer

    def paint_no_offers(self) -> None:
        patient = BookingPatient.across.filter(organisation=self.organisation).order_by("pk")[0]
        BookingPatient.across.filter(pk=patient.pk).update(marketing_wording="Offers, please")
        address = urlsplit(stop_url(self.organisation, patient.pk)).path
        self.see("no more offers?", address)
        self.browser.post(address)
        self.see("no more offers", address)

    # The waiting list

    def paint_waiting(self) -> None:
        typed = {
            **WISHED,
            "treatment": self.practice.treatment.public_id,
            "latest_on": timezone.now().date() + timedelta(days=28),
        }
        self.see("waiting list", book_url(self.practice).replace("/book/", "/waiting/"))
        self.take("waiting list, all missing", self.browser.post("/waiting/", {}), 422)
        address = self.browser.post("/waiting/", typed).headers["Location"]
        self.see("code of a wish", address)
        self.take("code of a wish, missing", self.browser.post(address, {}), 422)
        self.take("another code of a wish too soon", self.browser.post(f"{address}resend/"), 429)
        self.browser.post(address, {"code": newest_code()})
        wish = address.removesuffix("code/")
        self.see("wish", wish)
        self.browser.post(f"{wish}end/")
        self.see("wish, ended", wish)

    def paint_offers(self) -> None:
        wake(self.organisation)
        for end in ("accept", "decline", "lapse"):
            offer = self.new_offer()
            address = f"/offer/{offer.key}/"
            if end == "accept":
                self.see("offer", address)
                self.see("offer, let go?", f"{address}decline/")
            if end == "lapse":
                over = timezone.now() - timedelta(seconds=1)
                Booking.across.filter(pk=offer.booking_id).update(hold_expires_at=over)
            else:
                self.browser.post(f"{address}{end}/")
            self.see(f"offer, after {end}", address, 200 if end == "accept" else 410)
            if end == "accept":
                self.see("wish, booked", f"/waiting/{offer.wish.key}/")
            Wish.across.filter(pk=offer.wish_id, state="waiting").update(
                state="ended", ended_at=timezone.now(), offered_until=None
            )

    def new_offer(self) -> Offer:
        wish = WishFactory(organisation=self.organisation, treatment=self.practice.treatment)
        with organisation_scope(self.organisation.pk):
            offer_free_times(organisation=Organisation.objects.get(pk=self.organisation.pk))
        found: Offer = Offer.across.select_related("wish").get(wish=wish)
        return found

    # Shut, refused, broken

    def paint_closed(self) -> None:
        for switch, name, status in (
            ({"maintenance_mode": True}, "maintenance", 503),
            ({"publish_on_portal": False}, "not published", 404),
            ({"new_booking": False}, "closed", 200),
        ):
            with self.chosen(**switch):
                self.see(name, "/", status)
        silent = timezone.now() - timedelta(days=9)
        AgentLink.objects.update_or_create(
            organisation=self.organisation, defaults={"last_seen_at": silent, "last_push_at": silent}
        )
        self.see("agent silent", "/")
        AgentLink.objects.filter(organisation=self.organisation).update(last_seen_at=None, last_push_at=None)

    def paint_refusals(self) -> None:
        self.see("not found", "/nowhere/", 404)
        self.take("no such method", self.browser.delete("/"), 405)
        large = self.browser.post(
            "/book/time/", b"a=" + b"a" * 10_000_000, content_type="application/x-www-form-urlencoded"
        )
        self.take("too large", large, 413)
        sent_from_elsewhere = self.somebody()
        sent_from_elsewhere.handler.enforce_csrf_checks = True
        self.take("page open for too long", sent_from_elsewhere.post("/book/time/", {}), 403)
        self.take("bad request", self.answered(bad_request), 400)
        self.take("forbidden", self.answered(permission_denied), 403)
        self.take("suspended", self.answered(suspended), 503)
        for name, error, status in (("our fault", ValueError, 500), ("away", OperationalError, 503)):
            with connection.execute_wrapper(broken(error)):
                response = self.browser.get(f"/privacy/?{name[:4].strip()}")
            self.take(name, response, status)

    def answered(self, view: Callable[..., Any]) -> Any:
        """The answer of a view that no address leads to."""
        request: Any = RequestFactory().get("/", headers={"host": self.practice.host})
        request.organisation = Organisation.objects.select_related("settings").get(pk=self.organisation.pk)
        request.LANGUAGE_CODE = self.language
        with translation.override(self.language):
            return view(request)

    def paint_logins(self) -> None:
        paint_logins(self)

    def paint_others(self) -> None:
        self.see("privacy notice", "/privacy/")
        self.see("console login", "/manage/login/")
        self.take(
            "console login, wrong",
            self.browser.post("/manage/login/", {"login": "a@example.com", "password": "b"}),
        )
        user = User.objects.create_user(
            f"{self.language}@example.com", "correct horse battery", name="Omistaja"
        )
        Membership.across.create(organisation=self.organisation, user=user, role="owner")
        TOTP.activate(user, SECRET)
        self.browser.force_login(user)
        self.see("console", "/manage/")
        bare = self.somebody("localhost:8000")
        with override_settings(DEMO=True):
            self.see("demo messages", "/demo/messages/")
            self.take("landing page", bare.get("/"))
        self.take("landing page, nothing found", bare.get("/", {"q": "zzz"}))


def broken(error: type[Exception]) -> Callable[..., Any]:
    """Every question to the database fails."""

    def refuse(execute: Callable[..., Any], *args: Any) -> Any:
        raise error

    return refuse


def unpacked(response: Any) -> tuple[bytes, int]:
    """The content, and its bytes over the wire together with those of the head."""
    sent = b"".join(response.streaming_content) if response.streaming else response.content
    head = sum(len(f"{name}: {value}\r\n") for name, value in response.headers.items())
    content = gzip.decompress(sent) if response.headers.get("Content-Encoding") == "gzip" else sent
    return content, len(sent) + head


STAFFS_OWN = {"manage", "account", "mfa", "usersessions", "desk", "letters"}
"""Folders of pages that no patient comes to; letters come by e-mail (test_letters_in_browser.py)."""


def page_templates() -> set[str]:
    """Every template that is a patient's page: neither a fragment nor a base."""
    folder = ROOT / "templates"
    found = {path.relative_to(folder) for path in folder.rglob("*.html")}
    return {
        str(path)
        for path in found
        if path.parts[0] not in STAFFS_OWN and not path.name.startswith(("_", "base"))
    }
