"""The audit log: every change, by whom, from what to what; put back, exported, and never rewritten."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pghistory.models import Event

from clinics.models import (
    Announcement,
    AuditEntry,
    Clinic,
    ClinicGroup,
    Invitation,
    OperatorVisit,
    OrganisationSettings,
    PortalText,
    PrivacyAction,
    ProviderAccount,
    User,
)
from clinics.pictures import Drawn, keep
from clinics.roles import Role
from clinics.scope import organisation_scope
from notifications.models import MessageText, SendingPause
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.console.test_people import recent
from tests.console.test_settings_pages import settings_of, typed_in
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

TABLES = sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, Event))
STATEMENTS = ["UPDATE {} SET pgh_label = 'other'", "DELETE FROM {}", "TRUNCATE {}"]


@pytest.fixture
def changed(practice: Practice, owner: Browser) -> Browser:
    """The owner, who has made the deadline 48 hours."""
    change_deadline(owner, 48)
    return owner


def change_deadline(browser: Browser, hours: int) -> None:
    typed = typed_in(browser.get("/manage/changes/")) | {"change_deadline_hours": hours}
    assert browser.post("/manage/changes/", typed).status_code == 302


def rows_of(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(e) FROM {table} e")  # noqa: S608 - a name of ours
        return list(cursor.fetchall())


def change_everything(practice: Practice) -> None:
    """A row in every history."""
    organisation, now = practice.organisation, timezone.now()
    member = seat_at(practice, Role.EDITOR, [practice.clinic])
    ClinicGroup.across.create(organisation=organisation, name="Espoo")
    SendingPause.objects.create()
    PortalText.across.create(organisation=organisation, place="welcome", language="fi", body="Hei")
    MessageText.across.create(
        organisation=organisation, channel="sms", kind="code", language="fi", body="[koodi]"
    )
    Invitation.across.create(organisation=organisation, email="uusi@example.com", role=Role.VIEWER)
    PrivacyAction.across.create(organisation=organisation, kind="exported", rows=1)
    ProviderAccount.across.create(organisation=organisation, provider="twilio", credentials="{}")
    OperatorVisit.across.create(
        organisation=organisation,
        operator=member,
        reason="Help",
        began_at=now,
        until_at=now + timedelta(minutes=5),
    )
    Announcement.objects.create(text_en="Hello", from_at=now, until_at=now + timedelta(days=1))
    with organisation_scope(organisation.pk):
        keep(organisation, None, Drawn(b"logo", "image/webp", 1, 1, "any"))


def newest(practice: Practice) -> AuditEntry:
    found: AuditEntry = AuditEntry.across.filter(organisation=practice.organisation, kind="settings")[0]
    return found


def test_change_is_noted_with_who_and_from_what_to_what(practice: Practice, changed: Browser) -> None:
    entry = newest(practice)

    assert (entry.label, entry.who, entry.changed) == ("update", "Owner 0", ["change_deadline_hours"])
    assert entry.before
    assert entry.after
    assert (entry.before["change_deadline_hours"], entry.after["change_deadline_hours"]) == (24, 48)
    assert "Before: 24 After: 48" in text_of(changed.get("/manage/audit/"))


def test_change_by_no_one_is_noted_too(practice: Practice) -> None:
    Clinic.across.filter(pk=practice.clinic.pk).update(name="Another name")

    entry = AuditEntry.across.filter(organisation=practice.organisation, kind="clinic")[0]

    assert (entry.who, entry.changed) == (None, ["name"])


def test_statement_that_changes_nothing_leaves_no_entry(practice: Practice) -> None:
    before = AuditEntry.across.count()

    Clinic.across.filter(pk=practice.clinic.pk).update(name=practice.clinic.name)

    assert AuditEntry.across.count() == before


def test_no_secret_is_kept_in_the_log(practice: Practice) -> None:
    user = seat_at(practice)
    rows = [*rows_of("clinics_userevent"), *rows_of("clinics_accountkeyevent")]

    assert user.email in str(rows)
    assert "password" not in str(rows)
    assert "key_hash" not in str(rows)


def test_log_shows_nothing_of_another_organisation(
    practice: Practice, other_practice: Practice, changed: Browser
) -> None:
    other = browser_of(seat_at(other_practice), other_practice)

    assert "Before: 24 After: 48" in text_of(changed.get("/manage/audit/"))
    assert "Before: 24 After: 48" not in text_of(other.get("/manage/audit/"))
    key = newest(practice).key
    assert other.get(f"/manage/audit/{key}/undo/").status_code == 404
    assert other.post(f"/manage/audit/{key}/undo/").status_code == 404


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ({"q": "48"}, True),
        ({"q": "nothing like it"}, False),
        ({"field": "hours before"}, True),
        ({"field": "change_deadline_hours"}, True),
        ({"field": "horizon_days"}, False),
        ({"who": "owner 0"}, True),
        ({"who": "somebody"}, False),
        ({"since": "2020-01-01"}, True),
        ({"until": "2020-01-01"}, False),
        ({"since": "no day"}, True),
        ({"page": "99"}, True),
        ({"page": "\x00"}, True),
    ],
)
def test_log_is_searched(changed: Browser, asked: dict[str, str], is_found: bool) -> None:
    assert ("Before: 24 After: 48" in text_of(changed.get("/manage/audit/", asked))) is is_found


def test_export_asks_who_it_is_and_holds_no_formulas(practice: Practice, changed: Browser) -> None:
    Clinic.across.filter(pk=practice.clinic.pk).update(name="=1+1")
    assert changed.get("/manage/audit/export/").headers["Location"].startswith("/manage/reauthenticate/")

    text = recent(changed).get("/manage/audit/export/").content.decode()

    assert "Hours before the appointment,24,48" in text
    assert ",'=1+1" in text
    assert ",=1+1" not in text


def test_settings_are_put_back(practice: Practice, changed: Browser) -> None:
    page = changed.get(f"/manage/audit/{newest(practice).key}/undo/")
    assert "Hours before the appointment 48 24" in text_of(page)

    seen = page.context["undoing"].stored
    assert changed.post(f"/manage/audit/{newest(practice).key}/undo/", {"seen": seen}).status_code == 302
    assert settings_of(practice).change_deadline_hours == 24


def test_putting_back_loses_nobodys_work(practice: Practice, changed: Browser) -> None:
    entry = newest(practice)
    seen = changed.get(f"/manage/audit/{entry.key}/undo/").context["undoing"].stored
    change_deadline(changed, 72)

    assert changed.post(f"/manage/audit/{entry.key}/undo/", {"seen": seen}).status_code == 409
    assert settings_of(practice).change_deadline_hours == 72


def test_putting_back_is_held_to_the_same_rules(practice: Practice, changed: Browser) -> None:
    OrganisationSettings.objects.update(code_by_sms=True, code_by_email=False)
    OrganisationSettings.objects.update(code_by_sms=False, code_by_email=True)
    entry = newest(practice)
    OrganisationSettings.objects.update(ask_mobile=False)
    seen = changed.get(f"/manage/audit/{entry.key}/undo/").context["undoing"].stored

    response = changed.post(f"/manage/audit/{entry.key}/undo/", {"seen": seen})

    assert response.status_code == 422
    assert "The confirmation code needs" in text_of(response)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_log_cannot_be_rewritten(practice: Practice, table: str, statement: str) -> None:
    change_everything(practice)
    assert rows_of(table)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.audit_retention = 'off'")
        with pytest.raises(DatabaseError, match="stands"), transaction.atomic():
            cursor.execute(statement.format(table))


def test_retention_may_delete_where_it_is_switched_on(practice: Practice) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.audit_retention = 'on'")
        cursor.execute("DELETE FROM clinics_clinicevent")

    assert not AuditEntry.across.filter(kind="clinic").exists()


@pytest.mark.parametrize("changes", [1, 3])
def test_log_costs_the_same_queries(
    practice: Practice, owner: Browser, changes: int, django_assert_num_queries: Any
) -> None:
    for number in range(changes):
        change_deadline(owner, 50 + number)

    with django_assert_num_queries(10):
        owner.get("/manage/audit/")


def test_editor_sees_the_log_and_viewer_does_not(practice: Practice, editor: Browser) -> None:
    viewer = browser_of(seat_at(practice, Role.VIEWER), practice)

    assert editor.get("/manage/audit/").status_code == 200
    assert viewer.get("/manage/audit/").status_code == 403
    assert User.objects.count() == 2
