"""The tables of who: an organisation and everything that describes it."""

from clinics.models.account import AccountKey
from clinics.models.announcement import Announcement, Dismissal
from clinics.models.audit import AuditEntry
from clinics.models.clinic import Clinic, ClinicGroup
from clinics.models.consent import ConsentRecord
from clinics.models.draft import Draft
from clinics.models.findable import Findable
from clinics.models.former_subdomain import FormerSubdomain
from clinics.models.invitation import Invitation
from clinics.models.organisation import Organisation
from clinics.models.picture import Picture
from clinics.models.practitioner import Practitioner, PractitionerClinic
from clinics.models.privacy import PrivacyAction, RetentionCount, RetentionJob, RetentionRun
from clinics.models.provider import Provider, ProviderAccount
from clinics.models.settings import OrganisationSettings
from clinics.models.texts import PortalText
from clinics.models.user import Membership, MembershipClinic, User
from clinics.models.visit import OperatorVisit

__all__ = [
    "AccountKey",
    "Announcement",
    "AuditEntry",
    "Clinic",
    "ClinicGroup",
    "ConsentRecord",
    "Dismissal",
    "Draft",
    "Findable",
    "FormerSubdomain",
    "Invitation",
    "Membership",
    "MembershipClinic",
    "OperatorVisit",
    "Organisation",
    "OrganisationSettings",
    "Picture",
    "PortalText",
    "Practitioner",
    "PractitionerClinic",
    "PrivacyAction",
    "Provider",
    "ProviderAccount",
    "RetentionCount",
    "RetentionJob",
    "RetentionRun",
    "User",
]
