"""The organisation's practitioners: who is shown, in which order, with which words, photo and consent."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.consents import record_consent, withdraw_consent
from clinics.console.editing import EditForm, edit_row
from clinics.console.flexibility import SETTING_NAMES
from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.ordering import move_row, publish_row
from clinics.console.pages import show
from clinics.console.picture_forms import PictureForm
from clinics.methods import allowed
from clinics.models import ConsentRecord, Picture, Practitioner, PractitionerClinic
from clinics.pictures import draw, keep, remove_photo
from clinics.roles import Role

LIST = "console_practitioners:practitioners"
SETTING_NAMES.update(
    {
        "title": gettext_lazy("Title"),
        "description": gettext_lazy("Description"),
        "consent_given_at": gettext_lazy("Consent to photo and title since"),
        "consent_recorded_by": gettext_lazy("Consent recorded by"),
    }
)


class PractitionerForm(EditForm):
    class Meta:
        model = Practitioner
        fields = ["is_published", "description"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown, described = self.fields["is_published"], self.fields["description"]
        shown.label = _("Shown to patients")
        shown.help_text = _("Off: patients find neither the person nor their free times.")
        described.label = SETTING_NAMES["description"]
        described.help_text = _("A line or two beside the name: languages spoken, what they like to treat.")
        described.widget.attrs["rows"] = 4


@allowed("GET")
@console_page(role=Role.EDITOR, for_limited=True)
def practitioners(request: ConsoleRequest) -> HttpResponse:
    photos = Picture.objects.filter(organisation=request.organisation, practitioner=OuterRef("pk"))
    rows = practitioners_of(request).annotate(has_photo=Exists(photos)).prefetch_related("clinics")
    context = {"practitioners": rows, "can_order": request.clinic_ids is None}
    return show(request, "manage/practitioners.html", context)


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, for_limited=True)
def practitioner(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    found = one_of(request, public_id)
    return edit_row(
        request,
        rows=practitioners_of(request).filter(pk=found.pk),
        form_class=PractitionerForm,
        template="manage/practitioner.html",
        context=context_of(request, found),
    )


@allowed("POST")
@console_page(role=Role.EDITOR)
def move_practitioner(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    return move_row(request, one_of(request, public_id), rows=practitioners_of(request), back=LIST)


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def publish_practitioner(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    return publish_row(request, practitioners_of(request), one_of(request, public_id), back=LIST)


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def give_consent(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Notes that the person has agreed. What is noted already stays as it was noted first."""
    with transaction.atomic():
        found = one_of(request, public_id, locked=True)
        if request.POST.get("agreed") != "on":
            messages.error(request, _("Nothing is recorded: tick that the person has agreed."))
        elif not found.has_consented:
            record_consent(organisation=request.organisation, practitioner=found, by=str(request.user))
            messages.success(request, _("Recorded. Photo and title are shown from the next page on."))
    return redirect(f"{page_of(found)}#consent")


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def end_consent(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    with transaction.atomic():
        found = one_of(request, public_id, locked=True)
        if found.has_consented:
            withdraw_consent(organisation=request.organisation, practitioner=found, by=str(request.user))
    messages.success(
        request, _("Withdrawn. Neither photo nor title is shown any more; the photo is deleted.")
    )
    return redirect(f"{page_of(found)}#consent")


@allowed("GET")
@console_page(role=Role.VIEWER, for_limited=True)
def photo(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """The photo for the clinic's own people, whether or not patients may see it."""
    picture = photo_of(request, one_of(request, public_id))
    if picture is None:
        raise Http404
    response = HttpResponse(bytes(picture.content), content_type=picture.content_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def send_photo(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Stores the photo unless it is refused, or somebody else has put one there since the page was shown.

    It is drawn before anything is locked: that may take a while.
    """
    found = one_of(request, public_id)
    sent = PictureForm(request.POST, request.FILES, picture=photo_of(request, found))
    drawn = sent.drawn_by(lambda content, crop: draw(content, "photo", crop))
    if drawn is None:
        return show_practitioner(request, found, sent, status=422)
    with transaction.atomic():
        one_of(request, public_id, locked=True)
        sent.found(photo_of(request, found))
        if not sent.is_outdated:
            keep(request.organisation, found, drawn)
            messages.success(request, saved_words(found))
            return redirect(f"{page_of(found)}#photo")
    sent.keep_waiting(drawn)
    return show_practitioner(request, found, sent, status=409)


@allowed("POST")
@console_page(role=Role.EDITOR, for_limited=True)
def end_photo(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    """Removes the photo that was seen; another that somebody has put there since is left alone."""
    with transaction.atomic():
        found = one_of(request, public_id, locked=True)
        stored = photo_of(request, found)
        if stored is not None and stored.name != request.POST.get("seen"):
            messages.error(
                request, _("Somebody else has put another photo here. Look at it before you remove it.")
            )
            return redirect(f"{page_of(found)}#photo")
        remove_photo(organisation=request.organisation, practitioner=found)
    messages.success(request, _("The photo is removed."))
    return redirect(f"{page_of(found)}#photo")


def saved_words(found: Practitioner) -> str:
    if found.has_consented:
        return _("Saved. Patients see it from their next page on.")
    return _("Saved. Patients see the photo once consent is recorded.")


def practitioners_of(request: ConsoleRequest) -> QuerySet[Practitioner]:
    """Those whom the agent knows; for a limited editor those who work at one of the editor's clinics."""
    rows = Practitioner.objects.filter(organisation=request.organisation, retired_at=None)
    if request.clinic_ids is None:
        return rows
    works_there = PractitionerClinic.objects.filter(
        organisation=request.organisation, practitioner=OuterRef("pk"), clinic__in=request.clinic_ids
    )
    return rows.filter(Exists(works_there))


def one_of(request: ConsoleRequest, public_id: uuid.UUID, *, locked: bool = False) -> Practitioner:
    rows = practitioners_of(request)
    return get_object_or_404(rows.select_for_update() if locked else rows, public_id=public_id)


def photo_of(request: ConsoleRequest, found: Practitioner) -> Picture | None:
    return Picture.objects.filter(organisation=request.organisation, practitioner=found).first()


def page_of(found: Practitioner) -> str:
    return reverse("console_practitioners:practitioner", args=[found.public_id])


def context_of(
    request: ConsoleRequest, found: Practitioner, sent: PictureForm | None = None
) -> dict[str, Any]:
    records = ConsentRecord.objects.filter(organisation=request.organisation, practitioner=found)
    return {
        "practitioner": found,
        "action": page_of(found),
        "places": found.clinics.all(),
        "records": records.order_by("-recorded_at", "-pk")[:10],
        "upload": sent or PictureForm(picture=photo_of(request, found)),
        "time_zone": request.organisation.time_zone,
    }


def show_practitioner(
    request: ConsoleRequest, found: Practitioner, sent: PictureForm, *, status: int
) -> HttpResponse:
    """The page again, with what is wrong with the photo."""
    context = {**context_of(request, found, sent), "form": PractitionerForm(instance=found)}
    return show(request, "manage/practitioner.html", context, status=status)
