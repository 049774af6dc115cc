"""The settings of how patients book: explained, saved, and never over somebody else's work."""

import re

import pytest

from clinics.console.flexibility import FORMS
from clinics.models import Organisation, OrganisationSettings
from tests.conftest import Practice
from tests.pages.conftest import Answer, Browser, text_of

pytestmark = pytest.mark.django_db

PAGES = ["general", "registration", "order", "changes", "times"]


def typed_in(response: Answer) -> dict[str, object]:
    """What a browser would send if the form were submitted as it stands."""
    form = response.context["form"]  # type: ignore[attr-defined]
    sent: dict[str, object] = {"seen": form["seen"].value()}
    for name in form.own_fields():
        value = form[name].value()
        if name == "step_order":
            sent |= {f"step_order_{number}": step for number, step in enumerate(value)}
        elif value not in (False, None):
            sent[name] = "on" if value is True else value
    return sent


def settings_of(practice: Practice) -> OrganisationSettings:
    return OrganisationSettings.objects.get(organisation=practice.organisation)


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_is_explained(owner: Browser, page: str) -> None:
    response = owner.get(f"/manage/{page}/")

    assert response.status_code == 200
    for field in response.context["form"].visible_fields():
        assert len(str(field.help_text)) > 10, field.name


def test_settings_of_the_tabs_are_all_that_flexibility_has(owner: Browser) -> None:
    fields = [name for page in PAGES for name in owner.get(f"/manage/{page}/").context["form"].own_fields()]

    assert len(fields) == len(set(fields)) == 19 + 8 + 2 + 7 + 5


def test_every_setting_stands_on_a_page_with_a_line_that_explains_it(owner: Browser) -> None:
    columns = {field.name for field in OrganisationSettings._meta.concrete_fields}

    assert columns - set(FORMS) == {"organisation", "sms_login_decided_at", "messages_paused"}
    for name, form in FORMS.items():
        assert all(len(str(words)) > 2 for words in form.words[name]), name


def test_whole_list_by_sms_needs_who_decided_and_keeps_the_day(practice: Practice, owner: Browser) -> None:
    typed = typed_in(owner.get("/manage/general/")) | {"login": "on", "sms_login": "on"}
    typed["sms_login_sees"] = "all"
    response = owner.post("/manage/general/", typed)
    assert response.status_code == 422
    assert "Say who decided" in text_of(response)

    assert owner.post("/manage/general/", typed | {"sms_login_decided_by": "Johtaja"}).status_code == 302
    decided = settings_of(practice)
    assert (decided.sms_login_sees, decided.sms_login_decided_by) == ("all", "Johtaja")
    assert decided.sms_login_decided_at

    again = typed_in(owner.get("/manage/general/")) | {"weekend_booking": "on"}
    assert owner.post("/manage/general/", again).status_code == 302
    assert settings_of(practice).sms_login_decided_at == decided.sms_login_decided_at


@pytest.mark.parametrize("page", PAGES)
def test_form_sent_as_it_stands_changes_nothing(practice: Practice, owner: Browser, page: str) -> None:
    before = OrganisationSettings.objects.values().get(organisation=practice.organisation)

    response = owner.post(f"/manage/{page}/", typed_in(owner.get(f"/manage/{page}/")))

    assert response.status_code == 302
    assert OrganisationSettings.objects.values().get(organisation=practice.organisation) == before


def test_change_is_saved_and_said(practice: Practice, owner: Browser) -> None:
    typed = typed_in(owner.get("/manage/changes/")) | {"change_deadline_hours": 48}
    response = owner.post("/manage/changes/", typed, follow=True)

    assert settings_of(practice).change_deadline_hours == 48
    assert "Saved." in text_of(response)


def test_change_shows_on_the_next_page_of_a_patient(practice: Practice, owner: Browser) -> None:
    patient = Browser(practice.host)
    version = Organisation.objects.get(pk=practice.organisation.pk).version
    assert patient.get("/").status_code == 200
    typed = typed_in(owner.get("/manage/general/")) | {"maintenance_mode": "on"}

    owner.post("/manage/general/", typed)

    assert Organisation.objects.get(pk=practice.organisation.pk).version > version
    assert patient.get("/").status_code == 503


