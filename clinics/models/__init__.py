"""The tables of who: an organisation and everything that describes it."""

from clinics.models.account import AccountKey
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
from clinics.models.settings import OrganisationSettings
from clinics.models.texts import PortalText
from clinics.models.user import Membership, MembershipClinic, User

__all__ = [
    "AccountKey",
    "AuditEntry",
    "Clinic",
    "ClinicGroup",
    "ConsentRecord",
    "Draft",
    "Findable",
    "FormerSubdomain",
    "Invitation",
    "Membership",
    "MembershipClinic",
    "Organisation",
    "OrganisationSettings",
    "Picture",
    "PortalText",
    "Practitioner",
    "PractitionerClinic",
    "User",
]
