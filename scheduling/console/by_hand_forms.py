"""What is asked before something is sent by hand: which kind, by which way, to whom, in which words."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.console.guard import ConsoleRequest
from clinics.console.texts import language_name
from clinics.models import Organisation
from notifications.errors import UnknownField
from notifications.merge_fields import fields_in, own_name
from notifications.message_texts import LONGEST_BODY, LONGEST_SUBJECT, problem_of, tidied
from notifications.models import BY_HAND, Channel, Kind, Mailing
from notifications.standard_texts import Text
from scheduling.console.filters import row_field
from scheduling.console.message_kinds import NAMES
from scheduling.console.message_lines import CHANNELS
from scheduling.forms import MobileField
from scheduling.mailing_texts import fields_for
from scheduling.models import Treatment
from scheduling.recalling import MOST_MONTHS
from scheduling.recipients import Candidate


class WayForm(forms.Form):
    """Which kind of message, and by which way."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Type"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Marketing and sales offers go only to who agreed to offers, and not to who has said STOP."
        ),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Sent by"),
        widget=forms.RadioSelect,
        choices=list(CHANNELS.items())[::-1],
        initial=Channel.SMS,
    )

    def __init__(self, request: ConsoleRequest, *, kinds: Sequence[Kind] = BY_HAND, data: Any = None) -> None:
        super().__init__(data, label_suffix="", initial={"kind": kinds[0]})
        self.organisation = request.organisation
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, NAMES[kind][0]) for kind in BY_HAND if kind in kinds
        ]


class NumberForm(WayForm):
    """The same to one number or address that is typed."""

    def __init__(self, request: ConsoleRequest, **more: Any) -> None:
        super().__init__(request, **more)
        organisation = request.organisation
        self.fields["mobile"] = MobileField(
            label=_("Mobile number"),
            help_text=_("For an SMS."),
            required=False,
            country=organisation.country,
            countries=organisation.settings.sms_countries,
            widget=forms.TextInput({"type": "tel", "autocomplete": "off", "inputmode": "tel"}),
        )
        self.fields["email"] = forms.EmailField(
            label=_("E-mail address"),
            help_text=_("For an e-mail."),
            required=False,
            max_length=254,
            widget=forms.EmailInput({"autocomplete": "off"}),
        )
        if len(organisation.languages) > 1:
            self.fields["language"] = forms.ChoiceField(
                label=_("Language"), choices=[(code, language_name(code)) for code in organisation.languages]
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needed = "mobile" if cleaned.get("channel") == Channel.SMS else "email"
        if "channel" in cleaned and not cleaned.get(needed) and needed not in self.errors:
            self.add_error(needed, ValidationError(_("To whom? This is missing.")))
        return cleaned

    def candidate(self) -> Candidate:
        cleaned = self.cleaned_data
        to = cleaned["mobile"] if cleaned["channel"] == Channel.SMS else cleaned["email"]
        return Candidate(to, cleaned.get("language") or self.organisation.default_language)


class RecallForm(WayForm):
    """The same to who has not been here for so many months."""

    months = forms.IntegerField(
        label=gettext_lazy("Months since the last visit"), min_value=1, max_value=MOST_MONTHS, initial=6
    )
    treatment = row_field(
        Treatment,
        label=gettext_lazy("Treatment"),
        help_text=gettext_lazy("Who has been back for it, or has any time coming, is left out."),
    )

    def __init__(self, request: ConsoleRequest, **more: Any) -> None:
        super().__init__(request, **more)
        own = Treatment.objects.filter(organisation=request.organisation).order_by("name", "pk")
        self.fields["treatment"].queryset = own  # type: ignore[attr-defined]
        self.order_fields(["months", "treatment", "kind", "channel"])


class WordsForm(forms.Form):
    """Subject and text in each language in which somebody gets it."""

    def __init__(
        self,
        organisation: Organisation,
        mailing: Mailing,
        texts: dict[str, Text],
        *,
        has_booking: bool,
        data: Any = None,
    ) -> None:
        super().__init__(data, label_suffix="")
        self.organisation, self.mailing, self.texts = organisation, mailing, texts
        self.allowed = fields_for(organisation, mailing, has_booking=has_booking)
        for language, text in texts.items():
            self.add_text(language, text)

    def add_text(self, language: str, text: Text) -> None:
        is_sms = self.mailing.channel == Channel.SMS
        if not is_sms:
            self.fields[f"subject_{language}"] = forms.CharField(
                label=_("Subject"),
                required=False,
                initial=text.subject,
                widget=forms.TextInput({"lang": language, "maxlength": LONGEST_SUBJECT}),
            )
        self.fields[f"body_{language}"] = forms.CharField(
            label=_("Text"),
            required=False,
            initial=text.body,
            strip=False,
            widget=forms.Textarea(
                {
                    "lang": language,
                    "rows": 6 if is_sms else 14,
                    "maxlength": LONGEST_BODY[Channel(self.mailing.channel)],
                }
            ),
        )

    def bound_of(self, language: str) -> list[forms.BoundField]:
        names = (f"subject_{language}", f"body_{language}")
        return [self[name] for name in names if name in self.fields]

    def typed(self, language: str) -> dict[str, str]:
        """What was sent, else what there is to begin with, as it would be sent."""
        held = {
            name: self[f"{name}_{language}"].value() or "" for name in ("body", "subject") if self.has(name)
        }
        return tidied(Channel(self.mailing.channel), str(held.get("subject", "")), str(held["body"]))

    def has(self, name: str) -> bool:
        return name == "body" or self.mailing.channel != Channel.SMS

    def words(self) -> dict[str, dict[str, str]]:
        return {language: self.typed(language) for language in self.texts}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            for language in self.texts:
                self.check(language)
        return cleaned

    def check(self, language: str) -> None:
        typed = self.typed(language)
        if not typed["body"]:
            self.add_error(f"body_{language}", ValidationError(_("The message needs a text.")))
            return
        problem = problem_of(
            organisation=self.organisation,
            channel=Channel(self.mailing.channel),
            kind=Kind(self.mailing.kind),
            language=language,
            **typed,
        )
        if problem is not None:
            self.add_error(f"{problem.field}_{language}", ValidationError(str(problem.words)))
            return
        for name, text in typed.items():
            for key in unknown_here(text, language, self.allowed):
                words = _("[%(field)s] has no meaning here: nothing is known of who reads it.")
                self.add_error(
                    f"{name}_{language}", ValidationError(words % {"field": own_name(key, language)})
                )


def unknown_here(text: str, language: str, allowed: list[str]) -> list[str]:
    try:
        return [key for key in fields_in(text, language=language) if key not in allowed]
    except UnknownField:
        return []