def test_change_of_one_organisation_leaves_the_other_alone(
    practice: Practice, other_practice: Practice, owner: Browser
) -> None:
    before = OrganisationSettings.objects.values().get(organisation=other_practice.organisation)

    owner.post("/manage/changes/", typed_in(owner.get("/manage/changes/")) | {"change_deadline_hours": 48})

    assert OrganisationSettings.objects.values().get(organisation=other_practice.organisation) == before


def test_two_at_once_lose_nothing(practice: Practice, owner: Browser, editor: Browser) -> None:
    mine = typed_in(owner.get("/manage/changes/")) | {"change_deadline_hours": 48}
    theirs = typed_in(editor.get("/manage/changes/")) | {"change_deadline_hours": 72}
    owner.post("/manage/changes/", mine)

    response = editor.post("/manage/changes/", theirs)

    assert response.status_code == 409
    assert settings_of(practice).change_deadline_hours == 48
    assert "Hours before the appointment 48 72" in text_of(response)
    assert 'value="72"' in response.content.decode()


def test_second_of_two_may_insist(practice: Practice, owner: Browser, editor: Browser) -> None:
    theirs = typed_in(editor.get("/manage/changes/")) | {"change_deadline_hours": 72}
    owner.post("/manage/changes/", typed_in(owner.get("/manage/changes/")) | {"change_deadline_hours": 48})
    page = editor.post("/manage/changes/", theirs).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen

    assert editor.post("/manage/changes/", theirs | {"seen": seen[1]}).status_code == 302
    assert settings_of(practice).change_deadline_hours == 72


def test_changes_of_different_tabs_do_not_meet(practice: Practice, owner: Browser, editor: Browser) -> None:
    theirs = typed_in(editor.get("/manage/times/")) | {"hold_minutes": 20}
    owner.post("/manage/changes/", typed_in(owner.get("/manage/changes/")) | {"change_deadline_hours": 48})

    assert editor.post("/manage/times/", theirs).status_code == 302
    assert settings_of(practice).hold_minutes == 20


@pytest.mark.parametrize(
    ("page", "typed", "words"),
    [
        ("times", {"hold_minutes": 61}, "Minutes a time is held:"),
        ("times", {"step_minutes": 3}, "step_minutes"),
        ("times", {"horizon_days": 99999}, "Days ahead:"),
        ("times", {"horizon_days": "soon"}, "Days ahead:"),
        ("general", {"code_by_sms": "", "code_by_email": ""}, "The confirmation code needs"),
        ("registration", {"ask_mobile": "", "ask_email": ""}, "The confirmation code needs"),
        ("general", {"new_booking_requires_login": "on"}, "Nobody could book"),
        ("order", {"step_order_0": "time"}, "Each step has to stand in the order once."),
        ("registration", {"national_id": "perhaps"}, "National identity number:"),
    ],
)
def test_bad_value_is_refused_with_what_was_typed(
    practice: Practice, owner: Browser, page: str, typed: dict[str, object], words: str
) -> None:
    before = OrganisationSettings.objects.values().get(organisation=practice.organisation)
    sent = {**typed_in(owner.get(f"/manage/{page}/")), **typed}
    sent = {name: value for name, value in sent.items() if value != ""}

    response = owner.post(f"/manage/{page}/", sent)

    assert response.status_code == 422
    assert words in text_of(response) or words == "step_minutes"
    assert OrganisationSettings.objects.values().get(organisation=practice.organisation) == before


def test_order_of_the_steps_is_stored(practice: Practice, owner: Browser) -> None:
    order = ["treatment", "clinic", "practitioner", "time"]
    typed = typed_in(owner.get("/manage/order/"))
    typed |= {f"step_order_{number}": step for number, step in enumerate(order)}

    owner.post("/manage/order/", typed)

    assert settings_of(practice).step_order == order
