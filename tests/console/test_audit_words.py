"""Every kind of entry in natural words, in four languages: no column's name, no id, nothing of JSON."""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.utils import timezone, translation
from pghistory.models import Event

from clinics.clinic_groups import remove_group
from clinics.console.audit_entries import Entry, Wording
from clinics.console.audit_words import HIDDEN, KINDS, LABELS, MODELS, column_name
from clinics.history import HISTORIES
from clinics.models import (
    AccountKey,
    AuditEntry,
    Clinic,
    ClinicGroup,
    Invitation,
    Membership,
    MembershipClinic,
    OperatorVisit,
    Organisation,
    OrganisationSettings,
    Picture,
    PortalText,
    Practitioner,
    PrivacyAction,
    ProviderAccount,
)
from clinics.pictures import Drawn, keep
from clinics.roles import Role
from clinics.scope import organisation_scope
from notifications.models import MessageText
from scheduling.models import DeskAct
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.console.test_people import recent
from tests.factories import ClinicFactory
from tests.pages.conftest import text_of

pytestmark = pytest.mark.django_db

LANGUAGES = ["fi", "sv", "nb", "en"]
RAW = {
    "column": r"\b[a-z]+(_[a-z0-9]+)+\b",
    "id": r"[0-9a-f]{8}-[0-9a-f]{4}-",
    "moment": r"\d{4}-\d\d-\d\dT",
    "JSON": r'[\[\]{}"]',
    "Python": r"\b(None|True|False|null|true|false)\b",
    "hash": r"\b[0-9a-f]{24,}\b",
}
"""What nobody should have to read, by what it is."""
CODES = {
    "required",
    "not_asked",
    "own",
    "all",
    "owner",
    "editor",
    "viewer",
    "FI",
    "fi",
    "welcome",
    "any",
    "plausible",
    "link",
    "twilio",
    "asked",
    "both",
    "sms",
    "email",
}
"""Values as they are stored, which their labels say otherwise."""
CHOSEN: dict[str, Any] = {
    "view_bookings": False,
    "login": True,
    "sms_login": True,
    "sms_login_sees": "all",
    "sms_login_decided_by": "Johtaja",
    "sms_login_decided_at": timezone.now(),
    "eid_login": True,
    "eid_login_sees": "own",
    "new_booking": False,
    "new_booking_requires_login": True,
    "weekend_booking": True,
    "code_by_email": False,
    "code_by_sms": False,
    "skip_confirmation": True,
    "maintenance_mode": True,
    "publish_on_marketplace": True,
    "publish_on_portal": False,
    "patient_message": False,
    "any_practitioner": False,
    "any_clinic": True,
    "ask_address_1": True,
    "ask_address_2": True,
    "ask_postcode": True,
    "ask_mobile": False,
    "ask_email": False,
    "ask_campaign_code": True,
    "national_id": "not_asked",
    "step_order": ["time", "clinic", "treatment", "practitioner"],
    "combined_view": True,
    "move_allowed": False,
    "cancel_allowed": False,
    "move_without_template": True,
    "cancel_without_template": True,
    "journal_moves": True,
    "journal_cancellations": True,
    "change_deadline_hours": 48,
    "hold_minutes": 20,
    "step_minutes": 15,
    "minimum_notice_minutes": 120,
    "horizon_days": 90,
    "agent_silence_minutes": 60,
    "publish_new_clinics": False,
    "publish_new_practitioners": False,
    "accent_colour": "#1f5fbf",
    "analytics_service": "plausible",
    "analytics_address": "https://stats.example",
    "analytics_site": "clinic.example",
    "analytics_cookies": False,
    "analytics_attributes": "data-site=3",
    "email_sender_name": "Hammas",
    "email_reply_to": "vastaus@example.com",
    "sms_sender": "Hammas",
    "sms_replies_allowed": True,
    "sms_countries": ["FI", "SE"],
    "sms_daily_limit": 100,
    "sms_monthly_cap": 50,
    "name_treatment_in_messages": True,
    "email_fallback": True,
    "reminders_to": "asked",
    "email_reminders": True,
    "reminder_1_hours": 48,
    "reminder_1_by": "both",
    "reminder_2_hours": 24,
    "reminder_2_by": "sms",
    "reminder_3_hours": 2,
    "reminder_3_by": "email",
    "thanks_hours": 3,
    "url_1": "https://one.example",
    "url_2": "https://two.example",
    "url_3": "https://three.example",
    "messages_paused": True,
    "quiet_from": time(21),
    "quiet_until": time(7),
    "quiet_weekdays": [5, 6],
    "retention_days": 30,
    "message_retention_days": 30,
    "audit_retention_days": 400,
}
"""Every setting, other than it begins."""


