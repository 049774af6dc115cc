"""Logos and photos: taken in from any common format, kept small, shown where they may be."""

import hashlib
import json
import math
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Organisation, Picture, Practitioner

MOST_UPLOADED = 10 * 1024 * 1024
"""Bytes of a file that somebody sends us."""
PATIENCE = 30
"""Seconds after which the program that draws is ended; its processor time is limited to fewer."""
AT_ONCE = 2
WORKER = Path(__file__).with_name("picture_worker.py")
_turn = BoundedSemaphore(AT_ONCE)


class Reason(models.TextChoices):
    """Why a file is not taken, with a sentence for who sent it."""

    EMPTY = "empty", _("The file is empty. Please choose another.")
    TOO_LARGE = "too_large", _("The file is larger than 10 MB. Please choose a smaller one.")
    UNKNOWN = "unknown", _("This is not a picture that we can read. JPEG, PNG, WebP and GIF work best.")
    SVG = "svg", _("SVG drawings cannot be used here. Please save the picture as PNG.")
    HEIC = "heic", _("HEIC pictures cannot be read here. Please save the picture as JPEG.")
    ANIMATED = "animated", _("The file holds more than one picture. Please choose one that does not move.")
    DISGUISED = (
        "disguised",
        _("The file holds something else besides a picture. Please save it anew as JPEG."),
    )
    BROKEN = "broken", _("The picture is damaged or incomplete. Please send it once more, or save it anew.")
    TOO_MANY_PIXELS = "too_many_pixels", _("The picture has too many pixels. Please save it smaller.")


class PictureRefused(Exception):
    """The file cannot be used; ``reason.label`` says why to a person."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason.value))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of a picture to keep, as shares of its width and height, seen upright."""

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        edges = (self.left, self.top, self.width, self.height)
        if not all(math.isfinite(edge) and 0 <= edge <= 1 for edge in edges):
            raise ValueError(edges)
        if min(self.width, self.height) < 0.01 or max(self.left, self.top) > 0.99:
            raise ValueError(edges)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as it will be stored."""

    content: bytes
    content_type: str
    width: int
    height: int
    ground: str


def save_logo(*, organisation: Organisation, content: bytes, crop: Crop | None = None) -> Picture:
    """The organisation's new logo; the one before is gone. Raises PictureRefused."""
    return keep(organisation, None, draw(content, "logo", crop))


def save_photo(
    *, organisation: Organisation, practitioner: Practitioner, content: bytes, crop: Crop | None = None
) -> Picture:
    """The practitioner's new photo, shown once consent is recorded. Raises PictureRefused."""
    return keep(organisation, practitioner, draw(content, "photo", crop))


def remove_logo(*, organisation: Organisation) -> None:
    Picture.objects.filter(organisation=organisation, practitioner=None).delete()


def remove_photo(*, organisation: Organisation, practitioner: Practitioner) -> None:
    Picture.objects.filter(organisation=organisation, practitioner=practitioner).delete()


def keep(organisation: Organisation, practitioner: Practitioner | None, drawn: Drawn) -> Picture:
    """One row for each practitioner and one for the logo: a new picture takes the old one's place."""
    picture: Picture
    with transaction.atomic():
        picture, _is_new = Picture.objects.update_or_create(
            organisation=organisation,
            practitioner=practitioner,
            defaults={
                "name": name_of(drawn.content),
                "content": drawn.content,
                "content_type": drawn.content_type,
                "width": drawn.width,
                "height": drawn.height,
                "ground": drawn.ground,
            },
        )
    return picture


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def shown_picture(*, organisation: Organisation, name: str) -> Picture | None:
    """The picture of this name, if anybody may see it at this moment: asked each time it is fetched."""
    may_be_seen = Q(practitioner=None) | Q(
        practitioner__consent_given_at__isnull=False,
        practitioner__is_published=True,
        practitioner__retired_at=None,
    )
    return Picture.objects.filter(may_be_seen, organisation=organisation, name=name).first()


def logo_of(organisation_id: int) -> Picture | None:
    """The logo without its content."""
    return Picture.across.filter(organisation_id=organisation_id, practitioner=None).defer("content").first()


def draw(content: bytes, kind: str, crop: Crop | None = None) -> Drawn:
    """The file as a small picture. Raises PictureRefused; never uses more than the worker's limits."""
    refuse_at_sight(content)
    edges = [crop.left, crop.top, crop.width, crop.height] if crop else None
    header, _newline, drawn = run_worker(content, json.dumps({"kind": kind, "crop": edges})).partition(b"\n")
    answer = json.loads(header)
    if "refused" in answer:
        raise PictureRefused(Reason(answer["refused"]))
    return Drawn(
        drawn, answer["content_type"], answer["width"], answer["height"], Picture.Ground(answer["ground"])
    )


def refuse_at_sight(content: bytes) -> None:
    if not content:
        raise PictureRefused(Reason.EMPTY)
    if len(content) > MOST_UPLOADED:
        raise PictureRefused(Reason.TOO_LARGE)
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheim", b"ftyphevc"):
        raise PictureRefused(Reason.HEIC)


def run_worker(content: bytes, order: str) -> bytes:
    """What the worker says of the file. One that dies of its limits or of the file has refused it."""
    with _turn:
        try:
            done = subprocess.run(  # noqa: S603 - our own program, its file on standard input
                [sys.executable, "-I", "-B", str(WORKER), order],
                input=content,
                capture_output=True,
                timeout=PATIENCE,
                env=bare_environment(),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PictureRefused(Reason.TOO_MANY_PIXELS) from None
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise PictureRefused(Reason.TOO_MANY_PIXELS)
    if done.returncode != 0 or not done.stdout.startswith(b"{"):
        raise PictureRefused(Reason.BROKEN)
    return done.stdout


@cache
def bare_environment() -> dict[str, str]:
    """None of our secrets; without threads of their own, libraries map less memory."""
    return {"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
