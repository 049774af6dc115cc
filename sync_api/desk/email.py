"""The operator's help page on e-mail that lands."""

from django.conf import settings
from django.http import HttpResponse

from clinics.methods import allowed
from notifications.sender_records import is_public, sender_domain, sender_records
from sync_api.desk.guard import OperatorRequest, operator_page, show


@allowed("GET")
@operator_page()
def email_records(request: OperatorRequest) -> HttpResponse:
    """Which records the sender's domain needs, and how to see whether it has them."""
    domain = sender_domain()
    context = {
        "sender": settings.DEFAULT_FROM_EMAIL,
        "domain": domain,
        "is_public": is_public(domain),
        "server": settings.EMAIL_HOST,
        "records": sender_records(),
    }
    return show(request, "desk/email.html", context)
