"""Which host answers what: the one place where a tenant is told from another."""

import pytest
from django.test import Client

from clinics.errors import SubdomainTaken
from tests.conftest import Practice
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db


def get(host: str, path: str = "/") -> int:
    return Client().get(path, headers={"host": host}).status_code


@pytest.mark.parametrize("host", ["localhost:8000", "www.localhost:8000", "WWW.LocalHost:8000"])
def test_bare_host_and_www_are_the_landing_page(practice: Practice, host: str) -> None:
    assert get(host) == 200


@pytest.mark.parametrize("name", ["demoklinikka", "DemoKlinikka", "DEMOKLINIKKA"])
def test_organisations_host_answers_in_any_capitals(practice: Practice, name: str) -> None:
    assert get(f"{name}.localhost:8000") == 200


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost:8000",
        "a.demoklinikka.localhost:8000",
        "demo_klinikka.localhost:8000",
        "demoklinikka.example.com",
        "demoklinikka.localhost.example.com",
        "localhost.example.com",
        "example.com",
        "127.0.0.1:8000",
        "..",
    ],
)
def test_unknown_host_is_not_found(practice: Practice, host: str) -> None:
    assert get(host) == 404


def test_suspended_organisation_says_that_it_is_closed(practice: Practice) -> None:
    practice.organisation.is_suspended = True
    practice.organisation.save()

    assert [get(practice.host, path) for path in ("/", "/book/", "/manage/")] == [503] * 3


def test_login_is_nobodys_subdomain(practice: Practice) -> None:
    with pytest.raises(SubdomainTaken):
        make_organisation("login")

    assert [get("login.localhost:8000", path) for path in ("/", "/book/", "/manage/login/")] == [404] * 3
    assert get("LOGIN.localhost:8000", "/health/") == 200


def test_portal_paths_are_not_found_on_other_hosts(practice: Practice) -> None:
    assert get(practice.host, "/book/") == 200
    assert [get(host, "/book/") for host in ("localhost:8000", "127.0.0.1:8001")] == [404, 404]
