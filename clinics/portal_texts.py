"""Writing an organisation's own texts, by place and language."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from clinics.formatted_texts import LONGEST, tidied, unusable_links
from clinics.models import Clinic, Organisation, PortalText

LONGEST_HEADING = 200


class TextProblem(models.TextChoices):
    """Why a text is not stored, with a sentence for who wrote it."""

    LANGUAGE = "language", _("Your portal does not speak this language.")
    HEADING = "heading", _("The heading is too long: 200 characters at most.")
    BODY = "body", _("The text is too long: 10,000 characters at most.")
    LINK = "link", _("A link has to begin with https://, http://, mailto: or tel:.")


class TextRefused(Exception):
    """The text cannot be stored; ``problem.label`` says why to a person."""

    def __init__(self, problem: TextProblem) -> None:
        super().__init__(str(problem.value))
        self.problem = problem


def save_text(
    *,
    organisation: Organisation,
    place: PortalText.Place,
    language: str,
    heading: str,
    body: str,
    clinic: Clinic | None = None,
) -> None:
    """Stores the words for a place; where both are empty, the portal's own stand there again.

    ``clinic`` is for the place CLINIC alone: that clinic's own text. Raises TextRefused.
    """
    found = problem_of(organisation, language, heading, body)
    if found is not None:
        raise TextRefused(found)
    words = {"heading": " ".join(heading.split()), "body": tidied(body)}
    named: dict[str, Any] = {
        "organisation": organisation,
        "place": place,
        "language": language,
        "clinic": clinic,
    }
    with transaction.atomic():
        if any(words.values()):
            PortalText.objects.update_or_create(**named, defaults=words)
        else:
            PortalText.objects.filter(**named).delete()


def problem_of(organisation: Organisation, language: str, heading: str, body: str) -> TextProblem | None:
    if language not in organisation.languages:
        return TextProblem.LANGUAGE
    if len(heading) > LONGEST_HEADING:
        return TextProblem.HEADING
    if len(body) > LONGEST:
        return TextProblem.BODY
    return TextProblem.LINK if unusable_links(body) else None
