"""A patient who logs in by electronic identity, step by step, as a browser would."""

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.test import Client, override_settings

from clinics.models import Organisation
from scheduling.eid_provider import known_provider
from tests.pages.conftest import Answer, Browser
from tests.pages.fake_eid import CLIENT_ID, CLIENT_KEY

CALLBACK_HOST = "login.localhost:8000"
_LEADS_TO = re.compile(r'<a class="button"\s+href="(http[^"]+)"')


@contextmanager
def eid_from(issuer: str) -> Iterator[None]:
    """The portal is set up for this provider."""
    chosen = {
        "EID_ISSUER": issuer,
        "EID_CLIENT_ID": CLIENT_ID,
        "EID_PRIVATE_KEY": json.dumps(CLIENT_KEY.as_dict(private=True)),
        "EID_ACR": {"FI": "urn:fi loa3", "SE": "urn:se", "NO": "urn:no"},
        "EID_NATIONAL_ID_CLAIM": {"FI": "hetu", "SE": "ssn", "NO": "socialno"},
    }
    known_provider.cache_clear()
    with override_settings(**chosen):
        yield
    known_provider.cache_clear()


def let_in_by_eid(organisation: Organisation) -> None:
    """The organisation's patients may log in that way."""
    organisation.settings.login = True
    organisation.settings.eid_login = True
    organisation.settings.save()


def leave(browser: Browser, next_path: str = "") -> str:
    """Presses the button; where the provider is."""
    response = browser.post("/login/eid/", {"next": next_path})
    assert response.status_code == 200
    found = _LEADS_TO.search(response.content.decode())
    assert found
    return html.unescape(found[1])


def identify(provider_url: str) -> str:
    """Identifies herself at the provider; the callback's address."""
    address = urlsplit(provider_url)
    connection = HTTPConnection(address.netloc, timeout=30)
    connection.request("GET", f"{address.path}?{address.query}")
    answer = connection.getresponse()
    connection.close()
    return str(answer.headers["Location"])


def call_back(callback_url: str) -> str:
    """Follows the callback; the path and query at the organisation's host."""
    address = urlsplit(callback_url)
    assert address.netloc == CALLBACK_HOST
    answer = Client(headers={"host": CALLBACK_HOST}).get(f"{address.path}?{address.query}")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def said_in(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def way_back(browser: Browser, next_path: str = "") -> dict[str, str]:
    """Everything up to the form on the organisation's host; what stands in it."""
    return said_in(call_back(identify(leave(browser, next_path))))


def log_in(browser: Browser, next_path: str = "") -> Answer:
    return browser.post("/login/eid/return/", way_back(browser, next_path))


def is_let_in(browser: Browser) -> bool:
    return settings.LOGIN_COOKIE_NAME in browser.cookies
