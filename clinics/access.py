"""What somebody who is logged in may do at an organisation."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from clinics.announcements import is_anything_unread
from clinics.models import Membership, Organisation, User
from clinics.roles import Role

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def access_of(*, organisation: Organisation, user: User) -> tuple[Membership, frozenset[int] | None] | None:
    """The user's membership and the clinics it is limited to, or None for who is no member.

    ``has_news`` of the membership says whether the operator announces something that is unread.
    """
    membership = (
        Membership.objects.filter(organisation=organisation, user=user)
        .annotate(
            limited_to=ArrayAgg("limits__clinic_id", filter=Q(limits__isnull=False), default=[]),
            has_news=is_anything_unread(organisation=organisation, user=user),
        )
        .first()
    )
    if membership is None:
        return None
    return membership, frozenset(membership.limited_to) if membership.is_limited else None


def is_member(user: User | AnonymousUser, organisation: Organisation) -> bool:
    return (
        user.is_authenticated
        and Membership.objects.filter(organisation=organisation, user_id=user.pk).exists()
    )


def lacks_second_factor(*, user: User, role: Role) -> bool:
    """Whether the role needs a second factor that the user has not set up. The demo needs none."""
    if settings.DEMO or not role.reaches(Role.EDITOR):
        return False
    return not get_adapter().is_mfa_enabled(user, types=SECOND_FACTORS)
