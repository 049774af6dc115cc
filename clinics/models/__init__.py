"""The tables of who: an organisation and everything that describes it."""

from clinics.models.account import AccountKey
from clinics.models.clinic import Clinic, ClinicGroup
from clinics.models.invitation import Invitation
from clinics.models.organisation import Organisation
from clinics.models.practitioner import Practitioner, PractitionerClinic
from clinics.models.settings import OrganisationSettings
from clinics.models.texts import PortalText
from clinics.models.user import Membership, MembershipClinic, User

__all__ = [
    "AccountKey",
    "Clinic",
    "ClinicGroup",
    "Invitation",
    "Membership",
    "MembershipClinic",
    "Organisation",
    "OrganisationSettings",
    "PortalText",
    "Practitioner",
    "PractitionerClinic",
    "User",
]
