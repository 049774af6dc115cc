"""The console's pages in the states they have, errors included, taken down as they are served."""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.utils import timezone

from clinics.accounts import open_account
from clinics.models import (
    AuditEntry,
    Clinic,
    ClinicGroup,
    Invitation,
    Membership,
    OperatorVisit,
    OrganisationSettings,
    PortalText,
    User,
)
from clinics.pictures import Drawn, keep
from clinics.scope import organisation_scope
from notifications.models import IncomingMessage, Message, OptOut
from scheduling.bookings import refuse_booking
from scheduling.cancellations import cancel_booking
from scheduling.forms import stamp_of
from scheduling.free_weeks import rebuild_free_weeks
from scheduling.models import Booking, BookingPatient
from tests.conftest import Practice
from tests.console.conftest import PASSWORD, SECRET
from tests.console.test_people import recent
from tests.factories import ClinicFactory, PractitionerFactory, TreatmentFactory, next_monday_at, publish
from tests.journeys.gallery import LANGUAGES, PICTURE, Gallery, Painter
from tests.pages.conftest import Browser
from tests.scheduling.booked import booked

MOBILE = "040 1234567"


def taken_console() -> Gallery:
    """All states in all languages; the caller throws away what it left in the database."""
    gallery = Gallery()
    for language in LANGUAGES:
        ConsolePainter(gallery, language).paint()
    return gallery


