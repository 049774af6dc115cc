"""Practitioners in the console: shown, ordered, described, and pictured with their consent."""

import base64
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoAssertNumQueries

from clinics.consents import record_consent
from clinics.models import AuditEntry, ConsentRecord, Organisation, Picture, Practitioner
from clinics.pictures import Drawn, keep, name_of
from clinics.roles import Role
from clinics.scope import organisation_scope
from tests.clinics.pictures import painted, sent
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.console.places import colleagues, names_of, typed_in, works_at
from tests.pages.conftest import Browser, book_url, text_of

pytestmark = pytest.mark.django_db

LIST = "/manage/practitioners/"


def page_of(practitioner: Practitioner, what: str = "") -> str:
    return f"{LIST}{practitioner.public_id}/{what}"


def stored(practice: Practice) -> Practitioner:
    practitioner: Practitioner = Practitioner.across.get(pk=practice.practitioner.pk)
    return practitioner


def photo_of(practice: Practice) -> Picture | None:
    return Picture.across.filter(practitioner=practice.practitioner).first()


def consent_of(practice: Practice) -> None:
    with organisation_scope(practice.organisation.pk):
        record_consent(organisation=practice.organisation, practitioner=practice.practitioner, by="Owner")


def hang(practice: Practice, content: bytes = b"another picture") -> None:
    with organisation_scope(practice.organisation.pk):
        keep(practice.organisation, practice.practitioner, Drawn(content, "image/webp", 1, 1, "any"))


def file_of(content: bytes, name: str = "me.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def a_photo(**fields: Any) -> dict[str, Any]:
    return {"file": file_of(sent(painted())), "seen": "", **fields}


def test_order_is_changed_by_steps_and_by_dropping(practice: Practice, owner: Browser) -> None:
    second, third = colleagues(practice, 2)
    rows = Practitioner.across.filter(organisation=practice.organisation).order_by("position")

    owner.post(page_of(third, "move/"), {"by": "up"})
    assert list(rows.all()) == [practice.practitioner, third, second]

    response = owner.post(page_of(second, "move/"), {"before": practice.practitioner.public_id}, follow=True)
    assert list(rows.all()) == [second, practice.practitioner, third]
    assert f"{second.name} now stands at place 1 of 3." in text_of(response)


def test_switch_takes_a_person_off_the_portal(practice: Practice, owner: Browser) -> None:
    patient = Browser(practice.host)
    week = book_url(practice, practitioner=practice.practitioner.public_id)
    assert patient.get(week).status_code == 200

    owner.post(page_of(practice.practitioner, "publish/"), {"on": "0"})

    assert not stored(practice).is_published
    assert patient.get(week).status_code == 404


def test_description_is_stored_and_conflicts_are_told(
    practice: Practice, owner: Browser, editor: Browser
) -> None:
    page = page_of(practice.practitioner)
    theirs = typed_in(editor.get(page)) | {"description": "Puhuu ruotsia"}
    version = Organisation.objects.get(pk=practice.organisation.pk).version
    owner.post(page, typed_in(owner.get(page)) | {"description": "Puhuu suomea"})

    response = editor.post(page, theirs)

    assert stored(practice).description == "Puhuu suomea"
    assert Organisation.objects.get(pk=practice.organisation.pk).version > version
    assert response.status_code == 409
    assert "Description Puhuu suomea Puhuu ruotsia" in text_of(response)


def test_consent_is_recorded_with_who_and_when(practice: Practice, owner: Browser) -> None:
    response = owner.post(page_of(practice.practitioner, "consent/"), {"agreed": "on"}, follow=True)

    assert stored(practice).consent_recorded_by == "Owner 0"
    record = ConsentRecord.across.get()
    assert (record.is_given, record.recorded_by) == (True, "Owner 0")
    assert "by Owner 0. Patients see the photo and the title." in text_of(response)


def test_consent_that_is_not_ticked_is_not_recorded(practice: Practice, owner: Browser) -> None:
    response = owner.post(page_of(practice.practitioner, "consent/"), follow=True)

    assert not stored(practice).has_consented
    assert "Nothing is recorded" in text_of(response)


def test_consent_given_twice_stays_as_it_was_first(
    practice: Practice, owner: Browser, editor: Browser
) -> None:
    owner.post(page_of(practice.practitioner, "consent/"), {"agreed": "on"})
    editor.post(page_of(practice.practitioner, "consent/"), {"agreed": "on"})

    assert stored(practice).consent_recorded_by == "Owner 0"
    assert ConsentRecord.across.count() == 1


def test_withdrawal_takes_photo_and_title_off_at_once(practice: Practice, owner: Browser) -> None:
    consent_of(practice)
    hang(practice)
    patient = Browser(practice.host)
    address = f"/pictures/{name_of(b'another picture')}/"
    assert patient.get(address).status_code == 200

    response = owner.post(page_of(practice.practitioner, "consent/withdraw/"), follow=True)

    assert not stored(practice).has_consented
    assert photo_of(practice) is None
    assert patient.get(address).status_code == 404
    assert "Withdrawn." in text_of(response)
    assert "withdrawn Owner 0" in text_of(response)


def test_photo_is_cropped_and_kept_small(practice: Practice, owner: Browser) -> None:
    crop = {"left": "0.6", "top": "0", "width": "0.375", "height": "0.5"}

    response = owner.post(page_of(practice.practitioner, "photo/send/"), a_photo(**crop))

    photo = photo_of(practice)
    assert response.status_code == 302
    assert photo
    assert (photo.width, photo.height) == (240, 240)
    assert len(photo.content) <= 25_000


def test_photo_without_a_crop_is_its_middle(practice: Practice, owner: Browser) -> None:
    owner.post(page_of(practice.practitioner, "photo/send/"), a_photo())

    photo = photo_of(practice)
    assert photo
    assert (photo.width, photo.height) == (320, 320)


def test_photo_is_the_members_until_consent_is_recorded(
    practice: Practice, other_practice: Practice, owner: Browser
) -> None:
    owner.post(page_of(practice.practitioner, "photo/send/"), a_photo())
    photo = photo_of(practice)
    assert photo

    preview = owner.get(page_of(practice.practitioner, "photo/"))
    viewer = browser_of(seat_at(practice, Role.VIEWER), practice)
    stranger = browser_of(seat_at(other_practice), other_practice)

    assert preview.headers["Cache-Control"] == "no-store"
    assert preview.content == bytes(photo.content)
    assert viewer.get(page_of(practice.practitioner, "photo/")).status_code == 200
    assert stranger.get(page_of(practice.practitioner, "photo/")).status_code == 404
    assert Browser(practice.host).get(photo.url).status_code == 404
    assert "Only you see this photo." in text_of(owner.get(page_of(practice.practitioner)))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"file": ""}, "Choose a picture first."),
        ({"file": file_of(b"")}, "The file is empty."),
        ({"file": file_of(b"words")}, "This is not a picture that we can read."),
        (
            {"file": file_of(b"<svg xmlns='http://www.w3.org/2000/svg'/>")},
            "SVG drawings cannot be used here.",
        ),
        ({"file": file_of(b"\xff" * (10 * 1024 * 1024 + 1))}, "The file is larger than 10 MB."),
        ({"left": "far"}, "Please choose the picture once more."),
        ({"file": "", "kept": "%%%"}, "The picture is damaged or incomplete."),
    ],
)
def test_refused_photo_is_answered_with_a_sentence(
    practice: Practice, owner: Browser, fields: dict[str, Any], words: str
) -> None:
    response = owner.post(page_of(practice.practitioner, "photo/send/"), a_photo(**fields))

    assert response.status_code == 422
    assert words in text_of(response)
    assert photo_of(practice) is None


