"""Headings under which clinics stand: added at the end, and removed without touching a clinic."""

from django.db import IntegrityError, transaction
from django.db.models import Max

from clinics.errors import GroupNameTaken
from clinics.models import ClinicGroup, Organisation


def add_group(*, organisation: Organisation, name: str) -> ClinicGroup:
    """A new heading after the others. Raises GroupNameTaken."""
    groups = ClinicGroup.objects.filter(organisation=organisation)
    last = groups.aggregate(last=Max("position"))["last"]
    try:
        with transaction.atomic():
            group = ClinicGroup(
                organisation=organisation, name=name, position=0 if last is None else last + 1
            )
            group.save()
    except IntegrityError:
        raise GroupNameTaken(name) from None
    return group


def remove_group(*, organisation: Organisation, group: ClinicGroup) -> None:
    """Its clinics stand without a heading from the next page on."""
    ClinicGroup.objects.filter(organisation=organisation, pk=group.pk).delete()
