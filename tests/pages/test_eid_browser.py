"""A real browser on the whole way: its own rules on forms, cookies and referrers let it through."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, sync_playwright
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from booking_portal.embedded import ROOT
from booking_portal.launch.browser import installed_browser
from scheduling.models import Login
from tests.conftest import Practice
from tests.pages import fake_eid
from tests.pages.eid_patient import eid_from, let_in_by_eid
from tests.pages.fake_eid import FakeEid

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def provider(practice: Practice, live_server: LiveServer, settings: Settings) -> Iterator[FakeEid]:
    netloc = f"localhost:{live_server.thread.port}"
    settings.BASE_NETLOC = netloc
    settings.EID_CALLBACK_URL = f"http://login.{netloc}/eid/callback/"
    let_in_by_eid(practice.organisation)
    with fake_eid.running() as fake, eid_from(fake.issuer):
        yield fake


# What the login page's button does.
BEGIN = """() => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = '/login/eid/';
  form.append(document.querySelector('[name=csrfmiddlewaretoken]').cloneNode());
  document.body.append(form);
  form.submit();
}"""


@pytest.mark.parametrize("has_scripts", [True, False])
def test_browser_goes_the_whole_way(
    practice: Practice, provider: FakeEid, settings: Settings, has_scripts: bool
) -> None:
    home = f"http://{practice.host.partition('.')[0]}.{settings.BASE_NETLOC}"
    referrers: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=FLAGS)
        page = browser.new_context(java_script_enabled=has_scripts).new_page()
        page.on("request", lambda request: referrers.append(request.headers.get("referer", "")))
        page.route("**/static/**", serve)
        page.goto(f"{home}/")
        page.evaluate(BEGIN)
        if not has_scripts:
            page.wait_for_url("**/login/eid/return/**")
            page.get_by_role("main").get_by_role("button").click()
        page.wait_for_url(f"{home}/my/")
        browser.close()

    assert Login.across.count() == 1
    assert not any("state=" in referrer for referrer in referrers)


def serve(route: Route) -> None:
    """A file that was collected: the test server knows no hashed names."""
    name = route.request.url.partition("/static/")[2].partition("?")[0]
    route.fulfill(path=ROOT / "staticfiles" / name)
