"""Sending a picture: a file, the part of it to keep, and nobody's newer picture lost over it."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinics.models import Picture
from clinics.pictures import MOST_UPLOADED, Crop, Drawn, PictureRefused, Reason

EDGES = ("left", "top", "width", "height")
LONGEST_KEPT = 40_000
"""Characters that a drawn picture takes in the page, where it waits for its sender to decide."""


class PictureForm(forms.Form):
    """What templates/manage/_picture.html shows; without JavaScript the middle of the picture is kept."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, WebP, GIF, TIFF or AVIF, up to 10 MB. It is made small here."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": "image/*"}),
    )
    left, top, width, height = (forms.FloatField(required=False, widget=forms.HiddenInput) for _edge in EDGES)
    kept = forms.CharField(required=False, max_length=LONGEST_KEPT, widget=forms.HiddenInput)
    """A picture that came back with a conflict, so that it need not be chosen again."""
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    """The name of the picture that was there when the form was shown."""

    def __init__(self, *args: Any, picture: Picture | None, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": "picture_%s", **kwargs})
        self.found(picture)
        self.waiting: Drawn | None = None
        """The sender's own picture, where somebody else has put another one there in the meantime."""

    def found(self, picture: Picture | None) -> None:
        """Which picture there is by now."""
        self.picture = picture
        self.fields["seen"].initial = picture.name if picture else ""

    @property
    def is_outdated(self) -> bool:
        return self.is_bound and self.data.get("seen", "") != self.fields["seen"].initial

    @property
    def waiting_address(self) -> str:
        """The waiting picture as an address of its own content."""
        if self.waiting is None:
            return ""
        return f"data:{self.waiting.content_type};base64,{base64.b64encode(self.waiting.content).decode()}"

    @property
    def crop(self) -> Crop | None:
        """The part that was chosen; None where none was, or none that there is."""
        edges = [self.cleaned_data.get(edge) for edge in EDGES]
        try:
            return Crop(*(edge for edge in edges if edge is not None))
        except (TypeError, ValueError):
            return None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if set(self.errors) - {"file"}:
            raise ValidationError({"file": _("Please choose the picture once more.")})
        cleaned["content"] = self.content(cleaned)
        return cleaned

    def content(self, cleaned: dict[str, Any]) -> bytes:
        file = cleaned.get("file")
        if file is not None:
            if file.size > MOST_UPLOADED:
                raise ValidationError({"file": Reason.TOO_LARGE.label})
            return bytes(file.read())
        if not cleaned.get("kept"):
            raise ValidationError({"file": _("Choose a picture first.")})
        try:
            return base64.b64decode(cleaned["kept"], validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError({"file": Reason.BROKEN.label}) from None

    def drawn_by(self, draw: Callable[[bytes, Crop | None], Drawn]) -> Drawn | None:
        """The picture as it will be stored; None where it is refused, with the reason at the field."""
        if not self.is_valid():
            return None
        try:
            return draw(self.cleaned_data["content"], self.crop)
        except PictureRefused as refused:
            self.add_error("file", refused.reason.label)
            return None

    def keep_waiting(self, drawn: Drawn) -> None:
        """Shows the form again with the picture in it, to be stored after all or thrown away."""
        self.waiting = drawn
        self.data = again = dict(self.data.items())
        again["seen"] = self.fields["seen"].initial
        again["kept"] = base64.b64encode(drawn.content).decode()
        for edge in EDGES:
            again[edge] = ""
