"""E-mail through Django's SMTP client, one connection a message."""

import smtplib

from django.core.mail import BadHeaderError
from django.core.mail.backends.smtp import EmailBackend

from notifications.errors import TransportError
from notifications.letters import as_email
from notifications.models import Message
from notifications.transports.base import Account


class SmtpTransport:
    """SMTP has no way to ask, so a message keeps one Message-ID by which receivers know a copy."""

    can_look_up = False
    can_reply = False
    alphanumeric_sender = True
    reports_delivery = False

    def __init__(self, account: Account) -> None:
        self.account = account

    def send(self, message: Message) -> str:
        connection = _opened_connection()
        try:
            return _sent(message, connection)
        finally:
            _close_quietly(connection)

    def look_up(self, message: Message) -> list[str]:
        return []


def _opened_connection() -> EmailBackend:
    """A connection that is ready to take a message. Whatever fails here has sent nothing."""
    connection = EmailBackend()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        raise TransportError(_words(error)) from error
    return connection


def _sent(message: Message, connection: EmailBackend) -> str:
    email = as_email(message)
    try:
        connection.send_messages([email])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        raise TransportError(_words(error), permanent=all(code >= 500 for code in codes)) from error
    except smtplib.SMTPResponseException as error:
        raise TransportError(_words(error), permanent=error.smtp_code >= 500) from error
    except (BadHeaderError, UnicodeError, ValueError) as error:
        raise TransportError(f"Not an e-mail: {error}", permanent=True) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TransportError(_words(error), outcome_unknown=True) from error
    return str(email.extra_headers["Message-ID"])


def _close_quietly(connection: EmailBackend) -> None:
    """What has been taken stays taken, however the goodbye goes."""
    try:
        connection.close()
    except (smtplib.SMTPException, OSError):
        connection.connection = None


def _words(error: Exception) -> str:
    """The server's own words, or the network's."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(reply)}" for code, reply in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply
