"""Changing who works with an organisation's portal. An owner is always left."""

from collections.abc import Collection

from django.db import transaction

from clinics.errors import LastOwner
from clinics.models import Clinic, Membership, MembershipClinic, Organisation
from clinics.roles import Role


@transaction.atomic
def change_member(
    *, organisation: Organisation, member: Membership, role: Role, clinics: Collection[Clinic] | None = None
) -> None:
    """Gives the member the role; with ``clinics``, as an editor limited to them. Raises LastOwner."""
    if role != Role.OWNER:
        require_another_owner(organisation, member)
    is_limited = role == Role.EDITOR and clinics is not None
    Membership.objects.filter(organisation=organisation, pk=member.pk).update(
        role=role, is_limited=is_limited
    )
    limit_to(organisation, member, clinics or [] if is_limited else [])


@transaction.atomic
def remove_member(*, organisation: Organisation, member: Membership) -> None:
    """The person keeps the account, but is a stranger here from the next page on. Raises LastOwner."""
    require_another_owner(organisation, member)
    Membership.objects.filter(organisation=organisation, pk=member.pk).delete()


def require_another_owner(organisation: Organisation, member: Membership) -> None:
    """Raises LastOwner where no one else would be left.

    The owners' rows are locked, in one order: of two owners who remove each other the second waits, and
    then sees only the one who is left.
    """
    owners = (
        Membership.objects.filter(organisation=organisation, role=Role.OWNER)
        .select_for_update()
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if set(owners) == {member.pk}:
        raise LastOwner


def limit_to(organisation: Organisation, member: Membership, clinics: Collection[Clinic]) -> None:
    limits = MembershipClinic.objects.filter(organisation=organisation, membership=member)
    limits.exclude(clinic__in=clinics).delete()
    MembershipClinic.objects.bulk_create(
        [MembershipClinic(organisation=organisation, membership=member, clinic=clinic) for clinic in clinics],
        ignore_conflicts=True,
    )
