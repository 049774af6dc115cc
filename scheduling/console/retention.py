"""How long the portal keeps what, and what the nightly jobs have deleted."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from clinics.console.editing import edit_row
from clinics.console.flexibility import SettingsForm
from clinics.console.guard import ConsoleRequest, console_page
from clinics.methods import allowed
from clinics.models import OrganisationSettings
from clinics.retention import last_runs
from clinics.roles import Role


class RetentionForm(SettingsForm):
    role = Role.OWNER
    recent = True
    words = {
        "retention_days": (
            _("Patients’ details, days after the appointment"),
            _("Names, numbers and addresses go then. The bookings stay for the numbers, without a name."),
        ),
        "message_retention_days": (
            _("Messages, days after they were written"),
            _("E-mails and SMS with their texts and whom they went to. Codes are forgotten at once."),
        ),
        "audit_retention_days": (
            _("Audit log, days"),
            _("Who changed what of the portal. A year at least, so that mistakes can be traced."),
        ),
    }

    class Meta(SettingsForm.Meta):
        fields = ["retention_days", "message_retention_days", "audit_retention_days"]


@allowed("GET", "POST")
@console_page(role=Role.OWNER, recent=True)
def retention(request: ConsoleRequest) -> HttpResponse:
    return edit_row(
        request,
        rows=OrganisationSettings.objects.filter(organisation=request.organisation),
        form_class=RetentionForm,
        template="manage/retention.html",
        context={
            "runs": last_runs(request.organisation),
            "time_zone": request.organisation.time_zone,
            "lead": _("What is older is deleted every night, for good."),
        },
    )
