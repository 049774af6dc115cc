"""reCAPTCHA before anything is sent, where the operator has keys for it. It fails closed."""

import logging
from http.client import HTTPException
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_recaptcha import client
from django_recaptcha.widgets import ReCaptchaBase

log = logging.getLogger(__name__)

HOSTS = {
    "script-src": ["https://www.google.com/recaptcha/", "https://www.gstatic.com/recaptcha/"],
    "frame-src": ["https://www.google.com/recaptcha/", "https://recaptcha.google.com/recaptcha/"],
    "connect-src": ["https://www.google.com/recaptcha/"],
}
"""What the page with the question may load besides its own: Google's guide to reCAPTCHA and CSP."""

REFUSED = _("That could not be confirmed. Please tick “I’m not a robot” once more.")
AWAY = _(
    "We cannot check just now that you are not a robot, so nothing has been sent. "
    "Please try again in a moment, or call the clinic."
)
UNANSWERED = (OSError, HTTPException, ValueError, LookupError, AttributeError, TypeError)
"""No connection, no HTTP, no JSON, and JSON that says something else than whether."""


def captcha_is_on() -> bool:
    return bool(settings.RECAPTCHA_PUBLIC_KEY and settings.RECAPTCHA_PRIVATE_KEY)


class CaptchaWidget(forms.Widget):
    """Google's checkbox by its own script alone: the page's policy lets no script stand in the page."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(ReCaptchaBase.recaptcha_response_name)

    def id_for_label(self, id_: str) -> str:
        """Google's own frame has the name; the list of errors leads to the box around it."""
        return id_

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        shown = {"id": (attrs or {}).get("id", f"id_{name}"), "language": get_language()}
        return render_to_string("booking/_captcha.html", {**shown, "key": settings.RECAPTCHA_PUBLIC_KEY})


class CaptchaField(forms.CharField):
    """The answer to Google's question, not yet checked: see ``require_human``."""

    widget = CaptchaWidget
    default_error_messages = {"required": _("Please tick “I’m not a robot”. If you cannot, call the clinic.")}


def require_human(answer: str) -> None:
    """Asks Google whether the answer is right, which can be asked once. Raises ValidationError.

    The patient's address is not told. Whatever goes wrong with asking counts as a no.
    """
    try:
        verdict = client.submit(
            recaptcha_response=answer, private_key=settings.RECAPTCHA_PRIVATE_KEY, remoteip=""
        )
    except UNANSWERED:
        log.exception("reCAPTCHA could not be asked")
        raise ValidationError(AWAY, code="away") from None
    if verdict.is_valid is not True:
        log.warning("reCAPTCHA refused: %s", verdict.error_codes)
        raise ValidationError(REFUSED, code="refused")
