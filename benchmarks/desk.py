"""A clinic with many bookings: patients, events and messages included, written by the database itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY as METHODS_OF
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as METHODS
from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from benchmarks.data import Practice, first_monday, local
from clinics.models import Membership, User
from clinics.roles import Role
from clinics.scope import organisation_scope
from scheduling.day_numbers import keep_day_numbers

HOURS = 4 * 3600
"""So long the owner has just shown who it is, which downloads and the privacy desk ask for."""
WEEKS_PAST, WEEKS_AHEAD = 52, 9
HALF_HOUR = timedelta(minutes=30)
FIRST_NAMES = [
    a + b for a in ("Aa", "Ee", "He", "Il", "Ka", "Lu", "Ma", "Ni", "Sa", "Ve") for b in ("da", "ja", "mi")
]
LAST_NAMES = [
    a + b
    for a in ("Haapa", "Järvi", "Kallio", "Kivi", "Koivu", "Lehto", "Metsä", "Niitty", "Pihla", "Saari")
    for b in (
        "korpi",
        "kunnas",
        "lahti",
        "lampi",
        "mäki",
        "nen",
        "niemi",
        "pelto",
        "ranta",
        "suo",
        "vainio",
        "vuori",
    )
]

_BOOKINGS = """
    WITH wanted AS (
        SELECT p.organisation_id, p.id AS practitioner_id, c.id AS clinic_id, h.starts_at,
               hashint8(p.id * 1000003 + h.number) & 2147483647 AS chance
        FROM clinics_practitioner p
        JOIN clinics_clinic c ON c.organisation_id = p.organisation_id
        CROSS JOIN unnest(%(starts)s::timestamptz[]) WITH ORDINALITY AS h (starts_at, number)
        WHERE p.organisation_id = %(organisation)s
        ORDER BY hashint8(p.id * 7919 + h.number), p.id, h.number
        LIMIT %(many)s
    ), drawn AS (
        SELECT w.*, w.chance %% 100 AS luck, w.starts_at < now() AS is_past,
               least(w.starts_at, now()) - (2 + (w.chance / 100) %% 1000) * interval '1 hour' AS booked_at,
               (ARRAY(SELECT t.id FROM scheduling_treatment t WHERE t.organisation_id = w.organisation_id
                      ORDER BY t.id))[1 + (w.chance / 7) %% 8] AS treatment_id
        FROM wanted w
    )
    INSERT INTO scheduling_booking
        (public_id, organisation_id, clinic_id, practitioner_id, treatment_id, during, state, visitor,
         appointment_id, accepted_at, refusal_reason, created_at, booked_at, confirmed_by, revision)
    SELECT gen_random_uuid(), organisation_id, clinic_id, practitioner_id, treatment_id,
           tstzrange(starts_at, starts_at + interval '30 minutes'),
           CASE WHEN luck < 10 THEN 'cancelled' WHEN luck < 12 THEN 'refused' WHEN NOT is_past THEN 'booked'
                WHEN luck < 16 THEN 'no_show' WHEN luck < 90 THEN 'arrived' ELSE 'booked' END,
           md5(chance::text), chance::text, booked_at + interval '2 seconds',
           CASE WHEN luck BETWEEN 10 AND 11 THEN 'taken' ELSE '' END,
           booked_at - interval '3 minutes', booked_at, 'code', 0
    FROM drawn ORDER BY booked_at
"""
_LAPSED = """
    INSERT INTO scheduling_booking
        (public_id, organisation_id, clinic_id, practitioner_id, treatment_id, during, state, visitor,
         hold_expires_at, appointment_id, refusal_reason, created_at, confirmed_by, revision)
    SELECT gen_random_uuid(), organisation_id, clinic_id, practitioner_id, treatment_id, during, 'expired',
           visitor, created_at, '', '', created_at - interval '1 hour', '', 0
    FROM scheduling_booking WHERE organisation_id = %(organisation)s AND id %% 4 = 0
"""
_CODES = """
    INSERT INTO scheduling_confirmationcode
        (organisation_id, booking_id, purpose, salt, digest, created_at, expires_at, tries)
    SELECT organisation_id, id, 'booking', '', '', created_at, created_at + interval '10 minutes', 0
    FROM scheduling_booking WHERE organisation_id = %(organisation)s AND (state <> 'expired' OR id %% 2 = 0)
"""
_PATIENTS = """
    INSERT INTO scheduling_bookingpatient
        (organisation_id, booking_id, first_name, last_name, email, mobile, address_1, address_2, postcode,
         campaign_code, message, language, consented_at, address_update)
    SELECT organisation_id, id, (%(first_names)s::text[])[1 + id %% cardinality(%(first_names)s::text[])],
           (%(last_names)s::text[])[1 + (id / 7) %% cardinality(%(last_names)s::text[])],
           'patient' || id || '@patients.example', '+35840' || (5000000 + id), '', '', '', '', '', 'fi',
           booked_at, 'none'
    FROM scheduling_booking WHERE organisation_id = %(organisation)s AND booked_at IS NOT NULL
