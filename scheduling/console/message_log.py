"""What the audit log says of the messages' texts, and how one of them is put back."""

from typing import Any

from django.utils.translation import gettext_lazy

from clinics.console import audit_entries, audit_words, undoing
from clinics.console.audit_entries import Wording
from clinics.console.guard import ConsoleRequest
from clinics.console.texts import language_name
from clinics.console.undo_steps import FormStep, filled_in
from clinics.console.undoing import Gone, Undoing
from clinics.models import AuditEntry, Organisation
from notifications.models import Channel, Kind, MessageText
from scheduling.console.message_kinds import NAMES, Spot
from scheduling.console.message_texts import MessageTextForm

KIND = AuditEntry.Kind.MESSAGE_TEXT
WORDS = ("subject", "body")


def register() -> None:
    """Lets the log know the kind; to be called once, where the texts' pages are put into place."""
    audit_words.KINDS[KIND] = gettext_lazy("Text of a message")
    audit_words.MODELS[KIND] = MessageText
    audit_words.TITLED[KIND] = {"channel", "kind", "language"}
    audit_words.NAMES |= {"subject": gettext_lazy("Subject"), "channel": gettext_lazy("Goes by")}
    audit_entries.TITLES[KIND] = title_of
    audit_entries.SAYINGS[f"{audit_words.DESK}.kind"] = lambda _wording, value: NAMES[Kind(value)][0]
    undoing.MAKERS[KIND] = of_message_text


def title_of(_wording: Wording, held: dict[str, Any]) -> str:
    """Which message, by which way, in which language."""
    channel = Channel(held["channel"])
    spot = Spot(Organisation(), channel, Kind(held["kind"]), held["language"])
    return f"{spot.title}, {channel.label}, {language_name(held['language'])}"


def of_message_text(request: ConsoleRequest, entry: AuditEntry) -> Undoing:
    """The words before; where there were none, the standard ones."""
    organisation = request.organisation
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # a text may have no row
    held = entry.after or entry.before or {}
    if held["language"] not in organisation.languages:
        raise Gone(gettext_lazy("The portal does not speak this language any more."))
    spot = Spot(organisation, Channel(held["channel"]), Kind(held["kind"]), held["language"])
    before = (entry.before or {}) if entry.label != "insert" else {}
    words = {name: before.get(name, "") for name in WORDS}
    row, made = spot.row(), (entry.after or {})
    is_other = any(getattr(row, name) != made.get(name, "") for name in WORDS)
    names = [name for name in words if name != "subject" or spot.channel == Channel.EMAIL]
    form = filled_in(MessageTextForm, {name: words[name] for name in names}, spot=spot)
    return Undoing([FormStep(form, names)], is_changed_since=is_other)
