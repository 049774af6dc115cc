"""The operator's visits to a console: with a reason, for an hour, and known to the owners."""

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from clinics.models import Membership, OperatorVisit, Organisation, User
from clinics.models.visit import LASTS
from clinics.roles import Role
from clinics.scope import organisation_scope


def begin_visit(*, organisation: Organisation, operator: User, reason: str) -> OperatorVisit:
    """Lets the operator look at the organisation's console for an hour, and writes so to its owners."""
    now = timezone.now()
    with organisation_scope(organisation.pk), transaction.atomic():
        visit: OperatorVisit = OperatorVisit.objects.create(
            organisation=organisation,
            operator=operator,
            name=str(operator),
            reason=reason,
            began_at=now,
            until_at=now + LASTS,
        )
        with override(organisation.default_language):
            tell_owners(organisation, visit)
    return visit


def tell_owners(organisation: Organisation, visit: OperatorVisit) -> None:
    subject = _("The operator looks at the console of %(name)s") % {"name": organisation.name}
    context = {"organisation": organisation, "visit": visit}
    body = render_to_string("manage/visit.txt", context)
    for email in owners_emails(organisation):
        EmailMessage(subject, body, to=[email]).send()


def owners_emails(organisation: Organisation) -> list[str]:
    owners = Membership.objects.filter(organisation=organisation, role=Role.OWNER, user__is_active=True)
    return list(owners.order_by("user__email").values_list("user__email", flat=True))


def open_visit(*, organisation: Organisation, user: User) -> OperatorVisit | None:
    """The visit on which the user is at this moment: as long as it lasts, and the user is the operator's."""
    if not (user.is_staff and user.is_active):
        return None
    visits: QuerySet[OperatorVisit] = OperatorVisit.objects.filter(
        organisation=organisation, operator=user, until_at__gt=timezone.now()
    )
    return visits.first()
