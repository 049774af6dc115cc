"""Logos and photos: what is made of a good file, where it is shown, and to whom no longer."""

import io
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from clinics.consents import record_consent, withdraw_consent
from clinics.models import ConsentRecord, Organisation, Picture, Practitioner
from clinics.pictures import (
    Crop,
    Drawn,
    PictureRefused,
    draw,
    keep,
    remove_logo,
    save_logo,
    save_photo,
)
from clinics.scope import organisation_scope
from tests.clinics.pictures import GPS_CANARY, originals, painted, photographed, sent
from tests.conftest import Practice
from tests.factories import PractitionerFactory, next_monday_at, publish
from tests.pages.conftest import Browser

pytestmark = pytest.mark.django_db


def image_of(drawn: Drawn) -> Image.Image:
    return Image.open(io.BytesIO(drawn.content)).convert("RGBA")


@pytest.mark.parametrize("name", sorted(originals()))
def test_every_common_format_becomes_a_small_square(name: str) -> None:
    drawn = draw(originals()[name], "photo")

    assert image_of(drawn).size == (drawn.width, drawn.height) == (48, 48)
    assert drawn.content_type == "image/webp"


def test_large_photo_is_made_as_good_as_it_can_be_in_25_kilobytes() -> None:
    noisy = Image.effect_noise((2000, 1500), 120).convert("RGB")
    drawn = draw(sent(noisy, "JPEG", quality=95), "photo")

    assert 10_000 < len(drawn.content) <= 25_000
    assert drawn.width == drawn.height >= 96


def test_nothing_of_the_cameras_knowledge_is_kept() -> None:
    original = photographed()
    for kind in ("photo", "logo"):
        assert GPS_CANARY in original
        assert b"canary" not in draw(original, kind).content
        assert b"Exif" not in draw(original, kind).content


@pytest.mark.parametrize(("orientation", "corner"), [(1, (2, 2)), (6, (45, 2)), (3, (45, 45)), (8, (2, 45))])
def test_photo_stands_as_the_camera_was_held(orientation: int, corner: tuple[int, int]) -> None:
    drawn = image_of(draw(photographed(orientation, 48, 48), "photo"))
    red, green, _blue, _alpha = drawn.getpixel(corner)  # type: ignore[misc]

    assert red > green + 60


def test_photo_is_cropped_to_the_square_in_the_middle_of_what_was_chosen() -> None:
    left = image_of(draw(sent(painted()), "photo", Crop(0, 0.25, 0.5, 0.75)))
    right = image_of(draw(sent(painted()), "photo", Crop(0.5, 0, 0.5, 1)))

    assert left.size == right.size == (320, 320)
    assert left.getpixel((300, 160))[0] > 200  # type: ignore[index]
    assert right.getpixel((20, 160))[0] < 60  # type: ignore[index]


@pytest.mark.parametrize("edges", [(-0.1, 0, 1, 1), (0, 0, 0, 1), (0, 0, 1, float("nan")), (1, 0, 1, 1)])
def test_crop_outside_the_picture_is_none(edges: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match=r"\("):
        Crop(*edges)


def test_logo_keeps_its_shape_and_its_see_through_parts() -> None:
    drawn = draw(sent(painted(1200, 200, "RGBA"), "PNG"), "logo")

    assert (drawn.width, drawn.height, drawn.content_type) == (600, 100, "image/png")
    assert image_of(drawn).getpixel((150, 90))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    ("colour", "ground"), [("#112233ff", "light"), ("#ffffffff", "dark"), ("#3aa0a8ff", "any")]
)
def test_logo_knows_what_it_can_be_seen_on(colour: str, ground: str) -> None:
    logo = Image.new("RGBA", (200, 60))
    logo.paste(colour, (20, 20, 180, 40))

    assert draw(sent(logo, "PNG"), "logo").ground == ground
    assert draw(sent(logo.convert("RGB"), "PNG"), "logo").ground == "any"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "I", "CMYK"])
def test_every_mode_of_pixels_is_understood(mode: str) -> None:
    plain = painted(64, 64)
    image = plain.convert("L").convert("I").point(lambda value: value * 257) if mode[0] == "I" else plain
    file_format = "TIFF" if mode in ("I", "CMYK") else "PNG"
    drawn = image_of(draw(sent(image.convert(mode), file_format), "photo"))

    light, dark = (
        drawn.resize((1, 1), box=box).getpixel((0, 0)) for box in ((8, 16, 28, 60), (36, 4, 60, 60))
    )
    assert light[0] > 150 > 90 > dark[0]  # type: ignore[index]


