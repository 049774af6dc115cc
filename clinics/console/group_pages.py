"""Groups of clinics: added, renamed, ordered and removed beside the clinics that stand under them."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from clinics.clinic_groups import add_group, remove_group
from clinics.console.clinic_pages import LIST, GroupForm, show_clinics
from clinics.console.editing import EditForm, edit_row
from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.ordering import move_row
from clinics.errors import GroupNameTaken
from clinics.methods import allowed
from clinics.models import ClinicGroup
from clinics.roles import Role


class RenameForm(EditForm):
    class Meta:
        model = ClinicGroup
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = GroupForm.base_fields["name"]
        self.fields["name"].label, self.fields["name"].help_text = asked.label, asked.help_text

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        group: ClinicGroup = self.instance
        others = ClinicGroup.objects.filter(organisation=group.organisation_id, name=name)
        if others.exclude(pk=group.pk).exists():
            raise ValidationError(taken_words())
        return name


def taken_words() -> str:
    return _("There is a group of this name already.")


@allowed("POST")
@console_page(role=Role.EDITOR)
def new_group(request: ConsoleRequest) -> HttpResponse:
    form = GroupForm(request.POST, label_suffix="")
    if not form.is_valid():
        return show_clinics(request, form, status=422)
    try:
        added = add_group(organisation=request.organisation, name=form.cleaned_data["name"])
    except GroupNameTaken:
        form.add_error("name", taken_words())
        return show_clinics(request, form, status=422)
    messages.success(
        request, _("%(name)s is added. Choose on a clinic’s page what stands under it.") % vars(added)
    )
    return redirect(f"{reverse(LIST)}#up-{added.public_id}")


@allowed("GET", "POST")
@console_page(role=Role.EDITOR)
def group(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(groups_of(request), public_id=public_id)
    return edit_row(
        request,
        rows=groups_of(request).filter(pk=found.pk),
        form_class=RenameForm,
        template="manage/group.html",
        context={"group": found},
        to=reverse(LIST),
    )


@allowed("POST")
@console_page(role=Role.EDITOR)
def move_group(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    rows = groups_of(request)
    return move_row(request, get_object_or_404(rows, public_id=public_id), rows=rows, back=LIST)


@allowed("POST")
@console_page(role=Role.EDITOR)
def remove(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(groups_of(request), public_id=public_id)
    remove_group(organisation=request.organisation, group=found)
    messages.success(
        request, _("%(name)s is removed. Its clinics stand without a group.") % {"name": found.name}
    )
    return redirect(LIST)


def groups_of(request: ConsoleRequest) -> QuerySet[ClinicGroup]:
    return ClinicGroup.objects.filter(organisation=request.organisation)
