"""Electronic identities: whether they are on, and what is asked for in each country."""

from dataclasses import dataclass

from django.conf import settings

from clinics.models import Organisation


@dataclass(frozen=True, slots=True)
class CountryEid:
    """How one country's identities are asked for, and where the national id stands in the answer."""

    country: str
    acr_values: tuple[str, ...]
    national_id_claim: str


def eid_is_on(organisation: Organisation) -> bool:
    """Whether there is a provider, and the organisation lets its patients log in that way."""
    chosen = organisation.settings
    return bool(settings.EID_ISSUER and chosen.login and chosen.eid_login)


def eid_of(organisation: Organisation) -> CountryEid:
    country = organisation.country
    acr_values = tuple(settings.EID_ACR[country].split())
    return CountryEid(country, acr_values, settings.EID_NATIONAL_ID_CLAIM[country])