"""
_EVENTS = """
    WITH told AS (
        INSERT INTO scheduling_agentevent
            (organisation_id, sequence, type, booking_id, data, created_at, acknowledged_at, outcome,
             appointment_id, reason, detail, handled_at)
        SELECT organisation_id, row_number() OVER (ORDER BY id), 'booking.created', id, '{}', booked_at,
               accepted_at, CASE state WHEN 'refused' THEN 'refused' ELSE 'accepted' END, appointment_id,
               refusal_reason, '', CASE WHEN booked_at < now() - interval '8 hours' THEN accepted_at END
        FROM scheduling_booking WHERE organisation_id = %(organisation)s AND booked_at IS NOT NULL
        RETURNING sequence
    ), told_again AS (
        INSERT INTO scheduling_agentevent
            (organisation_id, sequence, type, booking_id, data, created_at, acknowledged_at, outcome,
             appointment_id, reason, detail)
        SELECT organisation_id, 10000000 + row_number() OVER (ORDER BY id), 'booking.moved', id, '{}',
               booked_at, accepted_at, 'accepted', appointment_id, '', ''
        FROM scheduling_booking
        WHERE organisation_id = %(organisation)s AND booked_at IS NOT NULL AND id %% 12 = 0
        RETURNING sequence
    )
    INSERT INTO scheduling_agentlink (organisation_id, last_event, last_push_at, last_seen_at)
    SELECT %(organisation)s, max(sequence), now(), now()
    FROM (SELECT sequence FROM told UNION ALL SELECT sequence FROM told_again) AS all_told
    ON CONFLICT (organisation_id) DO UPDATE
    SET last_event = EXCLUDED.last_event, last_seen_at = now(), last_push_at = now()
"""
_MESSAGES = """
    INSERT INTO notifications_message
        (organisation_id, public_id, channel, kind, about, "to", language, subject, body, attachments,
         is_secret, priority, state, attempts, unknown_outcomes, next_attempt_at, provider_reference,
         last_error, created_at, sent_at)
    SELECT b.organisation_id, gen_random_uuid(), 'email', 'confirmation', 'booking:' || b.public_id, p.email,
           'fi', 'Ajanvaraus', 'Tervetuloa', '[]', false, 10, 'sent', 1, 0, b.booked_at, '', '', b.booked_at,
           b.booked_at
    FROM scheduling_booking b JOIN scheduling_bookingpatient p ON p.booking_id = b.id
    WHERE b.organisation_id = %(organisation)s
"""
_STEPS = """
    INSERT INTO scheduling_stepcount (organisation_id, day, step, shown)
    SELECT %(organisation)s, current_date - n, step, 400 - 10 * length(step)
    FROM generate_series(0, 364) AS n, unnest(ARRAY['clinic', 'treatment', 'practitioner', 'time']) AS step
"""


def fill_bookings(practice: Practice, many: int) -> None:
    """So many bookings over a year and nine weeks, in the states that bookings have by then."""
    values: dict[str, Any] = {
        "organisation": practice.organisation.pk,
        "many": many,
        "starts": list(half_hours()),
        "first_names": FIRST_NAMES,
        "last_names": LAST_NAMES,
    }
    with connection.cursor() as cursor:
        for statement in (_BOOKINGS, _LAPSED):
            cursor.execute(statement, values)
        # What the database knows of an all but empty table makes it look for each booking in all of them.
        cursor.execute("ANALYZE scheduling_booking")
        for statement in (_CODES, _PATIENTS, _EVENTS, _MESSAGES, _STEPS):
            cursor.execute(statement, values)
    with organisation_scope(practice.organisation.pk):
        keep_day_numbers(organisation=practice.organisation)


def half_hours() -> Iterator[datetime]:
    """Of eight hours on each working day of the year that has been and of the weeks to come."""
    for week in range(-WEEKS_PAST, WEEKS_AHEAD):
        for day in range(5):
            begin = local(first_monday() + timedelta(days=7 * week + day), "08:00")
            yield from (begin + HALF_HOUR * n for n in range(16))


def sign_in_owner(practice: Practice) -> str:
    """A new owner, signed in just now with both factors; the key of the session."""
    user = User.objects.create_user(f"owner@{practice.subdomain}.example", None, name="Owner")
    Membership.across.create(organisation=practice.organisation, user=user, role=Role.OWNER)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[METHODS] = [{"method": "password", "at": timezone.now().timestamp() + HOURS}]
    session[METHODS_OF] = user_id_to_str(user)
    session.create()
    return str(session.session_key)
