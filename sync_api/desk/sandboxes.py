"""The operator's page that opens a sandbox, for somebody who writes an agent."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _

from clinics.errors import SubdomainTaken
from clinics.methods import allowed
from clinics.models import Organisation
from sync_api.desk.forms import SandboxForm
from sync_api.desk.guard import OperatorRequest, operator_page, show
from sync_api.sandbox import open_sandbox

GUIDE = "docs/sync.md"
KEY_HEADER = '-H "Authorization: Bearer $ACCOUNT_KEY"'
FIRST_REQUESTS = f'curl "{{api}}sandbox" {KEY_HEADER}\ncurl -X POST "{{api}}sandbox/bookings" {KEY_HEADER}'


@allowed("GET", "POST")
@operator_page(recent=True)
def sandbox(request: OperatorRequest) -> HttpResponse:
    """What a sandbox is for, and a form; then its account key, once."""
    form = SandboxForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return show_form(request, form)
    try:
        organisation, key = open_sandbox(**form.cleaned_data)
    except SubdomainTaken:
        form.add_error("subdomain", _("Another clinic has this address. Please choose another."))
        return show_form(request, form)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return show_form(request, form)
    return show_key(request, organisation, key)


def show_form(request: OperatorRequest, form: SandboxForm) -> HttpResponse:
    return show(request, "desk/sandbox.html", {"form": form}, status=422 if form.is_bound else 200)


def show_key(request: OperatorRequest, organisation: Organisation, key: str) -> HttpResponse:
    """The one page on which a sandbox's key stands: it has no owner to whom a mail could go."""
    context = {
        "organisation": organisation,
        "key": key,
        "api_url": settings.API_URL,
        "description_url": f"{settings.API_URL}openapi.json",
        "guide": GUIDE,
        "first_requests": FIRST_REQUESTS.format(api=settings.API_URL),
    }
    return show(request, "desk/sandbox_key.html", context)
