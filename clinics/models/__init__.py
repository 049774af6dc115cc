"""The tables of who: an organisation and everything that describes it."""

from clinics.models.account import AccountKey
from clinics.models.clinic import Clinic, ClinicGroup
from clinics.models.consent import ConsentRecord
from clinics.models.findable import Findable
from clinics.models.former_subdomain import FormerSubdomain
from clinics.models.organisation import Organisation
from clinics.models.picture import Picture
from clinics.models.practitioner import Practitioner, PractitionerClinic
from clinics.models.settings import OrganisationSettings
from clinics.models.texts import PortalText
from clinics.models.user import Membership, User

__all__ = [
    "AccountKey",
    "Clinic",
    "ClinicGroup",
    "ConsentRecord",
    "Findable",
    "FormerSubdomain",
    "Membership",
    "Organisation",
    "OrganisationSettings",
    "Picture",
    "PortalText",
    "Practitioner",
    "PractitionerClinic",
    "User",
]
