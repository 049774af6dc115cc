"""The demo's portraits: small, the same each time, and only of who has agreed to be shown."""

from io import BytesIO

import pytest
from django.core.management import call_command
from PIL import Image

from clinics.demo_portraits import LARGEST, SIDE, portrait
from clinics.models import Picture, Practitioner
from tests.conftest import Practice
from tests.factories import PractitionerFactory

NAMES = ["Aino Koivuranta", "Åsa Öhman", "", *(f"Hammaslääkäri {number}" for number in range(20))]


@pytest.mark.parametrize("name", NAMES)
def test_portrait_is_a_small_square_jpeg(name: str) -> None:
    drawn = portrait(name)

    assert len(drawn) <= LARGEST
    with Image.open(BytesIO(drawn)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (SIDE, SIDE))
    assert portrait(name) == drawn


def test_demo_shows_who_has_agreed_and_draws_nobody_twice(
    practice: Practice,
    other_practice: Practice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "a long enough password")
    PractitionerFactory(organisation=practice.organisation, external_id="p5")

    for _ in range(2):
        call_command("furnish_demo", "demoklinikka", owner="o@example.com", operator="p@example.com")

    shown = {row.external_id: row for row in Practitioner.across.filter(organisation=practice.organisation)}
    pictured = Picture.across.exclude(practitioner=None).values_list("practitioner__external_id", flat=True)
    assert list(pictured) == ["p1"]
    assert (shown["p1"].consent_recorded_by, shown["p5"].consent_recorded_by) == ("Kaisa Demonen", "")
    assert not Picture.across.filter(organisation=other_practice.organisation).exists()
