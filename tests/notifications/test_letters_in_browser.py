"""E-mails as pages: shown by a real browser, narrow and wide, light and dark, without asking for anything."""

from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from booking_portal.launch.browser import installed_browser
from clinics.languages import LANGUAGE_CODES
from clinics.models import Organisation
from notifications.letters import html_of
from notifications.models import Channel, Kind, Message
from notifications.standard_texts import filled_in, standard_text
from tests.journeys.inspector import Inspector
from tests.notifications.test_standard_texts import realistic_values

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
KINDS = [Kind.CONFIRMATION, Kind.REFUSAL, Kind.REMINDER_1, Kind.OFFER, Kind.CODE]


@pytest.fixture
def letters(organisation: Organisation) -> list[str]:
    found = []
    for language in LANGUAGE_CODES:
        for kind in KINDS:
            text = standard_text(language=language, channel=Channel.EMAIL, kind=kind)
            values = realistic_values(language) | {"link": f"{organisation.portal_url}b/aB3_-xyZ0123/"}
            filled = filled_in(text, channel=Channel.EMAIL, kind=kind, values=values)
            message = Message(
                organisation=organisation,
                kind=kind,
                channel=Channel.EMAIL,
                to="maija@example.com",
                language=language,
                subject=filled.subject,
                body=filled.body,
            )
            found.append(html_of(message))
    return found


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (320, "dark"), (1280, "light")])
def test_letters_fit_and_load_nothing(letters: list[str], width: int, scheme: Any) -> None:
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=FLAGS)
        page = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
        page.on("request", lambda request: asked.append(request.url))
        inspector = Inspector(page)
        for letter in letters:
            page.set_content(letter)
            inspector.bring_axe()
            inspector.note(page.title(), {})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.title()
            assert page.evaluate("document.documentElement.lang") in LANGUAGE_CODES
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        browser.close()

    assert asked == []
    assert inspector.faults == []
    assert paper == ("rgb(17, 21, 23)" if scheme == "dark" else "rgb(245, 246, 246)")
