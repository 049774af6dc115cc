"""What the operator announces in consoles: to whom, in which languages, and who has read it."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from clinics.languages import LANGUAGE_CODES
from clinics.models import Announcement, Dismissal, Organisation, User


def announce(
    *,
    texts: dict[str, str],
    from_at: datetime,
    until_at: datetime,
    organisations: Collection[Organisation] = (),
) -> Announcement:
    """Shows the texts, one for each language, in the consoles of these organisations; of none: in all."""
    return Announcement.objects.create(
        **{f"text_{language}": texts[language] for language in LANGUAGE_CODES},
        from_at=from_at,
        until_at=until_at,
        organisation_ids=sorted(organisation.pk for organisation in organisations),
    )


def withdraw(*, announcement: Announcement) -> None:
    """Nobody sees it any more."""
    Announcement.objects.filter(pk=announcement.pk).delete()


def unread(*, organisation: Organisation, user: User) -> QuerySet[Announcement]:
    """What is to be shown to this member in this organisation's console, the newest first."""
    now = timezone.now()
    read = Dismissal.objects.filter(user=user).values("announcement")
    return Announcement.objects.filter(
        Q(organisation_ids=[]) | Q(organisation_ids__contains=[organisation.pk]),
        from_at__lte=now,
        until_at__gt=now,
    ).exclude(pk__in=read)


def is_anything_unread(*, organisation: Organisation, user: User) -> Exists:
    """The same as a condition within another query."""
    return Exists(unread(organisation=organisation, user=user).order_by())


def dismiss(*, announcement: Announcement, user: User) -> None:
    """The member does not see it again. Twice is harmless."""
    Dismissal.objects.bulk_create([Dismissal(announcement=announcement, user=user)], ignore_conflicts=True)
