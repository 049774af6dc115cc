"""How long things are kept: set on a page, carried out by the clock, and shown."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.utils import timezone
from pghistory.models import Event

from clinics.history import HISTORIES
from clinics.models import AuditEntry, OrganisationSettings, RetentionCount
from clinics.retention import forget_audit
from notifications.models import Message
from notifications.tasks import forget_old_messages
from scheduling.models import BookingPatient, DeskAct
from scheduling.tasks import forget_expired_details, forget_old_audit
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.console.test_people import recent
from tests.console.test_privacy_desk import message_to, past_booking
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

PAGE = "/manage/privacy/retention/"


@pytest.fixture
def owner(practice: Practice) -> Browser:
    return recent(browser_of(seat_at(practice), practice))


def keep(browser: Browser, **days: int) -> int:
    page = browser.get(PAGE)
    form = page.context["form"]
    typed = {name: form.initial[name] for name in form.own_fields()}
    return browser.post(PAGE, {**typed, "seen": form.stored, **days}).status_code


def test_page_sets_how_long_and_refuses_nonsense(practice: Practice, owner: Browser) -> None:
    assert keep(owner, retention_days=30, message_retention_days=14, audit_retention_days=365) == 302
    assert keep(owner, retention_days=0) == 422
    assert keep(owner, audit_retention_days=10) == 422
    assert keep(owner, message_retention_days=99999) == 422

    chosen = OrganisationSettings.objects.get(organisation=practice.organisation)
    kept = (chosen.retention_days, chosen.message_retention_days, chosen.audit_retention_days)
    assert kept == (30, 14, 365)


def test_jobs_delete_by_each_organisations_rule_and_the_page_says_so(
    practice: Practice, other_practice: Practice, owner: Browser
) -> None:
    assert "Has not run yet" in text_of(owner.get(PAGE))
    OrganisationSettings.objects.filter(organisation=practice.organisation).update(
        retention_days=60, message_retention_days=90
    )
    for place in (practice, other_practice):
        message_to(place, "a@example.com", f"booking:{past_booking(place).public_id}")
    with time_machine.travel(timezone.now() + timedelta(days=61), tick=False):
        forget_expired_details()
        forget_old_messages()
        assert (BookingPatient.across.get().organisation, Message.across.count()) == (
            other_practice.organisation,
            2,
        )
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        forget_expired_details()
        forget_old_messages()

    assert Message.across.get().organisation == other_practice.organisation
    assert dict(RetentionCount.across.values_list("job", "deleted")) == {"details": 1, "messages": 1}
    page = text_of(owner.get(PAGE))
    assert "Messages Last run" in page
    assert page.count("deleted 1") == 1
    assert page.count("deleted 0") == 1


def test_audit_log_forgets_what_is_old_and_still_says_what_changed(practice: Practice) -> None:
    chosen = OrganisationSettings.objects.filter(organisation=practice.organisation)
    before = AuditEntry.across.filter(organisation=practice.organisation, kind="settings").count()
    chosen.update(hold_minutes=11)
    chosen.update(hold_minutes=12)
    age_the_log(timedelta(days=2000))
    chosen.update(hold_minutes=13)
    kept = AuditEntry.across.filter(organisation=practice.organisation)
    assert kept.filter(kind="settings").count() == before + 3

    forgotten = forget_audit()

    assert forgotten >= 3
    (entry,) = kept
    assert entry.changed == ["hold_minutes"]
    assert (entry.before["hold_minutes"], entry.after["hold_minutes"]) == (12, 13)
    assert forget_audit() == 0


def test_desk_acts_go_with_the_log(practice: Practice, other_practice: Practice) -> None:
    for place, days in ((practice, 1100), (practice, 1000), (other_practice, 1100)):
        at = timezone.now() - timedelta(days=days)
        DeskAct.across.create(organisation=place.organisation, act="handled", who="Olli", at=at)
    OrganisationSettings.objects.filter(organisation=other_practice.organisation).update(
        audit_retention_days=2000
    )

    forget_old_audit()

    assert sorted(DeskAct.across.values_list("organisation_id", flat=True)) == sorted(
        [practice.organisation.pk, other_practice.organisation.pk]
    )
    assert RetentionCount.across.get(organisation=practice.organisation).deleted == 1


def test_log_of_every_audited_table_of_an_organisation_is_shortened() -> None:
    events = {model._meta.db_table for model in apps.get_models() if issubclass(model, Event)}

    assert events - set(HISTORIES) == {
        "clinics_userevent",
        "clinics_announcementevent",
        "notifications_sendingpauseevent",
    }


def test_audit_log_keeps_what_is_young(practice: Practice) -> None:
    before = AuditEntry.across.count()
    age_the_log(timedelta(days=300))

    assert (forget_audit(), AuditEntry.across.count()) == (0, before)


def age_the_log(age: timedelta) -> None:
    """The tests' connection may: see tests/conftest.py."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table.startswith("clinics_") and table.endswith("event"):
                aged = f'UPDATE "{table}" SET pgh_created_at = %s'  # noqa: S608 - our own names
                cursor.execute(aged, [timezone.now() - age])


def test_record_of_processing_follows_the_settings(practice: Practice, owner: Browser, settings: Any) -> None:
    settings.EMAIL_TRANSPORT, settings.SMS_TRANSPORT = "smtp", "twilio"
    page = text_of(owner.get("/manage/privacy/record/"))
    assert "365 days after the appointment" in page
    assert "SMS: Twilio" in page
    assert "Letting patients log in" not in page
    chosen = OrganisationSettings.objects.filter(organisation=practice.organisation)
    chosen.update(national_id="not_asked", login=True, sms_login=True, retention_days=30)

    page = text_of(owner.get("/manage/privacy/record/"))

    assert "30 days after the appointment" in page
    assert "National identity number, encrypted" not in page
    assert "Letting patients log in" in page
