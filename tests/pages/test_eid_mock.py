"""Against a provider that is not ours: oidc-provider-mock, as a program of its own, over HTTP.

It checks neither our assertion nor PKCE, so what protects the exchange is tried with the provider of ours.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from booking_portal.embedded import ROOT
from booking_portal.launch.addresses import free_port
from scheduling.models import Login
from tests.conftest import Practice
from tests.pages.conftest import Browser
from tests.pages.eid_patient import call_back, eid_from, leave, let_in_by_eid, said_in
from tests.pages.fake_eid import MAIJA

PATIENCE = 30
RETURN = "/login/eid/return/"

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """The issuer of a mock that knows Maija."""
    port = free_port()
    person = json.dumps({"sub": "maija", "acr": "loa3", **MAIJA})
    program = [sys.executable, "-m", "tests.pages.open_mock", "--port", str(port), "--user-claims", person]
    running = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    try:
        wait_for(f"http://localhost:{port}/.well-known/openid-configuration")
        yield f"http://localhost:{port}"
    finally:
        running.terminate()
        running.wait()


def wait_for(url: str) -> None:
    address = urlsplit(url)
    give_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < give_up_at:
        connection = HTTPConnection(address.netloc, timeout=30)
        try:
            connection.request("GET", address.path)
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    pytest.fail("the mock does not answer")


def answer_form(provider_url: str, **typed: str) -> str:
    """Sends the form of the provider's page; the callback's address."""
    address = urlsplit(provider_url)
    connection = HTTPConnection(address.netloc, timeout=30)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"{address.path}?{address.query}", urlencode(typed), kind)
    answer = connection.getresponse()
    connection.close()
    return str(answer.headers["Location"])


@pytest.fixture
def at_mock(practice: Practice, mock: str) -> Iterator[None]:
    let_in_by_eid(practice.organisation)
    with eid_from(mock):
        yield


@pytest.mark.usefixtures("at_mock")
def test_patient_is_logged_in_by_another_ones_provider(browser: Browser) -> None:
    callback_url = answer_form(leave(browser, "/privacy/"), sub="maija")
    response = browser.post(RETURN, said_in(call_back(callback_url)))

    login = Login.across.get()
    assert (response.status_code, response.headers["Location"]) == (303, "/privacy/")
    assert (login.national_id, login.first_name, login.last_name) == (
        MAIJA["hetu"],
        MAIJA["given_name"],
        MAIJA["family_name"],
    )


@pytest.mark.usefixtures("at_mock")
def test_person_without_a_number_is_refused(browser: Browser) -> None:
    callback_url = answer_form(leave(browser), sub="somebody")
    response = browser.post(RETURN, said_in(call_back(callback_url)))

    assert response.status_code == 403
    assert not Login.across.exists()
