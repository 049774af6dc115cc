"""The privacy notice: the standard one by country and settings, or the organisation's own."""

import pytest

from clinics.models import PortalText
from clinics.portal_texts import save_text
from tests.conftest import Practice
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db


def test_own_notice_stands_in_place_of_the_standard_one(
    in_scope: Practice, browser: Browser, other_browser: Browser
) -> None:
    save_text(
        organisation=in_scope.organisation,
        place=PortalText.Place.PRIVACY,
        language="fi",
        heading="Näin käsittelemme tietojasi",
        body="**Kuka**\n\nMe. <script>alert(1)</script>",
    )
    html = browser.get("/privacy/").content.decode()

    assert "Näin käsittelemme tietojasi" in html
    assert "<strong>Kuka</strong>" in html
    assert "<script>alert" not in html
    assert "785/1992" not in html
    assert "785/1992" in text_of(other_browser.get("/privacy/"))


@pytest.mark.parametrize(
    ("country", "law"), [("FI", "785/1992"), ("SE", "Patient Data Act"), ("NO", "Patient Records Act")]
)
def test_standard_notice_names_the_countrys_law(
    practice: Practice, browser: Browser, country: str, law: str
) -> None:
    practice.organisation.country = country
    practice.organisation.save()

    assert law in text_of(browser.get("/privacy/"))