def test_crop_out_of_the_picture_is_its_middle(practice: Practice, owner: Browser) -> None:
    crop = {"left": "7", "top": "0", "width": "-1", "height": "1"}

    assert owner.post(page_of(practice.practitioner, "photo/send/"), a_photo(**crop)).status_code == 302
    assert photo_of(practice)


def test_photo_of_somebody_else_is_not_replaced_unseen(practice: Practice, owner: Browser) -> None:
    """Both are shown, and the second is stored without being chosen again."""
    hang(practice)

    response = owner.post(page_of(practice.practitioner, "photo/send/"), a_photo())

    photo = photo_of(practice)
    assert response.status_code == 409
    assert photo
    assert photo.name == name_of(b"another picture")
    upload = response.context["upload"]
    assert upload.waiting_address in response.content.decode()
    again = {"kept": base64.b64encode(upload.waiting.content).decode(), "seen": photo.name}
    assert owner.post(page_of(practice.practitioner, "photo/send/"), again).status_code == 302
    replaced = photo_of(practice)
    assert replaced
    assert (replaced.width, replaced.name == photo.name) == (320, False)


def test_photo_is_removed_unless_another_came_in_between(practice: Practice, owner: Browser) -> None:
    hang(practice)
    page = page_of(practice.practitioner, "photo/remove/")

    owner.post(page, {"seen": "an older one"})
    assert photo_of(practice)

    owner.post(page, {"seen": name_of(b"another picture")})
    assert photo_of(practice) is None


def test_photos_and_consents_are_in_the_audit_log(practice: Practice, owner: Browser) -> None:
    owner.post(page_of(practice.practitioner, "photo/send/"), a_photo())
    owner.post(page_of(practice.practitioner, "consent/"), {"agreed": "on"})

    with organisation_scope(practice.organisation.pk):
        picture, consent = AuditEntry.objects.filter(who="Owner 0").order_by("kind")
    assert (picture.kind, picture.label) == ("picture", "insert")
    assert "content" not in picture.after
    assert (consent.kind, consent.changed) == (
        "practitioner",
        ["consent_given_at", "consent_recorded_by"],
    )


def test_limited_editor_sees_only_who_works_at_own_clinics(practice: Practice) -> None:
    (stranger,) = colleagues(practice, 1)
    works_at(practice.practitioner, practice.clinic)
    editor = browser_of(seat_at(practice, Role.EDITOR, [practice.clinic]), practice)

    response = editor.get(LIST)

    assert names_of(response.context["practitioners"]) == [practice.practitioner.name]
    assert "/move/" not in response.content.decode()
    assert editor.post(page_of(practice.practitioner, "photo/send/"), a_photo()).status_code == 302
    for what in ("", "photo/"):
        assert editor.get(page_of(stranger, what)).status_code == 404
    for what in ("publish/", "consent/", "consent/withdraw/", "photo/send/", "photo/remove/"):
        assert editor.post(page_of(stranger, what), {"agreed": "on"}).status_code == 404
    assert editor.post(page_of(practice.practitioner, "move/"), {"by": "up"}).status_code == 403


@pytest.mark.parametrize("more", [0, 2, 49])
def test_list_costs_the_same_queries(
    practice: Practice, owner: Browser, django_assert_num_queries: DjangoAssertNumQueries, more: int
) -> None:
    for practitioner in colleagues(practice, more):
        works_at(practitioner, practice.clinic)
    owner.get(LIST)

    with django_assert_num_queries(7):
        owner.get(LIST)
