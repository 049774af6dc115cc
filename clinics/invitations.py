"""Inviting people to work with an organisation's portal: by a signed link, good for one person and once."""

from collections.abc import Collection

from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from clinics.errors import AlreadyMember, InvitationInvalid
from clinics.memberships import limit_to
from clinics.models import Clinic, Invitation, Membership, Organisation, User
from clinics.models.invitation import VALID_FOR
from clinics.roles import Role

SALT = "clinics.invitation"


@transaction.atomic
def invite(
    *,
    organisation: Organisation,
    email: str,
    role: Role,
    invited_by: User,
    clinics: Collection[Clinic] | None = None,
) -> Invitation:
    """Sends an invitation; one that waits for the same person ends. Raises AlreadyMember."""
    invitation = open_invitation(
        organisation=organisation, email=email, role=role, invited_by=invited_by, clinics=clinics
    )
    send(organisation, invitation, invited_by)
    return invitation


@transaction.atomic
def open_invitation(
    *,
    organisation: Organisation,
    email: str,
    role: Role,
    invited_by: User,
    clinics: Collection[Clinic] | None = None,
) -> Invitation:
    """The same without a mail: whoever asks for it sends its link. Raises AlreadyMember."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if Membership.objects.filter(organisation=organisation, user__email__iexact=email).exists():
        raise AlreadyMember
    pending(organisation).filter(email__iexact=email).update(revoked_at=timezone.now())
    is_limited = role == Role.EDITOR and clinics is not None
    invitation: Invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=role,
        invited_by=invited_by,
        is_limited=is_limited,
        clinic_ids=[clinic.pk for clinic in clinics or []] if is_limited else [],
    )
    return invitation


def send(organisation: Organisation, invitation: Invitation, invited_by: User) -> None:
    context = {
        "organisation": organisation,
        "invited_by": invited_by,
        "link": link_of(organisation, invitation),
    }
    subject = _("Invitation to the booking portal of %(name)s") % {"name": organisation.name}
    EmailMessage(subject, render_to_string("manage/invitation.txt", context), to=[invitation.email]).send()


def link_of(organisation: Organisation, invitation: Invitation) -> str:
    """Where the person accepts."""
    return f"{organisation.portal_url}manage/people/join/{key_of(invitation)}/"


def revoke(*, organisation: Organisation, invitation: Invitation) -> None:
    """Its link leads nowhere any more."""
    pending(organisation).filter(pk=invitation.pk).update(revoked_at=timezone.now())


@transaction.atomic
def accept(*, organisation: Organisation, key: str, user: User) -> Membership:
    """Makes the user a member with what the invitation gives. Raises InvitationInvalid."""
    invitation = invitation_of(organisation=organisation, key=key)
    used = pending(organisation).filter(pk=invitation.pk, email__iexact=user.email)
    if used.update(accepted_at=timezone.now()) != 1:
        raise InvitationInvalid
    member: Membership
    member, _is_new = Membership.objects.get_or_create(
        organisation=organisation,
        user=user,
        defaults={"role": invitation.role, "is_limited": invitation.is_limited},
    )
    if member.is_limited:
        reached = Clinic.objects.filter(organisation=organisation, pk__in=invitation.clinic_ids)
        limit_to(organisation, member, list(reached))
    return member


def invitation_of(*, organisation: Organisation, key: str) -> Invitation:
    """The invitation that a link's key stands for. Raises InvitationInvalid where it is good no more."""
    try:
        public_id = signing.loads(key, salt=SALT, max_age=VALID_FOR)
    except signing.BadSignature as error:
        raise InvitationInvalid from error
    found = pending(organisation).filter(public_id=public_id, expires_at__gt=timezone.now()).first()
    if found is None:
        raise InvitationInvalid
    return found


def key_of(invitation: Invitation) -> str:
    return signing.dumps(str(invitation.public_id), salt=SALT)


def pending(organisation: Organisation) -> QuerySet[Invitation]:
    return Invitation.objects.filter(organisation=organisation, accepted_at=None, revoked_at=None)


def is_invited(email: str, organisation: Organisation) -> bool:
    return pending(organisation).filter(email__iexact=email, expires_at__gt=timezone.now()).exists()
