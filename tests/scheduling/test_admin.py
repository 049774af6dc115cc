"""A step changed at the operator's desk changes the start times at once."""

import pytest
from django.contrib.admin import site
from django.forms import inlineformset_factory, model_to_dict
from django.test import RequestFactory

from clinics.models import Organisation, OrganisationSettings, User
from scheduling.free_weeks import differing_weeks
from scheduling.tasks import verify_free_weeks
from tests.conftest import Practice
from tests.scheduling.test_holds import starts

pytestmark = pytest.mark.django_db


def test_admin_changing_the_step_changes_the_start_times(in_scope: Practice) -> None:
    organisation = in_scope.organisation
    request = RequestFactory().get("/")
    request.user = User.objects.create_superuser("operator@example.com", "a long enough password")
    admin = site.get_model_admin(Organisation)
    formset_class = inlineformset_factory(Organisation, OrganisationSettings, fields=["step_minutes"])
    formset = formset_class(
        {
            "settings-TOTAL_FORMS": "1",
            "settings-INITIAL_FORMS": "1",
            "settings-0-organisation": str(organisation.pk),
            "settings-0-step_minutes": "10",
        },
        instance=organisation,
    )
    assert formset.is_valid(), formset.errors
    typed = {**model_to_dict(organisation), "languages": "fi,sv"}
    form = admin.get_form(request, organisation)(typed, instance=organisation)
    form.save(commit=False)

    admin.save_related(request, form, [formset], change=True)

    organisation.settings.refresh_from_db()
    assert starts(in_scope)[:3] == ["08:00", "08:10", "08:20"]


def test_verify_mends_what_differs(in_scope: Practice, caplog: pytest.LogCaptureFixture) -> None:
    OrganisationSettings.objects.filter(organisation=in_scope.organisation).update(step_minutes=15)

    verify_free_weeks()

    in_scope.organisation.settings.refresh_from_db()
    assert "differ" in caplog.text
    assert differing_weeks(organisation=in_scope.organisation) == 0
    assert starts(in_scope)[:3] == ["08:00", "08:15", "08:30"]
