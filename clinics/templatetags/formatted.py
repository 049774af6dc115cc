"""A clinic's own words on a page."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from clinics.formatted_texts import html_of

register = template.Library()


@register.filter
def formatted(body: str | None) -> SafeString:
    """The text with its paragraphs, emphasis, lists and links; see clinics/formatted_texts.py."""
    return mark_safe(html_of(body or ""))  # noqa: S308 - escaped, and cleaned besides
