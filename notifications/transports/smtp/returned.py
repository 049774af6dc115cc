"""Mail that has come back: what a mail server could not deliver (RFC 3464), and complaints (RFC 5965).

Both hold the message they are about, or its head: its Message-ID is our own, and cannot be guessed.
"""

import re
from email import message_from_bytes, policy
from email.message import Message as Mail

from notifications.models import Delivery
from notifications.transports.callbacks import Report

_OWN = re.compile(rb"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")
_ACTIONS = {
    "failed": Delivery.UNDELIVERED,
    "delayed": Delivery.ACCEPTED,
    "relayed": Delivery.ACCEPTED,
    "expanded": Delivery.ACCEPTED,
    "delivered": Delivery.DELIVERED,
}
_NO_SUCH_ADDRESS = re.compile(r"5\.(1\.([1236]|10)|2\.1)$")
"""Of the codes of RFC 3463 and 7505 those by which nothing will ever arrive there."""


def report_in(content: bytes) -> Report | None:
    """What a returned mail says of a message of ours; None where it says nothing, as an absence note does."""
    mail = message_from_bytes(content, policy=policy.compat32)
    named = {name.decode() for name in _OWN.findall(content)}
    if len(named) != 1:
        return None
    public_id = named.pop()
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/feedback-report":
            return Report(Delivery.UNDELIVERED, "complaint", public_id, is_final_for_address=True)
        if kind == "message/delivery-status":
            return status_report(part, public_id)
    return None


def status_report(part: Mail, public_id: str) -> Report | None:
    """We write to one recipient at a time; so the last block is about them."""
    blocks = part.get_payload()
    told = blocks[-1] if isinstance(blocks, list) and blocks else None
    if not isinstance(told, Mail):
        return None
    delivery = _ACTIONS.get(field_of(told, "Action").lower())
    if delivery is None:
        return None
    status = field_of(told, "Status").partition(" ")[0]
    is_gone = delivery == Delivery.UNDELIVERED and bool(_NO_SUCH_ADDRESS.match(status))
    words = field_of(told, "Diagnostic-Code").partition(";")[2].strip() or status
    return Report(
        delivery,
        words=words if delivery == Delivery.UNDELIVERED else "",
        public_id=public_id,
        is_final_for_address=is_gone,
    )


def field_of(block: Mail, name: str) -> str:
    return " ".join(str(block.get(name, "")).split())
