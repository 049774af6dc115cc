"""An organisation's address: what may be one, changing it, and what becomes of the one before."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.errors import SubdomainTaken
from clinics.models import FormerSubdomain, Organisation
from clinics.models.former_subdomain import KEPT, REDIRECTS
from clinics.models.organisation import SUBDOMAIN
from clinics.reserved_names import RESERVED_SKELETONS, is_offensive, skeleton

SHORTEST = 3
MOST_CHANGES = 3
CHANGES_WITHIN = timedelta(days=90)
"""Every address that is left is kept from others: without a limit one organisation could keep many."""
_NAMES = 0x5B_D0_3A_17
"""The advisory lock under which addresses are compared and taken."""

# Look-alikes of an address that is in use, or that is kept for another organisation.
_ALIKE = """
    SELECT name, organisation_id FROM (
        SELECT subdomain AS name, id AS organisation_id, subdomain_skeleton(subdomain) AS skeleton
        FROM clinics_organisation
        UNION ALL
        SELECT name, organisation_id, subdomain_skeleton(name)
        FROM clinics_formersubdomain WHERE kept_until > %(now)s
    ) AS names
    WHERE skeleton = %(skeleton)s AND organisation_id IS DISTINCT FROM %(organisation)s
"""


class Refusal(models.TextChoices):
    """Why a name cannot be an address, with a sentence for who asked for it."""

    ILL_FORMED = (
        "ill_formed",
        _("Use 3 to 63 letters from a to z, digits and hyphens, with a letter or digit at both ends."),
    )
    RESERVED = "reserved", _("This address is reserved. Please choose another.")
    OFFENSIVE = "offensive", _("This address could offend somebody. Please choose another.")
    TAKEN = "taken", _("Another clinic has this address. Please choose another.")
    LOOK_ALIKE = "look_alike", _("This looks too much like another clinic’s address. Please choose another.")
    TOO_OFTEN = "too_often", _("The address has been changed three times lately. Please try again later.")


class SubdomainRefused(SubdomainTaken):
    """The name cannot be an address; ``refusal.label`` says why to a person."""

    def __init__(self, subdomain: str, refusal: Refusal) -> None:
        super().__init__(subdomain)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Availability:
    """The answer while somebody types."""

    subdomain: str
    """As it would be stored."""
    url: str
    refusal: Refusal | None


def availability(*, organisation: Organisation | None, typed: str) -> Availability:
    """Whether the organisation could have this address at this moment; one query, or none."""
    subdomain = normalised(typed)
    url = f"{settings.BASE_SCHEME}://{subdomain}.{settings.BASE_NETLOC}/"
    return Availability(subdomain, url, why_not(subdomain, organisation))


def normalised(typed: str) -> str:
    """What is meant by what was typed: capitals and spaces around are nobody's mistake."""
    return typed.strip().lower()


def why_not(subdomain: str, organisation: Organisation | None = None) -> Refusal | None:
    """Why the organisation, or a new one, cannot have this address; None where it can."""
    if organisation is not None and subdomain == organisation.subdomain:
        return None
    return flaw(subdomain) or conflict(subdomain, organisation)


def flaw(subdomain: str) -> Refusal | None:
    """What is wrong with the name itself, whoever asks."""
    is_punycode = subdomain[2:4] == "--"
    if not re.fullmatch(SUBDOMAIN, subdomain) or len(subdomain) < SHORTEST or is_punycode:
        return Refusal.ILL_FORMED
    if skeleton(subdomain) in RESERVED_SKELETONS:
        return Refusal.RESERVED
    return Refusal.OFFENSIVE if is_offensive(subdomain) else None


def conflict(subdomain: str, organisation: Organisation | None) -> Refusal | None:
    """Whose address it is already, or which other's it could be mistaken for."""
    asked: dict[str, Any] = {
        "now": timezone.now(),
        "skeleton": skeleton(subdomain),
        "organisation": organisation.pk if organisation else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, asked)
        alike = {name for name, _organisation in cursor.fetchall()}
    if not alike:
        return None
    return Refusal.TAKEN if subdomain in alike else Refusal.LOOK_ALIKE


def change_subdomain(*, organisation: Organisation, subdomain: str, by: str) -> None:
    """The organisation's portal answers at the new address from now on, and the old one leads there.

    Raises SubdomainRefused. One change at a time is compared with all others, under a lock; that
    nobody gets a name that is taken or kept is the database's promise besides.
    """
    subdomain = normalised(subdomain)
    try:
        with transaction.atomic():
            lock_names()
            held = Organisation.objects.select_for_update().get(pk=organisation.pk)
            if subdomain == held.subdomain:
                return
            refuse(subdomain, why_not(subdomain, held) or too_often(held))
            leave(held, by, timezone.now(), to=subdomain)
            Organisation.objects.filter(pk=held.pk).update(subdomain=subdomain)
    except IntegrityError as error:
        raise SubdomainRefused(subdomain, Refusal.TAKEN) from error
    organisation.subdomain = subdomain


def lock_names() -> None:
    """Until the transaction ends nobody else compares or takes addresses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NAMES])


def refuse(subdomain: str, refusal: Refusal | None) -> None:
    if refusal is not None:
        raise SubdomainRefused(subdomain, refusal)


def too_often(organisation: Organisation) -> Refusal | None:
    since = timezone.now() - CHANGES_WITHIN
    changes = FormerSubdomain.across.filter(organisation=organisation, since__gt=since).count()
    return Refusal.TOO_OFTEN if changes >= MOST_CHANGES else None


def leave(organisation: Organisation, by: str, now: datetime, *, to: str) -> None:
    """Keeps the old name for the organisation; the new one is nobody's former name any more."""
    FormerSubdomain.across.filter(name__in=[organisation.subdomain, to]).delete()
    FormerSubdomain.across.create(
        organisation=organisation,
        name=organisation.subdomain,
        since=now,
        redirects_until=now + REDIRECTS,
        kept_until=now + KEPT,
        changed_by=by,
    )