class ConsolePainter(Painter):
    """One language's walk through the console, as an owner who has just shown who she is."""

    def __init__(self, gallery: Gallery, language: str) -> None:
        self.gallery, self.language = gallery, language
        self.practice = a_surgery(language)
        self.organisation = self.practice.organisation
        self.user = self.colleague("Omistaja", "owner")
        self.browser = self.boss()

    def colleague(self, name: str, role: str) -> User:
        email = f"{role}-{self.language}@example.com"
        user = User.objects.create_user(email, PASSWORD, name=name)
        Membership.across.create(organisation=self.organisation, user=user, role=role)
        TOTP.activate(user, SECRET)
        return user

    def boss(self) -> Browser:
        browser = self.somebody()
        browser.force_login(self.user)
        return recent(browser)

    def paint(self) -> None:
        self.paint_bookings()
        self.paint_messages()
        self.paint_account()
        self.paint_people()
        self.paint_log()
        self.paint_privacy()

    # Bookings

    def paint_bookings(self) -> None:
        with organisation_scope(self.organisation.pk):
            booking = booked(self.practice)
        page = f"/manage/bookings/{booking.public_id}/"
        self.see("booking", page)
        self.see("cancel a booking", f"{page}cancel/")
        self.see("move a booking", f"{page}move/")
        choice = self.browser.get(f"{page}move/confirm/", {"at": stamp_of(next_monday_at(11))})
        self.take("confirm the move", choice)
        self.see("a time that is gone", f"{page}move/confirm/?at={stamp_of(next_monday_at(5))}", 409)
        self.see("the identity number, asked for", f"{page}national-id/")
        booking.patient.national_id = "131052-308T"
        booking.patient.save()
        self.take("the identity number, shown", self.browser.post(f"{page}national-id/"))
        self.take("cancelling what has changed", self.browser.post(f"{page}cancel/", {"seen": "x"}), 409)
        moving = {"seen": "x", "at": stamp_of(next_monday_at(11))}
        moving["practitioner"] = str(self.practice.practitioner.public_id)
        self.take("moving what has changed", self.browser.post(f"{page}move/confirm/", moving), 409)
        with organisation_scope(self.organisation.pk):
            cancel_booking(organisation=self.organisation, booking=booking)
        self.see("booking, cancelled", page)
        self.paint_refused()

    def paint_refused(self) -> None:
        with organisation_scope(self.organisation.pk):
            booking = booked(self.practice, next_monday_at(13))
            refuse_booking(organisation=self.organisation, booking=booking, reason="taken")
        self.see("booking, refused", f"/manage/bookings/{booking.public_id}/")
        self.see("bookings", "/manage/bookings/")
        self.see("calendar", f"/manage/bookings/calendar/?day={next_monday_at(9).date()}")
        self.paint_sending(booking)

    def paint_sending(self, booking: Booking) -> None:
        """To one patient, who has agreed to offers, from the choice to how far it has come."""
        BookingPatient.across.filter(booking=booking).update(marketing_wording="Offers, please")
        self.see("sending by hand, nothing yet", "/manage/send/")
        self.see("sending to a number", "/manage/send/number/")
        wrong = {"kind": "message", "channel": "sms"}
        self.take("sending to nobody", self.browser.post("/manage/send/number/", wrong), 422)
        self.see("sending to who should come again", "/manage/send/recall/")
        self.see("sending to these bookings", "/manage/send/bookings/")
        to = f"/manage/send/booking/{booking.public_id}/"
        self.see("sending to a patient", to)
        for kind, channel in (("marketing", "sms"), ("general", "email")):
            page = self.browser.post(to, {"kind": kind, "channel": channel}).headers["Location"]
            self.see(f"words of {kind}", page)
        self.take("words, wrong", self.browser.post(page, {"subject_fi": "[x]", "body_fi": ""}), 422)
        page = self.browser.post(to, {"kind": "marketing", "channel": "sms"}).headers["Location"]
        body = f"body_{booking.patient.language}"
        confirm = self.browser.post(page, {body: "Moi! 🦷 [link]"}).headers["Location"]
        asked = self.browser.get(confirm)
        self.take("really send?", asked)
        self.take("changed before it was sent", self.browser.post(confirm, {"seen": "x"}), 409)
        settings = OrganisationSettings.objects.filter(organisation=self.organisation)
        settings.update(sms_monthly_cap=0)
        self.see("more than SMS may cost", confirm)
        settings.update(sms_monthly_cap=200)
        sent = self.browser.post(confirm, {"seen": asked.context["seen"]}).headers["Location"]
        self.see("sent by hand", sent)
        self.browser.post(f"{sent}stop/")
        self.see("sent by hand, stopped", sent)
        self.see("sending by hand", "/manage/send/")
        mobile = BookingPatient.across.filter(booking=booking)
        mobile.update(mobile="")
        nobody = self.browser.post(to, {"kind": "general", "channel": "sms"}).headers["Location"]
        self.see("sending to nobody at all", nobody)
        mobile.update(mobile="+358401234567")

    # Messages

    def paint_messages(self) -> None:
        """One failed, one was not delivered and answered with STOP."""
        rows = Message.across.filter(organisation=self.organisation).order_by("pk")
        first, second = rows[:2]
        now = timezone.now()
        rows.filter(pk=first.pk).update(state="failed", last_error="Unreachable", body="Hei")
        rows.filter(pk=second.pk).update(state="sent", sent_at=now, delivery="undelivered")
        mobile = "+358401234567"
        OptOut.across.create(organisation=self.organisation, mobile=mobile, word="STOP")
        IncomingMessage.across.create(
            organisation=self.organisation,
            sender=mobile,
            to="+358457000000",
            text="STOP",
            route="sms",
            provider_reference=self.language,
            answers=second,
        )
        self.see("messages", "/manage/messages/")
        self.take("messages, found", self.browser.post("/manage/messages/search/", {"q": MOBILE}))
        self.take("messages, no words", self.browser.post("/manage/messages/search/", {"q": ""}), 422)
        self.see("messages, received", "/manage/messages/received/")
        self.take("received, found", self.browser.post("/manage/messages/received/search/", {"q": MOBILE}))
        self.take("received, no words", self.browser.post("/manage/messages/received/search/"), 422)
        self.see("sending, how it goes", "/manage/messages/status/")
        self.browser.post("/manage/messages/status/pause/", {"paused": "yes"})
        self.see("sending, paused", "/manage/messages/status/")
        self.browser.post("/manage/messages/status/pause/", {"paused": "no"})

    # One's own account

    def paint_account(self) -> None:
        for agent in ("Mozilla/5.0 (iPhone) Safari/604", "curl/8"):
            other = self.boss()
            UserSession.objects.create(
                user=self.user,
                ip="2001:db8:85a3:8d3:1319:8a2e:370:7348",
                session_key=other.session.session_key,
                user_agent=agent,
            )
        UserSession.objects.create(
            user=self.user,
            ip="127.0.0.1",
            session_key=self.browser.session.session_key,
            user_agent="Mozilla/5.0 (X11; Linux) Firefox/140.0",
        )
        self.see("sessions", "/manage/sessions/")
        self.see("second factor", "/manage/2fa/")
        self.see("password", "/manage/password/change/")
        wrong = {"oldpassword": "a", "password1": "b", "password2": "c"}
        self.take("password, wrong", self.browser.post("/manage/password/change/", wrong))
        self.see("recovery codes, to be made", "/manage/2fa/recovery-codes/generate/")
        self.see("removing the app", "/manage/2fa/totp/deactivate/")
        self.see("adding a passkey", "/manage/2fa/webauthn/add/")
        self.see("passkeys", "/manage/2fa/webauthn/")
        self.paint_bare_account()
        self.paint_signing_in()

    def paint_bare_account(self) -> None:
        """Of somebody who has no second factor yet."""
        browser, user = self.browser, self.colleague("Uusi", "editor")
        Authenticator.objects.filter(user=user).delete()
        self.browser = self.somebody()
        self.browser.force_login(user)
        recent(self.browser)
        self.see("second factor, none yet", "/manage/2fa/")
        self.see("adding the app", "/manage/2fa/totp/activate/")
        wrong = self.browser.post("/manage/2fa/totp/activate/", {"code": "000000"})
        self.take("adding the app, wrong code", wrong)
        self.browser = browser

    def paint_signing_in(self) -> None:
        stranger = self.somebody()
        self.take("new password, asked for", stranger.get("/manage/password/reset/"))
        stranger.post("/manage/login/", {"login": self.user.email, "password": PASSWORD})
        self.take("code of the second factor", stranger.get("/manage/2fa/authenticate/"))
        wrong = stranger.post("/manage/2fa/authenticate/", {"code": "000000"})
        self.take("code of the second factor, wrong", wrong)
        late = self.somebody()
        late.force_login(self.user)
        self.take("who is it, once more", late.get("/manage/2fa/reauthenticate/"))

    # People

    def paint_people(self) -> None:
        now = timezone.now()
        OperatorVisit.across.create(
            organisation=self.organisation,
            name="Olli",
            reason="Apua pyydettiin",
            began_at=now,
            until_at=now + timedelta(minutes=5),
        )
        Invitation.across.create(organisation=self.organisation, email="uusi@example.com", role="viewer")
        self.see("people", "/manage/people/")
        wrong = self.browser.post("/manage/people/invite/", {"email": "x", "role": "editor"})
        self.take("people, wrong invitation", wrong, 422)
        member = Membership.across.get(organisation=self.organisation, role="editor")
        page = f"/manage/people/{member.public_id}/"
        self.see("member", page)
        self.browser.post(f"{page}sign-out/")
        self.see("member, signed out", page)
        self.take("member, wrong", self.browser.post(page, {"role": "owner", "is_limited": "on"}), 422)

    # The log, and putting back

    def paint_log(self) -> None:
        fill_log(self.practice)
        self.see("audit log", "/manage/audit/")
        self.see("audit log, nothing found", "/manage/audit/?q=zzz")
        self.see("putting back", self.undo("text"))
        self.take("putting back, changed meanwhile", self.browser.post(self.undo("text"), {"seen": "x"}), 409)
        key = self.undo("settings", changed__contains=["accent_colour"], before__accent_colour="#ffff00")
        seen = self.browser.get(key).context["undoing"].stored
        self.take("putting back, refused", self.browser.post(key, {"seen": seen}), 422)
        group = self.undo("group", label="insert")
        ClinicGroup.across.filter(organisation=self.organisation).delete()
        self.see("putting back what is gone", group, 409)
        self.paint_general()

    def paint_general(self) -> None:
        page = "/manage/general/"
        self.see("general settings", page)
        seen = self.browser.get(page).context["form"].stored
        wrong = {"seen": seen, "sms_login_sees": "all", "eid_login_sees": "all"}
        self.take("general settings, wrong", self.browser.post(page, wrong), 422)

    def undo(self, kind: str, **more: Any) -> str:
        entry = AuditEntry.across.filter(organisation=self.organisation, kind=kind, **more)[0]
        return f"/manage/audit/{entry.key}/undo/"

    # The privacy desk

    def paint_privacy(self) -> None:
        desk = "/manage/privacy/"
        self.see("privacy desk", desk)
        self.take("privacy desk, nothing typed", self.browser.post(desk, {}), 422)
        self.take("privacy desk, found", self.browser.post(desk, {"mobile": MOBILE}))
        self.take("privacy desk, nobody", self.browser.post(desk, {"email": "nobody@example.com"}))
        self.take("erase?", self.browser.post(f"{desk}erase/", {"mobile": MOBILE}))


