"""The mails with an account key: to a new organisation's owner, and to the owners when a key is reissued.

A key stands in no table but as a hash: the mail's body is forgotten as soon as it has been sent.
"""

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from clinics.accounts import issue_account_key, open_account
from clinics.invitations import link_of, open_invitation, pending
from clinics.models import Organisation, User
from clinics.roles import Role
from clinics.scope import organisation_scope
from clinics.visits import owners_emails


@transaction.atomic
def open_with_owner(
    *, name: str, subdomain: str, country: str, language: str, email: str, operator: User
) -> Organisation:
    """A new organisation, whose owner is sent an invitation and the account key.

    Raises SubdomainTaken and ValidationError.
    """
    organisation, key = open_account(name=name, subdomain=subdomain, language=language, country=country)
    with organisation_scope(organisation.pk), override(language):
        invitation = open_invitation(
            organisation=organisation, email=email, role=Role.OWNER, invited_by=operator
        )
        subject = _("Welcome to the booking portal: %(name)s") % {"name": organisation.name}
        context = {"organisation": organisation, "key": key, "link": link_of(organisation, invitation)}
        EmailMessage(subject, render_to_string("manage/welcome.txt", context), to=[email]).send()
    return organisation


@transaction.atomic
def reissue_key(*, organisation: Organisation) -> int:
    """A new account key by mail to the owners, invited ones too; the old one is dead. How many were told."""
    key = issue_account_key(organisation=organisation)
    with organisation_scope(organisation.pk), override(organisation.default_language):
        emails = owners_to_be(organisation)
        subject = _("A new account key: %(name)s") % {"name": organisation.name}
        body = render_to_string("manage/new_key.txt", {"organisation": organisation, "key": key})
        for email in emails:
            EmailMessage(subject, body, to=[email]).send()
    return len(emails)


def owners_to_be(organisation: Organisation) -> list[str]:
    """The owners' addresses; where nobody is owner yet, those of who is invited to be."""
    invited = pending(organisation).filter(role=Role.OWNER).values_list("email", flat=True)
    return owners_emails(organisation) or list(invited)
