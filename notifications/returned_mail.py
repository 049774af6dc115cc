"""Takes mail that a mail server has returned to the address that messages are sent from."""

from notifications.models import Channel
from notifications.reports import note_report
from notifications.routes import operator_account
from notifications.transports.smtp.returned import report_in

MOST_BYTES = 1024 * 1024
"""Of a mail; what is looked for stands at its beginning, and returned attachments behind."""


def take_returned_mail(content: bytes) -> bool:
    """Notes what became of the message that it is about; False where it is about none of ours."""
    report = report_in(content[:MOST_BYTES])
    if report is None:
        return False
    account = operator_account(Channel.EMAIL)
    note_report(route=account.route, organisation_id=None, report=report)
    return True
