"""The operator's desk, where a setting that decides on start times changes them at once."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from clinics.admin import OrganisationAdmin
from clinics.models import Organisation
from clinics.scope import organisation_scope
from scheduling.free_weeks import rebuild_free_weeks

admin.site.unregister(Organisation)


@admin.register(Organisation)
class BookableOrganisationAdmin(OrganisationAdmin):
    """An organisation with its settings, of which the step between start times is one."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if any("step_minutes" in changed for formset in formsets for _, changed in formset.changed_objects):
            organisation = Organisation.objects.select_related("settings").get(pk=form.instance.pk)
            with organisation_scope(organisation.pk):
                rebuild_free_weeks(organisation=organisation)
