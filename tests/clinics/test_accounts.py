"""Opening accounts, and the keys that agents activate with."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from clinics.accounts import issue_account_key, open_account, organisation_for_account_key
from clinics.errors import AccountKeyInvalid, SubdomainTaken
from clinics.models import AccountKey, Organisation
from clinics.models.settings import NationalId

pytestmark = pytest.mark.django_db


def opened(subdomain: str = "demoklinikka", country: str = "FI") -> tuple[Organisation, str]:
    return open_account(name="Demoklinikka", subdomain=subdomain, language="fi", country=country)


def test_account_opens_with_settings_and_a_key_stored_hashed() -> None:
    organisation, key = opened()

    assert organisation_for_account_key(key) == organisation
    assert organisation.settings.hold_minutes == 10
    assert key not in str(AccountKey.across.values())


def test_account_key_reissued_revokes_the_one_before() -> None:
    organisation, old = opened()

    new = issue_account_key(organisation=organisation)

    assert organisation_for_account_key(new) == organisation
    with pytest.raises(AccountKeyInvalid):
        organisation_for_account_key(old)


@pytest.mark.parametrize("subdomain", ["demoklinikka", "www", "api", "admin"])
def test_account_cannot_take_an_address_twice_or_a_reserved_one(subdomain: str) -> None:
    first, _key = opened()

    with pytest.raises(SubdomainTaken):
        opened(subdomain)

    assert Organisation.objects.get() == first


@pytest.mark.parametrize(
    ("country", "rule", "zone"),
    [
        ("FI", NationalId.OPTIONAL, "Europe/Helsinki"),
        ("SE", NationalId.REQUIRED, "Europe/Stockholm"),
        ("NO", NationalId.OPTIONAL, "Europe/Oslo"),
    ],
)
def test_account_starts_with_its_countrys_rules(country: str, rule: str, zone: str) -> None:
    organisation, _key = opened(country=country)

    assert organisation.settings.national_id == rule
    assert organisation.time_zone == zone


def test_open_account_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("open_account", name="Uusi", subdomain="Uusi-Klinikka", language="sv", json=True)

    printed = json.loads(capsys.readouterr().out)
    organisation = Organisation.objects.get()
    assert printed["subdomain"] == organisation.subdomain == "uusi-klinikka"
    assert printed["portal_url"] == organisation.portal_url
    assert organisation.country == "SE"
    assert organisation_for_account_key(printed["account_key"]) == organisation


@pytest.mark.parametrize("subdomain", ["-uusi", "uu.si", "ä", "u" * 64])
def test_open_account_refuses_an_ill_formed_subdomain(subdomain: str) -> None:
    with pytest.raises(CommandError):
        call_command("open_account", name="Uusi", subdomain=subdomain, language="fi")

    assert not Organisation.objects.exists()
