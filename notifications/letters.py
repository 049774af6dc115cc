"""An e-mail as it goes over the wire: plain words, the same as a calm page, and headers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.mime.text import MIMEText
from email.utils import formataddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from clinics.colours import dark_palette, light_palette
from clinics.models import Organisation
from notifications.message_texts import URLS
from notifications.models import ADVERTISING, PLANNED, Message
from notifications.sender import email_sender
from notifications.unsubscribing import unsubscribe_url

STYLE = (
    "body{{margin:0;padding:0;background:#f5f6f6;color:#1a1f22;"
    "font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}}"
    ".page{{max-width:34rem;margin:0 auto;padding:1rem}}"
    ".name{{margin:0;padding:.75rem 0;font-size:1rem;font-weight:600;color:{accent}}}"
    ".letter{{display:block;background:#ffffff;border-top:4px solid {accent};"
    "padding:.5rem 1.25rem;overflow-wrap:anywhere}}"
    "table{{border-collapse:collapse}}"
    "td{{vertical-align:top;padding:.15rem 0;font-weight:600}}"
    "td.label{{font-weight:400;overflow-wrap:normal;padding-right:.75rem;color:#545d64}}"
    "ul{{padding-left:1.25rem}}a{{color:{accent}}}"
    ".button{{display:inline-block;padding:.7rem 1.2rem;border-radius:.5rem;background:{fill};"
    "color:{on_fill};text-decoration:none;font-weight:600}}"
    ".foot{{padding:.75rem 0;font-size:14px;color:#545d64}}"
    "@media (prefers-color-scheme:dark){{body{{background:#111517;color:#eceff0}}"
    ".letter{{background:#1b1f22;border-top-color:{dark_accent}}}.name,a{{color:{dark_accent}}}"
    ".button{{background:{dark_fill};color:{dark_on_fill}}}td.label,.foot{{color:#a9b3b9}}}}"
)
_FACT = re.compile(r"^([^:/\n]{1,40}): (.+)$")
_URL = re.compile(r"https?://[^\s<>\"]+")
_UNASKED = {*PLANNED, *ADVERTISING}


@dataclass(frozen=True, slots=True)
class Piece:
    """Words, and where they lead if they are a link."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the letter: lines, with a list or facts below them, or a link as a button."""

    lines: list[list[Piece]] = field(default_factory=list)
    items: list[list[Piece]] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    button: Piece | None = None


def as_email(message: Message) -> EmailMultiAlternatives:
    """The message from the organisation's name, marked as automatic, in plain words and as a page."""
    organisation = message.organisation
    sender, address = email_sender(organisation)
    reply_to = organisation.settings.email_reply_to
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=plain_of(message),
        from_email=formataddr((sender, address)),
        to=[message.to],
        reply_to=[reply_to] if reply_to else None,
        headers={
            "Message-ID": f"<{message.public_id}@{address.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
            **unsubscribe_headers(message),
        },
    )
    email.attach_alternative(html_of(message), "text/html")
    for attachment in message.attachments:
        email.attach(_as_part(attachment))
    return email


def can_unsubscribe(message: Message) -> bool:
    return message.kind in _UNASKED


def unsubscribe_headers(message: Message) -> dict[str, str]:
    """One press of a button in the mail program is enough (RFC 2369, RFC 8058)."""
    if not can_unsubscribe(message):
        return {}
    return {
        "List-Unsubscribe": f"<{unsubscribe_url(message.organisation, message.to)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def foot_of(message: Message) -> Piece | None:
    """The way out, for messages that nobody has asked for."""
    if not can_unsubscribe(message):
        return None
    with translation.override(message.language):
        return Piece(_("No more e-mails like this one"), unsubscribe_url(message.organisation, message.to))


def plain_of(message: Message) -> str:
    foot = foot_of(message)
    return f"{message.body}\n\n-- \n{foot.words}: {foot.url}" if foot else message.body


def html_of(message: Message) -> str:
    """The same words as a page that loads nothing. Everything in it is escaped."""
    organisation = message.organisation
    context = {
        "language": message.language,
        "subject": message.subject,
        "name": email_sender(organisation)[0],
        "style": style_of(organisation),
        "blocks": blocks_of(message.body, hosts_of(organisation)),
        "foot": foot_of(message),
    }
    return render_to_string("letters/letter.html", context)


def style_of(organisation: Organisation) -> str:
    accent = organisation.settings.accent_colour
    light, dark = light_palette(accent), dark_palette(accent)
    return STYLE.format(
        accent=light.accent,
        fill=light.fill,
        on_fill=light.on_fill,
        dark_accent=dark.accent,
        dark_fill=dark.fill,
        dark_on_fill=dark.on_fill,
    )


def hosts_of(organisation: Organisation) -> set[str]:
    """Where links may lead: to the portal, and to the organisation's own addresses."""
    own = (getattr(organisation.settings, name) for name in URLS)
    return {urlsplit(url).netloc for url in (organisation.portal_url, *own) if url}


def blocks_of(body: str, hosts: set[str]) -> list[Block]:
    """The paragraphs of a plain text: ``Label: value`` lines are facts, ``- `` lines a list."""
    paragraphs = re.split(r"\n{2,}", body.strip())
    return [block_of(paragraph.splitlines(), hosts) for paragraph in paragraphs if paragraph.strip()]


def block_of(lines: list[str], hosts: set[str]) -> Block:
    facts = [_FACT.match(line) for line in lines]
    first = facts[0]
    if len(lines) == 1 and first and _is_ours(first[2], hosts):
        return Block(button=Piece(first[1], first[2]))
    if len(lines) > 1 and all(facts):
        return Block(facts=[Fact(found[1], pieces_of(found[2], hosts)) for found in facts if found])
    items = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    words = [line for line in lines if not line.startswith("- ")]
    return Block(
        lines=[line_of(line, hosts) for line in words], items=[pieces_of(item, hosts) for item in items]
    )


def line_of(line: str, hosts: set[str]) -> list[Piece]:
    """A line that only names a link becomes it."""
    named = _FACT.match(line)
    return [Piece(named[1], named[2])] if named and _is_ours(named[2], hosts) else pieces_of(line, hosts)


def pieces_of(text: str, hosts: set[str]) -> list[Piece]:
    found, end = [], 0
    for match in _URL.finditer(text):
        if _is_ours(match[0], hosts):
            found += [Piece(text[end : match.start()]), Piece(match[0], match[0])]
            end = match.end()
    return [piece for piece in [*found, Piece(text[end:])] if piece.words]


def _is_ours(url: str, hosts: set[str]) -> bool:
    if not _URL.fullmatch(url):
        return False
    parts = urlsplit(url)
    return parts.netloc in hosts and (parts.scheme == "https" or parts.scheme == settings.BASE_SCHEME)


def _as_part(attachment: Mapping[str, Any]) -> MIMEText:
    """A text attachment with its content type's own parameters: calendars have a ``method``."""
    content_type, *parameters = (part.strip() for part in attachment["content_type"].split(";"))
    part = MIMEText(attachment["text"], content_type.partition("/")[2], "utf-8")
    for parameter in parameters:
        name, _equals, value = parameter.partition("=")
        if name.lower() != "charset":
            part.set_param(name, value.strip('"'))
    part.add_header("Content-Disposition", "attachment", filename=attachment["filename"])
    return part
