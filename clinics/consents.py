"""Practitioners' consent to their photo and title being shown: given, withdrawn, and by whom recorded."""

from django.db import transaction
from django.utils import timezone

from clinics.models import ConsentRecord, Organisation, Practitioner
from clinics.pictures import remove_photo


@transaction.atomic
def record_consent(*, organisation: Organisation, practitioner: Practitioner, by: str) -> None:
    """Photo and title are shown from the next page on. ``by`` is who wrote it down, never empty."""
    now = timezone.now()
    update(organisation, practitioner, consent_given_at=now, consent_recorded_by=by)
    ConsentRecord.objects.create(
        organisation=organisation, practitioner=practitioner, is_given=True, recorded_by=by, recorded_at=now
    )


@transaction.atomic
def withdraw_consent(*, organisation: Organisation, practitioner: Practitioner, by: str) -> None:
    """Neither photo nor title is shown from this moment on, and the photo is gone (GDPR article 17)."""
    update(organisation, practitioner, consent_given_at=None, consent_recorded_by="")
    remove_photo(organisation=organisation, practitioner=practitioner)
    ConsentRecord.objects.create(
        organisation=organisation,
        practitioner=practitioner,
        is_given=False,
        recorded_by=by,
        recorded_at=timezone.now(),
    )


def update(organisation: Organisation, practitioner: Practitioner, **values: object) -> None:
    """Both in the database and in the row at hand."""
    Practitioner.objects.filter(organisation=organisation, pk=practitioner.pk).update(**values)
    for name, value in values.items():
        setattr(practitioner, name, value)