def test_logo_takes_the_place_of_the_name(in_scope: Practice, browser: Browser) -> None:
    first = save_logo(organisation=in_scope.organisation, content=sent(painted(300, 100), "PNG"))
    address = first.url
    html = browser.get("/").content.decode()
    response = browser.get(address)

    assert f'src="{address}"' in html
    assert f'alt="{in_scope.organisation.name}"' in html
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"

    second = save_logo(organisation=in_scope.organisation, content=sent(painted(200, 100), "PNG"))
    assert second.url in browser.get("/").content.decode()
    assert browser.get(address).status_code == 404

    remove_logo(organisation=in_scope.organisation)
    assert "<img" not in browser.get("/").content.decode()
    assert not Picture.objects.exists()


def test_photo_is_shown_from_consent_to_withdrawal(in_scope: Practice, browser: Browser) -> None:
    organisation, practitioner = in_scope.organisation, in_scope.practitioner
    colleague = PractitionerFactory(organisation=organisation)
    publish(organisation, colleague, in_scope.clinic, (next_monday_at(12), next_monday_at(14)))
    title = practitioner.title
    address = save_photo(organisation=organisation, practitioner=practitioner, content=photographed()).url
    assert browser.get(address).status_code == 404

    record_consent(organisation=organisation, practitioner=practitioner, by="Kaisa Demonen")
    given = browser.get("/")
    assert browser.get(address).status_code == 200
    assert browser.get(address).headers["Cache-Control"].startswith("private, max-age=31536000")

    withdraw_consent(organisation=organisation, practitioner=practitioner, by="Veikko Demonen")
    withdrawn = browser.get("/")
    assert browser.get(address).status_code == 404
    assert not Picture.objects.exists()

    assert title in given.content.decode()
    assert title not in withdrawn.content.decode()
    records = ConsentRecord.objects.values_list("is_given", "recorded_by")
    assert list(records) == [(True, "Kaisa Demonen"), (False, "Veikko Demonen")]
    assert not practitioner.has_consented


def test_photo_stands_beside_the_name(in_scope: Practice, other_browser: Browser, browser: Browser) -> None:
    organisation = in_scope.organisation
    colleague = PractitionerFactory(organisation=organisation)
    publish(organisation, colleague, in_scope.clinic, (next_monday_at(12), next_monday_at(14)))
    record_consent(organisation=organisation, practitioner=in_scope.practitioner, by="Owner")
    address = save_photo(
        organisation=organisation, practitioner=in_scope.practitioner, content=photographed()
    ).url

    assert f'src="{address}"' in browser.get("/").content.decode()
    assert other_browser.get(address).status_code == 404


def test_consent_says_who_recorded_it(in_scope: Practice) -> None:
    for change in (record_consent, withdraw_consent):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(organisation=in_scope.organisation, practitioner=in_scope.practitioner, by="")


@pytest.mark.parametrize("change", [{"is_published": False}, {"retired_at": "2026-01-01T00:00:00Z"}])
def test_photo_of_who_is_not_published_is_not_there(
    in_scope: Practice, browser: Browser, change: dict[str, Any]
) -> None:
    organisation, practitioner = in_scope.organisation, in_scope.practitioner
    record_consent(organisation=organisation, practitioner=practitioner, by="Owner")
    address = keep(organisation, practitioner, Drawn(b"picture", "image/webp", 1, 1, "any")).url
    assert browser.get(address).status_code == 200

    Practitioner.objects.filter(pk=practitioner.pk).update(**change)

    assert browser.get(address).status_code == 404


def test_photo_belongs_to_its_practitioners_organisation(
    in_scope: Practice, other_practice: Practice
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        keep(in_scope.organisation, other_practice.practitioner, Drawn(b"x", "image/webp", 1, 1, "any"))


def test_database_takes_no_large_picture(in_scope: Practice) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        keep(in_scope.organisation, None, Drawn(b"x" * 25_001, "image/png", 1, 1, "any"))


def test_refused_picture_leaves_the_one_before(in_scope: Practice) -> None:
    picture = save_logo(organisation=in_scope.organisation, content=sent(painted(), "PNG"))

    with pytest.raises(PictureRefused):
        save_logo(organisation=in_scope.organisation, content=b"<svg/>")

    assert Picture.objects.get().name == picture.name


def test_every_change_of_a_picture_raises_the_version(in_scope: Practice, other_practice: Practice) -> None:
    def versions() -> list[int]:
        return list(Organisation.objects.order_by("pk").values_list("version", flat=True))

    before = versions()
    keep(in_scope.organisation, None, Drawn(b"one", "image/png", 1, 1, "any"))
    kept = versions()
    remove_logo(organisation=in_scope.organisation)
    removed = versions()

    assert before[0] < kept[0] < removed[0]
    assert before[1] == kept[1] == removed[1]


def test_logo_is_each_organisations_own(in_scope: Practice, other_practice: Practice) -> None:
    keep(in_scope.organisation, None, Drawn(b"one", "image/png", 1, 1, "any"))
    with organisation_scope(other_practice.organisation.pk):
        keep(other_practice.organisation, None, Drawn(b"two", "image/png", 1, 1, "any"))
        remove_logo(organisation=other_practice.organisation)

    assert bytes(Picture.across.get().content) == b"one"
