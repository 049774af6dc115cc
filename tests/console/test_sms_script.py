"""The count beside an SMS while it is typed is the server's: the script is held against it in a browser."""

import json
import random

import pytest
from playwright.sync_api import sync_playwright

from booking_portal.embedded import ROOT
from booking_portal.launch.browser import installed_browser
from notifications.gsm import plain, sms_length
from notifications.merge_fields import cleaned_values, field_names, fill_in
from notifications.message_texts import tidied
from notifications.models import Channel

pytestmark = pytest.mark.browser

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
VALUES = {
    "first_name": "Åsa [x]",
    "date": "ke 23.12.",
    "time": "10.30",
    "treatment": "",
    "link": "https://demo.example/b/aB3_-xyZ0123/",
    "other_times": "ke 23.12. klo 10.30\nto 24.12. klo 8.00",
}
WORDS = [
    *("[etunimi]", "[First Name]", "[päivä]", "[kellonaika]", "[toimenpide]", "[linkki]", "[muut ajat]"),
    *("Tervetuloa!", "a" * 40, "€", "{", "|", "š", "😀", "–", "“", "…", "\u00a0", "é", "\n", "\n\n\n", "  "),
]


def texts() -> list[str]:
    chance = random.Random(5)
    return ["".join(chance.choices(WORDS, k=chance.randrange(30))) for _text in range(300)]


def stored(text: str) -> str:
    return tidied(Channel.SMS, "", text)["body"]


def test_script_counts_as_the_server_does() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=FLAGS)
        page = browser.new_page()
        page.add_script_tag(path=str(ROOT / "static/js/sms.js"))
        counted = page.evaluate(
            "([texts, names, values]) => texts.map((text) => window.smsLength(text, names, values))",
            [texts(), field_names("fi"), json.loads(json.dumps(cleaned_values(VALUES)))],
        )
        browser.close()

    expected = [
        sms_length(plain(fill_in(stored(text), VALUES, language="fi", bullet=""))) for text in texts()
    ]
    assert [(each["units"], each["parts"], each["limit"], each["culprit"] or None) for each in counted] == [
        (each.units, each.parts, each.limit, each.culprit) for each in expected
    ]