@pytest.fixture(autouse=True)
def telling_ids(db: None) -> None:
    """Clinics' ids that are not also numbers of which the log may speak."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('clinics_clinic', 'id'), 987654321)")


def change_all(practice: Practice) -> None:
    """Rows of every kind: added, changed in every column, and removed where that can be."""
    organisation, now = practice.organisation, timezone.now()
    own = {"organisation": organisation}
    member = Membership.across.get(user=seat_at(practice, Role.EDITOR, [practice.clinic]))
    OrganisationSettings.objects.filter(organisation=organisation).update(**CHOSEN)
    Organisation.objects.filter(pk=organisation.pk).update(
        name="Uusi nimi",
        subdomain="uusi-nimi",
        country="SE",
        time_zone="Europe/Stockholm",
        languages=["fi", "sv"],
        default_language="sv",
        is_suspended=True,
    )
    group = ClinicGroup.across.create(**own, name="Espoo")
    ClinicGroup.across.filter(pk=group.pk).update(name="Vantaa", position=3)
    Clinic.across.filter(pk=practice.clinic.pk).update(
        group=group,
        address="Katu 1",
        phone="1",
        email="a@example.com",
        agents_address="Katu 2",
        agents_phone="2",
        agents_email="b@example.com",
        time_zone="Europe/Oslo",
        opening_hours="Aina",
        position=4,
        is_published=False,
        retired_at=now,
        name="Toinen",
    )
    Practitioner.across.filter(pk=practice.practitioner.pk).update(
        name="Toinen",
        title="HLL",
        description="Suomi",
        consent_given_at=now,
        position=2,
        consent_recorded_by="Omistaja",
        is_published=False,
        retired_at=now,
    )
    text = PortalText.across.create(**own, place="welcome", language="fi", heading="Hei", body="Hei")
    PortalText.across.filter(pk=text.pk).update(body="Moi", heading="Moi")
    text.delete()
    PortalText.across.create(**own, place="clinic", language="sv", clinic=practice.clinic, body="Hej")
    Membership.across.filter(pk=member.pk).update(signed_out_at=now)
    MembershipClinic.across.filter(membership=member).delete()
    Membership.across.filter(pk=member.pk).update(is_limited=False, role=Role.OWNER)
    Invitation.across.create(
        **own,
        email="uusi@example.com",
        role=Role.EDITOR,
        is_limited=True,
        clinic_ids=[practice.clinic.pk],
        invited_by=member.user,
    )
    Invitation.across.filter(**own).update(accepted_at=now, revoked_at=now)
    AccountKey.across.create(**own, key_hash="a" * 64, revoked_at=now)
    for drawn in (Drawn(b"one", "image/webp", 1, 1, "any"), Drawn(b"two", "image/png", 2, 2, "dark")):
        with organisation_scope(organisation.pk):
            keep(organisation, None, drawn)
            keep(organisation, practice.practitioner, drawn)
    Picture.across.filter(**own, practitioner=None).delete()
    visit = OperatorVisit.across.create(
        **own,
        operator=member.user,
        name="Tuki",
        reason="Apu",
        began_at=now,
        until_at=now + timedelta(minutes=5),
    )
    OperatorVisit.across.filter(pk=visit.pk).update(until_at=now + timedelta(minutes=9))
    for kind in PrivacyAction.Kind.values:
        PrivacyAction.across.create(**own, kind=kind, rows=2, sought_by=PrivacyAction.Term.values)
    words = MessageText.across.create(
        **own, channel="email", kind="move", language="fi", subject="a", body="a"
    )
    MessageText.across.filter(pk=words.pk).update(subject="b", body="b")
    words.delete()
    account = ProviderAccount.across.create(**own, provider="link", credentials="{}")
    ProviderAccount.across.filter(pk=account.pk).update(
        provider="twilio", sender="+358401234567", replies_allowed=True, tested_at=now, last_error="Not yet"
    )
    ProviderAccount.across.filter(pk=account.pk).update(credentials_given_at=now + timedelta(minutes=1))
    for act in DeskAct.Act.values:
        DeskAct.across.create(**own, act=act, who="Omistaja", booking=visit.public_id, tells_patient=True)
    with organisation_scope(organisation.pk):
        remove_group(organisation=organisation, group=group)


def history_of(model: type[Model]) -> Any:
    return apps.get_model(model._meta.app_label, f"{model.__name__}Event")


def said_by(entry: Entry) -> Iterator[str]:
    yield from (entry.what, entry.title, entry.who, entry.why_not)
    for change in entry.changes:
        yield from (change.name, change.before, change.after)


def entries_of(practice: Practice, language: str) -> list[Entry]:
    organisation = Organisation.objects.get(pk=practice.organisation.pk)
    with organisation_scope(organisation.pk), translation.override(language):
        return Wording(organisation, AuditEntry.objects.filter(organisation=organisation)).entries()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_raw_is_said_of_any_change(practice: Practice, language: str) -> None:
    change_all(practice)

    entries = entries_of(practice, language)

    assert {row.kind for row in AuditEntry.across.filter(organisation=practice.organisation)} == set(KINDS)
    for entry in entries:
        for words in said_by(entry):
            found = [what for what, pattern in RAW.items() if re.search(pattern, words)]
            assert not found, (found, entry)
            assert words not in CODES, entry
            assert words != str(practice.clinic.pk), entry


def test_every_column_of_every_history_has_been_changed_and_has_a_name(practice: Practice) -> None:
    change_all(practice)
    shown = {
        (row.kind, name)
        for row in AuditEntry.across.filter(organisation=practice.organisation)
        for name in row.changed
    }
    for kind, model in MODELS.items():
        history = history_of(model)
        columns = {each.attname for each in history._meta.concrete_fields if not each.name.startswith("pgh_")}
        for name in columns - HIDDEN:
            assert (kind, name) in shown, (kind, name)
            assert column_name(kind, name) != name, (kind, name)


def test_every_history_of_the_log_is_known() -> None:
    tables = {f"{model._meta.db_table}event" for model in MODELS.values()}

    assert tables == set(HISTORIES)
    assert all(issubclass(history_of(model), Event) for model in MODELS.values())


def test_entry_of_a_kind_that_nobody_has_put_into_words_still_shows(practice: Practice) -> None:
    row = AuditEntry(
        key="new:1", kind="new", label="insert", at=timezone.now(), after={"name": "Uusi"}, changed=["name"]
    )
    with organisation_scope(practice.organisation.pk):
        entry = Wording(practice.organisation, [row]).entry(row)

    assert [change.after for change in entry.changes] == ["Uusi"]
    assert entry.why_not == "Cannot be put back here."


def test_every_act_at_the_desk_has_words() -> None:
    assert set(DeskAct.Act.values) <= set(LABELS)


def test_names_stand_where_the_tables_have_ids(practice: Practice) -> None:
    with organisation_scope(practice.organisation.pk):
        change_all(practice)
    said = {words for entry in entries_of(practice, "en") for words in said_by(entry)}

    assert {"Logo", "Photo of Toinen", "Toinen, Svenska", "Front page, Suomi", "Vantaa"} <= said
    assert {"Time, Clinic, Treatment, Practitioner", "Saturday, Sunday", "Sky (#1f5fbf)"} <= said
    assert {"Editor 0: Toinen", "Stockholm", "Finland, Sweden", "Suomi, Svenska"} <= said
    assert "One that is gone" not in said


def test_log_and_its_file_link_to_a_booking_without_its_id(practice: Practice) -> None:
    booking = "11111111-2222-4333-8444-555555555555"
    DeskAct.across.create(organisation=practice.organisation, act="moved", who="O", booking=booking)
    owner = recent(browser_of(seat_at(practice), practice))

    page = owner.get("/manage/audit/")

    assert booking not in text_of(page)
    assert f'href="/manage/bookings/{booking}/"' in page.content.decode()
    assert f"/manage/bookings/{booking}/" in owner.get("/manage/audit/export/").content.decode()


def test_name_of_what_is_gone_with_its_history_is_not_guessed(practice: Practice) -> None:
    row = AuditEntry(
        key="clinic:1",
        kind="clinic",
        label="update",
        at=timezone.now(),
        before={"group_id": 99},
        after={"group_id": None},
        changed=["group_id"],
    )
    with organisation_scope(practice.organisation.pk):
        (change,) = Wording(practice.organisation, [row]).entry(row).changes

    assert (change.before, change.after) == ("One that is gone", "")


@pytest.mark.parametrize("many", [1, 3, 49])
def test_looking_up_names_costs_the_same_queries(
    practice: Practice, many: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(many):
        group = ClinicGroup.across.create(organisation=practice.organisation, name=f"G{number}")
        ClinicFactory(organisation=practice.organisation, group=group)
        if number % 2:
            group.delete()
    browser = browser_of(seat_at(practice), practice)

    with django_assert_max_num_queries(14):
        browser.get("/manage/audit/")