def a_surgery(language: str) -> Practice:
    organisation, _key = open_account(
        name="Hammas Oy", subdomain=f"konsoli-{language}", language="fi", country="FI"
    )
    practice = Practice(
        organisation,
        ClinicFactory(organisation=organisation, external_id="c1"),
        PractitionerFactory(organisation=organisation, external_id="p1"),
        TreatmentFactory(organisation=organisation, external_id="t1"),
    )
    day = (next_monday_at(8), next_monday_at(16))
    publish(organisation, practice.practitioner, practice.clinic, day)
    with organisation_scope(organisation.pk):
        rebuild_free_weeks(organisation=organisation)
    return practice


def fill_log(practice: Practice) -> None:
    """Entries of each kind, with long words among them."""
    organisation = practice.organisation
    group = ClinicGroup.across.create(organisation=organisation, name="Espoo")
    Clinic.across.filter(pk=practice.clinic.pk).update(group=group)
    text = PortalText.across.create(
        organisation=organisation,
        place="welcome",
        language="fi",
        heading="Tervetuloa",
        body="Yksi.",
    )
    PortalText.across.filter(pk=text.pk).update(body=f"https://{'pitka' * 20}.example/")
    with organisation_scope(organisation.pk):
        keep(organisation, None, Drawn(PICTURE, "image/png", 1, 1, "any"))
    settings = OrganisationSettings.objects.filter(organisation=organisation)
    settings.update(accent_colour="#ffff00")
    settings.update(accent_colour="#1f5fbf", login=True, sms_login=True)
